/**
 * # Proposing
 *
 * Phase 2, as the leader sees it: a value for one operation after the other, no further than the
 * window reaches. Where some promise told of a vote, the one of the highest ballot is proposed, for
 * that may be chosen; elsewhere what clients have asked for, or nothing at all if a later operation
 * must not wait. While an operation is under way, requests wait a little for others to join their
 * batch, if there is not enough for a full one.
 *
 * Follows LProposerMaybeNominateValueAndSend2a of Protocol/RSL/Proposer.i.dfy of IronFleet, which is
 * four actions here. Departs from it in that the leader remembers what it has proposed, that a
 * batch has a limit of bytes, and that a lone request need not wait: in the original every batch
 * that is not full does.
 * Lamport, "Paxos Made Simple" (2001), phase 2a.
 */
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { isBelow, isSame } from './ballot.ts';
import { boundedSum, type Parameters } from './configuration.ts';
import {
  type Batch,
  broadcast,
  bytesOf,
  type Message,
  type Operation,
  type Vote,
} from './messages.ts';
import type { Proposer } from './proposer.ts';
import type { Replica } from './replica.ts';

/**
 * Whether the next operation may be proposed at all. The window ends at the greatest integer, so
 * the operation after it can be counted.
 */
const mayPropose = ({ constants, proposer: p, acceptor, election }: Replica): Verdict =>
  clause('the replica proposes', p.phase === 2)
  ?? clause('its view lasts', isSame(election.view, p.maxBallotSent1a))
  ?? clause('a quorum has promised', p.received1bs.size >= constants.quorum)
  ?? clause('no promise is silent about the operation', isToldOf(p))
  ?? clause(
    'the operation is in the window',
    p.nextOperation
      < boundedSum(
        acceptor.logTruncationPoint,
        constants.parameters.maxLogLength,
        constants.parameters,
      ),
  );

/** Promises tell of votes only from their log's truncation point on. */
function isToldOf({ received1bs, nextOperation }: Proposer): boolean {
  for (const { logTruncationPoint } of received1bs.values()) {
    if (nextOperation < logTruncationPoint) return false;
  }
  return true;
}

/** Of all votes for the next operation that promises tell of, the one of the highest ballot. */
function highestVote({ received1bs, nextOperation }: Proposer): Vote | undefined {
  let highest: Vote | undefined;
  for (const { votes } of received1bs.values()) {
    const vote = votes.get(nextOperation);
    if (vote === undefined) continue;
    if (highest === undefined || isBelow(highest.ballot, vote.ballot)) highest = vote;
  }
  return highest;
}

/** Whether some promise tells of a vote for a later operation than the next. */
function laterIsVoted({ received1bs, nextOperation }: Proposer): boolean {
  for (const { votes } of received1bs.values()) {
    for (const operation of votes.keys()) if (operation > nextOperation) return true;
  }
  return false;
}

/** The next operation is proposed: the proposer as it then is, and the message that says so. */
function propose(r: Replica, batch: Batch, changes: Partial<Proposer>) {
  const { maxBallotSent1a: ballot, nextOperation: operation } = r.proposer;
  const proposer: Proposer = {
    ...r.proposer,
    ...changes,
    nextOperation: operation + 1,
    proposed: withProposed(r, operation, batch),
  };
  return {
    state: { ...r, proposer },
    sends: broadcast(r.constants, { type: '2a', ballot, operation, batch }),
  };
}

/** What was proposed, with one more, if it may have to be proposed again. */
function withProposed(
  { constants, proposer: { proposed }, executor }: Replica,
  operation: Operation,
  batch: Batch,
): Proposer['proposed'] {
  if (constants.parameters.compatible || operation < executor.operationsComplete) return proposed;
  return new Map(proposed).set(operation, batch);
}

/** 2a for an operation that has been voted on: its value may be chosen, so it must not change. */
export const proposeVoted: LocalAction<Replica, Message> = {
  name: 'proposeVoted',
  takes: 'nothing',
  readsClock: false,
  guard: (r) =>
    mayPropose(r)
    ?? clause('a promise tells of a vote for it', highestVote(r.proposer) !== undefined),
  step: (r) => propose(r, highestVote(r.proposer)?.batch ?? [], {}),
};

