/**
 * # Who wants to know when a signal is aborted
 *
 * Many requests may be given the same signal. Each signal gets one listener, however many wait for
 * it, because Node warns of a leak where there are more than ten.
 */

export interface Abortable {
  abort(): void;
}

export class AbortListeners {
  readonly #waiting = new Map<AbortSignal, Set<Abortable>>();

  /** It is aborted when the signal is, which must not be aborted yet. */
  add(signal: AbortSignal, abortable: Abortable): void {
    const waiting = this.#waiting.get(signal);
    if (waiting !== undefined) {
      waiting.add(abortable);
      return;
    }
    this.#waiting.set(signal, new Set([abortable]));
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  remove(signal: AbortSignal, abortable: Abortable): void {
    const waiting = this.#waiting.get(signal);
    if (!waiting?.delete(abortable) || waiting.size > 0) return;
    this.#waiting.delete(signal);
    signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = ({ target }: Event): void => {
    const waiting = this.#waiting.get(target as AbortSignal) ?? [];
    this.#waiting.delete(target as AbortSignal);
    for (const abortable of waiting) abortable.abort();
  };
}
