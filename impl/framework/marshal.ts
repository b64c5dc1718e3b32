/**
 * # Marshalling
 *
 * How values become bytes and bytes become values. A {@link Codec} does both for values of one
 * kind; codecs of small things make codecs of larger ones.
 *
 *     u64          8 bytes, big-endian
 *     byteArray    u64 length, then the bytes
 *     array        u64 count, then the elements
 *     tuple        the fields one after another
 *     taggedUnion  u64 case number, counted from 0, then the fields of that case
 *
 * Bytes come from strangers. Reading never throws: whatever is not exactly one value, no byte
 * less and no byte more, is `undefined`. No count or length is believed before the bytes that it
 * promises are there. Values come from ourselves: marshalling one that its codec cannot carry
 * throws a RangeError, before anything is written.
 *
 * Follows Impl/Common/GenericMarshalling.i.dfy of IronFleet; departs from it in that counts are
 * not trusted, and that a u64 too large for a JavaScript number makes a message unparseable
 * unless its codec is {@link u64Exact}.
 */

/** Reads and writes values of one kind; `undefined` is none, it says that reading failed. */
export interface Codec<T> {
  /** No value takes fewer bytes. */
  readonly minSize: number;
  /** How many bytes the value takes. Throws a RangeError if it cannot be written. */
  size(value: T): number;
  /** Writes the value at `at`, where there is room for it, and returns where it ends. */
  write(value: T, bytes: Uint8Array, at: number): number;
  /** Takes a value from the front of the input, if there is one. */
  read(input: Input): T | undefined;
}

/** Bytes of which those before `at` have been read. */
export interface Input {
  readonly bytes: Uint8Array;
  at: number;
}

/** The values of a codec. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;

/** The value that is written in these bytes, all of them; nothing if there is none. */
export function parse<T>(codec: Codec<T>, bytes: Uint8Array): T | undefined {
  const input = { bytes, at: 0 };
  const value = codec.read(input);
  return input.at === bytes.length ? value : undefined;
}

/** The bytes in which the value is written. Throws a RangeError if the codec cannot carry it. */
export function marshal<T>(codec: Codec<T>, value: T): Uint8Array {
  const bytes = new Uint8Array(codec.size(value));
  codec.write(value, bytes, 0);
  return bytes;
}

