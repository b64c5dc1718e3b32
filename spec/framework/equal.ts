/**
 * # Equality
 *
 * Two values are equal when nobody who only looks at their contents can tell them apart. The order
 * of a record's keys and of the elements of a map or a set is not content; that a key is present,
 * though its value be undefined, is. Zero and minus zero differ; NaN equals itself.
 *
 * Every verdict rests on this, so it never guesses: an object of an unknown class is not compared
 * but thrown back. (A class with private fields has nothing to show, and any two of its objects
 * would look alike.)
 */
import { kindOf, MAX_DEPTH, notData, tooDeep } from './kind.ts';
import type { Log } from './log.ts';
import type { OrderedMap } from './orderedMap.ts';

/**
 * Whether two values have the same contents.
 *
 * @throws TypeError where a function, a symbol or an object of an unknown class must be looked
 * into.
 */
export const equal = (a: unknown, b: unknown): boolean => equalWithin(MAX_DEPTH, a, b);

function equalWithin(depth: number, a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (depth === 0) throw tooDeep();
  const kind = kindOf(a);
  if (kind === undefined) throw notData(a);
  const other = kindOf(b);
  if (other === undefined) throw notData(b);
  if (kind !== other) return false;
  switch (kind) {
    case 'array':
      return equalItems(depth - 1, a as readonly unknown[], b as readonly unknown[]);
    case 'record':
      return equalRecords(depth - 1, a as PlainRecord, b as PlainRecord);
    case 'map':
      return equalEntries(depth - 1, a as AnyMap, b as AnyMap);
    case 'set':
      return equalElements(depth - 1, a as AnySet, b as AnySet);
    case 'bytes':
      return equalBytes(a as Uint8Array, b as Uint8Array);
    case 'log':
      return equalLogs(depth - 1, a as Log<unknown>, b as Log<unknown>);
    case 'orderedMap':
      return (a as OrderedMap<unknown>).equals(b as OrderedMap<unknown>, (x, y) =>
        equalWithin(depth - 1, x, y),
      );
    default:
      return false; // Primitives are equal only if they are the same.
  }
}

type PlainRecord = Readonly<Record<string, unknown>>;
type AnyMap = ReadonlyMap<unknown, unknown>;
type AnySet = ReadonlySet<unknown>;

function equalItems(depth: number, a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!equalWithin(depth, a[index], b[index])) return false;
  }
  return true;
}

function equalRecords(depth: number, a: PlainRecord, b: PlainRecord): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !equalWithin(depth, a[key], b[key])) return false;
  }
  return true;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function equalLogs(depth: number, a: Log<unknown>, b: Log<unknown>): boolean {
  if (a.length !== b.length) return false;
  if (a.isPrefixOf(b)) return true; // At once, where they share their items.
  for (let index = 0; index < a.length; index++) {
    if (!equalWithin(depth, a.at(index), b.at(index))) return false;
  }
  return true;
}

function equalEntries(depth: number, a: AnyMap, b: AnyMap): boolean {
  if (a.size !== b.size) return false;
  let parts = false;
  for (const [key, value] of a) {
    if (hasParts(key)) parts = true;
    else if (!b.has(key) || !equalWithin(depth, value, b.get(key))) return false;
  }
  return !parts || unmatchedEntries(a, b, depth).every((rest) => rest.length === 0);
}

function equalElements(depth: number, a: AnySet, b: AnySet): boolean {
  if (a.size !== b.size) return false;
  let parts = false;
  for (const element of a) {
    if (hasParts(element)) parts = true;
    else if (!b.has(element)) return false;
  }
  return !parts || unmatchedElements(a, b, depth).every((rest) => rest.length === 0);
}

/** The elements of each of two sets that have no counterpart in the other. */
export function unmatchedElements(
  a: AnySet,
  b: AnySet,
  depth = MAX_DEPTH,
): readonly [unknown[], unknown[]] {
  const left = [...a].filter((element) => !b.has(element));
  const right = [...b].filter((element) => !a.has(element));
  return unmatched(left, right, (x, y) => equalWithin(depth, x, y));
}

type Entry = readonly [key: unknown, value: unknown];

/** The entries of each of two maps that have no counterpart in the other. */
export function unmatchedEntries(
  a: AnyMap,
  b: AnyMap,
  depth = MAX_DEPTH,
): readonly [Entry[], Entry[]] {
  const same = new Set<unknown>();
  for (const [key, value] of a) {
    if (b.has(key) && equalWithin(depth, value, b.get(key))) same.add(key);
  }
  const left = [...a].filter(([key]) => !same.has(key));
  const right = [...b].filter(([key]) => !same.has(key));
  return unmatched(
    left,
    right,
    ([k, v], [l, w]) => equalWithin(depth, k, l) && equalWithin(depth, v, w),
  );
}

/**
 * What is left of two lists when equal items are paired off. Equality is transitive, so any pairing
 * will do.
 */
function unmatched<T>(
  left: readonly T[],
  right: readonly T[],
  same: (a: T, b: T) => boolean,
): readonly [T[], T[]] {
  const rest = [...right];
  const alone = left.filter((item) => {
    const partner = rest.findIndex((candidate) => same(item, candidate));
    if (partner >= 0) rest.splice(partner, 1);
    return partner < 0;
  });
  return [alone, rest];
}

/**
 * Maps and sets know data without parts by its contents, and everything else only by its identity.
 */
const hasParts = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null)
  || typeof value === 'function'
  || typeof value === 'symbol';
