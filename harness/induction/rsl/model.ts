/**
 * # The replicated service, to be searched for counterexamples to induction
 */
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { SystemRefinement } from '../../../refinement/framework/systemRefinement.ts';
import { type Ghost, ghostOf } from '../../../refinement/rsl/ghost.ts';
import { rslRefinement } from '../../../refinement/rsl/service.ts';
import type { State } from '../../../spec/rsl/service.ts';
import type { Model } from '../search.ts';
import { REACHABLE } from './reachable.ts';
import { RslSource } from './source.ts';
import { TIMES, type Universe } from './universe.ts';

export interface RslModel extends Model<Replica, Message, Ghost, State> {
  readonly source: RslSource;
}
export type RslRefinement = SystemRefinement<Replica, Message, Ghost, State>;

/** A universe with its laws, or with other laws and another protocol. */
export function rslModel(
  universe: Universe,
  change: (refinement: RslRefinement) => RslRefinement = (same) => same,
): RslModel {
  const { name, application, replicas, parameters } = universe;
  const refinement = change(rslRefinement(application, replicas, parameters));
  const source = new RslSource(universe, refinement.protocol);
  return {
    name,
    // Of a ghost that knows of no step, the laws of replicas look at everything without these.
    refinement: { ...refinement, sampledInvariants: {} },
    ghostOf: (sent) => ghostOf(sent, { application, replicas, parameters }),
    times: TIMES,
    source,
    hosts: source.hosts,
    packets: source.packets,
    reachable: REACHABLE,
  };
}
