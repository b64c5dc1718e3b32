import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Packet } from '../../spec/framework/environment.ts';
import { type Keyed, SentPackets } from './sentPackets.ts';

const KEYS = ['p', 'q', 'r', 's', 't'];

/** A packet of its own for each key, and another one with the same key. */
const keyed = (key: string, copy: boolean): Keyed<string> => [
  key,
  { src: 'a', dst: copy ? 'c' : 'b', msg: key },
];

/** Additions, each to one of the sets that there are by then. */
const additions = fc.array(
  fc.record({
    to: fc.nat(),
    sends: fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.boolean()), { maxLength: 3 }),
  }),
);

describe('the packets sent so far', () => {
  test('grow as a map does that keeps the first, whichever of them grows, and no other changes', () => {
    let branched = 0;
    fc.assert(
      fc.property(additions, (all) => {
        const sets = [SentPackets.none<string>()];
        const models = [new Map<string, Packet<string>>()];
        const grown = new Set<number>();
        for (const { to, sends } of all) {
          const at = to % sets.length;
          const packets = sends.map(([key, copy]) => keyed(key, copy));
          const model = new Map(models[at]);
          for (const [key, packet] of packets) if (!model.has(key)) model.set(key, packet);
          const set = (sets[at] as SentPackets<string>).add(packets);
          if (model.size === models[at]?.size) expect(set).toBe(sets[at]);
          else if (grown.has(at)) branched++;
          else grown.add(at);
          sets.push(set);
          models.push(model);
        }
        for (const [index, set] of sets.entries()) {
          const model = models[index] as Map<string, Packet<string>>;
          expect([...set.values()]).toEqual([...model.values()]);
          expect(set.size).toBe(model.size);
          for (const key of KEYS) {
            expect(set.has(key)).toBe(model.has(key));
            expect(set.get(key)).toBe(model.get(key));
          }
        }
      }),
    );
    expect(branched).toBeGreaterThan(0);
  });
});
