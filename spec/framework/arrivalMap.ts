/**
 * # A map that remembers the order of its keys' arrival, as a value
 *
 * What a `Map` is, but a change gives a new map and leaves the old one as it was, in the time that a
 * few steps down a tree take and not in that of a copy. Keys never leave. For those who remember
 * something of very many, and change it for one of them at a time.
 *
 * Maps that grow from one another share where their keys are; only letting one map grow in a second
 * way copies that. Whoever looks at the contents cannot tell such a map from a `Map`.
 */
import { OrderedMap } from './orderedMap.ts';

type Entry<V> = readonly [key: string, value: V];

export class ArrivalMap<V> implements ReadonlyMap<string, V> {
  /** The entries by their places, which are counted from 0. */
  readonly #entries: OrderedMap<Entry<V>>;
  /** Shared with the maps that this one grew to: only places below its size are its own. */
  readonly #places: Map<string, number>;

  private constructor(entries: OrderedMap<Entry<V>>, places: Map<string, number>) {
    this.#entries = entries;
    this.#places = places;
  }

  /** The map with these entries, in their order. */
  static from<V>(all: Iterable<Entry<V>>): ArrivalMap<V> {
    const entries = [...new Map(all)];
    return new ArrivalMap(
      OrderedMap.from(entries.map((entry, place) => [BigInt(place), entry] as const)),
      new Map(entries.map(([key], place) => [key, place])),
    );
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#placeOf(key) !== undefined;
  }

  get(key: string): V | undefined {
    const place = this.#placeOf(key);
    return place === undefined ? undefined : this.#entries.get(BigInt(place))?.[1];
  }

  /** The map in which a key has this value; behind all others, if it is new. */
  with(key: string, value: V): ArrivalMap<V> {
    // It may be where it would come here in a map that this one grew to.
    const known = this.#places.get(key) ?? Number.POSITIVE_INFINITY;
    const place = Math.min(known, this.size);
    const places = known === place ? this.#places : this.#room().set(key, place);
    return new ArrivalMap(this.#entries.with(BigInt(place), [key, value]), places);
  }

  /** The keys that have another value in the other map, or none here or there. */
  differences(other: ArrivalMap<V>): readonly string[] {
    if (this.#places !== other.#places) return differingKeys(new Map(this), new Map(other));
    const keys: string[] = [];
    for (const place of this.#entries.differences(other.#entries)) {
      const [key, value] = (this.#entries.get(place) ?? other.#entries.get(place)) as Entry<V>;
      if (!this.has(key) || !other.has(key) || !Object.is(value, other.get(key))) keys.push(key);
    }
    return keys;
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }

  *entries(): Generator<[string, V], undefined> {
    for (const [, [key, value]] of this.#entries) yield [key, value];
  }

  *keys(): Generator<string, undefined> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }

  #placeOf(key: string): number | undefined {
    const place = this.#places.get(key);
    return place !== undefined && place < this.size ? place : undefined;
  }

  /** Where this map's keys are and no other's, to be added to. */
  #room(): Map<string, number> {
    if (this.#places.size === this.size) return this.#places;
    return new Map([...this.#places].filter(([, place]) => place < this.size));
  }
}

/** The keys that two maps have different values for, or only one has, whatever maps they are. */
export function differingKeys<V>(
  a: ReadonlyMap<string, V>,
  b: ReadonlyMap<string, V>,
): readonly string[] {
  if (a === b) return [];
  if (a instanceof ArrivalMap && b instanceof ArrivalMap) return a.differences(b);
  const keys: string[] = [];
  let shared = 0;
  for (const [key, value] of a) {
    const isShared = b.has(key);
    if (isShared) shared++;
    if (!isShared || !Object.is(value, b.get(key))) keys.push(key);
  }
  if (shared < b.size) for (const key of b.keys()) if (!a.has(key)) keys.push(key);
  return keys;
}
