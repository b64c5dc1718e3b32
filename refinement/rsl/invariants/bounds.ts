/**
 * # Bounds
 *
 * What a replica keeps stays within bounds: counters, logs, caches, tallies, lists of requests, and
 * whatever it proposes at once.
 *
 * Follows Impl/RSL/{AcceptorState,ExecutorState,ElectionState}.i.dfy of IronFleet, whose integers
 * have 64 bits, and Protocol/RSL/CommonProof/Constants.i.dfy. The bounds of tallies and of a batch's
 * bytes are new, as is what they bound.
 */
import type { Election } from '../../../protocol/rsl/election.ts';
import type { Batch, Message, Request } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost, Setting } from '../ghost.ts';
import type { PacketLaw, ReplicaLaw } from '../scope.ts';
import { timersAreNear } from './timers.ts';

/** R30: no request waits twice, and no more wait than can be counted. */
function waitsOnce({ receivedEarlier, receivedThisEpoch }: Election, maxInteger: number): Verdict {
  return (
    clause(
      'no request waits twice',
      !hasTwice(receivedEarlier)
        && !hasTwice(receivedThisEpoch)
        && !receivedThisEpoch.some((request) => receivedEarlier.some(isSame(request))),
    )
    ?? clause(
      'no more requests wait than can be counted',
      receivedEarlier.length <= maxInteger && receivedThisEpoch.length <= maxInteger,
    )
  );
}

const isSame =
  (a: Request) =>
  (b: Request): boolean =>
    a.client === b.client && a.seqno === b.seqno;

const hasTwice = (requests: readonly Request[]): boolean =>
  requests.some((request, index) => requests.findIndex(isSame(request)) < index);

/**
 * R30: no counter is beyond the greatest integer. Ballots are counted where they are first used; by
 * R18 to R20 no other is above those.
 */
function isCounted(
  r: Replica,
  { maxInteger, baselineViewTimeout }: Setting['parameters'],
): Verdict {
  const { proposer, acceptor, election, executor, retry } = r;
  return (
    clause(
      'no ballot is beyond the greatest integer',
      Math.max(election.view.seqno, proposer.maxBallotSent1a.seqno) <= maxInteger,
    )
    ?? clause(
      'no operation is beyond the greatest integer',
      Math.max(
        proposer.nextOperation,
        acceptor.logTruncationPoint,
        executor.operationsComplete,
        executor.checkpoint?.operationsComplete ?? 0,
      ) <= maxInteger,
    )
    ?? clause(
      'no timer is beyond the greatest integer',
      Math.max(r.nextHeartbeat, retry.time, election.epochEnd, proposer.batchDeadline ?? 0)
        <= maxInteger,
    )
    ?? clause(
      'no epoch is longer than can be counted, unless the first is',
      election.epochLength <= Math.max(maxInteger, baselineViewTimeout),
    )
  );
}

/** R30: votes are counted for operations less than two windows ahead. The original counts all. */
const talliesAreNear: ReplicaLaw = ({ learner, executor }, { setting }, _, before) => {
  const { compatible, maxLogLength } = setting.parameters;
  if (compatible) return undefined;
  if (learner === before?.learner && executor === before.executor) return undefined;
  const end = executor.operationsComplete + 2 * maxLogLength;
  for (const operation of learner.tallies.keys()) {
    if (operation >= end) return { failed: 'votes are counted less than two windows ahead' };
  }
  return undefined;
};

/** R30: what a replica keeps is within its bounds. */
const isBounded: ReplicaLaw = (r, ghost, place, before) => {
  const { acceptor, executor, election } = r;
  const { parameters } = ghost.setting;
  const now = before === undefined ? undefined : ghost.last?.now;
  return (
    clause(
      'there are no more votes than operations in the window',
      acceptor.votes.size <= parameters.maxLogLength,
    )
    ?? clause(
      'the replies kept are not too many',
      executor.replyCache.size <= parameters.maxCachedReplies,
    )
    ?? (before?.election === election ? undefined : waitsOnce(election, parameters.maxInteger))
    ?? isCounted(r, parameters)
    ?? talliesAreNear(r, ghost, place, before)
    ?? (before === undefined || now === undefined
      ? undefined
      : timersAreNear(r, before, now, parameters))
  );
};

export const boundsOfReplicas: Readonly<Record<string, ReplicaLaw>> = { R30: isBounded };

function bytesOf(batch: Batch): number {
  let bytes = 0;
  for (const { request } of batch) bytes += request.length;
  return bytes;
}

/** R30: what is proposed is not too much at once, and can be counted. */
function isProposable(msg: Extract<Message, { readonly type: '2a' }>, { setting }: Ghost): Verdict {
  const { maxBatchSize, maxBatchBytes, maxInteger } = setting.parameters;
  const { batch, operation } = msg;
  return (
    clause('no batch has too many requests', batch.length <= maxBatchSize)
    ?? clause(
      'no batch has too many bytes, unless it is one request',
      batch.length <= 1 || bytesOf(batch) <= maxBatchBytes,
    )
    ?? clause('the operation after one that is proposed can be counted', operation < maxInteger)
  );
}

export const boundsOfPackets: Readonly<Record<string, PacketLaw>> = {
  R30: ({ msg }, ghost) => {
    if (msg.type === '2a') return isProposable(msg, ghost);
    if (msg.type !== 'heartbeat') return undefined;
    const { maxInteger } = ghost.setting.parameters;
    return clause('every view that is spoken of can be counted', msg.view.seqno <= maxInteger);
  },
};
