import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { equal } from '../../spec/framework/equal.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import { fromJson, toJson, UnreadableError } from './plain.ts';

/** Plain data of every kind; records with keys that look like those of the writing, too. */
const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(undefined, null, true, Number.NaN, Number.POSITIVE_INFINITY, -0),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string(),
    fc.uint8Array({ maxLength: 4 }),
    fc.array(tie('plain'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', '$map', '$c', '__proto__'), tie('plain')),
    fc
      .array(fc.tuple(tie('plain'), tie('plain')), { maxLength: 3 })
      .map((entries) => new Map(entries)),
    fc.array(tie('plain'), { maxLength: 3 }).map((items) => new Set(items)),
    fc
      .array(fc.tuple(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), tie('plain')))
      .map((entries) => OrderedMap.from(entries)),
  ),
}));

describe('plain data', () => {
  test.prop([plain])('comes back from JSON as it was', (value) => {
    const back = fromJson(JSON.parse(JSON.stringify(toJson(value))));
    expect(equal(value, back)).toBe(true);
  });

  test('is written as it is, where JSON has it', () => {
    const message = { type: '1a', ballot: { seqno: 1, proposer: 0 }, batch: [], none: null };
    expect(toJson(message)).toEqual(message);
  });

  test.each([
    ['a function', () => 0],
    ['a symbol', Symbol('x')],
    ['an object of a class', new Date(0)],
    ['a list that contains one', [new Date(0)]],
  ])('is not %s', (_, value) => {
    expect(() => toJson(value)).toThrow(TypeError);
  });

  test.each([
    { $what: 1 },
    { $map: 7 },
    { $map: [[1]] },
    { $bigint: 'one' },
    { $orderedMap: [[1, 1]] },
    { $orderedMap: [[{ $bigint: '-1' }, 1]] },
    { $orderedMap: [[{ $bigint: '18446744073709551616' }, 1]] },
    { $bytes: 'xyz' },
    { $number: '5' },
    { $set: [], $map: [] },
  ])('is not written as %j', (json) => {
    expect(() => fromJson(json)).toThrow(UnreadableError);
  });
});
