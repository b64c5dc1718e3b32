/**
 * # Large maps
 *
 * A map of the platform holds at most 2²⁴ entries, and whenever it doubles it stands still: about a
 * second for four million of them, in which a replica would seem dead. So this one is made of
 * several, of which none becomes large. Nobody may ask in which order its entries are.
 */

/** How many entries one of the maps takes. Doubling up to here takes about a tenth of a second. */
const PART = 2 ** 20;

export class LargeMap<K, V> {
  readonly #part: number;
  readonly #parts: Map<K, V>[] = [new Map()];
  #size = 0;

  constructor(part = PART) {
    this.#part = part;
  }

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    for (const part of this.#parts) {
      const value = part.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  has(key: K): boolean {
    return this.#partOf(key) !== undefined;
  }

  set(key: K, value: V & {}): void {
    const part = this.#partOf(key);
    if (part !== undefined) {
      part.set(key, value);
      return;
    }
    this.#vacant().set(key, value);
    this.#size++;
  }

  /** Says whether there was such an entry. */
  delete(key: K): boolean {
    const deleted = this.#partOf(key)?.delete(key) ?? false;
    if (deleted) this.#size--;
    return deleted;
  }

  *keys(): Generator<K> {
    for (const part of this.#parts) yield* part.keys();
  }

  /** The map that has the key. */
  #partOf(key: K): Map<K, V> | undefined {
    for (const part of this.#parts) if (part.has(key)) return part;
    return undefined;
  }

  /** A map that has room. */
  #vacant(): Map<K, V> {
    for (const part of this.#parts) if (part.size < this.#part) return part;
    const part = new Map<K, V>();
    this.#parts.push(part);
    return part;
  }
}
