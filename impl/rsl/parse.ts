/**
 * # Reading messages
 *
 * What bytes mean. They come from strangers: whatever is not exactly one message, within the limits
 * of all that messages may carry, is none. Nothing is thrown, and no count is believed before the
 * bytes are there.
 *
 * What is read are views of the bytes, not copies.
 *
 * Follows Impl/RSL/PacketParsing.i.dfy of IronFleet, and CMessageIsMarshallable there; departs from
 * it in two messages that are read only where not compatible, and in that numbers above
 * `Number.MAX_SAFE_INTEGER` make a message none.
 */
import { MAX_REPLY_BYTES, MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { byteArray, type Input, u64 } from '../framework/marshal.ts';
import { isRest, readBatch, readClient } from './batch.ts';
import {
  type Ballot,
  type Batch,
  type CachedReply,
  MAX_COMPATIBLE_VOTES,
  type Message,
  type Vote,
} from './messages.ts';

/** A batch that the reader knows already and expects for an operation, if there is one. */
export type KnownBatch = (operation: number) => Batch | undefined;

const request = byteArray(MAX_REQUEST_BYTES);
const reply = byteArray(MAX_REPLY_BYTES);
const state = byteArray(Number.MAX_SAFE_INTEGER);

/** What a vote and a cached reply take at least. */
const VOTE_OVERHEAD = 32;
const CACHED_REPLY_OVERHEAD = 24;

/**
 * The message that these bytes are, if they are exactly one; `compatible` says to read only what
 * the original does. Where a proposal or a vote carries the batch that is `known` for its
 * operation, that very batch is in the message.
 */
export function parse(
  bytes: Uint8Array,
  compatible: boolean,
  known?: KnownBatch,
): Message | undefined {
  const input: Input = { bytes, at: 0 };
  const msg = readMessage(input, compatible, known);
  return input.at === bytes.length ? msg : undefined;
}

/** The case numbers of the original, and then two more. */
function readMessage(
  input: Input,
  compatible: boolean,
  known: KnownBatch | undefined,
): Message | undefined {
  switch (u64.read(input)) {
    case 0:
      return readRequest(input);
    case 1: {
      const ballot = readBallot(input);
      return ballot && { type: '1a', ballot };
    }
    case 2:
      return readPromise(input, compatible ? MAX_COMPATIBLE_VOTES : Number.POSITIVE_INFINITY);
    case 3:
      return readBallotBatch('2a', input, known);
    case 4:
      return readBallotBatch('2b', input, known);
    case 5:
      return readHeartbeat(input);
    case 6:
      return readReply(input);
    case 7:
      return readAppStateRequest(input);
    case 8:
      return readSupply(input, false);
    case 9:
      return readStartingPhase2(input);
    case 10:
      return compatible ? undefined : readVoteRequest(input);
    case 11:
      return compatible ? undefined : readSupply(input, true);
    default:
      return undefined;
  }
}

function readBallot(input: Input): Ballot | undefined {
  const seqno = u64.read(input);
  const proposer = u64.read(input);
  return seqno === undefined || proposer === undefined ? undefined : { seqno, proposer };
}

function readRequest(input: Input): Message | undefined {
  const seqno = u64.read(input);
  const asked = request.read(input);
  if (seqno === undefined || asked === undefined) return undefined;
  return { type: 'request', seqno, request: asked };
}

function readReply(input: Input): Message | undefined {
  const seqno = u64.read(input);
  const answer = reply.read(input);
  if (seqno === undefined || answer === undefined) return undefined;
  return { type: 'reply', seqno, reply: answer };
}

function readBallotBatch(
  type: '2a' | '2b',
  input: Input,
  known: KnownBatch | undefined,
): Message | undefined {
  const ballot = readBallot(input);
  const operation = u64.read(input);
  if (ballot === undefined || operation === undefined) return undefined;
  const expected = known?.(operation);
  if (expected !== undefined && isRest(input, expected)) {
    input.at = input.bytes.length;
    return { type, ballot, operation, batch: expected };
  }
  const batch = readBatch(input);
  return batch && { type, ballot, operation, batch };
}

function readPromise(input: Input, maxVotes: number): Message | undefined {
  const ballot = readBallot(input);
  const logTruncationPoint = u64.read(input);
  const count = u64.read(input);
  if (ballot === undefined || logTruncationPoint === undefined) return undefined;
  if (count === undefined || count > maxVotes) return undefined;
  if (count * VOTE_OVERHEAD > input.bytes.length - input.at) return undefined;
  const votes: (readonly [number, Vote])[] = [];
  while (votes.length < count) {
    const operation = u64.read(input);
    const votedIn = readBallot(input);
    if (operation === undefined || votedIn === undefined) return undefined;
    const batch = readBatch(input);
    if (batch === undefined) return undefined;
    votes.push([operation, { ballot: votedIn, batch }]);
  }
  return { type: '1b', ballot, logTruncationPoint, votes: inOrder(votes) };
}

/**
 * The votes in the order of their operations. Of several for one operation, which nobody should
 * write, the first counts.
 */
function inOrder(
  votes: readonly (readonly [number, Vote])[],
): readonly (readonly [number, Vote])[] {
  const isLater = (index: number): boolean =>
    (votes[index]?.[0] ?? 0) > (votes[index - 1]?.[0] ?? 0);
  if (votes.every((_, index) => index === 0 || isLater(index))) return votes;
  const first = new Map<number, Vote>();
  for (const [operation, vote] of votes) if (!first.has(operation)) first.set(operation, vote);
  return [...first].sort(([a], [b]) => a - b);
}

function readHeartbeat(input: Input): Message | undefined {
  const view = readBallot(input);
  const suspicious = u64.read(input);
  const checkpoint = u64.read(input);
  if (view === undefined || suspicious === undefined || checkpoint === undefined) return undefined;
  return { type: 'heartbeat', view, suspicious: suspicious !== 0, checkpoint };
}

function readStartingPhase2(input: Input): Message | undefined {
  const ballot = readBallot(input);
  const logTruncationPoint = u64.read(input);
  if (ballot === undefined || logTruncationPoint === undefined) return undefined;
  return { type: 'startingPhase2', ballot, logTruncationPoint };
}

function readAppStateRequest(input: Input): Message | undefined {
  const ballot = readBallot(input);
  const operation = u64.read(input);
  if (ballot === undefined || operation === undefined) return undefined;
  return { type: 'appStateRequest', ballot, operation };
}

function readVoteRequest(input: Input): Message | undefined {
  const operation = u64.read(input);
  return operation === undefined ? undefined : { type: 'voteRequest', operation };
}

function readSupply(input: Input, withReplies: boolean): Message | undefined {
  const ballot = readBallot(input);
  const operation = u64.read(input);
  const app = state.read(input);
  if (ballot === undefined || operation === undefined || app === undefined) return undefined;
  const replyCache = withReplies ? readReplyCache(input) : undefined;
  if (withReplies && replyCache === undefined) return undefined;
  return { type: 'appStateSupply', ballot, operation, app, replyCache };
}

function readReplyCache(input: Input): (readonly [EndPoint, CachedReply])[] | undefined {
  const count = u64.read(input);
  if (count === undefined) return undefined;
  if (count * CACHED_REPLY_OVERHEAD > input.bytes.length - input.at) return undefined;
  const cache: (readonly [EndPoint, CachedReply])[] = [];
  while (cache.length < count) {
    const client = readClient(input);
    const seqno = u64.read(input);
    const answer = reply.read(input);
    if (client === undefined || seqno === undefined || answer === undefined) return undefined;
    cache.push([client, { seqno, reply: answer }]);
  }
  return cache;
}
