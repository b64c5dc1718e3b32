/**
 * # Requests
 *
 * Wherever a request turns up, its client has sent it to a replica, and it is not too long. And a
 * proposer does not keep for ever what it has queued.
 *
 * Follows Protocol/RSL/CommonProof/Requests.i.dfy of IronFleet. Votes and decisions have no part
 * here: by R12 and R24 what they hold was proposed.
 */
import type { Request } from '../../../protocol/rsl/messages.ts';
import { MAX_REQUEST_BYTES } from '../../../spec/apps/application.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import type { PacketLaw, ReplicaLaw } from '../scope.ts';

/** R27 of these requests, unless they are the ones that were known before. */
function wereSent(
  requests: readonly Request[],
  before: readonly Request[] | undefined,
  ghost: Ghost,
): Verdict {
  if (requests === before) return undefined;
  for (const request of requests) {
    const refusal =
      clause('a request was sent by its client', ghost.requestFor(request) !== undefined)
      ?? clause('a request is at most 128 MiB long', request.request.length <= MAX_REQUEST_BYTES);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** R27, RequestIn{ThisEpoch, PrevEpochs, RequestQueue}: of requests that wait. */
const waitingWereSent: ReplicaLaw = ({ election, proposer }, ghost, _place, before) =>
  wereSent(election.receivedThisEpoch, before?.election.receivedThisEpoch, ghost)
  ?? wereSent(election.receivedEarlier, before?.election.receivedEarlier, ghost)
  ?? wereSent(proposer.requestQueue, before?.proposer.requestQueue, ghost);

/** R27, RequestIn{1b, 2a}: of requests that are proposed or told of. */
const proposedWereSent: PacketLaw = ({ msg }, ghost) => {
  if (msg.type === '2a') return wereSent(msg.batch, undefined, ghost);
  if (msg.type !== '1b') return undefined;
  for (const { batch } of msg.votes.values()) {
    const refusal = wereSent(batch, undefined, ghost);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/**
 * R33: what a proposer remembers to have queued is not settled; so it remembers no more clients
 * than have something under way. The original's remembers all clients of its view.
 */
const queuedAreUnsettled: ReplicaLaw = ({ proposer, executor }, { setting }, _place, before) => {
  const { highestRequested } = proposer;
  const { replyCache } = executor;
  const isOld =
    highestRequested === before?.proposer.highestRequested
    && replyCache === before.executor.replyCache;
  if (setting.parameters.compatible || isOld) return undefined;
  for (const [client, seqno] of highestRequested) {
    const settled = replyCache.get(client)?.seqno ?? -1;
    if (settled >= seqno) return { failed: 'what is remembered as queued is not settled' };
  }
  return undefined;
};

export const requestsOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R27: waitingWereSent,
  R33: queuedAreUnsettled,
};

export const requestsInPackets: Readonly<Record<string, PacketLaw>> = { R27: proposedWereSent };
