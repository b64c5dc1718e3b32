import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { difference, show } from './difference.ts';
import { Log } from './log.ts';
import { OrderedMap } from './orderedMap.ts';

describe('difference', () => {
  const state = (ballot: number) => ({
    hosts: [{ id: 'a' }, { id: 'b' }, { id: 'c', votes: new Map([[3, { ballot }]]) }],
  });

  test.each<[string, unknown, unknown, string, unknown, unknown]>([
    ['a whole value', 1, 2, '', 1, 2],
    ['another kind', { a: [] }, { a: {} }, '.a', [], {}],
    ['a nested field', state(1), state(2), '.hosts[2].votes.get(3).ballot', 1, 2],
    ['a field of one only', { a: 1, b: 2 }, { a: 1 }, '.b', 2, undefined],
    ['a field of the other only', { a: 1 }, { a: 1, b: 2 }, '.b', undefined, 2],
    ['a field that is no word', { 'a b': 1 }, { 'a b': 2 }, '["a b"]', 1, 2],
    ['an absent field', {}, { a: undefined }, '.has("a")', false, true],
    ['an item too many', ['a'], ['a', 'b'], '[1]', undefined, 'b'],
    ['nothing too many', ['a'], ['a', undefined], '.length', 1, 2],
    ['a log', { h: Log.of('a', 'b') }, { h: Log.of('a', 'c', 'd') }, '.h[1]', 'b', 'c'],
    [
      'an ordered entry',
      OrderedMap.of([2n, { a: 1 }]),
      OrderedMap.of([2n, { a: 2 }]),
      '.get(2n).a',
      1,
      2,
    ],
    [
      'an ordered key',
      OrderedMap.of([2n, 7], [9n, 0]),
      OrderedMap.of([9n, 1]),
      '.get(2n)',
      7,
      undefined,
    ],
    [
      'a key of nothing',
      OrderedMap.empty(),
      OrderedMap.of([9n, undefined]),
      '.has(9n)',
      false,
      true,
    ],
    ['a byte', new Uint8Array([1, 2]), new Uint8Array([1, 3]), '[1]', 2, 3],
    ['an entry', new Map([['k', 1]]), new Map([['l', 1]]), '.get("k")', 1, undefined],
    ['an absent entry', new Map(), new Map([['l', undefined]]), '.has("l")', false, true],
    ['a key', new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 2]]), '.get({k: 1})', 1, 2],
    ['an element', new Set([1, 2]), new Set([1, 3]), '.has(2)', true, false],
    ['an element more', new Set([1]), new Set([1, { a: 1 }]), '.has({a: 1})', false, true],
  ])('points at %s', (_, a, b, path, expected, actual) => {
    expect(difference(a, b)).toEqual({ path, expected, actual });
  });

  test('points at the first of several places', () => {
    expect(difference({ a: 1, b: [1, 2], c: 3 }, { a: 1, b: [0, 0], c: 0 })?.path).toBe('.b[0]');
  });
});

describe('show', () => {
  test.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    [-0, '-0'],
    [7n, '7n'],
    ['say "a"', '"say \\"a\\""'],
    [{ a: [1, undefined], 'b c': new Set(['x']) }, '{a: [1, nothing], "b c": Set {"x"}}'],
    [new Map<unknown, unknown>([[1, { b: 2 }]]), 'Map {1 → {b: 2}}'],
    [Log.of('a', 'b'), '⟨"a", "b"⟩'],
    [OrderedMap.of<unknown>([2n, { b: 2 }], [1n, 'x']), 'OrderedMap {1n → "x", 2n → {b: 2}}'],
    [new Uint8Array([0, 255]), '2 bytes 00ff'],
    [new Date(0), 'an object of class Date'],
    [[() => 1], '[a function]'],
    [[], '[]'],
  ])('%o reads %s', (value, text) => {
    expect(show(value)).toBe(text);
  });

  test('is as long as it may be, and no longer', () => {
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 1, max: 40 }), (value, limit) => {
        const text = show(value, limit);
        const whole = show(value, 1e6);
        expect(text).toBe(whole.length <= limit ? whole : `${whole.slice(0, limit - 1)}…`);
      }),
      { numRuns: 1000 },
    );
  });

  test('does not walk what it does not print', () => {
    const huge = Array.from({ length: 1e6 }, (_, index) => ({ index, text: 'x'.repeat(10) }));
    expect(show(huge, 20)).toBe('[{index: 0, text: "…');
    expect(show('x'.repeat(1e7), 5)).toBe('"xxx…');
  });
});
