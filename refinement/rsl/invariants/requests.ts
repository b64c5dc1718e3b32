/**
 * # Requests
 *
 * Wherever a request turns up, its client has sent it to a replica, and it is not too long. And
 * nobody waits for ever for what is done, or remembers it as queued.
 *
 * Follows Protocol/RSL/CommonProof/Requests.i.dfy of IronFleet. Votes and decisions have no part
 * here: by R12 and R24 what they hold was proposed.
 */
import type { Request } from '../../../protocol/rsl/messages.ts';
import { MAX_REQUEST_BYTES } from '../../../spec/apps/application.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
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
 * R33: nothing that is settled is waited for, or remembered as queued. So nobody suspects a leader
 * for what is done, and no more clients are remembered than have something under way. In the
 * original whoever takes over a state waits on, and a proposer remembers all clients of its view.
 */
const settledIsForgotten: ReplicaLaw = (
  { proposer, election, executor },
  ghost,
  _place,
  before,
) => {
  const { highestRequested } = proposer;
  const { replyCache } = executor;
  const isOld =
    highestRequested === before?.proposer.highestRequested
    && election === before.election
    && replyCache === before.executor.replyCache;
  if (ghost.setting.parameters.compatible || isOld) return undefined;
  const isSettled = (client: EndPoint, seqno: number): boolean =>
    (replyCache.get(client)?.seqno ?? -1) >= seqno;
  const isDone = ({ client, seqno }: Request): boolean => isSettled(client, seqno);
  for (const [client, seqno] of highestRequested) {
    if (isSettled(client, seqno)) return { failed: 'what is remembered as queued is not settled' };
  }
  return clause(
    'what is waited for is not settled',
    !election.receivedThisEpoch.some(isDone) && !election.receivedEarlier.some(isDone),
  );
};

export const requestsOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R27: waitingWereSent,
  R33: settledIsForgotten,
};

export const requestsInPackets: Readonly<Record<string, PacketLaw>> = { R27: proposedWereSent };
