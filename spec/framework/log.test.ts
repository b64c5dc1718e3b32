import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Log } from './log.ts';

describe('Log', () => {
  test('is the list of what was appended, whatever else grows from its beginnings', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ from: fc.nat(), item: fc.integer({ max: 2 }) }), { maxLength: 30 }),
        (appends) => {
          const logs: [Log<number>, readonly number[]][] = [[Log.of(), []]];
          for (const { from, item } of appends) {
            const [log, items] = logs[from % logs.length] as [Log<number>, readonly number[]];
            logs.push([log.append(item), [...items, item]]);
          }
          for (const [log, items] of logs) {
            expect([...log]).toEqual(items);
            expect(log.length).toBe(items.length);
            expect(log.last).toBe(items.at(-1));
            expect(log.at(-1)).toBeUndefined();
            expect(log.at(items.length)).toBeUndefined();
            expect([...log.from(2)]).toEqual(items.slice(2));
            for (const [other, otherItems] of logs) {
              const prefix = items.every((item, index) => item === otherItems[index]);
              expect(log.isPrefixOf(other)).toBe(prefix && items.length <= otherItems.length);
            }
          }
        },
      ),
    );
  });

  test('does not keep the array that it is made of', () => {
    const items = [1, 2];
    const log = Log.of(...items);
    items.push(3);
    expect([...log]).toEqual([1, 2]);
  });

  test('is a prefix by identity, unless told what is the same', () => {
    const [log, other] = [Log.of([1]), Log.of([1], [2])];
    const same = ([a]: readonly number[], [b]: readonly number[]): boolean => a === b;
    expect(log.isPrefixOf(other)).toBe(false);
    expect(log.isPrefixOf(other, same)).toBe(true);
    expect(Log.of([2]).isPrefixOf(other, same)).toBe(false);
  });

  test('tells zero from minus zero', () => {
    expect(Log.of(0).isPrefixOf(Log.of(-0))).toBe(false);
    expect(Log.of(Number.NaN).isPrefixOf(Log.of(Number.NaN))).toBe(true);
  });
});
