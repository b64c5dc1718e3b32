/**
 * # The acceptor
 *
 * Promises, votes, and forgets votes for what a quorum has executed. All votes are within a window
 * from the log's truncation point on.
 *
 * Follows Impl/RSL/AcceptorModel.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import { isBelow, isSame, NO_BALLOT } from './ballot.ts';
import type { Constants } from './constants.ts';
import { marshal } from './marshal.ts';
import type { Ballot, Batch, Message, Vote } from './messages.ts';
import type { Replica } from './replica.ts';

export class Acceptor {
  maxBallot: Ballot = NO_BALLOT;
  readonly votes = new Map<number, Vote>();
  readonly lastCheckpointed: number[];
  logTruncationPoint = 0;
  /** The highest operation that was ever voted for. If it is not in the log, nothing is. */
  highestVoted = -1;
  /** How many bytes the batches in the log have. */
  voteBytes = 0;
  /** The operation up to which a quorum has come: the quorum-th highest of all checkpoints. */
  quorumCheckpoint = 0;
  readonly #constants: Constants;

  constructor(constants: Constants) {
    this.#constants = constants;
    this.lastCheckpointed = constants.replicas.map(() => 0);
  }

  /** Remembers a vote, unless its operation is before the log. */
  record(operation: number, ballot: Ballot, batch: Batch): void {
    this.maxBallot = ballot;
    const { logTruncationPoint: before } = this;
    this.truncateLog(operation - this.#constants.parameters.maxLogLength + 1);
    if (operation < before) return;
    this.voteBytes += batch.bytes.length - (this.votes.get(operation)?.batch.bytes.length ?? 0);
    this.votes.set(operation, { ballot, batch });
    if (operation > this.highestVoted) this.highestVoted = operation;
  }

  /** Forgets the votes for operations before `from`. */
  truncateLog(from: number): void {
    const { votes, logTruncationPoint } = this;
    if (from <= logTruncationPoint) return;
    this.logTruncationPoint = from;
    if (from > this.highestVoted) {
      votes.clear();
      this.voteBytes = 0;
    } else if (from - logTruncationPoint > votes.size) {
      for (const operation of votes.keys()) if (operation < from) this.#forget(operation);
    } else {
      for (let operation = logTruncationPoint; operation < from; operation++) {
        this.#forget(operation);
      }
    }
  }

  #forget(operation: number): void {
    const vote = this.votes.get(operation);
    if (vote === undefined) return;
    this.votes.delete(operation);
    this.voteBytes -= vote.batch.bytes.length;
  }

  /** What a replica says about how far it has come. */
  noteCheckpoint(place: number, checkpoint: number): void {
    if (checkpoint <= (this.lastCheckpointed[place] ?? 0)) return;
    this.lastCheckpointed[place] = checkpoint;
    const highestFirst = [...this.lastCheckpointed].sort((a, b) => b - a);
    this.quorumCheckpoint = highestFirst[this.#constants.quorum - 1] ?? 0;
  }

  /** Whether there is a vote for this operation or a later one. */
  hasVotedFrom(operation: number): boolean {
    return this.votes.size > 0 && this.highestVoted >= operation;
  }

  /** The votes for operations from `from` on, in their order. */
  votesFrom(from: number): [number, Vote][] {
    const found: [number, Vote][] = [];
    for (const entry of this.votes) if (entry[0] >= from) found.push(entry);
    return found.sort(([a], [b]) => a - b);
  }
}

/** A ballot above any before is promised; the one promised is promised again, if none votes yet. */
export function hear1a(r: Replica, io: Io, src: EndPoint, ballot: Ballot): string {
  const { acceptor, constants } = r;
  const isNew = isBelow(acceptor.maxBallot, ballot);
  if (!isNew && (constants.parameters.compatible || !mayRepeatPromise(acceptor, ballot))) {
    return 'ignore';
  }
  acceptor.maxBallot = ballot;
  const { logTruncationPoint } = acceptor;
  const votes = acceptor.votesFrom(logTruncationPoint);
  io.send(src, marshal({ type: '1b', ballot, logTruncationPoint, votes }));
  return isNew ? 'promise' : 'repeatPromise';
}

function mayRepeatPromise({ maxBallot, votes }: Acceptor, ballot: Ballot): boolean {
  if (!isSame(ballot, maxBallot)) return false;
  for (const vote of votes.values()) if (isSame(vote.ballot, maxBallot)) return false;
  return true;
}

/** Votes for a proposal, unless a higher ballot has been promised, and tells all. */
export function vote(r: Replica, io: Io, msg: Message & { type: '2a' }): string {
  const { ballot, operation, batch } = msg;
  const { acceptor, constants } = r;
  if (isBelow(ballot, acceptor.maxBallot) || operation > constants.parameters.maxInteger) {
    return 'ignore';
  }
  acceptor.record(operation, ballot, batch);
  r.broadcast(io, marshal({ type: '2b', ballot, operation, batch }));
  return 'vote';
}

/** Tells the votes from an operation on once more. */
export function repeatVotes(r: Replica, io: Io, src: EndPoint, from: number): string {
  const { acceptor, constants } = r;
  if (constants.parameters.compatible || !acceptor.hasVotedFrom(from)) return 'ignore';
  for (const [operation, { ballot, batch }] of acceptor.votesFrom(from)) {
    io.send(src, marshal({ type: '2b', ballot, operation, batch }));
  }
  return 'repeatVotes';
}

/** Forgets what a quorum has executed. */
export function truncate({ acceptor }: Replica): string {
  acceptor.truncateLog(acceptor.quorumCheckpoint);
  return 'truncateLog';
}
