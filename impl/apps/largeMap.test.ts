import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LargeMap } from './largeMap.ts';

const KEY = fc.nat(20);

const ACTS = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('set' as const), key: KEY, value: fc.nat() }),
    fc.record({ type: fc.constant('delete' as const), key: KEY, value: fc.constant(0) }),
  ),
  { maxLength: 100 },
);

describe('a large map', () => {
  test('has what a map of one part has, however small its parts', () => {
    fc.assert(
      fc.property(ACTS, fc.integer({ min: 1, max: 8 }), (acts, part) => {
        const map = new Map<number, number>();
        const large = new LargeMap<number, number>(part);
        for (const { type, key, value } of acts) {
          if (type === 'delete') expect(large.delete(key)).toBe(map.delete(key));
          else {
            map.set(key, value);
            large.set(key, value);
          }
          expect(large.size).toBe(map.size);
        }
        expect([...large.keys()].sort()).toEqual([...map.keys()].sort());
        for (let key = 0; key <= 20; key++) {
          expect([large.get(key), large.has(key)]).toEqual([map.get(key), map.has(key)]);
        }
      }),
    );
  });

  test('has a value that is falsy, too', () => {
    const map = new LargeMap<string, string>(1);
    map.set('a', '');
    map.set('b', '1');
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual(['', '1', undefined]);
  });
});
