/**
 * # A map from keys of 64 bits, in their order, as a value
 *
 * A change gives a new map and leaves the old one as it was; the two share all but a path of at
 * most 64 nodes. Maps that grow from one another are compared in the time of what they do not
 * share, and a range is cut out, or another map's entries put in, without looking at what is within.
 *
 * What a map looks like inside depends on its entries alone (see orderedMapTree.ts).
 */
import {
  bitsOf,
  countLower,
  leaf,
  leafAt,
  leafNear,
  leaves,
  part,
  remove,
  type Same,
  sameTrees,
  type Tree,
  union,
  unlike,
} from './orderedMapTree.ts';

const END = 1n << 64n;

const isKey = (key: bigint): boolean => key >= 0n && key < END;

export class OrderedMap<V> implements Iterable<readonly [key: bigint, value: V]> {
  readonly #tree: Tree<V>;

  private constructor(tree: Tree<V>) {
    this.#tree = tree;
  }

  static empty<V>(): OrderedMap<V> {
    return new OrderedMap<V>(undefined);
  }

  /** Of several entries with one key, the last one counts. Throws as {@link with} does. */
  static of<V>(...entries: readonly (readonly [key: bigint, value: V])[]): OrderedMap<V> {
    return OrderedMap.from(entries);
  }

  /** As {@link of}, for more entries than arguments are good for. */
  static from<V>(entries: Iterable<readonly [key: bigint, value: V]>): OrderedMap<V> {
    let tree: Tree<V>;
    for (const [key, value] of entries) tree = union(tree, leafOf(key, value));
    return new OrderedMap(tree);
  }

  get size(): number {
    return this.#tree?.size ?? 0;
  }

  get(key: bigint): V | undefined {
    const near = leafNear(this.#tree, bitsOf(key));
    return near !== undefined && near.key === key ? near.value : undefined;
  }

  has(key: bigint): boolean {
    return leafNear(this.#tree, bitsOf(key))?.key === key;
  }

  /**
   * The map in which a key has this value; the same map if it has it already.
   *
   * @throws RangeError for a key that is not of 64 bits.
   */
  with(key: bigint, value: V): OrderedMap<V> {
    return this.#become(union(this.#tree, leafOf(key, value)));
  }

  /** The map without this key; the same map if it has none. */
  without(key: bigint): OrderedMap<V> {
    if (this.#tree === undefined || !isKey(key)) return this;
    return this.#become(remove(this.#tree, bitsOf(key)));
  }

  /** The entries with low ≤ key < high, whatever the bounds. */
  within(low: bigint, high: bigint): OrderedMap<V> {
    return this.#become(below(from(this.#tree, low), high));
  }

  /** All other entries. */
  outside(low: bigint, high: bigint): OrderedMap<V> {
    if (high <= low) return this;
    const rest = union(below(this.#tree, low), from(this.#tree, high));
    return rest?.size === this.#tree?.size ? this : new OrderedMap(rest);
  }

  /** The entries of both; where both have a key, the other's. */
  merge(other: OrderedMap<V>): OrderedMap<V> {
    return this.#become(union(this.#tree, other.#tree));
  }

  /** The entry with so many others below it; nothing if there is none. */
  at(rank: number): readonly [key: bigint, value: V] | undefined {
    const found = leafAt(this.#tree, rank);
    return found && [found.key, found.value];
  }

  /** How many keys are lower. */
  rank(key: bigint): number {
    if (key < 0n) return 0;
    return key < END ? countLower(this.#tree, bitsOf(key)) : this.size;
  }

  /** Whether the other has the same entries. */
  equals(other: OrderedMap<V>, same: Same<V> = Object.is): boolean {
    return sameTrees(this.#tree, other.#tree, same);
  }

  /** The keys, in ascending order, that have another value there, or none here or there. */
  *differences(other: OrderedMap<V>, same: Same<V> = Object.is): Generator<bigint, void> {
    for (const { key } of unlike(this.#tree, other.#tree, same)) yield key;
  }

  /** In ascending order of keys. */
  *[Symbol.iterator](): Generator<readonly [key: bigint, value: V], void> {
    for (const { key, value } of leaves(this.#tree)) yield [key, value];
  }

  #become(tree: Tree<V>): OrderedMap<V> {
    return tree === this.#tree ? this : new OrderedMap(tree);
  }
}

function leafOf<V>(key: bigint, value: V): Tree<V> {
  if (isKey(key)) return leaf(key, value);
  throw new RangeError(`a key has 64 bits, and ${key} does not`);
}

const below = <V>(tree: Tree<V>, bound: bigint): Tree<V> => {
  if (bound < 0n) return undefined;
  return bound < END ? part(tree, bitsOf(bound), true) : tree;
};

const from = <V>(tree: Tree<V>, bound: bigint): Tree<V> => {
  if (bound < 0n) return tree;
  return bound < END ? part(tree, bitsOf(bound), false) : undefined;
};
