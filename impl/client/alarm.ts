/**
 * # An alarm that may ring early
 *
 * Whoever waits for the earliest of many things that keep being put off would set and cancel a timer
 * for each of them. This one is set only when it would ring too late; when it rings, its owner looks
 * at what is due and sets it again.
 */
import type { Timers } from '../framework/timers.ts';

export class Alarm {
  readonly #timers: Timers;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel = (): void => {};

  constructor(timers: Timers, ring: () => void) {
    this.#timers = timers;
    this.#ring = ring;
  }

  /** It will ring no later than this, by the timers' clock. */
  set(due: number): void {
    if (due >= this.#at) return;
    this.#cancel();
    this.#at = due;
    this.#cancel = this.#timers.after(Math.max(due - this.#timers.now(), 0), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  cancel(): void {
    this.#at = Number.POSITIVE_INFINITY;
    this.#cancel();
  }
}
