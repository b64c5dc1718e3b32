/**
 * # The proposer
 *
 * Leads while its view lasts: collects promises, then proposes. What all promises together say is
 * worked out as they come.
 *
 * Follows Impl/RSL/ProposerModel.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import { isBelow, isSame } from './ballot.ts';
import type { Constants } from './constants.ts';
import { marshal } from './marshal.ts';
import type { Ballot, Batch, CachedReply, Promise1b, Request, Vote } from './messages.ts';
import type { Replica } from './replica.ts';
import { RequestQueue } from './requestQueue.ts';
import { UnderWay } from './underWay.ts';

export class Proposer {
  phase: 0 | 1 | 2 = 0;
  readonly requestQueue: RequestQueue;
  maxBallotSent1a: Ballot;
  nextOperation = 0;
  readonly received1bs = new Map<EndPoint, Promise1b>();
  readonly highestRequested = new Map<EndPoint, number>();
  batchDeadline: number | undefined;
  readonly proposed = new Map<number, Batch>();
  /** For each operation the vote of the highest ballot that promises tell of. */
  readonly votes = new Map<number, Vote>();
  /** The highest operation of those, or −1. */
  highestVoted = -1;
  /** No promise is silent about an operation from this one on. */
  toldFrom = 0;
  readonly underWay = new UnderWay();
  /** How many bytes the batches in `proposed` have. */
  proposedBytes = 0;
  readonly #compatible: boolean;

  constructor({ index, parameters }: Constants) {
    this.maxBallotSent1a = { seqno: 0, proposer: index };
    this.requestQueue = new RequestQueue(parameters);
    this.#compatible = parameters.compatible;
  }

  /** Another view has begun, so another replica leads, or this one must start anew. */
  stepDown(): void {
    this.phase = 0;
    this.requestQueue.clear();
    this.proposed.clear();
    this.proposedBytes = 0;
    this.underWay.clear();
  }

  /** Queues a request, unless it or a later one of that client is remembered as queued. */
  queueRequest(request: Request): void {
    if (this.phase === 0) return;
    const highest = this.highestRequested.get(request.client);
    if (highest !== undefined && request.seqno <= highest) return;
    this.requestQueue.push(request);
    this.highestRequested.set(request.client, request.seqno);
  }

  /** It is this replica's turn to lead. */
  startPhase1(view: Ballot, waiting: readonly Iterable<Request>[]): void {
    this.stepDown();
    this.phase = 1;
    this.maxBallotSent1a = view;
    for (const requests of waiting) {
      for (const request of requests) this.requestQueue.push(request);
    }
    this.received1bs.clear();
    this.highestRequested.clear();
    this.votes.clear();
    this.highestVoted = -1;
    this.toldFrom = 0;
  }

  keepPromise(src: EndPoint, msg: Promise1b): void {
    this.received1bs.set(src, msg);
    if (msg.logTruncationPoint > this.toldFrom) this.toldFrom = msg.logTruncationPoint;
    for (const [operation, vote] of msg.votes) {
      const other = this.votes.get(operation);
      if (other === undefined || isBelow(other.ballot, vote.ballot)) {
        this.votes.set(operation, vote);
      }
      if (operation > this.highestVoted) this.highestVoted = operation;
    }
  }

  /** An operation is proposed; it is remembered until it is executed, if it is not yet. */
  noteProposed(operation: number, batch: Batch, operationsComplete: number): void {
    this.underWay.note(operation, batch, operationsComplete);
    if (this.#compatible || operation < operationsComplete) return;
    this.proposed.set(operation, batch);
    this.proposedBytes += batch.bytes.length;
  }

  #forgetProposed(operation: number): void {
    const batch = this.proposed.get(operation);
    if (batch === undefined) return;
    this.proposed.delete(operation);
    this.proposedBytes -= batch.bytes.length;
  }

  /** A batch is executed: its requests need not be remembered as queued. */
  noteExecuted(operation: number, batch: Batch): void {
    this.#forgetProposed(operation);
    this.underWay.done(operation, batch);
    if (this.#compatible || this.highestRequested.size === 0) return;
    for (const { client, seqno } of batch.requests) this.#forgetRequested(client, seqno);
  }

  /** All operations before `operation` are executed, by others, with these replies. */
  noteSettled(operation: number, cache: ReadonlyMap<EndPoint, CachedReply>): void {
    for (const before of this.proposed.keys()) {
      if (before < operation) this.#forgetProposed(before);
    }
    this.underWay.doneBefore(operation);
    if (this.#compatible) return;
    for (const client of this.highestRequested.keys()) {
      const settled = cache.get(client);
      if (settled !== undefined) this.#forgetRequested(client, settled.seqno);
    }
  }

  #forgetRequested(client: EndPoint, executed: number): void {
    const highest = this.highestRequested.get(client);
    if (highest !== undefined && highest <= executed) this.highestRequested.delete(client);
  }
}

/** It is this replica's turn to lead, and it has not tried yet. */
export const mayStartPhase1 = ({ proposer, election: { view }, constants }: Replica): boolean =>
  view.proposer === constants.index && isBelow(proposer.maxBallotSent1a, view);

/** 1a: asks everyone to promise. */
export function startPhase1(r: Replica, io: Io): string {
  const { view, waiting } = r.election;
  r.proposer.startPhase1(view, [waiting.earlier, waiting.new]);
  r.broadcast(io, marshal({ type: '1a', ballot: view }));
  return 'startPhase1';
}

/** Keeps a promise, and truncates the log as whoever made it has. */
export function collectPromise(r: Replica, src: EndPoint, msg: Promise1b): string {
  const { proposer } = r;
  const isAskedFor = proposer.phase === 1 && isSame(msg.ballot, proposer.maxBallotSent1a);
  if (!isAskedFor || proposer.received1bs.has(src)) return 'ignore';
  proposer.keepPromise(src, msg);
  r.acceptor.truncateLog(msg.logTruncationPoint);
  return 'collectPromise';
}

/** A quorum has promised. */
export const mayStartPhase2 = ({ proposer, constants }: Replica): boolean =>
  proposer.phase === 1 && proposer.received1bs.size >= constants.quorum;

/** From now on it proposes. */
export function startPhase2(r: Replica, io: Io): string {
  const { logTruncationPoint } = r.acceptor;
  const { proposer } = r;
  proposer.phase = 2;
  proposer.nextOperation = logTruncationPoint;
  const ballot = proposer.maxBallotSent1a;
  r.broadcast(io, marshal({ type: 'startingPhase2', ballot, logTruncationPoint }));
  return 'startPhase2';
}
