/**
 * # The wire format, as a definition
 *
 * The grammar in which every message is written, and what bytes mean under it. This is the
 * yardstick for the implementation's own marshalling, so it shares no code with it and prefers
 * being obvious to being fast: a value is written in one way only, and bytes either are exactly one
 * value or mean nothing. What is longer than the grammar allows means nothing, too, and no length
 * or count is believed before there is room for what it promises.
 *
 * Follows Common/Framework and Impl/Common/GenericMarshalling.i.dfy of IronFleet; departs from it
 * in that integers above `Number.MAX_SAFE_INTEGER` mean nothing, except where the grammar says that
 * they are exact, and that limits are part of the grammar.
 */

export type Grammar =
  | { readonly kind: 'u64' }
  /** Any number of 64 bits, as a bigint. */
  | { readonly kind: 'u64Exact' }
  /** At most so many bytes. */
  | { readonly kind: 'bytes'; readonly most?: number }
  /** At most so many elements. */
  | { readonly kind: 'array'; readonly of: Grammar; readonly most?: number }
  | { readonly kind: 'tuple'; readonly of: readonly Grammar[] }
  | { readonly kind: 'union'; readonly of: readonly Grammar[] };

export type Value =
  | number
  | bigint
  | Uint8Array
  | readonly Value[]
  | { readonly case: number; readonly value: Value };

/** The one value that `bytes` are, or nothing. */
export function read(grammar: Grammar, bytes: Uint8Array): Value | undefined {
  const reader = new Reader(bytes);
  const value = readValue(grammar, reader);
  return value !== undefined && reader.left === 0 ? value : undefined;
}

/** A value as bytes. Throws a RangeError that says why not, where it is none of the grammar. */
export function write(grammar: Grammar, value: Value): Uint8Array {
  const bytes: number[] = [];
  writeValue(grammar, value, bytes);
  return new Uint8Array(bytes);
}

/** The payload of a frame on a stream: eight bytes of length, then that many bytes and no more. */
export const isFrameOf = (frame: Uint8Array, payload: Uint8Array): boolean => {
  const reader = new Reader(frame);
  if (reader.u64() !== payload.length || reader.left !== payload.length) return false;
  for (let index = 0; index < payload.length; index++) {
    if (frame[8 + index] !== payload[index]) return false;
  }
  return true;
};

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u64(): number | undefined {
    if (this.left < 8) return undefined;
    let value = 0;
    for (let index = 0; index < 8; index++) value = value * 256 + (this.#bytes[this.#at++] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }

  /** The upper half counts for 2³² as much as the lower one. */
  u64Exact(): bigint | undefined {
    if (this.left < 8) return undefined;
    const [upper, lower] = [this.#half(), this.#half()];
    return (BigInt(upper) << 32n) + BigInt(lower);
  }

  #half(): number {
    let value = 0;
    for (let index = 0; index < 4; index++) value = value * 256 + (this.#bytes[this.#at++] ?? 0);
    return value;
  }

  take(length: number): Uint8Array | undefined {
    if (length > this.left) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function readValue(grammar: Grammar, reader: Reader): Value | undefined {
  switch (grammar.kind) {
    case 'u64':
      return reader.u64();
    case 'u64Exact':
      return reader.u64Exact();
    case 'bytes': {
      const length = reader.u64();
      if (length === undefined || length > (grammar.most ?? length)) return undefined;
      return reader.take(length);
    }
    case 'array': {
      const count = reader.u64();
      if (count === undefined || count > (grammar.most ?? count)) return undefined;
      // Where an element takes no bytes at all, as if it took one, so that there is some bound.
      if (count * Math.max(leastSize(grammar.of), 1) > reader.left) return undefined;
      return readAll(count, () => grammar.of, reader);
    }
    case 'tuple':
      return readAll(grammar.of.length, (index) => grammar.of[index], reader);
    case 'union': {
      const number = reader.u64();
      const chosen = number === undefined ? undefined : grammar.of[number];
      const value = chosen && readValue(chosen, reader);
      return number === undefined || value === undefined ? undefined : { case: number, value };
    }
  }
}

function readAll(
  count: number,
  grammarOf: (index: number) => Grammar | undefined,
  reader: Reader,
): readonly Value[] | undefined {
  const values: Value[] = [];
  for (let index = 0; index < count; index++) {
    const grammar = grammarOf(index);
    const value = grammar && readValue(grammar, reader);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

const LEAST_SIZES = new WeakMap<Grammar, number>();

/** No value of a grammar takes fewer bytes. */
function leastSize(grammar: Grammar): number {
  let least = LEAST_SIZES.get(grammar);
  if (least === undefined) {
    least = findLeastSize(grammar);
    LEAST_SIZES.set(grammar, least);
  }
  return least;
}

function findLeastSize(grammar: Grammar): number {
  switch (grammar.kind) {
    case 'u64':
    case 'u64Exact':
    case 'bytes':
    case 'array':
      return 8;
    case 'tuple':
      return grammar.of.reduce((sum, field) => sum + leastSize(field), 0);
    case 'union':
      return 8 + Math.min(...grammar.of.map(leastSize));
  }
}

function writeValue(grammar: Grammar, value: Value, bytes: number[]): void {
  switch (grammar.kind) {
    case 'u64':
      writeU64(value, bytes);
      return;
    case 'u64Exact':
      writeExactly(value, bytes);
      return;
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw new RangeError('these are no bytes');
      writeLength(value, grammar.most, bytes);
      for (const byte of value) bytes.push(byte);
      return;
    case 'array': {
      const elements = elementsOf(value);
      writeLength(elements, grammar.most, bytes);
      for (const element of elements) writeValue(grammar.of, element, bytes);
      return;
    }
    case 'tuple': {
      const fields = elementsOf(value);
      if (fields.length !== grammar.of.length) throw new RangeError('a field is missing or spare');
      for (const [index, field] of grammar.of.entries()) {
        writeValue(field, fields[index] as Value, bytes);
      }
      return;
    }
    case 'union': {
      const chosen = typeof value === 'object' && 'case' in value ? value : { case: -1, value: 0 };
      const content = grammar.of[chosen.case];
      if (content === undefined) throw new RangeError('there is no such case');
      writeU64(chosen.case, bytes);
      writeValue(content, chosen.value, bytes);
    }
  }
}

function elementsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  throw new RangeError('this is no list');
}

function writeLength({ length }: { readonly length: number }, most = length, bytes: number[]) {
  if (length > most) throw new RangeError(`${length} are more than ${most}`);
  writeU64(length, bytes);
}

function writeU64(value: Value, bytes: number[]): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError('this is no whole number that can be counted to');
  }
  writeHalf(Math.floor(value / 2 ** 32), bytes);
  writeHalf(value % 2 ** 32, bytes);
}

function writeExactly(value: Value, bytes: number[]): void {
  if (typeof value !== 'bigint' || value < 0n || value >= 2n ** 64n) {
    throw new RangeError('this is no whole number of 64 bits');
  }
  writeHalf(Number(value >> 32n), bytes);
  writeHalf(Number(value % 2n ** 32n), bytes);
}

/** Four bytes, the highest first. */
function writeHalf(half: number, bytes: number[]): void {
  for (let shift = 24; shift >= 0; shift -= 8) bytes.push((half >>> shift) % 256);
}
