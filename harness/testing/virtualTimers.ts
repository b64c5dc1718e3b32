/**
 * # Time that passes when a test says so
 *
 * Whatever is due happens in the order of time, and at one moment in the order in which it was
 * asked for.
 */
import TinyQueue from 'tinyqueue';
import type { Timers } from '../../impl/framework/timers.ts';

interface Alarm {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

export class VirtualTimers implements Timers {
  #now = 0;
  #order = 0;
  readonly #alarms = new TinyQueue<Alarm>([], (a, b) => a.at - b.at || a.order - b.order);

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const alarm: Alarm = { at: this.#now + milliseconds, order: this.#order++, callback };
    if (milliseconds < Number.POSITIVE_INFINITY) this.#alarms.push(alarm);
    return () => {
      alarm.callback = undefined;
    };
  }

  /** Lets so many milliseconds pass, and all happen that is due in them. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#alarms.peek(); next && next.at <= end; next = this.#alarms.peek()) {
      this.#alarms.pop();
      this.#now = Math.max(this.#now, next.at);
      next.callback?.();
    }
    this.#now = end;
  }
}
