import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PacketSet } from './packetSet.ts';

describe('the packets sent so far', () => {
  test('are those that were put in, and no others', () => {
    const packet = fc.oneof(fc.constantFrom('a>b:1', 'a>b:2', 'b>a:1', ''), fc.string());
    fc.assert(
      fc.property(fc.array(packet), fc.array(packet), (sent, others) => {
        const set = new PacketSet();
        const model = new Set<string>();
        for (const each of sent) {
          expect(set.add(each)).toBe(!model.has(each));
          model.add(each);
          expect(set.size).toBe(model.size);
        }
        for (const each of [...sent, ...others]) expect(set.has(each)).toBe(model.has(each));
      }),
    );
  });

  test('are still those however many there are', () => {
    const set = new PacketSet();
    const many = 100_000;
    for (let n = 0; n < many; n++) set.add(`a>b:${n}`);
    expect(set.size).toBe(many);
    let wrong = 0;
    for (let n = 0; n < 2 * many; n++) if (set.has(`a>b:${n}`) !== n < many) wrong++;
    expect(wrong).toBe(0);
  });

  test('are told apart by their last byte, however long they are', () => {
    const set = new PacketSet();
    const long = '0'.repeat(1_000_001);
    set.add(`${long}1`);
    expect([set.has(`${long}1`), set.has(`${long}2`), set.has(long)]).toEqual([true, false, false]);
  });
});
