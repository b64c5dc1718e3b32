import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrderedMap } from './orderedMap.ts';

const HIGHEST = (1n << 64n) - 1n;

/** Keys from a small domain, so that they meet; some are neighbours, some far apart. */
const key = fc.oneof(
  fc.bigInt({ min: 0n, max: 12n }),
  fc.constantFrom(0xffff_ffffn, 1n << 32n, (1n << 32n) + 1n, 1n << 63n, HIGHEST - 1n, HIGHEST),
);
const bound = fc.oneof(key, fc.constantFrom(-(1n << 70n), -1n, HIGHEST + 1n, 1n << 70n));
const value = fc.constantFrom<string[]>('a', 'b', '');
const entries = fc.array(fc.tuple(key, value), { maxLength: 14 });

type Entries = readonly (readonly [bigint, string])[];

/** What a map should be: the entries of the platform's, in order. */
const sorted = (map: ReadonlyMap<bigint, string>): Entries =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const filtered = (all: Entries, keep: (key: bigint) => boolean): Entries =>
  sorted(new Map(all.filter(([k]) => keep(k))));

const distinct = (all: Entries): Entries => sorted(new Map(all));

const runs = { numRuns: 2_000 };

describe('OrderedMap', () => {
  test('has what was put into it last and not taken out again, in ascending order', () => {
    const changes = fc.array(fc.tuple(key, fc.constantFrom('a', 'b', undefined)), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(changes, (all) => {
        const twin = new Map<bigint, string>();
        let map = OrderedMap.empty<string>();
        for (const [k, value] of all) {
          const before = [...map];
          const next = value === undefined ? map.without(k) : map.with(k, value);
          expect([...map]).toEqual(before);
          expect(next === map).toBe(twin.get(k) === value);
          if (value === undefined) twin.delete(k);
          else twin.set(k, value);
          map = next;
          expect([...map]).toEqual(sorted(twin));
          expect(map.size).toBe(twin.size);
          expect([map.get(k), map.has(k)]).toEqual([twin.get(k), twin.has(k)]);
        }
      }),
    );
  });

  test('of several entries with one key, the last counts', () => {
    expect([...OrderedMap.of([7n, 'a'], [3n, 'b'], [7n, 'c'])]).toEqual([
      [3n, 'b'],
      [7n, 'c'],
    ]);
  });

  test('has nothing under what is no key, and takes no such key', () => {
    const map = OrderedMap.of([0n, 'a'], [HIGHEST, 'b']);
    for (const none of [-1n, HIGHEST + 1n, 1n << 64n, -(1n << 64n)]) {
      expect([map.get(none), map.has(none)]).toEqual([undefined, false]);
      expect(map.without(none)).toBe(map);
      expect(() => map.with(none, 'c')).toThrow(RangeError);
      expect(() => OrderedMap.of([none, 'c'])).toThrow('a key has 64 bits');
    }
  });

  test('a key can be there without a value', () => {
    const map = OrderedMap.of([1n, undefined]);
    expect([map.has(1n), map.get(1n), map.has(2n)]).toEqual([true, undefined, false]);
    expect(OrderedMap.empty().with(1n, undefined).size).toBe(1);
  });

  test('a range has the keys from its lower bound up to its higher one; the rest is outside', () => {
    fc.assert(
      fc.property(entries, bound, bound, (all, low, high) => {
        const map = OrderedMap.from(all);
        const inside = (k: bigint): boolean => low <= k && k < high;
        expect([...map.within(low, high)]).toEqual(filtered(all, inside));
        expect([...map.outside(low, high)]).toEqual(filtered(all, (k) => !inside(k)));
        expect(map.within(low, high).merge(map.outside(low, high)).equals(map)).toBe(true);
      }),
      runs,
    );
  });

  test('a merge has the entries of both, and those of the other where both have a key', () => {
    fc.assert(
      fc.property(entries, entries, (all, others) => {
        const [a, b] = [OrderedMap.from(all), OrderedMap.from(others)];
        expect([...a.merge(b)]).toEqual(distinct([...all, ...others]));
        expect(a.merge(a.merge(b).outside(HIGHEST, 0n)).equals(a.merge(b))).toBe(true);
      }),
      runs,
    );
  });

  test('what changes nothing gives the same map', () => {
    fc.assert(
      fc.property(entries, bound, bound, (all, low, high) => {
        const map = OrderedMap.from(all);
        expect(map.merge(map.within(low, high))).toBe(map);
        expect(map.merge(OrderedMap.from(map.within(low, high)))).toBe(map);
        if (map.within(low, high).size === map.size) expect(map.within(low, high)).toBe(map);
        if (map.within(low, high).size === 0) expect(map.outside(low, high)).toBe(map);
      }),
      runs,
    );
  });

  test('an entry stands at the rank of its key: as many are lower', () => {
    fc.assert(
      fc.property(entries, bound, (all, any) => {
        const map = OrderedMap.from(all);
        const list = distinct(all);
        for (const [rank, entry] of list.entries()) {
          expect(map.at(rank)).toEqual(entry);
          expect(map.rank(entry[0])).toBe(rank);
        }
        for (const none of [-1, list.length, Number.NaN]) expect(map.at(none)).toBeUndefined();
        expect(map.rank(any)).toBe(list.filter(([k]) => k < any).length);
      }),
      runs,
    );
  });

  test('maps are equal when their entries are, however they came about', () => {
    fc.assert(
      fc.property(entries, entries, fc.boolean(), (all, others, shuffled) => {
        const a = OrderedMap.from(all);
        const b = OrderedMap.from(shuffled ? distinct(all).toReversed() : others);
        const same = JSON.stringify([...a].map(String)) === JSON.stringify([...b].map(String));
        expect(a.equals(b)).toBe(same);
        expect([...a.differences(b)].length === 0).toBe(same);
      }),
      runs,
    );
  });

  test('differs from another where only one has the key, or both with other values', () => {
    fc.assert(
      fc.property(entries, entries, bound, (all, others, from) => {
        const a = OrderedMap.from(all);
        // Alike up to a key, so that there is something to pass over.
        const b = a.outside(from, HIGHEST + 1n).merge(OrderedMap.from(others));
        const keys = [...distinct([...a, ...b])].map(([k]) => k);
        const differ = keys.filter((k) => a.has(k) !== b.has(k) || a.get(k) !== b.get(k));
        expect([...a.differences(b)]).toEqual(differ);
        expect([...b.differences(a)]).toEqual(differ);
      }),
      runs,
    );
  });

  test('values are the same by identity, unless told what is the same', () => {
    const [a, b] = [OrderedMap.of([1n, { x: 1 }]), OrderedMap.of([1n, { x: 1 }])];
    const same = (v: { x: number }, w: { x: number }): boolean => v.x === w.x;
    expect([a.equals(b), a.equals(b, same)]).toEqual([false, true]);
    expect([[...a.differences(b)], [...a.differences(b, same)]]).toEqual([[1n], []]);
    expect(OrderedMap.of([1n, Number.NaN]).equals(OrderedMap.of([1n, Number.NaN]))).toBe(true);
    expect(OrderedMap.of([1n, 0]).equals(OrderedMap.of([1n, -0]))).toBe(false);
  });

  test('looks only at what two maps do not share', () => {
    const all = Array.from({ length: 10_000 }, (_, k): [bigint, string] => [BigInt(k) ** 3n, 'v']);
    const map = OrderedMap.from(all);
    const [key] = all[5_000] as [bigint, string];
    let looked = 0;
    const same = (a: string, b: string): boolean => {
      looked++;
      return a === b;
    };
    expect(map.with(key, 'w').with(key, 'v').equals(map, same)).toBe(true);
    expect([...map.with(key, 'w').differences(map, same)]).toEqual([key]);
    expect(
      map
        .outside(key, key + 1n)
        .merge(map.within(key, key + 1n))
        .equals(map, same),
    ).toBe(true);
    expect(looked).toBeLessThan(10);
  });

  test('no choice of keys makes it slow or deep', () => {
    // Every key but one parts from its neighbours in the last bit that it can.
    const comb = Array.from({ length: 64 }, (_, bit): [bigint, number] => [1n << BigInt(bit), bit]);
    const map = OrderedMap.of(...comb);
    expect([...map].map(([, bit]) => bit)).toEqual(comb.map(([, bit]) => bit));
    const many = Array.from({ length: 100_000 }, (_, k): [bigint, number] => [BigInt(k), k]);
    const ascending = OrderedMap.from(many);
    expect([ascending.size, ascending.at(77_777), ascending.rank(77_777n)]).toEqual([
      100_000,
      [77_777n, 77_777],
      77_777,
    ]);
  });
});
