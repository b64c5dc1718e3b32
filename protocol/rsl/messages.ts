/**
 * # Messages
 *
 * What replicas and clients say to one another. `1a`, `1b`, `2a` and `2b` are the four messages of
 * Paxos, as its inventor numbered them: *prepare*, *promise*, *accept* and *accepted*.
 *
 * Follows Protocol/RSL/{Types,Message}.i.dfy of IronFleet; departs from it in the vote request and
 * in the reply cache that goes with a supply of state.
 */
import type { AppState } from '../../spec/apps/application.ts';
import type { Bytes } from '../../spec/framework/bytes.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { type Ballot, showBallot } from './ballot.ts';
import type { Constants } from './configuration.ts';

/** A request of a client; its client and number name it. */
export interface Request {
  readonly client: EndPoint;
  readonly seqno: number;
  readonly request: Bytes;
}

/** The requests that are executed together, in their order; the value that Paxos agrees on. */
export type Batch = readonly Request[];

/** How many bytes the requests of a batch have together. */
export function bytesOf(batch: Batch): number {
  let bytes = 0;
  for (const { request } of batch) bytes += request.length;
  return bytes;
}

/** Operations are numbered from 0; each is one batch. */
export type Operation = number;

export interface Vote {
  readonly ballot: Ballot;
  readonly batch: Batch;
}

export type Votes = ReadonlyMap<Operation, Vote>;

/** The latest reply to a client, and the request's number. */
export interface CachedReply {
  readonly seqno: number;
  readonly reply: Bytes;
}

/** For each client its latest reply; those served longest ago come first. */
export type ReplyCache = ReadonlyMap<EndPoint, CachedReply>;

export type Message =
  /** From a client to any replica; the client is the packet's source. */
  | { readonly type: 'request'; readonly seqno: number; readonly request: Bytes }
  /**
   * To the client, from the replica that executes its own proposal, and from every replica that is
   * asked again; in the original from every replica that executes the request.
   */
  | { readonly type: 'reply'; readonly seqno: number; readonly reply: Bytes }
  /** Asks whoever gets it to promise this ballot. */
  | { readonly type: '1a'; readonly ballot: Ballot }
  | Promise1b
  | Accept2a
  /** A vote for what a 2a of this ballot has proposed. */
  | {
      readonly type: '2b';
      readonly ballot: Ballot;
      readonly operation: Operation;
      readonly batch: Batch;
    }
  /** What every replica says of itself, again and again. */
  | {
      readonly type: 'heartbeat';
      readonly view: Ballot;
      /** Whether the sender suspects the leader of this view. */
      readonly suspicious: boolean;
      /** All operations before this one the sender has executed, and will not forget. */
      readonly checkpoint: Operation;
    }
  /** The leader of this ballot proposes from this operation on: whoever is not as far catches up. */
  | {
      readonly type: 'startingPhase2';
      readonly ballot: Ballot;
      readonly logTruncationPoint: Operation;
    }
  /** Asks for a state at least as far as this operation, and of no ballot above this one. */
  | {
      readonly type: 'appStateRequest';
      readonly ballot: Ballot;
      readonly operation: Operation;
    }
  /** All that executing has led to: the answer to such a request. */
  | {
      readonly type: 'appStateSupply';
      /** At least the ballot of every operation that is reflected in the state. */
      readonly ballot: Ballot;
      /** The state is the one before this operation. */
      readonly operation: Operation;
      readonly app: AppState;
      /** In its order; absent in what the original says. */
      readonly replyCache: readonly (readonly [EndPoint, CachedReply])[] | undefined;
    }
  /** Asks for the votes for this operation and all later ones. */
  | { readonly type: 'voteRequest'; readonly operation: Operation }
  /** Bytes that mean nothing. No replica sends them. */
  | { readonly type: 'invalid' };

/** The promise to vote in no ballot below this one, with all votes so far. */
export interface Promise1b {
  readonly type: '1b';
  readonly ballot: Ballot;
  readonly logTruncationPoint: Operation;
  readonly votes: Votes;
}

/** A proposal: vote for this batch. */
export interface Accept2a {
  readonly type: '2a';
  readonly ballot: Ballot;
  readonly operation: Operation;
  readonly batch: Batch;
}

/** Whether two requests are the same one: what they ask is not compared. */
export const isSameRequest = (a: Request, b: Request): boolean =>
  a.client === b.client && a.seqno === b.seqno;

/** Whether executing `executed` leaves nothing to do for `request`. */
export const isSatisfiedBy = (request: Request, executed: Request): boolean =>
  request.client === executed.client && request.seqno <= executed.seqno;

export const send = ({ me }: Constants, dst: EndPoint, msg: Message): Packet<Message> => ({
  src: me,
  dst,
  msg,
});

/** To every replica in the order of the configuration, oneself included, over the network. */
export const broadcast = ({ me, replicas }: Constants, msg: Message): Packet<Message>[] =>
  replicas.map((dst) => ({ src: me, dst, msg }));

const showBatch = (batch: Batch): string =>
  `[${batch.map(({ client, seqno }) => `${client}#${seqno}`).join(' ')}]`;

/** A message in a few words, for a reader. */
export function describe(msg: Message): string {
  switch (msg.type) {
    case 'request':
    case 'reply':
      return `${msg.type}(#${msg.seqno})`;
    case '1a':
      return `1a(${showBallot(msg.ballot)})`;
    case '1b': {
      const votes = [...msg.votes].map(
        ([operation, { ballot, batch }]) =>
          `${operation}: ${showBallot(ballot)} ${showBatch(batch)}`,
      );
      return `1b(${showBallot(msg.ballot)} from ${msg.logTruncationPoint} {${votes.join(', ')}})`;
    }
    case '2a':
    case '2b':
      return `${msg.type}(${showBallot(msg.ballot)} ${msg.operation}: ${showBatch(msg.batch)})`;
    case 'heartbeat': {
      const mood = msg.suspicious ? ' suspicious' : '';
      return `heartbeat(view ${showBallot(msg.view)}${mood} checkpoint ${msg.checkpoint})`;
    }
    case 'startingPhase2':
      return `startingPhase2(${showBallot(msg.ballot)} from ${msg.logTruncationPoint})`;
    case 'appStateRequest':
    case 'appStateSupply':
      return `${msg.type}(${showBallot(msg.ballot)} ${msg.operation})`;
    case 'voteRequest':
      return `voteRequest(${msg.operation})`;
    case 'invalid':
      return 'invalid';
  }
}
