import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bound, KEY_INF, KEY_ZERO, type Key } from './messages.ts';
import { Table } from './table.ts';

const LAST = KEY_INF - 1n;

/** What a table should be, in the slowest way. */
class Model {
  readonly map = new Map<Key, string>();

  within(low: Bound, high: Bound): (readonly [Key, string])[] {
    const inside = [...this.map].filter(([key]) => low <= key && key < high);
    return inside.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Few keys, of which some differ in their low halves only and some in their high ones. */
const key = fc
  .tuple(fc.nat(3), fc.nat(40))
  .map(([half, rest]) => (BigInt(half) << 32n) + BigInt(rest) * 0x0600_0000n)
  .chain((drawn) => fc.constantFrom(drawn, drawn + 1n, LAST - drawn));
const bound: fc.Arbitrary<Bound> = fc.oneof(key, fc.constantFrom(KEY_ZERO, KEY_INF));
const value = fc.string({ maxLength: 5 });

type Act = (table: Table, model: Model) => void;
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(key, value).map(
    ([k, v]): Act =>
      (table, { map }) => {
        table.set(k, v);
        map.set(k, v);
      },
  ),
  // Many in a row, either way, so that blocks fill and split.
  fc.tuple(key, fc.nat(700), fc.boolean()).map(
    ([k, count, rising]): Act =>
      (table, { map }) => {
        for (let step = 0n; step < count; step++) {
          const next = BigInt.asUintN(64, k + (rising ? step : -step) * 0x1000_0001n);
          table.set(next, `${step}`);
          map.set(next, `${step}`);
        }
      },
  ),
  key.map(
    (k): Act =>
      (table, { map }) => {
        table.delete(k);
        map.delete(k);
      },
  ),
  fc.nat(5).map(
    (kept): Act =>
      (table, model) => {
        for (const [place, [k]] of model.within(KEY_ZERO, KEY_INF).entries()) {
          if (place % 6 === kept) continue;
          table.delete(k);
          model.map.delete(k);
        }
      },
  ),
  fc.tuple(bound, bound).map(
    ([low, high]): Act =>
      (table, model) => {
        table.clear(low, high);
        for (const [k] of model.within(low, high)) model.map.delete(k);
      },
  ),
);

test('a table is a map whose keys are in order, whatever is done to it', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), key, bound, bound, (acts, k, low, high) => {
      const [table, model] = [new Table(), new Model()];
      for (const each of acts) {
        each(table, model);
        expect(table.size).toBe(model.map.size);
        expect(table.get(k)).toBe(model.map.get(k));
      }
      const all = model.within(KEY_ZERO, KEY_INF);
      expect([...table]).toEqual(all);
      expect(all.filter(([each, has]) => table.get(each) !== has)).toEqual([]);
      const inside = model.within(low, high);
      expect([...table.within(low, high)]).toEqual(inside);
      expect(table.count(low, high)).toBe(inside.length);
    }),
    { numRuns: 200 },
  );
});

const numbered = (count: number, valueAt: (place: number) => string): Table => {
  const table = new Table();
  for (let place = 0; place < count; place++) table.set(BigInt(place) * 10n, valueAt(place));
  return table;
};

test('the beginning of a range has as many keys as it may', () => {
  const table = numbered(1_000, () => 'ab');
  const keysOf = (low: Bound, high: Bound, maxKeys: number, maxBytes = Infinity) => {
    const { entries, next } = table.beginning(low, high, maxKeys, maxBytes);
    return [entries.map(([each]) => each), next];
  };
  expect(keysOf(KEY_ZERO, KEY_INF, 2)).toEqual([[0n, 10n], 20n]);
  expect(keysOf(5n, 40n, 3)).toEqual([[10n, 20n, 30n], undefined]);
  expect(keysOf(5n, 41n, 3)).toEqual([[10n, 20n, 30n], 40n]);
  expect(keysOf(11n, 19n, 3)).toEqual([[], undefined]);
  expect(table.beginning(KEY_ZERO, KEY_INF, 400, Infinity).entries.length).toBe(400);
});

test('and as many bytes, but one key at least', () => {
  const table = numbered(5, (place) => 'x'.repeat(place));
  const count = (low: Bound, maxBytes: number): number =>
    table.beginning(low, KEY_INF, 9, maxBytes).entries.length;
  expect(count(0n, 0)).toBe(1);
  expect(count(0n, 2)).toBe(2);
  expect(count(0n, 3)).toBe(3);
  expect(count(40n, 1)).toBe(1);
  expect(count(30n, 6)).toBe(1);
  expect(count(30n, 7)).toBe(2);
});

test('keys are found by their ranks', () => {
  const table = numbered(1_000, () => '');
  expect(table.ranked([])).toEqual([]);
  expect(table.ranked([0, 1, 255, 256, 257, 512, 999])).toEqual([
    0n,
    10n,
    2_550n,
    2_560n,
    2_570n,
    5_120n,
    9_990n,
  ]);
  table.clear(100n, 9_900n);
  expect(table.ranked([9, 10, 19])).toEqual([90n, 9_900n, 9_990n]);
});
