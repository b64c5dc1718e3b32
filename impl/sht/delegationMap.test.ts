import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DelegationMap } from './delegationMap.ts';
import { type Bound, KEY_INF, KEY_ZERO, type Key, type KeyRange } from './messages.ts';

/** Few keys, so that bounds meet. */
const KEYS: readonly Key[] = [0n, 1n, 2n, 3n, 2n ** 32n, 2n ** 63n, KEY_INF - 2n, KEY_INF - 1n];
const bound: fc.Arbitrary<Bound> = fc.constantFrom(KEY_ZERO, ...KEYS, KEY_INF);
const range: fc.Arbitrary<KeyRange> = fc.record({ low: bound, high: bound });
const owner = fc.constantFrom('a', 'b', 'c');

const contains = ({ low, high }: KeyRange, key: Key): boolean => low <= key && key < high;

test('a map says of every key whom it was given to last', () => {
  const moves = fc.array(fc.record({ range, owner }), { maxLength: 8 });
  fc.assert(
    fc.property(moves, range, owner, (moved, asked, someone) => {
      const map = DelegationMap.allTo('a');
      for (const move of moved) map.assign(move.range, move.owner);
      const ownerOf = (key: Key): string =>
        moved.findLast((move) => contains(move.range, key))?.owner ?? 'a';
      expect(KEYS.map((key) => map.ownerOf(key))).toEqual(KEYS.map(ownerOf));
      const all = KEYS.filter((key) => contains(asked, key));
      expect(map.ownsAll(asked, someone)).toBe(all.every((key) => ownerOf(key) === someone));
    }),
    { numRuns: 2000 },
  );
});

test('its ranges begin at key 0 and rise, and neighbours have different owners', () => {
  const moves = fc.array(fc.record({ range, owner }), { maxLength: 12 });
  fc.assert(
    fc.property(moves, (moved) => {
      const map = DelegationMap.allTo('a');
      for (const move of moved) {
        map.assign(move.range, move.owner);
        const { ranges } = map;
        expect(ranges[0]?.low).toBe(0n);
        for (const [place, each] of ranges.slice(1).entries()) {
          expect(ranges[place]?.low).toBeLessThan(each.low);
          expect(ranges[place]?.owner).not.toBe(each.owner);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('what moves away in pieces and comes back leaves no pieces', () => {
  const map = DelegationMap.allTo('a');
  for (let low = 0n; low < 100n; low += 10n) map.assign({ low, high: low + 10n }, 'b');
  expect(map.ranges).toEqual([
    { low: 0n, owner: 'b' },
    { low: 100n, owner: 'a' },
  ]);
  expect(map.placeOf(99n)).toBe(0);
  expect(map.placeOf(100n)).toBe(1);
  map.assign({ low: KEY_ZERO, high: KEY_INF }, 'a');
  expect(map.ranges).toEqual([{ low: 0n, owner: 'a' }]);
});
