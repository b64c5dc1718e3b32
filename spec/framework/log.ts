/**
 * # An append-only list, as a value
 *
 * Appending gives a new log and leaves the old one as it was. Logs that grow from one another share
 * one array, so appending takes constant time, and so does asking whether one log is a prefix of
 * another when they share it. Only a second append to the same log copies.
 */
export class Log<T> implements Iterable<T> {
  readonly #items: T[];
  readonly length: number;

  private constructor(items: T[], length: number) {
    this.#items = items;
    this.length = length;
  }

  static of<T>(...items: readonly T[]): Log<T> {
    return new Log([...items], items.length);
  }

  /** The item at `index`, counting from 0; nothing outside the log. */
  at(index: number): T | undefined {
    return index >= 0 && index < this.length ? this.#items[index] : undefined;
  }

  get last(): T | undefined {
    return this.at(this.length - 1);
  }

  append(item: T): Log<T> {
    const items =
      this.#items.length === this.length ? this.#items : this.#items.slice(0, this.length);
    items.push(item);
    return new Log(items, items.length);
  }

  /** Whether `other` begins with this log. Items are compared by identity, unless told how. */
  isPrefixOf(other: Log<T>, same: (a: T, b: T) => boolean = Object.is): boolean {
    if (this.length > other.length) return false;
    if (this.#items === other.#items) return true;
    for (let index = 0; index < this.length; index++) {
      if (!same(this.#items[index] as T, other.#items[index] as T)) return false;
    }
    return true;
  }

  /** The items from `start` on, counting from 0. */
  *from(start: number): Generator<T, void> {
    for (let index = start; index < this.length; index++) yield this.#items[index] as T;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.from(0);
  }
}
