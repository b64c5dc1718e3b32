/**
 * # A network that works
 *
 * It loses nothing, and delivers in time. Some are slow: there every packet takes as long as it
 * may, which leaves less to luck than packets that are now fast and now slow.
 */
import type { Random } from './random.ts';

/** A packet takes less than so long, in milliseconds. */
const LATENCY = 10;
const SLOW_LATENCY = 100;
/** How many networks are slow. */
const SLOW = 0.2;

export class HealedNetwork {
  /** A packet takes less than so long, in milliseconds. */
  readonly bound: number;
  readonly #random: Random;

  constructor(random: Random) {
    this.bound = random.happens(SLOW) ? SLOW_LATENCY : LATENCY;
    this.#random = random;
  }

  /** How long a packet takes: some time, for a storm of messages must not make time stand still. */
  latency(): number {
    return this.bound === SLOW_LATENCY ? SLOW_LATENCY - 1 : 1 + this.#random.below(LATENCY - 1);
  }
}
