/**
 * # The hash table, to be searched for counterexamples to induction
 *
 * A scene says where every key is and so what the table has, but not what has taken effect before.
 * So each step begins with an empty log. Whether the request that takes effect in it may be answered
 * so is asked (B3), and whether what is said newly agrees (B4); but not whether the numbers of
 * requests and replies are higher than earlier ones.
 */
import type { Host } from '../../../protocol/sht/host.ts';
import type { Message } from '../../../protocol/sht/messages.ts';
import type { SystemRefinement } from '../../../refinement/framework/systemRefinement.ts';
import { Ghost } from '../../../refinement/sht/ghost.ts';
import { shtSystem } from '../../../refinement/sht/service.ts';
import type { State } from '../../../spec/sht/service.ts';
import type { Model } from '../search.ts';
import { REACHABLE } from './reachable.ts';
import { ShtSource } from './source.ts';
import { TIMES, type Universe } from './universe.ts';

export interface ShtModel extends Model<Host, Message, Ghost, State> {
  readonly source: ShtSource;
}
export type ShtRefinement = SystemRefinement<Host, Message, Ghost, State>;

/** A universe with its laws, or with other laws and another protocol. */
export function shtModel(
  universe: Universe,
  change: (refinement: ShtRefinement) => ShtRefinement = (same) => same,
): ShtModel {
  const { name, configuration, parameters } = universe;
  const refinement = change(shtSystem(configuration, parameters));
  const source = new ShtSource(universe, refinement.protocol);
  return {
    name,
    // Of a ghost that knows of no step, the laws of hosts look at everything without these.
    refinement: { ...refinement, sampledInvariants: {} },
    ghostOf: (sent, hosts) => {
      const ghost = new Ghost({ configuration, parameters }, hosts);
      for (const packet of sent) ghost.hear(packet);
      return ghost;
    },
    dependsOnHosts: true,
    times: TIMES,
    source,
    hosts: source.hosts,
    packets: source.packets,
    reachable: REACHABLE,
  };
}
