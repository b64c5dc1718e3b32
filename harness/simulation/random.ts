/**
 * # Chance, from a seed
 *
 * The one source of randomness inside a behaviour: the same seed gives the same numbers on every
 * machine.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const WARM_UP = 64;

export class Random {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
    // At first similar seeds give similar numbers.
    for (let dropped = 0; dropped < WARM_UP; dropped++) this.#generator.next();
  }

  /** Evenly from 0 up to, but not including, 1. */
  fraction(): number {
    return (this.#generator.next() >>> 0) / 0x1_0000_0000;
  }

  /** Evenly from the whole numbers 0 to `count` − 1. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  /** One of the items, of which there must be some. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