/** A whole number from 0 to `Number.MAX_SAFE_INTEGER`. */
export const u64: Codec<number> = {
  minSize: 8,
  size(value) {
    if (Number.isSafeInteger(value) && value >= 0) return 8;
    throw new RangeError(`${value} is no whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
  },
  write(value, bytes, at) {
    const middle = writeHalf(Math.floor(value / 2 ** 32), bytes, at);
    return writeHalf(value >>> 0, bytes, middle);
  },
  read(input) {
    const { bytes, at } = input;
    if (bytes.length - at < 8) return undefined;
    const high = readHalf(bytes, at);
    if (high > MAX_SAFE_HIGH) return undefined;
    input.at = at + 8;
    return high * 2 ** 32 + readHalf(bytes, at + 4);
  },
};

/** A whole number from 0 to 2⁶⁴ − 1. */
export const u64Exact: Codec<bigint> = {
  minSize: 8,
  size(value) {
    if (value === BigInt.asUintN(64, value)) return 8;
    throw new RangeError(`${value} is no whole number from 0 to 2^64 - 1`);
  },
  write(value, bytes, at) {
    scratch.setBigUint64(0, value);
    return writeHalf(scratch.getUint32(4), bytes, writeHalf(scratch.getUint32(0), bytes, at));
  },
  read(input) {
    const { bytes, at } = input;
    if (bytes.length - at < 8) return undefined;
    input.at = at + 8;
    scratch.setUint32(0, readHalf(bytes, at));
    scratch.setUint32(4, readHalf(bytes, at + 4));
    return scratch.getBigUint64(0);
  },
};

/**
 * At most `maxLength` bytes. What is read is a view of the input, not a copy: copying would cost
 * more than all the rest of reading. So nobody changes a message's bytes, and to keep a part is
 * to keep the whole.
 */
export const byteArray = (maxLength: number): Codec<Uint8Array> => ({
  minSize: 8,
  size({ length }) {
    if (length <= maxLength) return 8 + length;
    throw new RangeError(`${length} bytes are more than ${maxLength}`);
  },
  write(value, bytes, at) {
    const start = u64.write(value.length, bytes, at);
    bytes.set(value, start);
    return start + value.length;
  },
  read(input) {
    const length = u64.read(input);
    const { bytes, at } = input;
    if (length === undefined || length > maxLength || length > bytes.length - at) return undefined;
    input.at = at + length;
    return new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
  },
});

/** At most `maxCount` elements. Elements that may take no bytes at all need such a bound. */
export function array<T>(element: Codec<T>, maxCount = Infinity): Codec<readonly T[]> {
  if (element.minSize === 0 && maxCount === Infinity) {
    throw new RangeError('no bytes bound the count of elements that take none: give a maxCount');
  }
  return {
    minSize: 8,
    size(elements) {
      if (elements.length > maxCount) {
        throw new RangeError(`${elements.length} elements are more than ${maxCount}`);
      }
      let size = 8;
      for (const each of elements) size += element.size(each);
      return size;
    },
    write(elements, bytes, at) {
      let end = u64.write(elements.length, bytes, at);
      for (const each of elements) end = element.write(each, bytes, end);
      return end;
    },
    read(input) {
      const count = u64.read(input);
      if (count === undefined || count > maxCount) return undefined;
      if (count * element.minSize > input.bytes.length - input.at) return undefined;
      const elements: T[] = [];
      while (elements.length < count) {
        const each = element.read(input);
        if (each === undefined) return undefined;
        elements.push(each);
      }
      return elements;
    },
  };
}

/** Named codecs, in the order of the bytes. */
type Fields = Readonly<Record<string, Codec<unknown>>>;

type Tuple<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** An object with these fields. */
export function tuple<F extends Fields>(fields: F): Codec<Tuple<F>> {
  const record = new FieldsCodec(fields);
  return {
    minSize: record.minSize,
    size: (value) => record.size(value),
    write: (value, bytes, at) => record.write(value, bytes, at),
    read: (input) => record.readInto({}, input) as Tuple<F> | undefined,
  };
}

/** The fields of each case by its tag, in the order of the case numbers. */
type Cases = Readonly<Record<string, Fields & { readonly type?: never }>>;

type Union<C extends Cases> = {
  [Tag in keyof C]: { readonly type: Tag } & Tuple<Omit<C[Tag], 'type'>>;
}[keyof C];

/** An object whose `type` is the tag of its case, with the fields of that case. */
export function taggedUnion<C extends Cases>(cases: C): Codec<Union<C>> {
  const tags: readonly unknown[] = Object.keys(cases);
  const records = Object.values(cases).map((fields) => new FieldsCodec(fields));
  return {
    minSize: 8 + Math.min(...records.map(({ minSize }) => minSize)),
    size(value) {
      const record = records[tags.indexOf(value.type)];
      if (record === undefined) throw new RangeError(`there is no case ${String(value.type)}`);
      return 8 + record.size(value);
    },
    write(value, bytes, at) {
      const number = tags.indexOf(value.type);
      const start = u64.write(number, bytes, at);
      return records[number]?.write(value, bytes, start) ?? start;
    },
    read(input) {
      const number = u64.read(input);
      if (number === undefined) return undefined;
      return records[number]?.readInto({ type: tags[number] }, input) as Union<C> | undefined;
    },
  };
}

/** The fields of a tuple or of one case of a union. */
class FieldsCodec {
  readonly minSize: number;
  readonly #fields: readonly { readonly name: string; readonly codec: Codec<unknown> }[];

  constructor(fields: Fields) {
    this.#fields = Object.entries(fields).map(([name, codec]) => ({ name, codec }));
    this.minSize = this.#fields.reduce((sum, { codec }) => sum + codec.minSize, 0);
  }

  size(value: Readonly<Record<string, unknown>>): number {
    let size = 0;
    for (const { name, codec } of this.#fields) size += codec.size(value[name]);
    return size;
  }

  write(value: Readonly<Record<string, unknown>>, bytes: Uint8Array, at: number): number {
    let end = at;
    for (const { name, codec } of this.#fields) end = codec.write(value[name], bytes, end);
    return end;
  }

  /** Adds the fields to `value` and returns it, or nothing if one of them cannot be read. */
  readInto(value: Record<string, unknown>, input: Input): object | undefined {
    for (const { name, codec } of this.#fields) {
      const field = codec.read(input);
      if (field === undefined) return undefined;
      value[name] = field;
    }
    return value;
  }
}

/** Where a `bigint` is taken to pieces: arithmetic with it would make one after another. */
const scratch = new DataView(new ArrayBuffer(8));

const MAX_SAFE_HIGH = Math.floor(Number.MAX_SAFE_INTEGER / 2 ** 32);

function readHalf(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24)
      | ((bytes[at + 1] ?? 0) << 16)
      | ((bytes[at + 2] ?? 0) << 8)
      | (bytes[at + 3] ?? 0))
    >>> 0
  );
}

function writeHalf(half: number, bytes: Uint8Array, at: number): number {
  bytes[at] = half >>> 24;
  bytes[at + 1] = half >>> 16;
  bytes[at + 2] = half >>> 8;
  bytes[at + 3] = half;
  return at + 4;
}
