/**
 * # What a behaviour follows from
 *
 * Besides the configuration of the service: this, and nothing else.
 */
import type { FaultPlan } from './faults.ts';

/** What the adversary is given. */
export interface Plan {
  readonly seed: number;
  /** How many steps hosts take before the network heals. */
  readonly steps: number;
  readonly faults: FaultPlan;
}

/** All that the time after the chaos depends on, besides the world. */
export interface Fairness {
  readonly seed: number;
  /** What each host's clock reads when it begins. */
  readonly clocks: readonly number[];
  /** The places of the hosts that stay silent. */
  readonly silent: readonly number[];
}
