import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import { PacketKeys } from './packetKeys.ts';

const name = fc.constantFrom('a', 'b', 'mallory');
const packets = fc.record<Packet<unknown>>({
  src: name,
  dst: name,
  msg: fc.oneof(
    fc.nat({ max: 2 }),
    fc.constantFrom(null, undefined, 'hello'),
    fc.record({ type: fc.constantFrom('hello', 'bye'), to: fc.array(fc.nat({ max: 1 })) }),
  ),
});

describe('what packets go by', () => {
  test('is the same for equal packets and another for others, whoever made them', () => {
    const seen = { equal: 0, different: 0 };
    const keys = new PacketKeys();
    fc.assert(
      fc.property(packets, packets, fc.boolean(), (one, drawn, again) => {
        const other = again ? structuredClone(one) : drawn;
        const same = equal(keys.of(one), keys.of(other));
        expect(same).toBe(equal(one, other));
        expect(keys.of(structuredClone(one))).toEqual(keys.of(one));
        seen[same ? 'equal' : 'different']++;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.equal, seen.different)).toBeGreaterThan(10);
  });

  test('is found by reading a message once, to however many it goes', () => {
    let read = 0;
    const msg = {
      get text(): string {
        read++;
        return 'hello';
      },
    };
    const keys = new PacketKeys();
    const found = ['b', 'c', 'd', 'b'].map((dst) => keys.of({ src: 'a', dst, msg }));
    expect(read).toBe(1);
    expect(new Set(found.map(({ hi, lo }) => `${hi} ${lo}`)).size).toBe(3);
    expect(found[3]).toEqual(found[0]);
  });

  test('stays the same however many messages come in between', () => {
    const keys = new PacketKeys();
    const msg = { text: 'hello' };
    const first = keys.of({ src: 'a', dst: 'b', msg });
    const others = new Set<string>();
    for (let n = 0; n < 5_000; n++) {
      const { hi, lo } = keys.of({ src: 'a', dst: 'b', msg: { text: `${n}` } });
      others.add(`${hi} ${lo}`);
      if (n % 500 === 0) expect(keys.of({ src: 'a', dst: 'b', msg })).toEqual(first);
    }
    expect(others.size).toBe(5_000);
    expect(others).not.toContain(`${first.hi} ${first.lo}`);
  });
});
