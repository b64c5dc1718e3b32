import { describe, expect, test } from 'vitest';
import { equal } from '../../spec/framework/equal.ts';
import { Random } from '../simulation/random.ts';
import {
  type Domain,
  fixed,
  listOf,
  mapOf,
  oneOf,
  optional,
  record,
  rowOf,
  setOf,
  variants,
} from './domain.ts';

interface Inner {
  readonly flag: boolean;
  readonly me: string;
}

type Said =
  | { readonly type: 'a'; readonly n: number }
  | { readonly type: 'b'; readonly inner: Inner };

const small = oneOf([0, 1, 2], [9]);
const inner = record<Inner>({ flag: oneOf([false, true]), me: fixed('me') });

/** A domain of each kind, and whether a value is one of it. */
const DOMAINS: Readonly<Record<string, Domain<unknown>>> = Object.fromEntries(
  Object.entries({
    oneOf: small,
    record: inner,
    optional: optional(small),
    listOf: listOf(small, 3),
    rowOf: rowOf(small, 3),
    setOf: setOf([0, 1, 2]),
    mapOf: mapOf(oneOf(['x', 'y']), inner, 2),
    variants: variants<Said>({
      a: record<Said & { type: 'a' }>({ type: fixed('a'), n: small }),
      b: record<Said & { type: 'b' }>({ type: fixed('b'), inner }),
    }),
  }).map(([name, domain]) => [name, domain as Domain<unknown>]),
);

describe.each(Object.entries(DOMAINS))('the domain %s', (_, domain) => {
  const random = new Random(1);
  const drawn = Array.from({ length: 200 }, () => domain.draw(random));

  test('draws different values, the same from the same seed', () => {
    const again = new Random(1);
    expect(drawn).toEqual(Array.from({ length: 200 }, () => domain.draw(again)));
    expect(drawn.some((value) => !equal(value, drawn[0]))).toBe(true);
  });

  test('leads from any value to any other, step by step, without changing it in place', () => {
    const seen = new Set<string>();
    const write = (value: unknown): string =>
      JSON.stringify(value, (_key, part) =>
        part instanceof Map || part instanceof Set ? [...part].sort() : part,
      ) ?? '';
    let value = domain.simplest;
    for (let left = 5_000; left > 0; left--) {
      const before = write(value);
      const altered = domain.alter(value, random);
      expect(write(value)).toBe(before);
      value = altered;
      seen.add(write(value));
    }
    for (const other of drawn) {
      const { type } = { type: undefined, ...(other as object) };
      // An alteration never makes another variant of a value.
      if (type === undefined || type === 'a') expect(seen).toContain(write(other));
    }
  });

  test('knows a way to the origin that ends there', () => {
    for (const [place, origin] of drawn.entries()) {
      let value = drawn[drawn.length - 1 - place];
      let steps = 0;
      for (;;) {
        const nearer = [...domain.nearer(value, origin)].filter((each) => !equal(each, value));
        if (nearer.length === 0) break;
        value = nearer.at(-1);
        expect(++steps).toBeLessThan(100);
      }
      const { type } = { type: undefined, ...(origin as object) };
      const { type: own } = { type: undefined, ...(value as object) };
      if (type === own) expect(equal(value, origin)).toBe(true);
    }
  });
});

test('what is fixed stays as it is', () => {
  const random = new Random(1);
  const other = { flag: false, me: 'you' };
  for (let left = 20; left > 0; left--) expect(inner.alter(other, random).me).toBe('you');
  expect([...fixed(1).nearer(2, 1)]).toEqual([]);
});

test('there must be something to choose from', () => {
  expect(() => variants({})).toThrow(RangeError);
});
