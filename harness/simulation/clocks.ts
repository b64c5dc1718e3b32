/**
 * # Clocks that lie
 *
 * Each host has a clock that started off by some skew, runs too fast or too slow, and may be set forward or
 * back at any time.
 */
import type { FaultPlan } from './faults.ts';
import type { Random } from './random.ts';

export class Clocks {
  readonly #offset: number[];
  readonly #rate: number[];

  constructor(count: number, { skew, drift }: FaultPlan, random: Random) {
    const hosts = Array.from({ length: count });
    this.#offset = hosts.map(() => random.below(skew + 1));
    this.#rate = hosts.map(() => 1 + drift * (2 * random.fraction() - 1));
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
