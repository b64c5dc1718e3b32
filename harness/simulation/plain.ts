/**
 * # Plain data as JSON, and back
 *
 * JSON has no maps, sets, bytes, big integers or absence. Each is written as an object with one
 * key that says what it is; everything else is written as it is, so that a reader can read it.
 */
import { kindOf, notData } from '../../spec/framework/kind.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';

/** What was to be read back is nothing that was ever written. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/** Throws a TypeError where a value is, or contains, what is not plain data. */
export function toJson(value: unknown): unknown {
  switch (kindOf(value)) {
    case 'undefined':
      return { $undefined: true };
    case 'null':
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: numeral(value) };
    case 'bigint':
      return { $bigint: String(value) };
    case 'bytes':
      return { $bytes: Buffer.from(value as Uint8Array).toString('hex') };
    case 'array':
      return (value as readonly unknown[]).map(toJson);
    case 'map':
      return { $map: [...(value as ReadonlyMap<unknown, unknown>)].map(toJson) };
    case 'orderedMap':
      return { $orderedMap: [...(value as OrderedMap<unknown>)].map(toJson) };
    case 'set':
      return { $set: [...(value as ReadonlySet<unknown>)].map(toJson) };
    case 'record':
      return recordToJson(Object.entries(value as object));
    case 'log':
    case undefined:
      throw notData(value);
  }
}

const numeral = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value));

/** A record that looks like one of ours is written as its entries. */
function recordToJson(entries: readonly (readonly [string, unknown])[]): unknown {
  const written = entries.map(([key, value]) => [key, toJson(value)] as const);
  return entries.some(([key]) => key.startsWith('$') || key === '__proto__')
    ? { $record: written }
    : Object.fromEntries(written);
}

/** Throws an UnreadableError where something is not what {@link toJson} writes. */
export function fromJson(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json !== 'object' || json === null) {
    if (['string', 'number', 'boolean'].includes(typeof json) || json === null) return json;
    throw new UnreadableError(`a ${typeof json} is not JSON`);
  }
  const entries = Object.entries(json);
  const [key = '', content] = entries[0] ?? [];
  if (!key.startsWith('$')) {
    return Object.fromEntries(entries.map(([name, value]) => [name, fromJson(value)]));
  }
  const read = READERS[key];
  if (read === undefined || entries.length > 1)
    throw new UnreadableError(`${key} is nothing known`);
  return read(content);
}

const items = (json: unknown): readonly unknown[] => {
  if (Array.isArray(json)) return json.map(fromJson);
  throw new UnreadableError('a map, a set and a record are written as a list');
};

const pairs = (json: unknown): readonly (readonly [unknown, unknown])[] =>
  items(json).map((pair) => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]];
    throw new UnreadableError('an entry is a pair');
  });

const text = (json: unknown, pattern: RegExp): string => {
  if (typeof json === 'string' && pattern.test(json)) return json;
  throw new UnreadableError(`${JSON.stringify(json)} is not written as it should be`);
};

function orderedMap(entries: readonly (readonly [unknown, unknown])[]): OrderedMap<unknown> {
  const read = entries.map(([key, value]): [bigint, unknown] => {
    if (typeof key === 'bigint' && key >= 0n && key >> 64n === 0n) return [key, value];
    throw new UnreadableError('a key of an ordered map has 64 bits');
  });
  return OrderedMap.from(read);
}

const READERS: Readonly<Record<string, (json: unknown) => unknown>> = {
  $undefined: () => undefined,
  $number: (json) => Number(text(json, /^(?:NaN|-?Infinity|-0)$/)),
  $bigint: (json) => BigInt(text(json, /^-?\d+$/)),
  $bytes: (json) => new Uint8Array(Buffer.from(text(json, /^([0-9a-f]{2})*$/), 'hex')),
  $map: (json) => new Map(pairs(json)),
  $orderedMap: (json) => orderedMap(pairs(json)),
  $set: (json) => new Set(items(json)),
  $record: (json) => Object.fromEntries(pairs(json).map(([key, value]) => [String(key), value])),
};
