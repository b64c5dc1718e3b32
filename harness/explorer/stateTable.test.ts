import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collisionProbability, StateTable } from './stateTable.ts';

describe('the table of states', () => {
  test('numbers different fingerprints in the order in which they come, and each once', () => {
    const half = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer(), fc.nat(2 ** 32 - 1));
    fc.assert(
      fc.property(fc.array(fc.tuple(half, half), { maxLength: 100 }), (prints) => {
        const table = new StateTable();
        const numbers = new Map<string, number>();
        for (const [hi, lo] of prints) {
          const key = `${hi | 0} ${lo | 0}`;
          expect(table.find(hi, lo)).toBe(numbers.get(key) ?? -1);
          if (!numbers.has(key)) numbers.set(key, numbers.size);
          expect(table.add(hi, lo, -1, 0)).toBe(numbers.get(key));
          expect(table.size).toBe(numbers.size);
        }
      }),
    );
  });

  test('grows without losing anything', () => {
    const table = new StateTable();
    for (let state = 0; state < 100_000; state++) {
      table.add(state % 7, Math.imul(state, 0x9e3779b9), state - 1, state % 5);
    }
    expect(table.size).toBe(100_000);
    for (let state = 0; state < 100_000; state += 997) {
      expect(table.find(state % 7, Math.imul(state, 0x9e3779b9))).toBe(state);
    }
    expect(table.waysTo(12)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2]);
  });

  test('keeps apart fingerprints that crowd into one place', () => {
    const table = new StateTable();
    for (let hi = 0; hi < 3000; hi++) expect(table.add(hi, 0, -1, 0)).toBe(hi);
  });
});

test('the chance of a collision grows with the square of the states', () => {
  expect(collisionProbability(1)).toBe(0);
  expect(collisionProbability(1e6)).toBeCloseTo(2.7e-8, 9);
  expect(collisionProbability(1e11)).toBeGreaterThan(0.99);
});
