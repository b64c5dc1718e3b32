import { describe, expect, test } from 'vitest';
import { ALL_KEYS, contains, isEmpty, KEY_INF, KEY_ZERO, type KeyRange, overlap } from './keys.ts';

const HIGHEST = KEY_INF - 1n;

const range = (low: bigint, high: bigint): KeyRange => ({ low, high });

describe('a range', () => {
  test('has its lower bound and not its higher one', () => {
    const has = [2n, 3n, 4n, 5n, 6n].map((key) => contains(range(3n, 5n), key));
    expect(has).toEqual([false, true, true, false, false]);
  });

  test('of all keys has the first and the last', () => {
    expect([0n, HIGHEST].map((key) => contains(ALL_KEYS, key))).toEqual([true, true]);
    expect([KEY_ZERO, 0n, HIGHEST, KEY_INF].toSorted((a, b) => Number(a - b))).toEqual([
      KEY_ZERO,
      0n,
      HIGHEST,
      KEY_INF,
    ]);
  });

  test.each([
    [range(3n, 3n), true],
    [range(4n, 3n), true],
    [range(KEY_INF, KEY_ZERO), true],
    [range(3n, 4n), false],
    // There is something in it, though no key.
    [range(KEY_ZERO, 0n), false],
  ])('%o is empty: %s', (some, empty) => {
    expect(isEmpty(some)).toBe(empty);
  });

  test('overlaps another where both have a key', () => {
    const bounds = [KEY_ZERO, 0n, 1n, 2n, 3n];
    const keys = [KEY_ZERO, 0n, 1n, 2n];
    const ranges = bounds.flatMap((low) => bounds.map((high) => range(low, high)));
    let overlapping = 0;
    for (const a of ranges.filter((each) => !isEmpty(each))) {
      for (const b of ranges.filter((each) => !isEmpty(each))) {
        const both = keys.some((key) => contains(a, key) && contains(b, key));
        if (both) overlapping++;
        expect(overlap(a, b)).toBe(both);
      }
    }
    expect(overlapping).toBeGreaterThan(10);
  });
});
