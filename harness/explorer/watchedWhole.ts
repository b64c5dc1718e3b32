/**
 * # What a law of one part of a system sees of the rest
 *
 * Most laws of a host or a packet look at the ghost beside it and at nothing else, so their verdict
 * on the same part beside the same ghost is always the same. A watched whole tells whether that was so.
 */
import type { Whole } from '../../refinement/framework/systemRefinement.ts';

export class WatchedWhole<State, Ghost> implements Whole<State, Ghost> {
  readonly ghost: Ghost;
  /** Whether the hosts were looked at. */
  looked = false;
  readonly #states: () => readonly State[];

  constructor(ghost: Ghost, states: () => readonly State[]) {
    this.ghost = ghost;
    this.#states = states;
  }

  get states(): readonly State[] {
    this.looked = true;
    return this.#states();
  }
}
