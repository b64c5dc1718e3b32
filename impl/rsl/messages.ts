/**
 * # Messages of the replicated service
 *
 * What replicas and clients say to one another, as the running code holds it.
 *
 * Follows Impl/RSL/CTypes.i.dfy and PacketParsing.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

/** How many requests a batch may hold. */
export const MAX_BATCH_SIZE = 100;
/** How many bytes the name of a client in a batch may have. */
export const MAX_CLIENT_BYTES = 0x10_0000 - 1;
/** How many votes a promise may hold for the original to read it. */
export const MAX_COMPATIBLE_VOTES = 7;

export interface Ballot {
  readonly seqno: number;
  /** The index of the replica that proposes in this ballot. */
  readonly proposer: number;
}

/** A request of a client; its client and number name it. */
export interface Request {
  readonly client: EndPoint;
  readonly seqno: number;
  readonly request: Uint8Array;
}

/** The requests that are executed together. Nobody changes a batch that he was given. */
export interface Batch {
  readonly requests: readonly Request[];
  /** The batch as it is written in messages: the count, then the requests. */
  readonly bytes: Uint8Array;
}

export interface Vote {
  readonly ballot: Ballot;
  readonly batch: Batch;
}

/** The latest reply to a client, and the request's number. */
export interface CachedReply {
  readonly seqno: number;
  readonly reply: Uint8Array;
}

export type Message =
  | { readonly type: 'request'; readonly seqno: number; readonly request: Uint8Array }
  | { readonly type: 'reply'; readonly seqno: number; readonly reply: Uint8Array }
  | { readonly type: '1a'; readonly ballot: Ballot }
  | Promise1b
  | {
      readonly type: '2a';
      readonly ballot: Ballot;
      readonly operation: number;
      readonly batch: Batch;
    }
  | {
      readonly type: '2b';
      readonly ballot: Ballot;
      readonly operation: number;
      readonly batch: Batch;
    }
  | {
      readonly type: 'heartbeat';
      readonly view: Ballot;
      readonly suspicious: boolean;
      readonly checkpoint: number;
    }
  | {
      readonly type: 'startingPhase2';
      readonly ballot: Ballot;
      readonly logTruncationPoint: number;
    }
  | { readonly type: 'appStateRequest'; readonly ballot: Ballot; readonly operation: number }
  | {
      readonly type: 'appStateSupply';
      readonly ballot: Ballot;
      readonly operation: number;
      /** The application's state at rest. */
      readonly app: Uint8Array;
      /** In its order; absent in what the original says. */
      readonly replyCache: readonly (readonly [EndPoint, CachedReply])[] | undefined;
    }
  | { readonly type: 'voteRequest'; readonly operation: number };

export interface Promise1b {
  readonly type: '1b';
  readonly ballot: Ballot;
  readonly logTruncationPoint: number;
  /** In the order of the operations. */
  readonly votes: readonly (readonly [operation: number, vote: Vote])[];
}
