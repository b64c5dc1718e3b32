/**
 * # The running replica refines the protocol
 *
 * Everything that is checked of replicas that run: what bytes mean (B0), that each of their steps is
 * one of the protocol (B1), and, as of the protocol's own, what the service then does (B3, B4).
 *
 * The protocol leaves two things open. Whom a replica asks for its state shows in what it sends; and
 * whose replies it forgets, where that is its own affair, in what it still remembers.
 */

import type { ServiceClass } from '../../impl/apps/service.ts';
import type { Parameters } from '../../impl/rsl/parameters.ts';
import type { ReplicaState } from '../../impl/rsl/replicaState.ts';
import type * as protocol from '../../protocol/rsl/configuration.ts';
import { execute } from '../../protocol/rsl/executor.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Forget } from '../../protocol/rsl/replyCache.ts';
import { type Ask, askForState } from '../../protocol/rsl/retry.ts';
import type { Application } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { State } from '../../spec/rsl/service.ts';
import type { HostRefinement, OpenStep } from '../framework/hostStep.ts';
import type { Refinement } from '../framework/monitor.ts';
import type { Ghost } from './ghost.ts';
import { readerOf } from './messages.ts';
import { replicaComparison } from './replica.ts';
import { rslRefinement } from './service.ts';
import { INVALID, wireOf } from './wire.ts';

/** What is replicated: the class that runs, and what it is meant to be. */
export interface Replicated {
  readonly service: ServiceClass;
  readonly application: Application;
}

/** The parameters of running replicas as the protocol has them. */
export const protocolParameters = (parameters: Parameters): protocol.Parameters => ({
  maxLogLength: parameters.maxLogLength,
  maxBatchSize: parameters.maxBatchSize,
  maxBatchBytes: parameters.maxBatchBytes,
  maxBatchDelay: parameters.maxBatchDelay,
  baselineViewTimeout: parameters.baselineViewTimeout,
  heartbeatPeriod: parameters.heartbeatPeriod,
  retryPeriod: parameters.retryPeriod,
  maxInteger: parameters.maxInteger,
  maxCachedReplies: parameters.maxCachedReplies,
  compatible: parameters.compatible,
  // A replica that runs forgets all when it stops, so it must not start again.
  durable: false,
});

/**
 * Everything that is checked of running replicas. Throws a RangeError that says why not, where they
 * or the parameters make no service.
 */
export const replicaRefinement = (
  { service, application }: Replicated,
  replicas: readonly EndPoint[],
  parameters: Parameters,
): Refinement<ReplicaState, Replica, Message, Ghost, State> => ({
  ...rslRefinement(application, replicas, protocolParameters(parameters)),
  ...bytesIn({ service, application }, parameters),
  compare: replicaComparison(application),
  choiceOf: ({ action, before, sends, impl }) => {
    if (action === askForState.name) return asked(sends);
    return parameters.compatible && action === execute(application).name
      ? forgotten(before, impl.executor.replyCache)
      : undefined;
  },
});

type Reading = Pick<HostRefinement<unknown, Replica, Message>, 'read' | 'readAsImpl' | 'invalid'>;

/** What bytes mean, by definition and to the implementation. */
export const bytesIn = (
  { service, application }: Replicated,
  { compatible }: Parameters,
): Reading => ({
  read: wireOf(application, compatible).read,
  readAsImpl: readerOf(service, application, compatible),
  invalid: INVALID,
});

/** Who was asked for its state. */
export function asked(sends: OpenStep<unknown, Replica, Message>['sends']): Ask | undefined {
  const [request] = sends;
  return request && { ask: request.dst };
}

/** The clients that were remembered, or have been served since, and are not remembered any more. */
function forgotten(before: Replica, after: ReadonlyMap<EndPoint, unknown>): Forget {
  const { replyCache, decided } = before.executor;
  const forget = new Set<EndPoint>();
  for (const client of replyCache.keys()) if (!after.has(client)) forget.add(client);
  for (const { client } of decided?.batch ?? []) if (!after.has(client)) forget.add(client);
  return { forget: [...forget] };
}
