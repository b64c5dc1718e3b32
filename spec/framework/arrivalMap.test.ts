import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrivalMap, differingKeys } from './arrivalMap.ts';
import { difference, show } from './difference.ts';
import { equal } from './equal.ts';
import { fingerprint } from './fingerprint.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const value = fc.nat(2);

/** Which of the maps so far to change, and how. */
const change = fc.tuple(fc.nat(), key, value);

/** Maps that grow from one another as they like, and what each should be. */
const family = fc.array(change, { minLength: 1, maxLength: 20 }).map((changes) => {
  const all: [ArrivalMap<number>, ReadonlyMap<string, number>][] = [
    [ArrivalMap.from<number>([]), new Map()],
    [ArrivalMap.from([['c', 1]]), new Map([['c', 1]])],
  ];
  for (const [which, k, v] of changes) {
    const [map, twin] = all[which % all.length] ?? [ArrivalMap.from<number>([]), new Map()];
    all.push([map.with(k, v), new Map(twin).set(k, v)]);
  }
  return all;
});

const runs = { numRuns: 500 };

describe('ArrivalMap', () => {
  test('has what a map would have, in its order, whatever was made of it since', () => {
    fc.assert(
      fc.property(family, (all) => {
        for (const [map, twin] of all) {
          expect([...map]).toEqual([...twin]);
          expect(map.size).toBe(twin.size);
          expect([...map.keys(), ...map.values()]).toEqual([...twin.keys(), ...twin.values()]);
          for (const each of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
            expect([map.has(each), map.get(each)]).toEqual([twin.has(each), twin.get(each)]);
          }
        }
      }),
      runs,
    );
  });

  test('is the same data as a map with its entries, and no other', () => {
    fc.assert(
      fc.property(family, fc.nat(), (all, other) => {
        for (const [map, twin] of all) {
          expect(equal(map, twin)).toBe(true);
          expect(fingerprint(map)).toEqual(fingerprint(twin));
          expect(show(map)).toBe(show(twin));
          const [stranger, itsTwin] = all[other % all.length] ?? [map, twin];
          expect(equal(map, stranger)).toBe(equal(twin, itsTwin));
          expect(difference(map, stranger)).toEqual(difference(twin, itsTwin));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('differs from another where their maps differ, and nowhere else', () => {
    fc.assert(
      fc.property(family, (all) => {
        for (const [one, oneTwin] of all) {
          for (const [other, otherTwin] of all) {
            const expected = differingKeys(oneTwin, otherTwin).toSorted();
            const wanted = ['a', 'b', 'c', 'd', 'e', 'f'].filter(
              (k) => oneTwin.get(k) !== otherTwin.get(k),
            );
            expect(expected).toEqual(wanted);
            expect(differingKeys(one, other).toSorted()).toEqual(wanted);
            expect(differingKeys(one, otherTwin).toSorted()).toEqual(wanted);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('has a key once, with what it was given last', () => {
    const map = ArrivalMap.from([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ]);
    expect([...map]).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    const seen: unknown[] = [];
    map.forEach((...each) => void seen.push(each));
    expect(seen).toEqual([
      [3, 'a', map],
      [2, 'b', map],
    ]);
  });
});
