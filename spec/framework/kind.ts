/**
 * # Kinds of values
 *
 * States and messages are plain data: primitives, arrays, records, maps, sets, bytes, logs and
 * ordered maps. Whatever compares, prints or hashes them goes by these kinds, and nothing else passes: an object
 * of a class that is not known here may hide what it knows from us, and a comparison that cannot
 * see everything would call different things equal.
 */
import { ArrivalMap } from './arrivalMap.ts';
import { Log } from './log.ts';
import { OrderedMap } from './orderedMap.ts';

export type Kind =
  | 'undefined'
  | 'null'
  | 'boolean'
  | 'number'
  | 'bigint'
  | 'string'
  | 'array'
  | 'record'
  | 'map'
  | 'set'
  | 'bytes'
  | 'log'
  | 'orderedMap';

/** The kind of a value, or nothing for a function, a symbol, or an object of an unknown class. */
export function kindOf(value: unknown): Kind | undefined {
  if (value === null) return 'null';
  const type = typeof value;
  if (type === 'object') return kindOfObject(value as object);
  return type === 'function' || type === 'symbol' ? undefined : type;
}

function kindOfObject(value: object): Kind | undefined {
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
    case null:
      return 'record';
    case Array.prototype:
      return 'array';
    case Map.prototype:
    case ArrivalMap.prototype:
      return 'map';
    case Set.prototype:
      return 'set';
    case Log.prototype:
      return 'log';
    case OrderedMap.prototype:
      return 'orderedMap';
  }
  // The platform's own byte buffers are a class derived from this one and hide nothing.
  return value instanceof Uint8Array ? 'bytes' : undefined;
}

/** The name of the class of something that is of no known kind, for messages. */
export const classOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `an object of class ${value.constructor?.name || 'without a name'}`
    : `a ${typeof value}`;

/** Values nested deeper than this are taken to be cyclic. */
export const MAX_DEPTH = 1000;

/** What is thrown where a value is not plain data. */
export const notData = (value: unknown): TypeError =>
  new TypeError(`${classOf(value)} is not plain data, so nothing can be said about its contents`);

/** What is thrown where a value contains itself. */
export const tooDeep = (): TypeError =>
  new TypeError(`a value nested more than ${MAX_DEPTH} deep, perhaps within itself, is not data`);
