import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { difference, show } from './difference.ts';
import { equal } from './equal.ts';
import { fingerprint } from './fingerprint.ts';
import { Log } from './log.ts';
import { OrderedMap } from './orderedMap.ts';

const leaf = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, false, 0, -0, 1, 2, Number.NaN, 0.5, 2 ** 40, 1n),
  fc.constantFrom('', 'a', 'b', '1', '__proto__'),
  fc.uint8Array({ max: 1, maxLength: 2 }),
);

/** Nested plain data from so small a domain that two of them are often equal, or nearly so. */
const dataOf = (own: boolean): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => {
    const item = tie('data');
    const items = fc.array(item, { maxLength: 3 });
    return {
      data: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        { weight: 2, arbitrary: leaf },
        { weight: 1, arbitrary: items },
        {
          weight: 1,
          arbitrary: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), item, {
            noNullPrototype: true,
          }),
        },
        { weight: 1, arbitrary: fc.array(fc.tuple(item, item), { maxLength: 3 }).map(asMap) },
        { weight: 1, arbitrary: items.map((elements) => new Set(elements)) },
        ...(own ? ownKinds(items) : []),
      ),
    };
  }).data;

/** What the platform does not have. */
const ownKinds = (items: fc.Arbitrary<unknown[]>) => [
  { weight: 1, arbitrary: items.map((all) => Log.of(...all)) },
  { weight: 1, arbitrary: items.map((all) => ordered(all.map((item, key) => [key % 2, item]))) },
];

const ordered = (entries: readonly (readonly [number, unknown])[]) =>
  OrderedMap.from(entries.map(([key, value]) => [BigInt(key), value]));

const asMap = (entries: readonly (readonly [unknown, unknown])[]) => new Map(entries);

