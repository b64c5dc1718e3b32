/**
 * # The latest of each name in a log
 *
 * A log is long, and what is wanted of it is often only the last item that bears some name. Whoever
 * asks again mostly asks of a log that has grown from the one before; then only what is new is
 * looked at. That is all that is remembered here: the answer is the same as if the log were
 * searched.
 */
import { Log } from './log.ts';

export class Latest<T> {
  readonly #nameOf: (item: T) => string;
  /** The log that was asked of last, and its latest items by their names. */
  #log: Log<T> = Log.of();
  readonly #latest = new Map<string, T>();

  constructor(nameOf: (item: T) => string) {
    this.#nameOf = nameOf;
  }

  /** The last item of a log that has the name of this one; nothing if none has. */
  in(log: Log<T>, item: T): T | undefined {
    if (log !== this.#log) this.#follow(log);
    return this.#latest.get(this.#nameOf(item));
  }

  #follow(log: Log<T>): void {
    const grows = this.#log.isPrefixOf(log);
    if (!grows) this.#latest.clear();
    for (const item of log.from(grows ? this.#log.length : 0)) {
      this.#latest.set(this.#nameOf(item), item);
    }
    this.#log = log;
  }
}
