/**
 * # What a running replica shows of itself
 *
 * Enough to compare it with a replica of the protocol after any step, read where it lies.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Service } from '../apps/service.ts';
import type { Ballot, Batch, CachedReply, Promise1b, Request, Vote } from './messages.ts';

/** Something for each of some operations; a `Map` is one. */
export interface Operations<T> {
  readonly size: number;
  get(operation: number): T | undefined;
  forEach(visit: (value: T, operation: number) => void): void;
}

/** Requests in their order; an array is one. */
export interface Requests extends Iterable<Request> {
  readonly length: number;
}

export interface ReplicaState {
  /** When the next heartbeat is due, by this replica's clock. */
  readonly nextHeartbeat: number;
  readonly retry: {
    readonly time: number;
    readonly view: Ballot;
    readonly operation: number;
    readonly tries: number;
  };
  readonly proposer: {
    readonly phase: 0 | 1 | 2;
    readonly requestQueue: Requests;
    readonly maxBallotSent1a: Ballot;
    readonly nextOperation: number;
    readonly received1bs: ReadonlyMap<EndPoint, Promise1b>;
    readonly highestRequested: ReadonlyMap<EndPoint, number>;
    readonly batchDeadline: number | undefined;
    readonly proposed: Operations<Batch>;
  };
  readonly election: {
    readonly view: Ballot;
    /** By place. */
    readonly suspectors: ReadonlySet<number>;
    readonly epochEnd: number;
    readonly epochLength: number;
    readonly receivedThisEpoch: Requests;
    readonly receivedEarlier: Requests;
  };
  readonly acceptor: {
    readonly maxBallot: Ballot;
    readonly votes: Operations<Vote>;
    readonly lastCheckpointed: readonly number[];
    readonly logTruncationPoint: number;
  };
  readonly learner: {
    readonly maxBallotSeen: Ballot;
    readonly tallies: Operations<{ readonly voters: ReadonlySet<number>; readonly batch: Batch }>;
  };
  readonly executor: {
    readonly app: Service;
    readonly operationsComplete: number;
    readonly maxBallotReflected: Ballot;
    /** Those served longest ago come first. */
    readonly replyCache: ReadonlyMap<EndPoint, CachedReply>;
    readonly decided: { readonly batch: Batch; readonly ballot: Ballot } | undefined;
  };
}
