import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fingerprint, fingerprint } from '../../spec/framework/fingerprint.ts';
import { PacketSet } from './packetSet.ts';

const half = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('the packets sent so far', () => {
  test('are those that were put in, and no others', () => {
    const few = fc.constantFrom(0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1);
    const packet = fc.record({ hi: fc.oneof(few, half), lo: fc.oneof(few, half) });
    fc.assert(
      fc.property(fc.array(packet), fc.array(packet), (sent, others) => {
        const set = new PacketSet();
        const model = new Set<string>();
        // A second half of 0 is taken for 1.
        const key = ({ hi, lo }: Fingerprint) => `${hi} ${lo || 1}`;
        for (const each of sent) {
          expect(set.add(each)).toBe(!model.has(key(each)));
          model.add(key(each));
          expect(set.size).toBe(model.size);
        }
        for (const each of [...sent, ...others]) expect(set.has(each)).toBe(model.has(key(each)));
      }),
    );
  });

  test('are still those however many there are', () => {
    const set = new PacketSet();
    const many = 100_000;
    for (let n = 0; n < many; n++) set.add(fingerprint(n));
    expect(set.size).toBe(many);
    let wrong = 0;
    for (let n = 0; n < 2 * many; n++) if (set.has(fingerprint(n)) !== n < many) wrong++;
    expect(wrong).toBe(0);
  });

  test('may be told apart by either half of a fingerprint', () => {
    const set = new PacketSet();
    set.add({ hi: 7, lo: 9 });
    expect([
      set.has({ hi: 7, lo: 9 }),
      set.has({ hi: 7, lo: 8 }),
      set.has({ hi: 6, lo: 9 }),
    ]).toEqual([true, false, false]);
  });
});
