import { expect, test } from 'vitest';
import { deepFreeze } from './deepFreeze.ts';

test('nothing in a frozen value can be changed, however deep', () => {
  const value = deepFreeze({
    list: [{ n: 1 }],
    map: new Map([['k', { n: 2 }]]),
    set: new Set([3]),
  });
  expect(() => {
    (value.list[0] as { n: number }).n = 9;
  }).toThrow(TypeError);
  expect(() => value.list.push({ n: 4 })).toThrow(TypeError);
  expect(() => value.map.set('l', { n: 5 })).toThrow('frozen');
  expect(() => value.map.delete('k')).toThrow('frozen');
  expect(() => {
    (value.map.get('k') as { n: number }).n = 9;
  }).toThrow(TypeError);
  expect(() => value.set.add(6)).toThrow('frozen');
  expect(() => value.set.clear()).toThrow('frozen');
  expect(value.list[0]?.n).toBe(1);
});

test('what cannot be frozen is refused', () => {
  expect(() => deepFreeze({ bytes: new Uint8Array(1) })).toThrow('bytes');
});
