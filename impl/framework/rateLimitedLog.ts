/**
 * # A log that strangers cannot flood
 *
 * Passes on a few lines in any stretch of time and counts the rest; the next line that it passes on
 * says how many there were. Whatever a text holds, it comes out as one line of moderate length.
 */

/** How many lines may pass in a stretch of so many milliseconds. */
const LINES = 10;
const STRETCH_MS = 10_000;

/** The longest text, in UTF-16 code units. */
const LONGEST = 500;

/**
 * The text as a single line: what cannot be printed becomes a space, and what is too long is cut.
 * Texts of errors come from libraries, and quote whatever a peer has sent.
 */
export const oneLine = (text: string): string => {
  const line = text
    .slice(0, LONGEST)
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return text.length > LONGEST ? `${line}…` : line;
};

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
    const line = oneLine(text);
    this.#write(
      this.#suppressed > 0 ? `${line} (and ${this.#suppressed} lines like it before)` : line,
    );
    this.#suppressed = 0;
  }
}
