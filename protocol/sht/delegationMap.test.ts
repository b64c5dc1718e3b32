import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import {
  allTo,
  assign,
  type DelegationMap,
  FIRST_KEY,
  ownerOf,
  ownsAll,
  placeOf,
} from './delegationMap.ts';
import { contains, KEY_INF, KEY_ZERO, type KeyRange } from './keys.ts';

const LAST_KEY = KEY_INF - 1n;

const BOUNDS = [KEY_ZERO, 0n, 1n, 2n, 5n, 6n, 7n, 1n << 63n, LAST_KEY - 1n, LAST_KEY, KEY_INF];
/** At every bound there is something to be seen, and just before it. */
const KEYS = [0n, 1n, 2n, 4n, 5n, 6n, 7n, 8n, (1n << 63n) - 1n, 1n << 63n, LAST_KEY - 1n, LAST_KEY];

const bound = fc.constantFrom(...BOUNDS);
const range = fc.record<KeyRange>({ low: bound, high: bound });
const owner = fc.constantFrom('a', 'b', 'c');
const assignments = fc.array(fc.tuple(range, owner), { maxLength: 8 });

/** A map that is told by assignments, and the function of keys that it stands for. */
function mapOf(
  all: readonly (readonly [KeyRange, string])[],
): [DelegationMap, Map<bigint, string>] {
  const owners = new Map(KEYS.map((key) => [key, 'a']));
  let map = allTo('a');
  for (const [each, to] of all) {
    map = deepFreeze(assign(map, each, to));
    for (const key of KEYS) if (contains(each, key)) owners.set(key, to);
  }
  return [map, owners];
}

describe('a delegation map', () => {
  test('is what was assigned last, and nothing else has changed', () => {
    fc.assert(
      fc.property(assignments, (all) => {
        const [map, owners] = mapOf(all);
        expect(KEYS.map((key) => ownerOf(map, key))).toEqual([...owners.values()]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is told in one way: from the first key on, bounds rise, neighbours differ', () => {
    fc.assert(
      fc.property(assignments, (all) => {
        const [map] = mapOf(all);
        expect(map[0]?.low).toBe(FIRST_KEY);
        for (const [place, { low, owner: id }] of map.entries()) {
          expect(low < KEY_INF).toBe(true);
          const next = map[place + 1];
          if (next === undefined) continue;
          expect(low < next.low).toBe(true);
          expect(id).not.toBe(next.owner);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('has every key in exactly one place, and it is the one that is found', () => {
    fc.assert(
      fc.property(assignments, fc.constantFrom(...KEYS), (all, key) => {
        const [map] = mapOf(all);
        const holding = map.flatMap(({ low }, place) =>
          contains({ low, high: map[place + 1]?.low ?? KEY_INF }, key) ? [place] : [],
        );
        expect(holding).toEqual([placeOf(map, key)]);
      }),
    );
  });

  test('knows whether one host has all keys of a range; it has those of one without keys', () => {
    const verdicts = { yes: 0, no: 0 };
    fc.assert(
      fc.property(assignments, range, owner, (all, some, id) => {
        const [map, owners] = mapOf(all);
        // The keys looked at are enough: bounds are only where one of them is the first.
        const expected = KEYS.every((key) => !contains(some, key) || owners.get(key) === id);
        verdicts[expected ? 'yes' : 'no']++;
        expect(ownsAll(map, some, id)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
    expect(verdicts.yes).toBeGreaterThan(100);
    expect(verdicts.no).toBeGreaterThan(100);
  });

  test.each<[string, KeyRange]>([
    ['an empty range', { low: 5n, high: 5n }],
    ['a range turned round', { low: 7n, high: 5n }],
    ['what lies before all keys', { low: KEY_ZERO, high: 0n }],
    ['what lies behind all keys', { low: KEY_INF, high: KEY_INF }],
  ])('is the same map after %s went to somebody', (_, none) => {
    const map = assign(allTo('a'), { low: 2n, high: 5n }, 'b');
    expect(assign(map, none, 'c')).toBe(map);
  });

  test('has one range again once a range has come back, whole or in pieces', () => {
    const away = assign(allTo('a'), { low: 2n, high: 7n }, 'b');
    expect(away).toEqual([
      { low: 0n, owner: 'a' },
      { low: 2n, owner: 'b' },
      { low: 7n, owner: 'a' },
    ]);
    const half = assign(away, { low: 2n, high: 5n }, 'a');
    expect(half).toHaveLength(3);
    expect(assign(half, { low: 5n, high: 7n }, 'a')).toEqual(allTo('a'));
  });
});
