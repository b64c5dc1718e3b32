/**
 * # What the harness needs to know of a service
 *
 * Enough to run its implementation hosts in a simulated world and to follow them with a monitor.
 * Everything in the harness is generic in this.
 */
import type { Host } from '../../impl/framework/io.ts';
import type { Monitor, Refinement } from '../../refinement/framework/monitor.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Situation } from './anyState.ts';
import type { Expect } from './expectation.ts';
import type { Random } from './random.ts';

/** One configuration of a service, ready to be simulated. */
export interface SimulatedService<Impl extends Host, State, Message, Ghost, Spec> {
  readonly name: string;
  readonly refinement: Refinement<Impl, State, Message, Ghost, Spec>;
  createHost(me: EndPoint): Impl;
  /** A host in an arbitrary state, reachable or not, and something for it to do. */
  anySituation(random: Random): Situation<Impl, State>;
  /** What should have happened at some time in a campaign, seen from one behaviour's end. */
  sometimes(monitor: Monitor<Impl, State, Message, Ghost, Spec>): Readonly<Record<string, boolean>>;
  /** Actions and faults that this configuration cannot have. */
  readonly never: readonly string[];
  /** What must come about once the network works; absent where nothing is promised. */
  readonly expect?: Expect<Uint8Array>;
  /** The service's specification state in a few words, for a reader. */
  showSpec(s: Spec): string;
}
