/**
 * # Comparing in place
 *
 * Walks what runs and what the protocol says together, and stops where they part. Nothing is built
 * on the way, so it takes little time as long as they agree. What runs is always given first, and is called actual.
 */

import type { Bytes } from '../../spec/framework/bytes.ts';
import type { Difference } from '../../spec/framework/difference.ts';
import { toBytes } from './byteStrings.ts';

/** Where the two part; nothing if they agree. */
export type Comparison<Actual, Expected> = (
  actual: Actual,
  expected: Expected,
) => Difference | undefined;

/**
 * For each field of a record how it compares to what runs, or that it never changes. The compiler
 * demands an entry for every field, so that none is forgotten when the record grows.
 */
export type Fields<Actual, Expected> = {
  readonly [Field in keyof Expected]-?: 'constant' | Comparison<Actual, Expected[Field]>;
};

/** Compares the fields of a record one after the other. */
export function inFields<Actual, Expected extends object>(
  fields: Fields<Actual, Expected>,
): Comparison<Actual, Expected> {
  const compared = (Object.keys(fields) as (keyof Expected & string)[]).flatMap((field) => {
    const compare = fields[field] as 'constant' | Comparison<Actual, unknown>;
    return compare === 'constant' ? [] : [{ field, compare }];
  });
  return (actual, expected) => {
    for (const { field, compare } of compared) {
      const found = compare(actual, expected[field]);
      if (found !== undefined) return within(`.${field}`, found);
    }
    return undefined;
  };
}

/** A difference somewhere inside of something. */
export const within = (path: string, found: Difference): Difference => ({
  ...found,
  path: path + found.path,
});

/** Compares what has no parts. */
export const same = (actual: unknown, expected: unknown): Difference | undefined =>
  Object.is(actual, expected) ? undefined : { path: '', expected, actual };

/** Compares bytes with a byte string. */
export function sameBytes(actual: Uint8Array, expected: Bytes): Difference | undefined {
  const { length } = actual;
  let index = length === expected.length ? 0 : length + 1;
  while (index < length && actual[index] === expected.charCodeAt(index)) index++;
  return index === length ? undefined : { path: '', expected, actual: toBytes(actual) };
}

/** Anything that gives its items in their order, and knows how many there are. */
type Sequence<T> = Iterable<T> & ({ readonly length: number } | { readonly size: number });

/** Compares items one after the other. */
export function inOrder<Actual, Expected>(
  actual: Sequence<Actual>,
  expected: Sequence<Expected>,
  compare: Comparison<Actual, Expected>,
): Difference | undefined {
  const length = lengthOf(expected);
  const lengths = same(lengthOf(actual), length);
  if (lengths !== undefined) return within('.length', lengths);
  if (length === 0) return undefined;
  const items = expected[Symbol.iterator]();
  let index = 0;
  for (const item of actual) {
    const found = compare(item, items.next().value as Expected);
    if (found !== undefined) return within(`[${index}]`, found);
    index++;
  }
  return same(index, length);
}

const lengthOf = <T>(items: Sequence<T>): number => ('length' in items ? items.length : items.size);

/** What has something for each of some keys; a `Map` is one. */
export interface Lookup<Key, T> {
  readonly size: number;
  get(key: Key): T | undefined;
}

/** Compares what there is for each key. */
export function inMap<Key, Actual, Expected>(
  actual: Lookup<Key, Actual>,
  expected: ReadonlyMap<Key, Expected>,
  compare: Comparison<Actual, Expected>,
): Difference | undefined {
  const sizes = same(actual.size, expected.size);
  if (sizes !== undefined) return within('.size', sizes);
  for (const [key, value] of expected) {
    const other = actual.get(key);
    if (other === undefined)
      return { path: `.get(${String(key)})`, expected: value, actual: other };
    const found = compare(other, value);
    if (found !== undefined) return within(`.get(${String(key)})`, found);
  }
  return undefined;
}

/** Compares which elements there are. */
export function inSet<T>(actual: ReadonlySet<T>, expected: ReadonlySet<T>): Difference | undefined {
  const sizes = same(actual.size, expected.size);
  if (sizes !== undefined) return within('.size', sizes);
  for (const element of expected) {
    if (!actual.has(element)) {
      return { path: `.has(${String(element)})`, expected: true, actual: false };
    }
  }
  return undefined;
}
