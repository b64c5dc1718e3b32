/**
 * # Lines for whoever watches
 *
 * A server may have more to say than its watcher can read. Lines are collected and written many at
 * a time, and when whoever reads them falls behind, lines are left out, and it is said how many,
 * rather than kept waiting in memory.
 */
import type { Writable } from 'node:stream';

/** How much may be waiting to be read before lines are left out, in bytes or UTF-16 units. */
const MAX_BACKLOG = 1024 * 1024;

/** How long the end waits for the reader, in milliseconds. */
const PATIENCE_MS = 1000;

export class LineOutput {
  readonly #stream: Writable;
  readonly #maxBacklog: number;
  #lines = '';
  /** How many lines that is. */
  #count = 0;
  #leftOut = 0;
  #broken = false;

  constructor(stream: Writable, maxBacklog = MAX_BACKLOG) {
    this.#stream = stream;
    this.#maxBacklog = maxBacklog;
    // A reader that goes away is no reason to stop serving.
    stream.on('error', () => {
      this.#broken = true;
    });
  }

  /** Collects a line until the next flush. */
  line(text: string): void {
    this.#lines += `${text}\n`;
    this.#count++;
  }

  /** Writes what has been collected, or leaves it out if the reader is too far behind. */
  flush(): void {
    if (this.#count === 0) return;
    const [lines, count] = [this.#lines, this.#count];
    this.#lines = '';
    this.#count = 0;
    if (this.#broken) return;
    if (this.#stream.writableLength > this.#maxBacklog) {
      this.#leftOut += count;
      return;
    }
    this.#stream.write(this.#leftOut > 0 ? `${this.#apology()}${lines}` : lines);
    this.#leftOut = 0;
  }

  /** Writes the rest and waits until it has been taken, but not for long; says whether it has. */
  end(): Promise<boolean> {
    this.flush();
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS);
      // An empty write is over when all that went before it is, or has failed.
      this.#stream.write('', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #apology(): string {
    return `(${this.#leftOut} lines are left out here: they were read too slowly)\n`;
  }
}
