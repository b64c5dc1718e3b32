/**
 * # Writing messages
 *
 * The bytes of each message: its case number, then its fields, as the original orders them. Each is
 * written into one array that is just as long. What cannot be written throws a RangeError before
 * anybody sees it; no replica holds such a thing.
 *
 * Follows Impl/RSL/PacketParsing.i.dfy of IronFleet.
 */
import { MAX_REPLY_BYTES, MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { allocate } from '../framework/allocate.ts';
import { endPointSize, writeEndPoint } from '../framework/endPoints.ts';
import { byteArray, u64 } from '../framework/marshal.ts';
import {
  type Ballot,
  type Batch,
  type CachedReply,
  MAX_CLIENT_BYTES,
  type Message,
  type Promise1b,
} from './messages.ts';

const request = byteArray(MAX_REQUEST_BYTES);
const reply = byteArray(MAX_REPLY_BYTES);
const state = byteArray(Number.MAX_SAFE_INTEGER);

/** Where the bytes of a reply begin in its message. */
const REPLY_HEADER = 24;

export function marshal(msg: Message): Uint8Array {
  switch (msg.type) {
    case 'request': {
      const bytes = allocate(16 + request.size(msg.request));
      request.write(msg.request, bytes, put(msg.seqno, bytes, put(0, bytes, 0)));
      return bytes;
    }
    case 'reply':
      return marshalReply(msg.seqno, msg.reply);
    case '1a':
      return numbers(1, msg.ballot);
    case '1b':
      return marshalPromise(msg);
    case '2a':
      return withBatch(3, msg.ballot, msg.operation, msg.batch);
    case '2b':
      return withBatch(4, msg.ballot, msg.operation, msg.batch);
    case 'heartbeat':
      return numbers(5, msg.view, msg.suspicious ? 1 : 0, msg.checkpoint);
    case 'startingPhase2':
      return numbers(9, msg.ballot, msg.logTruncationPoint);
    case 'appStateRequest':
      return numbers(7, msg.ballot, msg.operation);
    case 'appStateSupply':
      return marshalSupply(msg);
    case 'voteRequest': {
      const bytes = allocate(16);
      put(msg.operation, bytes, put(10, bytes, 0));
      return bytes;
    }
  }
}

/** A reply's message; {@link replyIn} finds the reply in it. */
export function marshalReply(seqno: number, answer: Uint8Array): Uint8Array {
  const bytes = allocate(16 + reply.size(answer));
  reply.write(answer, bytes, put(seqno, bytes, put(6, bytes, 0)));
  return bytes;
}

/** The reply in its message, which is a view of it. */
export const replyIn = (message: Uint8Array): Uint8Array => message.subarray(REPLY_HEADER);

/** Writes a number and returns where it ends. */
function put(value: number, bytes: Uint8Array, at: number): number {
  u64.size(value);
  return u64.write(value, bytes, at);
}

const putBallot = ({ seqno, proposer }: Ballot, bytes: Uint8Array, at: number): number =>
  put(proposer, bytes, put(seqno, bytes, at));

/** A message of a ballot and numbers. */
function numbers(number: number, ballot: Ballot, ...rest: readonly number[]): Uint8Array {
  const bytes = allocate(24 + 8 * rest.length);
  let at = putBallot(ballot, bytes, put(number, bytes, 0));
  for (const each of rest) at = put(each, bytes, at);
  return bytes;
}

function withBatch(number: number, ballot: Ballot, operation: number, batch: Batch): Uint8Array {
  const bytes = allocate(32 + batch.bytes.length);
  const at = putBallot(ballot, bytes, put(number, bytes, 0));
  bytes.set(batch.bytes, put(operation, bytes, at));
  return bytes;
}

function marshalPromise({ ballot, logTruncationPoint, votes }: Promise1b): Uint8Array {
  let size = 40;
  for (const [, { batch }] of votes) size += 24 + batch.bytes.length;
  const bytes = allocate(size);
  let at = putBallot(ballot, bytes, put(2, bytes, 0));
  at = put(votes.length, bytes, put(logTruncationPoint, bytes, at));
  for (const [operation, vote] of votes) {
    at = putBallot(vote.ballot, bytes, put(operation, bytes, at));
    bytes.set(vote.batch.bytes, at);
    at += vote.batch.bytes.length;
  }
  return bytes;
}

function marshalSupply(msg: Message & { readonly type: 'appStateSupply' }): Uint8Array {
  const { ballot, operation, app, replyCache } = msg;
  const replies = replyCache === undefined ? 0 : sizeOfReplies(replyCache);
  const bytes = allocate(32 + state.size(app) + replies);
  let at = putBallot(ballot, bytes, put(replyCache === undefined ? 8 : 11, bytes, 0));
  at = state.write(app, bytes, put(operation, bytes, at));
  if (replyCache === undefined) return bytes;
  at = put(replyCache.length, bytes, at);
  for (const [client, cached] of replyCache) {
    at = writeEndPoint(client, bytes, put(client.length / 2, bytes, at));
    at = reply.write(cached.reply, bytes, put(cached.seqno, bytes, at));
  }
  return bytes;
}

function sizeOfReplies(replyCache: readonly (readonly [EndPoint, CachedReply])[]): number {
  let size = 8;
  for (const [client, cached] of replyCache) {
    const named = endPointSize(client);
    if (named > MAX_CLIENT_BYTES) {
      throw new RangeError(`${named} bytes are more than the ${MAX_CLIENT_BYTES} of a client`);
    }
    size += 16 + named + reply.size(cached.reply);
  }
  return size;
}
