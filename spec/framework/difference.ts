/**
 * # Where two values part
 *
 * When a comparison fails, its reader wants the first place where the two values differ, not the
 * values. This is slower than asking whether they are equal; ask it only after a no.
 */
import { equal, unmatchedElements, unmatchedEntries } from './equal.ts';
import { classOf, kindOf } from './kind.ts';
import type { Log } from './log.ts';
import type { OrderedMap } from './orderedMap.ts';

/**
 * The place where two values part, and what is there in each; `undefined` where there is nothing.
 */
export interface Difference {
  /** Such as `.hosts[2].votes.get(3).ballot`; empty when the values differ as a whole. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * The first place where two values differ; nothing if and only if they are equal.
 *
 * @throws TypeError where `equal` does.
 */
export function difference(expected: unknown, actual: unknown, path = ''): Difference | undefined {
  if (equal(expected, actual)) return undefined;
  const kind = kindOf(expected);
  if (kind === kindOf(actual)) {
    switch (kind) {
      case 'array':
        return inSequence(expected as readonly unknown[], actual as readonly unknown[], path);
      case 'log':
        return inSequence([...(expected as Log<unknown>)], [...(actual as Log<unknown>)], path);
      case 'bytes':
        return inSequence([...(expected as Uint8Array)], [...(actual as Uint8Array)], path);
      case 'record':
        return inRecord(expected as PlainRecord, actual as PlainRecord, path);
      case 'map':
        return inMap(expected as AnyMap, actual as AnyMap, path);
      case 'set':
        return inSet(expected as AnySet, actual as AnySet, path);
      case 'orderedMap':
        return inOrderedMap(expected as AnyOrderedMap, actual as AnyOrderedMap, path);
    }
  }
  return { path, expected, actual };
}

type PlainRecord = Readonly<Record<string, unknown>>;
type AnyMap = ReadonlyMap<unknown, unknown>;
type AnySet = ReadonlySet<unknown>;
type AnyOrderedMap = OrderedMap<unknown>;

function inSequence(
  expected: readonly unknown[],
  actual: readonly unknown[],
  path: string,
): Difference | undefined {
  const common = Math.min(expected.length, actual.length);
  for (let index = 0; index < common; index++) {
    const at = difference(expected[index], actual[index], `${path}[${index}]`);
    if (at) return at;
  }
  // One is longer. Its next item is the place, unless that item reads like nothing itself.
  return (
    difference(expected[common], actual[common], `${path}[${common}]`)
    ?? difference(expected.length, actual.length, `${path}.length`)
  );
}

function inRecord(
  expected: PlainRecord,
  actual: PlainRecord,
  path: string,
): Difference | undefined {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const of = (record: PlainRecord) => (Object.hasOwn(record, key) ? record[key] : undefined);
    const at =
      difference(of(expected), of(actual), `${path}${field(key)}`)
      ?? difference(
        Object.hasOwn(expected, key),
        Object.hasOwn(actual, key),
        `${path}.has(${show(key)})`,
      );
    if (at) return at;
  }
  return undefined;
}

function inMap(expected: AnyMap, actual: AnyMap, path: string): Difference | undefined {
  const [missing, added] = unmatchedEntries(expected, actual);
  const entry = missing[0] ?? added[0];
  if (entry === undefined) return undefined;
  const [key] = entry;
  const there = missing.find(([other]) => equal(key, other));
  const here = added.find(([other]) => equal(key, other));
  return (
    difference(there?.[1], here?.[1], `${path}.get(${show(key)})`)
    ?? difference(there !== undefined, here !== undefined, `${path}.has(${show(key)})`)
  );
}

function inOrderedMap(
  expected: AnyOrderedMap,
  actual: AnyOrderedMap,
  path: string,
): Difference | undefined {
  for (const key of expected.differences(actual, equal)) {
    return (
      difference(expected.get(key), actual.get(key), `${path}.get(${show(key)})`)
      ?? difference(expected.has(key), actual.has(key), `${path}.has(${show(key)})`)
    );
  }
  return undefined;
}

function inSet(expected: AnySet, actual: AnySet, path: string): Difference | undefined {
  const [missing, added] = unmatchedElements(expected, actual);
  const [rest, inExpected] = missing.length > 0 ? [missing, true] : [added, false];
  return rest.length === 0
    ? undefined
    : { path: `${path}.has(${show(rest[0])})`, expected: inExpected, actual: !inExpected };
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

const field = (key: string): string => (IDENTIFIER.test(key) ? `.${key}` : `[${show(key)}]`);

/**
 * A value as one short line, at most `limit` characters long. It prints anything and never throws.
 */
export function show(value: unknown, limit = 120): string {
  const text = print(value, limit);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/**
 * The value as text, which may be cut off anywhere once it is longer than `room`. Every level of
 * nesting has less room than the one around it, so a value within itself ends there too.
 */
function print(value: unknown, room: number): string {
  switch (kindOf(value)) {
    case undefined:
      return classOf(value);
    case 'undefined':
      return 'nothing';
    case 'string':
      return JSON.stringify((value as string).slice(0, room + 1));
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'null':
    case 'boolean':
      return String(value);
    case 'bytes':
      return printBytes(value as Uint8Array, room);
    case 'array':
      return printList('[', value as readonly unknown[], ']', room, print);
    case 'log':
      return printList('⟨', value as Log<unknown>, '⟩', room, print);
    case 'set':
      return printList('Set {', value as AnySet, '}', room, print);
    case 'map':
      return printList('Map {', value as AnyMap, '}', room, printEntry);
    case 'orderedMap':
      return printList('OrderedMap {', value as AnyOrderedMap, '}', room, printEntry);
    case 'record':
      return printList(
        '{',
        Object.entries(value as PlainRecord),
        '}',
        room,
        ([key, content], left) => {
          const name = IDENTIFIER.test(key) ? key : JSON.stringify(key);
          return `${name}: ${print(content, left - name.length)}`;
        },
      );
  }
}

function printEntry([key, content]: readonly [unknown, unknown], room: number): string {
  const name = print(key, room);
  return `${name} → ${print(content, room - name.length)}`;
}

function printBytes(bytes: Uint8Array, room: number): string {
  const shown = bytes.subarray(0, Math.max(room, 0));
  return `${bytes.length} bytes ${Array.from(shown, (b) => b.toString(16).padStart(2, '0')).join('')}`;
}

function printList<T>(
  open: string,
  items: Iterable<T>,
  close: string,
  room: number,
  printItem: (item: T, room: number) => string,
): string {
  let text = open;
  let separator = '';
  for (const item of items) {
    text += separator;
    if (text.length > room) return text;
    text += printItem(item, room - text.length);
    separator = ', ';
  }
  return text + close;
}
