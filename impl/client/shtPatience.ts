/**
 * # For how long to wait
 *
 * When to ask again for want of progress, and when to try another connection for want of a word.
 */

/** How soon it is asked again where something is missing, in milliseconds. */
const HURRY_MS = 20;

/** How far the pause grows, as a multiple of the first. */
const MOST_PATIENCE = 8;

/** After how many pauses in utter silence a connection is replaced. */
const SILENT_PAUSES = 3;

const NEVER = Number.POSITIVE_INFINITY;

export class Patience {
  readonly #firstMs: number;
  #pauseMs: number;
  #retryAt = NEVER;
  /** How many pauses have passed without a word. */
  #silentPauses = 0;

  /** `firstMs` is the first pause. */
  constructor(firstMs: number) {
    this.#firstMs = firstMs;
    this.#pauseMs = firstMs;
  }

  /** When to ask again. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** Somebody has said something. */
  heard(): void {
    this.#silentPauses = 0;
  }

  /** It is waited anew, if there is anything to wait for. */
  progress(isWaiting: boolean, now: number): void {
    this.#pauseMs = this.#firstMs;
    this.#retryAt = isWaiting ? now + this.#pauseMs : NEVER;
  }

  /** Something is missing. */
  hurry(now: number): void {
    this.#retryAt = Math.min(this.#retryAt, now + HURRY_MS);
  }

  /** A pause was in vain; says whether to try another connection. */
  vain(isWaiting: boolean, now: number): boolean {
    this.#pauseMs = Math.min(2 * this.#pauseMs, MOST_PATIENCE * this.#firstMs);
    this.#retryAt = isWaiting ? now + this.#pauseMs : NEVER;
    if (++this.#silentPauses < SILENT_PAUSES) return false;
    this.#silentPauses = 0;
    return true;
  }
}
