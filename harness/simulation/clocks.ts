/**
 * # Clocks that lie
 *
 * Each host has a clock that started off by some skew, runs too fast or too slow, and may be set
 * forward or back at any time.
 */
import type { FaultPlan } from './faults.ts';
import type { Random } from './random.ts';

export class Clocks {
  /** What each clock reads at time 0, and how fast it runs. */
  readonly #offset: number[];
  readonly #rate: readonly number[];

  constructor(offset: readonly number[], rate: readonly number[]) {
    this.#offset = [...offset];
    this.#rate = rate;
  }

  /** The clocks of `count` hosts that are off by what the plan allows. */
  static astray(count: number, { skew, drift }: FaultPlan, random: Random): Clocks {
    const hosts = Array.from({ length: count });
    return new Clocks(
      hosts.map(() => random.below(skew + 1)),
      hosts.map(() => 1 + drift * (2 * random.fraction() - 1)),
    );
  }

  /** Clocks that run as they should and now read what is given. */
  static reading(readings: readonly number[]): Clocks {
    return new Clocks(
      readings,
      readings.map(() => 1),
    );
  }

  /** What a host's clock reads at a time, in whole milliseconds. */
  read(host: number, time: number): number {
    return Math.floor(time * (this.#rate[host] as number)) + (this.#offset[host] as number);
  }

  /** When a host's clock will read `reading`, as things stand, not before `now`. */
  whenReads(host: number, reading: number, now: number): number {
    const time = Math.ceil(
      (reading - (this.#offset[host] as number)) / (this.#rate[host] as number),
    );
    return Math.max(time, now);
  }

  jump(host: number, by: number): void {
    this.#offset[host] = (this.#offset[host] as number) + by;
  }
}
