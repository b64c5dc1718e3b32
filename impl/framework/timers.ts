/**
 * # Time, for what waits
 *
 * A clock and an alarm, handed to whoever waits for something. Programs use the system's; a test
 * hands over its own, in which time passes when the test says so.
 */

export interface Timers {
  /** Milliseconds of a clock that never goes back; only differences mean anything. */
  now(): number;
  /** Calls back once, when at least so many milliseconds have passed. Gives what cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The system's longest time-out, in milliseconds; a longer one would be over at once. */
const LONGEST = 2 ** 31 - 1;

export const systemTimers: Timers = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(milliseconds, LONGEST));
    return () => clearTimeout(timer);
  },
};
