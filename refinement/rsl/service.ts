/**
 * # The replicas refine the replicated service
 *
 * What a system of replicas stands for: take the longest run of operations, from operation 0 on,
 * each of which was *chosen*, that is, for which a majority of replicas has sent a 2b of one ballot
 * with one batch. The service has executed those batches, in the order of the operations. What
 * replicas have executed themselves has no part in it: an operation takes effect when the last 2b
 * that it needs is sent.
 *
 * Where the protocol does only what the original does, every request of a chosen batch takes effect.
 * Otherwise one that its client has numbered no higher than its latest does not, as long as that
 * client is among the last that were served; and the service keeps the stronger promise, that of at
 * most once.
 *
 * Follows Protocol/RSL/RefinementProof/{Refinement,DistributedSystem}.i.dfy of IronFleet.
 */

import type { Parameters } from '../../protocol/rsl/configuration.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { rsl } from '../../protocol/rsl/rsl.ts';
import type { Application } from '../../spec/apps/application.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import * as service from '../../spec/rsl/service.ts';
import type { SystemRefinement } from '../framework/systemRefinement.ts';
import { Ghost } from './ghost.ts';
import {
  packetInvariants,
  replicaInvariants,
  sampledInvariants,
  stepInvariants,
  systemInvariants,
} from './invariants.ts';

/**
 * What a packet must agree on with the service. A reply is what a request of its destination got;
 * and with the vote that completes a majority, what takes effect was asked for.
 */
export function corresponds({ src, dst, msg }: Packet<Message>, ghost: Ghost): Verdict {
  const { state } = ghost.history;
  if (msg.type === 'reply') {
    const position = ghost.history.positionOf(dst, msg.seqno, msg.reply);
    return service.replyWasExecuted({ src, dst, msg }, state, position ?? -1);
  }
  if (msg.type !== '2b') return undefined;
  const { executed } = state;
  for (let position = ghost.executedBefore; position < executed.length; position++) {
    const refusal = wasRequested(executed.at(position) as service.Executed, ghost);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** One row of the log against the request that bears it out, if there is one. */
function wasRequested(row: service.Executed, ghost: Ghost): Verdict {
  const asked = ghost.requestFor(row);
  return service.requestWasSent(row, asked === undefined ? [] : [asked], ghost.history.state);
}

/**
 * Everything that is checked of replicas that run an application. Throws a RangeError that says why
 * not, where they or the parameters make no service.
 */
export function rslRefinement(
  application: Application,
  replicas: readonly EndPoint[],
  parameters: Parameters,
): SystemRefinement<Replica, Message, Ghost, service.State> {
  const servers = new Set(replicas);
  const sessions = parameters.maxCachedReplies;
  return {
    protocol: rsl(application, replicas, parameters),
    begin: () => new Ghost({ application, replicas, parameters }),
    copy: (ghost) => ghost.copy(),
    act: (ghost, act) => {
      ghost.act(act);
      return ghost;
    },
    hear: (ghost, packet) => {
      ghost.record(packet);
      return ghost;
    },
    spec: (ghost) => ghost.history.state,
    init: (s) => service.init(s, application, servers),
    next: parameters.compatible
      ? (s, t) => service.next(s, t, application)
      : (s, t) => service.nextAtMostOnce(s, t, application, sessions),
    correspondence: corresponds,
    packetInvariants,
    hostInvariants: replicaInvariants,
    stepInvariants,
    systemInvariants,
    sampledInvariants,
  };
}
