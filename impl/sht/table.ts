/**
 * # The table
 *
 * The keys that have a value, with their values, in the order of the keys. They lie in blocks, and
 * what is before the first key of each block is known, so a key is found by halving twice; to put
 * one in or take one out moves what follows it in its block, and to have a range moved takes out
 * whole blocks. Nothing ever walks through all keys, and nothing stands still to make room, as a
 * large `Map` does whenever it doubles.
 *
 * A key is kept as the two halves of its 64 bits, which are compared as they are; as a `bigint` it
 * would be an object. So an entry takes some twenty bytes besides its value.
 */
import { type Bound, KEY_INF, type Key, type Value } from './messages.ts';

/** How many entries a block has at most. */
const BLOCK = 256;
/** Two neighbours that have no more together become one, and so does an empty one with another. */
const SPARSE = BLOCK / 2;

interface Block {
  /** The high and the low half of each key in turn. */
  readonly halves: Uint32Array;
  /** The values, and so the number of keys. */
  readonly values: Value[];
}

/** What a range has, from its lower end: as much as was asked for. */
export interface Beginning {
  readonly entries: readonly (readonly [Key, Value])[];
  /** The first key that did not fit, if there is one. */
  readonly next: Key | undefined;
}

export class Table implements Iterable<readonly [Key, Value]> {
  readonly #blocks: Block[] = [newBlock()];
  /**
   * For each block the halves of a number that none of its keys, and all keys of the blocks before
   * it, are less than. There is room for more.
   */
  #least = new Uint32Array(16);
  #size = 0;
  /** Where the last search has ended. */
  #at = 0;
  #index = 0;

  get size(): number {
    return this.#size;
  }

  get(key: Key): Value | undefined {
    return this.#find(key) ? this.#blockAt(this.#at).values[this.#index] : undefined;
  }

