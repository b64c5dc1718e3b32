/**
 * # Proposing
 *
 * Which action makes the next proposal, if any may be made now: an old vote's value, what clients
 * ask for, or nothing, to fill a gap. What the protocol allows is narrowed in two ways, but where a
 * later operation waits: never are two operations under way that have requests of one client, and
 * the log never grows much beyond its bytes.
 *
 * Follows Impl/RSL/ProposerModel.i.dfy of IronFleet.
 */
import type { Io } from '../framework/io.ts';
import { isSame } from './ballot.ts';
import { batchOf, EMPTY_BATCH } from './batch.ts';
import { boundedSum } from './constants.ts';
import { marshal } from './marshal.ts';
import type { Batch } from './messages.ts';
import type { Act, Replica } from './replica.ts';

/** While batches that are voted for or under way have more bytes, no more are proposed. */
export const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** Whether the next operation may be proposed at all. */
function mayPropose({ constants, proposer: p, acceptor, election }: Replica): boolean {
  const { parameters, quorum } = constants;
  return (
    p.phase === 2
    && isSame(election.view, p.maxBallotSent1a)
    && p.received1bs.size >= quorum
    && p.nextOperation >= p.toldFrom
    && p.nextOperation
      < boundedSum(acceptor.logTruncationPoint, parameters.maxLogLength, parameters)
  );
}

/** Whether a batch that may be proposed had better wait. */
function isHeldBack({ proposer, acceptor, executor }: Replica): boolean {
  return (
    acceptor.voteBytes + proposer.proposedBytes > MAX_LOG_BYTES
    || proposer.underWay.isInTheWay(proposer.requestQueue, executor.operationsComplete)
  );
}

/** What is to be done at once about the next operation. */
export function nextProposal(r: Replica): Act | undefined {
  const { proposer: p } = r;
  if (!mayPropose(r)) return undefined;
  if (p.highestVoted >= p.nextOperation) {
    if (p.votes.has(p.nextOperation)) return proposeVoted;
    return p.requestQueue.length === 0 ? fillGap : proposeBatch;
  }
  if (p.requestQueue.length === 0) return undefined;
  const { isFull } = p.requestQueue;
  const isNothingUnderWay = !r.constants.parameters.compatible && p.proposed.size === 0;
  if ((isFull || isNothingUnderWay) && !isHeldBack(r)) return proposeBatch;
  return isFull || p.batchDeadline !== undefined ? undefined : startBatchTimer;
}

/**
 * When a batch that is not full is to be proposed all the same, by the replica's clock; ∞ if there
 * is none. If something is to be done at once, it means nothing.
 */
export function batchTime(r: Replica): number {
  const { batchDeadline, requestQueue } = r.proposer;
  if (batchDeadline === undefined || requestQueue.length === 0) return Number.POSITIVE_INFINITY;
  return mayPropose(r) && !isHeldBack(r) ? batchDeadline : Number.POSITIVE_INFINITY;
}

function propose(r: Replica, io: Io, batch: Batch): void {
  const { proposer } = r;
  const { maxBallotSent1a: ballot, nextOperation: operation } = proposer;
  proposer.nextOperation++;
  proposer.noteProposed(operation, batch, r.executor.operationsComplete);
  r.broadcast(io, marshal({ type: '2a', ballot, operation, batch }));
}

/** 2a for an operation that has been voted on: its value may be chosen, so it must not change. */
function proposeVoted(r: Replica, io: Io): string {
  propose(r, io, r.proposer.votes.get(r.proposer.nextOperation)?.batch ?? EMPTY_BATCH);
  return 'proposeVoted';
}

/** 2a with what clients ask for. */
export function proposeBatch(r: Replica, io: Io, now = io.readClock()): string {
  const { proposer, constants } = r;
  const { requestQueue } = proposer;
  const batch = batchOf(requestQueue.takeBatch());
  const { maxBatchDelay } = constants.parameters;
  proposer.batchDeadline =
    requestQueue.length > 0 ? boundedSum(now, maxBatchDelay, constants.parameters) : undefined;
  propose(r, io, batch);
  return 'proposeBatch';
}

/** 2a with nothing in it: a later operation waits, and there is nothing to ask for. */
function fillGap(r: Replica, io: Io): string {
  r.proposer.batchDeadline = undefined;
  propose(r, io, EMPTY_BATCH);
  return 'fillGap';
}

/** The first request of a batch that is not full: others have a little while to join it. */
function startBatchTimer({ proposer, constants: { parameters } }: Replica, io: Io): string {
  proposer.batchDeadline = boundedSum(io.readClock(), parameters.maxBatchDelay, parameters);
  return 'startBatchTimer';
}
