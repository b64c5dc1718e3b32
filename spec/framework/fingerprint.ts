/**
 * # Fingerprints
 *
 * A fingerprint is 64 bits that stand for a value: equal values have equal fingerprints, whatever
 * the order of their keys, and different values have different ones but for a chance of about one
 * in 2⁶⁴ a pair. It is kept as two halves of 32 bits, because that is what the machine multiplies
 * quickly. It is the same on every machine. It resists chance, not malice.
 *
 * Two lanes, mixed as in MurmurHash3 but with different constants, see every word; what has no
 * order is hashed item by item and added up.
 */
import { kindOf, MAX_DEPTH, notData, tooDeep } from './kind.ts';
import type { Log } from './log.ts';
import type { OrderedMap } from './orderedMap.ts';
import { bitsOf } from './orderedMapTree.ts';

/** Two unsigned 32-bit halves. */
export interface Fingerprint {
  readonly hi: number;
  readonly lo: number;
}

/**
 * The fingerprint of a value.
 *
 * @throws TypeError where the value is, or contains, a function, a symbol or an object of an
 * unknown class.
 */
export const fingerprint = (value: unknown): Fingerprint => new Hasher().add(value).digest();

/** Where the lanes begin. */
const START_A = 0x9e3779b9;
const START_B = 0x243f6a88;

/** A fingerprint in the making, of the words and values added, in their order. */
export class Hasher {
  #a = START_A;
  #b = START_B;
  #words = 0;

  /** Adds 32 bits. */
  word(word: number): this {
    const a = this.#a ^ Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
    const b = this.#b ^ Math.imul(rotate(Math.imul(word, 0x239b961b), 16), 0x38b34ae5);
    this.#a = (Math.imul(rotate(a, 13), 5) + 0xe6546b64) | 0;
    this.#b = (Math.imul(rotate(b, 17), 5) + 0x561ccd1b) | 0;
    this.#words++;
    return this;
  }

  /** Adds a value of any kind. */
  add(value: unknown): this {
    return this.#add(MAX_DEPTH, value);
  }

  /** The fingerprint of what has been added so far. */
  digest(): Fingerprint {
    const a = avalanche(this.#a ^ this.#words);
    const b = avalanche((this.#b ^ this.#words) + a);
    return { hi: (a + b) >>> 0, lo: b >>> 0 };
  }

  #add(depth: number, value: unknown): this {
    if (depth === 0) throw tooDeep();
    const kind = kindOf(value);
    switch (kind) {
      case undefined:
        throw notData(value);
      case 'undefined':
      case 'null':
        return this.word(TAGS[kind]);
      case 'boolean':
        return this.word(TAGS.boolean + Number(value));
      case 'number':
        return this.#number(value as number);
      case 'bigint':
        return this.#string(TAGS.bigint, String(value));
      case 'string':
        return this.#string(TAGS.string, value as string);
      case 'bytes':
        return this.#bytes(value as Uint8Array);
      case 'array':
        return this.#ordered(depth - 1, TAGS.array, value as readonly unknown[]);
      case 'log':
        return this.#ordered(depth - 1, TAGS.log, value as Log<unknown>);
      case 'orderedMap':
        return this.#orderedMap(depth - 1, value as OrderedMap<unknown>);
      case 'set':
        return this.#unordered(TAGS.set, value as ReadonlySet<unknown>, (element) =>
          this.#add(depth - 1, element),
        );
      case 'map':
        return this.#map(depth - 1, value as ReadonlyMap<unknown, unknown>);
      case 'record':
        return this.#record(depth - 1, value as Readonly<Record<string, unknown>>);
    }
  }

  #number(value: number): this {
    if (Object.is(value | 0, value)) return this.word(TAGS.integer).word(value);
    // There are many NaNs for the machine, and one for us.
    FLOAT.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
    return this.word(TAGS.float).word(FLOAT.getInt32(0)).word(FLOAT.getInt32(4));
  }

  #string(tag: number, text: string): this {
    this.word(tag).word(text.length);
    const last = text.length - 1;
    for (let index = 0; index < last; index += 2) {
      this.word((text.charCodeAt(index) << 16) | text.charCodeAt(index + 1));
    }
    return last % 2 === 0 ? this.word(text.charCodeAt(last)) : this;
  }

  #bytes(bytes: Uint8Array): this {
    this.word(TAGS.bytes).word(bytes.length);
    const at = (index: number) => bytes[index] ?? 0;
    for (let index = 0; index < bytes.length; index += 4) {
      const upper = (at(index) << 8) | at(index + 1);
      this.word((upper << 16) | (at(index + 2) << 8) | at(index + 3));
    }
    return this;
  }

  #ordered(depth: number, tag: number, items: Iterable<unknown> & { length: number }): this {
    this.word(tag).word(items.length);
    for (const item of items) this.#add(depth, item);
    return this;
  }

  #orderedMap(depth: number, map: OrderedMap<unknown>): this {
    this.word(TAGS.orderedMap).word(map.size);
    for (const [key, value] of map) {
      const { hi, lo } = bitsOf(key);
      this.word(hi).word(lo).#add(depth, value);
    }
    return this;
  }

  // The items of what has no order are hashed from the start, in this hasher's place, which is
  // restored when they are added up. Records are hashed so often that theirs is a loop of its own.

  #record(depth: number, record: Readonly<Record<string, unknown>>): this {
    const [a, b, words] = [this.#a, this.#b, this.#words];
    const keys = Object.keys(record);
    let [hi, lo] = [0, 0];
    for (const key of keys) {
      const digest = this.#restart(START_A, START_B, 0)
        .#string(TAGS.string, key)
        .#add(depth, record[key])
        .digest();
      hi = (hi + digest.hi) | 0;
      lo = (lo + digest.lo) | 0;
    }
    return this.#restart(a, b, words).word(TAGS.record).word(keys.length).word(hi).word(lo);
  }

  #map(depth: number, map: ReadonlyMap<unknown, unknown>): this {
    return this.#unordered(TAGS.map, map, ([key, value]) => {
      this.#add(depth, key).#add(depth, value);
    });
  }

  #unordered<T>(tag: number, items: Iterable<T>, add: (item: T) => void): this {
    const [a, b, words] = [this.#a, this.#b, this.#words];
    let [count, hi, lo] = [0, 0, 0];
    for (const item of items) {
      this.#restart(START_A, START_B, 0);
      add(item);
      const digest = this.digest();
      hi = (hi + digest.hi) | 0;
      lo = (lo + digest.lo) | 0;
      count++;
    }
    return this.#restart(a, b, words).word(tag).word(count).word(hi).word(lo);
  }

  #restart(a: number, b: number, words: number): this {
    this.#a = a;
    this.#b = b;
    this.#words = words;
    return this;
  }
}

const FLOAT = new DataView(new ArrayBuffer(8));

/**
 * Every kind begins with a word of its own, so that values of different kinds differ from the
 * start.
 */
const TAGS = {
  undefined: 1,
  null: 2,
  boolean: 3, // and 4
  integer: 5,
  float: 6,
  bigint: 7,
  string: 8,
  array: 9,
  record: 10,
  map: 11,
  set: 12,
  bytes: 13,
  log: 14,
  orderedMap: 15,
} as const;

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** Lets every bit have its say in every other. */
function avalanche(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
