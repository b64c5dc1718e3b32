import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equal } from '../../spec/framework/equal.ts';
import { ofBytes, toBytes, toDigits } from './byteStrings.ts';
import { type Comparison, inFields, inMap, inOrder, inSet, same, sameBytes } from './comparison.ts';

const bytes = fc.uint8Array({ maxLength: 3, max: 1 });
const few = fc.nat({ max: 2 });

/** Compares as a property says, and both answers occur. */
function agrees<T>(values: fc.Arbitrary<T>, compare: Comparison<T, T>): void {
  const seen = { same: 0, different: 0 };
  fc.assert(
    fc.property(values, values, (a, b) => {
      const found = compare(a, b);
      expect(found === undefined).toBe(equal(a, b));
      seen[found === undefined ? 'same' : 'different']++;
    }),
    { numRuns: 500 },
  );
  expect(Math.min(seen.same, seen.different)).toBeGreaterThan(5);
}

describe('comparing in place', () => {
  test('finds a difference where there is one, and nowhere else', () => {
    agrees(bytes, (a, b) => sameBytes(a, toBytes(b)));
    agrees(fc.array(few, { maxLength: 2 }), (a, b) => inOrder(a, b, same));
    agrees(fc.uniqueArray(few), (a, b) => inOrder(new Set(a), b, same));
    agrees(
      fc.array(fc.tuple(few, few), { maxLength: 2 }).map((entries) => new Map(entries)),
      (a, b) => inMap(a, b, same),
    );
    agrees(
      fc.array(few, { maxLength: 2 }).map((elements) => new Set(elements)),
      inSet,
    );
    agrees(
      fc.record({ a: few, b: few }),
      inFields<{ a: number; b: number }, { a: number; b: number }>({
        a: (actual, expected) => same(actual.a, expected),
        b: (actual, expected) => same(actual.b, expected),
      }),
    );
  });

  test.each([
    ['[1]', 2, 3, inOrder([1, 3], [1, 2], same)],
    ['.length', 1, 2, inOrder([1, 3], [1], same)],
    ['.get(5)', 2, 3, inMap(new Map([[5, 3]]), new Map([[5, 2]]), same)],
    ['.get(5)', 2, undefined, inMap(new Map([[4, 2]]), new Map([[5, 2]]), same)],
    ['.size', 1, 0, inMap(new Map(), new Map([[5, 2]]), same)],
    ['.has(5)', true, false, inSet(new Set([4]), new Set([5]))],
    ['.size', 0, 1, inSet(new Set([4]), new Set())],
    ['', '\x01\x02', '\x01\x03', sameBytes(Uint8Array.of(1, 3), '\x01\x02')],
    ['', -0, 0, same(0, -0)],
  ])('says where the two part: %s', (path, expected, actual, found) => {
    expect(found).toEqual({ path, expected, actual });
  });

  test('a sequence that has fewer items than it says is another', () => {
    const liar = { length: 2, *[Symbol.iterator]() {} };
    expect(inOrder(liar, [1, 2], same)).toBeDefined();
  });

  test('what never changes is not looked at', () => {
    const compare = inFields<number, { fixed: string; n: number }>({ fixed: 'constant', n: same });
    expect(compare(1, { fixed: 'x', n: 1 })).toBeUndefined();
    expect(compare(1, { fixed: 'x', n: 2 })).toEqual({ path: '.n', expected: 2, actual: 1 });
  });
});

describe('byte strings', () => {
  test('are the same bytes in each form, however many', () => {
    const lengths = fc.oneof(fc.nat({ max: 20 }), fc.constantFrom(8_191, 8_192, 8_193, 20_000));
    fc.assert(
      fc.property(lengths, fc.nat({ max: 255 }), (length, seed) => {
        const array = Uint8Array.from({ length }, (_, index) => index * 7 + seed);
        const string = toBytes(array);
        expect(string).toHaveLength(length);
        expect(ofBytes(string)).toEqual(array);
        expect(toDigits(array)).toBe(Buffer.from(array).toString('hex'));
      }),
    );
  });
});
