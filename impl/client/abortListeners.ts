/**
 * # Who wants to know when a signal is aborted
 *
 * Many requests may be given the same signal. Each signal gets one listener, however many wait for
 * it, because Node warns of a leak where there are more than ten.
 */

export class AbortListeners {
  readonly #callbacks = new Map<AbortSignal, Set<() => void>>();

  /** Calls back when the signal is aborted; it must not be aborted yet. */
  add(signal: AbortSignal, callback: () => void): void {
    const callbacks = this.#callbacks.get(signal);
    if (callbacks !== undefined) {
      callbacks.add(callback);
      return;
    }
    this.#callbacks.set(signal, new Set([callback]));
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  remove(signal: AbortSignal, callback: () => void): void {
    const callbacks = this.#callbacks.get(signal);
    if (!callbacks?.delete(callback) || callbacks.size > 0) return;
    this.#callbacks.delete(signal);
    signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = ({ target }: Event): void => {
    const callbacks = this.#callbacks.get(target as AbortSignal) ?? [];
    this.#callbacks.delete(target as AbortSignal);
    for (const callback of callbacks) callback();
  };
}