  set(key: Key, value: Value): void {
    const found = this.#find(key);
    const block = this.#blockAt(this.#at);
    if (found) {
      block.values[this.#index] = value;
      return;
    }
    this.#size++;
    if (block.values.length < BLOCK) {
      insert(block, this.#index, value);
      return;
    }
    const right = this.#split(this.#at, this.#index);
    const kept = block.values.length;
    if (this.#index < kept || (this.#index === kept && kept < BLOCK)) {
      insert(block, this.#index, value);
    } else {
      insert(right, this.#index - kept, value);
    }
  }

  delete(key: Key): void {
    if (!this.#find(key)) return;
    remove(this.#blockAt(this.#at), this.#index, this.#index + 1);
    this.#size--;
    this.#join(this.#at);
  }

  /** How many keys a range has. */
  count(low: Bound, high: Bound): number {
    if (high <= low) return 0;
    this.#seek(low);
    const [first, from] = [this.#at, this.#index];
    this.#seek(high);
    let count = this.#index - from;
    for (let at = first; at < this.#at; at++) count += this.#blockAt(at).values.length;
    return count;
  }

  /**
   * The longest beginning of a range with at most so many keys, and at most so many bytes of
   * values, though with one key at least if there is one.
   */
  beginning(low: Bound, high: Bound, maxKeys: number, maxBytes: number): Beginning {
    const entries: (readonly [Key, Value])[] = [];
    let bytes = 0;
    for (const entry of this.within(low, high)) {
      const [key, value] = entry;
      bytes += value.length;
      if (entries.length > 0 && (entries.length === maxKeys || bytes > maxBytes)) {
        return { entries, next: key };
      }
      entries.push(entry);
    }
    return { entries, next: undefined };
  }

  /** Takes out all keys of a range. */
  clear(low: Bound, high: Bound): void {
    if (high <= low) return;
    this.#seek(low);
    const [first, from] = [this.#at, this.#index];
    this.#seek(high);
    const [last, to] = [this.#at, this.#index];
    if (first === last) {
      this.#trim(first, from, to);
    } else {
      this.#trim(last, 0, to);
      this.#trim(first, from, this.#blockAt(first).values.length);
      for (let at = first + 1; at < last; at++) this.#size -= this.#blockAt(at).values.length;
      this.#drop(first + 1, last);
    }
    this.#join(first);
  }

  /** The keys with these ranks, which rise, counted from 0. */
  ranked(ranks: Iterable<number>): Key[] {
    const keys: Key[] = [];
    let [at, before] = [0, 0];
    for (const rank of ranks) {
      for (; rank - before >= this.#blockAt(at).values.length; at++) {
        before += this.#blockAt(at).values.length;
      }
      keys.push(keyAt(this.#blockAt(at), rank - before));
    }
    return keys;
  }

  /** The entries of a range, ascending, as long as nobody changes the table. */
  *within(low: Bound, high: Bound): Generator<readonly [Key, Value]> {
    this.#seek(low);
    let [at, index] = [this.#at, this.#index];
    for (; at < this.#blocks.length; at++, index = 0) {
      const block = this.#blockAt(at);
      for (; index < block.values.length; index++) {
        const key = keyAt(block, index);
        if (key >= high) return;
        yield [key, block.values[index] as Value];
      }
    }
  }

  [Symbol.iterator](): Generator<readonly [Key, Value]> {
    return this.within(0n, KEY_INF);
  }

  #blockAt(at: number): Block {
    return this.#blocks[at] as Block;
  }

  /** Finds where a key is, or where it would be, and says whether it is there. */
  #find(key: Key): boolean {
    split(key);
    let [from, to] = [0, this.#blocks.length - 1];
    const least = this.#least;
    while (from < to) {
      const middle = (from + to + 1) >>> 1;
      const half = least[2 * middle] as number;
      if (
        half < wantedHigh
        || (half === wantedHigh && (least[2 * middle + 1] as number) <= wantedLow)
      )
        from = middle;
      else to = middle - 1;
    }
    this.#at = from;
    const { halves, values } = this.#blockAt(from);
    [from, to] = [0, values.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const half = halves[2 * middle] as number;
      if (
        half < wantedHigh
        || (half === wantedHigh && (halves[2 * middle + 1] as number) < wantedLow)
      ) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    this.#index = from;
    return (
      from < values.length && halves[2 * from] === wantedHigh && halves[2 * from + 1] === wantedLow
    );
  }

  /** Finds the first key that is not below a bound, or the end. */
  #seek(bound: Bound): void {
    if (bound < KEY_INF) {
      this.#find(bound < 0n ? 0n : bound);
      return;
    }
    this.#at = this.#blocks.length - 1;
    this.#index = this.#blockAt(this.#at).values.length;
  }

  /**
   * Makes a block of the second half of another, and returns it; of none where the new entry is to
   * come behind all: keys that rise fill their blocks.
   */
  #split(at: number, index: number): Block {
    const left = this.#blockAt(at);
    const right = newBlock();
    const kept = index === BLOCK && at === this.#blocks.length - 1 ? BLOCK : BLOCK / 2;
    right.halves.set(left.halves.subarray(2 * kept));
    right.values.push(...left.values.splice(kept));
    const count = this.#blocks.length;
    if (2 * (count + 1) > this.#least.length) {
      const roomier = new Uint32Array(2 * this.#least.length);
      roomier.set(this.#least);
      this.#least = roomier;
    }
    this.#least.copyWithin(2 * at + 4, 2 * at + 2, 2 * count);
    // The first key to the right: one that was there, or the one that is to come.
    this.#least[2 * at + 2] = kept < BLOCK ? (right.halves[0] as number) : wantedHigh;
    this.#least[2 * at + 3] = kept < BLOCK ? (right.halves[1] as number) : wantedLow;
    this.#blocks.splice(at + 1, 0, right);
    return right;
  }

  #trim(at: number, from: number, to: number): void {
    remove(this.#blockAt(at), from, to);
    this.#size -= to - from;
  }

  /** Removes blocks that are empty, or whose entries are counted out already. */
  #drop(from: number, to: number): void {
    if (from === to) return;
    this.#least.copyWithin(2 * from, 2 * to, 2 * this.#blocks.length);
    this.#blocks.splice(from, to - from);
  }

  /** Joins a block with its neighbours where they have become sparse. */
  #join(at: number): void {
    this.#joinNext(at);
    if (at > 0) this.#joinNext(at - 1);
  }

  #joinNext(at: number): void {
    const left = this.#blockAt(at);
    const right = this.#blocks[at + 1];
    const kept = left.values.length;
    if (right === undefined) return;
    const isSparse = kept + right.values.length <= SPARSE;
    if (!isSparse && kept > 0 && right.values.length > 0) return;
    left.halves.set(right.halves.subarray(0, 2 * right.values.length), 2 * kept);
    left.values.push(...right.values);
    this.#drop(at + 1, at + 2);
  }
}

const newBlock = (): Block => ({ halves: new Uint32Array(2 * BLOCK), values: [] });

const scratch = new DataView(new ArrayBuffer(8));
/** The halves of the key that is being looked for. */
let wantedHigh = 0;
let wantedLow = 0;

function split(key: Key): void {
  scratch.setBigUint64(0, key);
  wantedHigh = scratch.getUint32(0);
  wantedLow = scratch.getUint32(4);
}

function keyAt({ halves }: Block, index: number): Key {
  scratch.setUint32(0, halves[2 * index] as number);
  scratch.setUint32(4, halves[2 * index + 1] as number);
  return scratch.getBigUint64(0);
}

/** Puts in the entry of the key that has been looked for. */
function insert({ halves, values }: Block, index: number, value: Value): void {
  halves.copyWithin(2 * index + 2, 2 * index, 2 * values.length);
  halves[2 * index] = wantedHigh;
  halves[2 * index + 1] = wantedLow;
  if (index === values.length) values.push(value);
  else values.splice(index, 0, value);
}

function remove({ halves, values }: Block, from: number, to: number): void {
  if (from === to) return;
  halves.copyWithin(2 * from, 2 * to, 2 * values.length);
  values.splice(from, to - from);
}
