/**
 * # A log that strangers cannot flood
 *
 * Passes on a few lines in any stretch of time and counts the rest; the next line that it passes on
 * says how many there were.
 */

/** How many lines may pass in a stretch of so many milliseconds. */
const LINES = 10;
const STRETCH_MS = 10_000;

export class RateLimitedLog {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  #stretchEnd = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #suppressed = 0;

  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  line(text: string): void {
    const now = this.#now();
    if (now >= this.#stretchEnd) {
      this.#stretchEnd = now + STRETCH_MS;
      this.#passed = 0;
    }
    if (this.#passed === LINES) {
      this.#suppressed++;
      return;
    }
    this.#passed++;
    this.#write(
      this.#suppressed > 0 ? `${text} (and ${this.#suppressed} lines like it before)` : text,
    );
    this.#suppressed = 0;
  }
}