/**
 * How many of the queued requests would be proposed now: as many as the limits of number and of
 * bytes allow, but the first in any case, however long it is.
 */
function batchSize({ requestQueue }: Proposer, { maxBatchSize, maxBatchBytes }: Parameters) {
  let bytes = 0;
  for (const [size, { request }] of requestQueue.entries()) {
    bytes += request.length;
    if (size === maxBatchSize || (size > 0 && bytes > maxBatchBytes)) return size;
  }
  return requestQueue.length;
}

/** Whether no request can join the batch any more: the next one does not fit, or none would. */
function isFull({ proposer: p, constants: { parameters } }: Replica): boolean {
  const size = batchSize(p, parameters);
  if (size < p.requestQueue.length || size === parameters.maxBatchSize) return true;
  return bytesOf(p.requestQueue) >= parameters.maxBatchBytes;
}

/** Whether all that this leader has proposed is executed here. The original never asks. */
const hasNothingUnderWay = ({ constants, proposer }: Replica): boolean =>
  !constants.parameters.compatible && proposer.proposed.size === 0;

/**
 * 2a with what clients ask for: when the batch is full or has waited long enough, when it fills a
 * gap, or when there is nothing to wait for.
 */
export const proposeBatch: LocalAction<Replica, Message> = {
  name: 'proposeBatch',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) =>
    clause('requests are queued', r.proposer.requestQueue.length > 0)
    ?? mayPropose(r)
    ?? clause('no promise tells of a vote for it', highestVote(r.proposer) === undefined)
    ?? clause(
      'the batch is full or old, or a later operation waits, or none is under way',
      isFull(r)
        || (r.proposer.batchDeadline !== undefined && now >= r.proposer.batchDeadline)
        || laterIsVoted(r.proposer)
        || hasNothingUnderWay(r),
    ),
  step: (r, { now }) => {
    const { parameters } = r.constants;
    const size = batchSize(r.proposer, parameters);
    const requestQueue = r.proposer.requestQueue.slice(size);
    return propose(r, r.proposer.requestQueue.slice(0, size), {
      requestQueue,
      batchDeadline:
        requestQueue.length > 0 ? boundedSum(now, parameters.maxBatchDelay, parameters) : undefined,
    });
  },
};

/** 2a with nothing in it: a later operation waits, and there is nothing to ask for. */
export const fillGap: LocalAction<Replica, Message> = {
  name: 'fillGap',
  takes: 'nothing',
  readsClock: false,
  guard: (r) =>
    clause('no request is queued', r.proposer.requestQueue.length === 0)
    ?? mayPropose(r)
    ?? clause('no promise tells of a vote for it', highestVote(r.proposer) === undefined)
    ?? clause('a promise tells of a vote for a later one', laterIsVoted(r.proposer)),
  step: (r) => propose(r, [], { batchDeadline: undefined }),
};

/** The first request of a batch that is not full: others have a little while to join it. */
export const startBatchTimer: LocalAction<Replica, Message> = {
  name: 'startBatchTimer',
  takes: 'nothing',
  readsClock: true,
  guard: (r) =>
    clause('requests are queued', r.proposer.requestQueue.length > 0)
    ?? clause('no batch is waiting', r.proposer.batchDeadline === undefined)
    ?? mayPropose(r)
    ?? clause('the batch is not full', !isFull(r))
    ?? clause('no promise tells of a vote for the operation', highestVote(r.proposer) === undefined)
    ?? clause('no later operation waits', !laterIsVoted(r.proposer)),
  step: (r, { now }) => {
    const { parameters } = r.constants;
    const batchDeadline = boundedSum(now, parameters.maxBatchDelay, parameters);
    return { state: { ...r, proposer: { ...r.proposer, batchDeadline } }, sends: [] };
  },
};