/** A copy that shares nothing, with every order that does not matter turned round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (value instanceof Map) {
    return new Map([...value].reverse().map(([key, content]) => [turned(key), turned(content)]));
  }
  if (value instanceof Set) return new Set([...value].reverse().map(turned));
  if (value instanceof Log) return Log.of(...[...value].map(turned));
  if (value instanceof OrderedMap) {
    const entries: (readonly [bigint, unknown])[] = [...value];
    return OrderedMap.from(entries.reverse().map(([key, content]) => [key, turned(content)]));
  }
  if (value instanceof Uint8Array) return value.slice();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, content]) => [key, turned(content)]),
  );
}

const runs = { numRuns: 2000, includeErrorInReport: true } as const;

describe('equal', () => {
  test('agrees with the platform on plain data', () => {
    const seen = { equal: 0, different: 0 };
    fc.assert(
      fc.property(dataOf(false), dataOf(false), fc.boolean(), (a, b, copied) => {
        const other = copied ? turned(a) : b;
        seen[equal(a, other) ? 'equal' : 'different']++;
        expect(equal(a, other)).toBe(isDeepStrictEqual(a, other));
      }),
      runs,
    );
    expect(seen.equal).toBeGreaterThan(100);
    expect(seen.different).toBeGreaterThan(100);
  });

  test('is reflexive, whatever the order of keys and elements', () => {
    fc.assert(
      fc.property(dataOf(true), (a) => {
        expect(equal(a, a)).toBe(true);
        expect(equal(a, turned(a))).toBe(true);
      }),
      runs,
    );
  });

  test('is symmetric and transitive', () => {
    fc.assert(
      fc.property(dataOf(true), dataOf(true), dataOf(true), (a, b, c) => {
        expect(equal(a, b)).toBe(equal(b, a));
        if (equal(a, b)) {
          expect(equal(a, c)).toBe(equal(b, c));
          expect(equal(turned(a), b)).toBe(true);
        }
      }),
      runs,
    );
  });

  test('holds exactly where there is no difference, and then fingerprints agree', () => {
    fc.assert(
      fc.property(dataOf(true), dataOf(true), fc.boolean(), (a, b, copied) => {
        const other = copied ? turned(a) : b;
        const same = equal(a, other);
        expect(difference(a, other) === undefined).toBe(same);
        expect(equal(fingerprint(a), fingerprint(other))).toBe(same);
      }),
      runs,
    );
  });

  test.each<[string, unknown, unknown]>([
    ['zero and minus zero', 0, -0],
    ['zero and minus zero in a log', Log.of(0), Log.of(-0)],
    ['absent and undefined', {}, { a: undefined }],
    ['other keys, both undefined', { a: undefined }, { b: undefined }],
    ['a longer array', [1], [1, undefined]],
    ['a longer log', Log.of(1), Log.of(1, undefined)],
    ['logs of the same length', Log.of(1), Log.of(2)],
    ['branches of one log', Log.of(1).append(2), Log.of(1).append(3)],
    ['a record and a map', {}, new Map()],
    ['a map and a set', new Map(), new Set()],
    ['an array and a log', [], Log.of()],
    ['a map and an ordered map', new Map(), OrderedMap.empty()],
    ['ordered maps, other values', ordered([[1, 2]]), ordered([[1, 3]])],
    ['ordered maps, other keys', ordered([[1, 2]]), ordered([[2, 2]])],
    ['ordered maps of another size', ordered([[1, 2]]), OrderedMap.of([1n, 2], [2n, undefined])],
    ['an ordered map with high keys', OrderedMap.of([1n << 32n, 0]), OrderedMap.of([1n << 33n, 0])],
    ['an array and bytes', [], new Uint8Array()],
    ['null and a record', null, {}],
    ['undefined and null', undefined, null],
    ['a number and its text', 1, '1'],
    ['a number and a big integer', 1, 1n],
    ['bytes that differ', new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    ['an inherited key', { toString: undefined }, { a: undefined }],
    ['elements of another number', new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
    ['keys of objects, other values', new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 2]])],
    ['a key present with undefined', new Map([['a', undefined]]), new Map([['b', undefined]])],
  ])('tells apart %s', (_, a, b) => {
    expect(equal(a, b)).toBe(false);
    expect(equal(b, a)).toBe(false);
    expect(difference(a, b)).toBeDefined();
    expect(fingerprint(a)).not.toEqual(fingerprint(b));
  });

  test('takes bytes for bytes, whichever buffer holds them', () => {
    expect(equal(Buffer.from([1, 2]), new Uint8Array([1, 2]))).toBe(true);
  });

  test('takes a record for a record, with or without a prototype', () => {
    expect(equal(Object.assign(Object.create(null), { a: 1 }), { a: 1 })).toBe(true);
  });

  class Opaque {
    readonly #secret: number;
    constructor(secret: number) {
      this.#secret = secret;
    }
    get secret(): number {
      return this.#secret;
    }
  }

  test.each<[string, () => unknown]>([
    ['an object of a class', () => new Opaque(1)],
    ['a date', () => new Date(0)],
    ['a function', () => () => 1],
    ['a symbol', () => Symbol('s')],
    ['a promise', () => Promise.resolve()],
    ['a class derived from a map', () => new (class Derived extends Map {})()],
    ['a class derived from an array', () => new (class Derived extends Array {})()],
    ['an array of wider numbers', () => new Uint16Array(1)],
  ])('throws on %s, wherever it is', (_, make) => {
    for (const wrap of [
      (x: unknown) => x,
      (x: unknown) => [x],
      (x: unknown) => ({ x }),
      (x: unknown) => new Map([[x, 1]]),
      (x: unknown) => new Map([[1, x]]),
      (x: unknown) => new Set([x]),
      (x: unknown) => Log.of(x),
      (x: unknown) => OrderedMap.of([1n, x]),
    ]) {
      expect(() => fingerprint(wrap(make()))).toThrow('not plain data');
      const [a, b] = [wrap(make()), wrap(make())];
      expect(() => equal(a, b)).toThrow('not plain data');
      expect(() => difference(a, b)).toThrow('not plain data');
    }
    expect(() => equal(1, make())).toThrow('not plain data');
    expect(() => equal(make(), 1)).toThrow('not plain data');
  });

  test('does not look into what is the same object', () => {
    const opaque = new Opaque(1);
    expect(equal([opaque], [opaque])).toBe(true);
  });

  test('throws on values within themselves', () => {
    const cycle = () => {
      const self: unknown[] = [];
      self.push(self, self);
      return self;
    };
    expect(() => equal(cycle(), cycle())).toThrow('nested');
    expect(() => difference(cycle(), cycle())).toThrow('nested');
    expect(() => fingerprint(cycle())).toThrow('nested');
    expect(show(cycle()).length).toBeLessThanOrEqual(120);
  });
});
