/**
 * # Messages of the replicated service as bytes
 *
 * The definition of the wire format (B0): for each type of message its case number and its fields
 * in their order, how long each may be, and what the bytes say. Whatever is longer, or is not
 * exactly one message, says nothing: it is `invalid`.
 *
 *     0 request         seqno, request          6 reply           seqno, reply
 *     1 1a              ballot                  7 appStateRequest ballot, operation
 *     2 1b              ballot, from, votes     8 appStateSupply  ballot, operation, state
 *     3 2a              ballot, operation, batch
 *     4 2b              ballot, operation, batch
 *     5 heartbeat       view, suspicious, checkpoint
 *     9 startingPhase2  ballot, from
 *
 * A ballot is its number and its proposer's place; a batch is a list of requests, each with client,
 * number and bytes; votes are a list of operations, each with ballot and batch. Where all replicas
 * are of this kind there are two more: 10, a vote request with its operation, and 11, a supply of
 * state that goes on with the latest replies: client, number and reply of each.
 *
 * Follows Impl/RSL/PacketParsing.i.dfy and CTypes.i.dfy of IronFleet, whose limits are a predicate
 * beside the grammar; departs from it in the two cases that are new.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type {
  Batch,
  CachedReply,
  Message,
  Operation,
  Request,
  Vote,
} from '../../protocol/rsl/messages.ts';
import type { Application } from '../../spec/apps/application.ts';
import { MAX_REPLY_BYTES, MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import { fromHex } from '../../spec/framework/bytes.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { ofBytes, toBytes, toDigits } from '../framework/byteStrings.ts';
import { type Grammar, read, type Value, write } from '../framework/wire.ts';
import { KnownRequests } from './knownRequests.ts';

/** How messages are written where an application runs, among replicas of one kind. */
export interface Wire {
  /** What bytes say. */
  read(bytes: Uint8Array): Message;
  /** The bytes that say this. Throws a RangeError or a SyntaxError where none do. */
  write(msg: Message): Uint8Array;
}

export const INVALID: Message = { type: 'invalid' };

/** A client's end point takes less than a mebibyte. */
const MAX_CLIENT_BYTES = 0x10_0000 - 1;
const MAX_BATCH = 100;
/** What the original reads. */
const MAX_COMPATIBLE_VOTES = 7;

const U64: Grammar = { kind: 'u64' };
const tuple = (...of: readonly Grammar[]): Grammar => ({ kind: 'tuple', of });

const CLIENT: Grammar = { kind: 'bytes', most: MAX_CLIENT_BYTES };
const REQUEST: Grammar = { kind: 'bytes', most: MAX_REQUEST_BYTES };
const REPLY: Grammar = { kind: 'bytes', most: MAX_REPLY_BYTES };
const STATE: Grammar = { kind: 'bytes' };
const BALLOT = tuple(U64, U64);
const BATCH: Grammar = { kind: 'array', of: tuple(CLIENT, U64, REQUEST), most: MAX_BATCH };
const VOTE = tuple(U64, BALLOT, BATCH);
const VOTES: Grammar = { kind: 'array', of: VOTE };
const FEW_VOTES: Grammar = { kind: 'array', of: VOTE, most: MAX_COMPATIBLE_VOTES };
const REPLIES: Grammar = { kind: 'array', of: tuple(CLIENT, U64, REPLY) };

/** What the original has, and what only replicas of this kind have besides. */
const grammarOf = (compatible: boolean): Grammar => ({
  kind: 'union',
  of: [
    tuple(U64, REQUEST),
    tuple(BALLOT),
    tuple(BALLOT, U64, compatible ? FEW_VOTES : VOTES),
    tuple(BALLOT, U64, BATCH),
    tuple(BALLOT, U64, BATCH),
    tuple(BALLOT, U64, U64),
    tuple(U64, REPLY),
    tuple(BALLOT, U64),
    tuple(BALLOT, U64, STATE),
    tuple(BALLOT, U64),
    ...(compatible ? [] : [tuple(U64), tuple(BALLOT, U64, STATE, REPLIES)]),
  ],
});

export function wireOf(application: Application, compatible: boolean): Wire {
  const grammar = grammarOf(compatible);
  const known = new KnownRequests();
  return {
    read(bytes) {
      const found = read(grammar, bytes);
      if (typeof found !== 'object' || !('case' in found)) return INVALID;
      const meaning = meaningOf(found.case, found.value as readonly Value[], application, known);
      return meaning ?? INVALID;
    },
    write(msg) {
      if (msg.type === 'invalid') throw new RangeError('nothing is not written');
      const [number, ...value] = fieldsOf(msg, application);
      return write(grammar, { case: number, value });
    },
  };
}

/** What the fields of a case say, if anything. The grammar has seen to their number and kinds. */
function meaningOf(
  number: number,
  [first, second, third, fourth]: readonly Value[],
  application: Application,
  known: KnownRequests,
): Message | undefined {
  const ballot = (): Ballot => ballotOf(first as Value);
  const operation = second as number;
  switch (number) {
    case 0:
      return { type: 'request', seqno: first as number, request: toBytes(second as Uint8Array) };
    case 1:
      return { type: '1a', ballot: ballot() };
    case 2: {
      const votes = votesOf(third as readonly Value[], known);
      return { type: '1b', ballot: ballot(), logTruncationPoint: operation, votes };
    }
    case 3:
    case 4: {
      const batch = batchOf(third as readonly Value[], known);
      return { type: number === 3 ? '2a' : '2b', ballot: ballot(), operation, batch };
    }
    case 5: {
      const checkpoint = third as number;
      return { type: 'heartbeat', view: ballot(), suspicious: second !== 0, checkpoint };
    }
    case 6:
      return { type: 'reply', seqno: first as number, reply: toBytes(second as Uint8Array) };
    case 7:
      return { type: 'appStateRequest', ballot: ballot(), operation };
    case 8:
    case 11: {
      const app = application.deserialize(toBytes(third as Uint8Array));
      const replyCache = number === 8 ? undefined : repliesOf(fourth as readonly Value[]);
      if (app === undefined) return undefined;
      return { type: 'appStateSupply', ballot: ballot(), operation, app, replyCache };
    }
    case 9:
      return { type: 'startingPhase2', ballot: ballot(), logTruncationPoint: operation };
    default:
      return { type: 'voteRequest', operation: first as number };
  }
}

const ballotOf = (value: Value): Ballot => {
  const [seqno, proposer] = value as readonly [number, number];
  return { seqno, proposer };
};

type RequestFields = readonly [client: Uint8Array, seqno: number, request: Uint8Array];

const batchOf = (requests: readonly Value[], known: KnownRequests): Batch =>
  (requests as readonly RequestFields[]).map(([client, seqno, request]) =>
    known.of(client, seqno, toBytes(request)),
  );

/** Of several votes for one operation the first counts. */
function votesOf(pairs: readonly Value[], known: KnownRequests): ReadonlyMap<Operation, Vote> {
  const votes = new Map<Operation, Vote>();
  for (const pair of pairs) {
    const [operation, ballot, batch] = pair as readonly [number, Value, readonly Value[]];
    if (votes.has(operation)) continue;
    votes.set(operation, { ballot: ballotOf(ballot), batch: batchOf(batch, known) });
  }
  return votes;
}

const repliesOf = (entries: readonly Value[]): readonly (readonly [EndPoint, CachedReply])[] =>
  (entries as readonly RequestFields[]).map(([client, seqno, reply]) => [
    toDigits(client),
    { seqno, reply: toBytes(reply) },
  ]);

type Meaningful = Exclude<Message, { readonly type: 'invalid' }>;

/** The case number, and the fields after it. */
function fieldsOf(
  msg: Meaningful,
  application: Application,
): readonly [number: number, ...fields: Value[]] {
  switch (msg.type) {
    case 'request':
      return [0, msg.seqno, ofBytes(msg.request)];
    case '1a':
      return [1, pairOf(msg.ballot)];
    case '1b': {
      const votes = [...msg.votes].map(([operation, { ballot, batch }]) => [
        operation,
        pairOf(ballot),
        batch.map(rowOf),
      ]);
      return [2, pairOf(msg.ballot), msg.logTruncationPoint, votes];
    }
    case '2a':
    case '2b':
      return [msg.type === '2a' ? 3 : 4, pairOf(msg.ballot), msg.operation, msg.batch.map(rowOf)];
    case 'heartbeat':
      return [5, pairOf(msg.view), msg.suspicious ? 1 : 0, msg.checkpoint];
    case 'reply':
      return [6, msg.seqno, ofBytes(msg.reply)];
    case 'appStateRequest':
      return [7, pairOf(msg.ballot), msg.operation];
    case 'appStateSupply': {
      const app = ofBytes(application.serialize(msg.app));
      const common = [pairOf(msg.ballot), msg.operation, app] as const;
      if (msg.replyCache === undefined) return [8, ...common];
      const replies = msg.replyCache.map(([client, { seqno, reply }]) =>
        rowOf({ client, seqno, request: reply }),
      );
      return [11, ...common, replies];
    }
    case 'startingPhase2':
      return [9, pairOf(msg.ballot), msg.logTruncationPoint];
    case 'voteRequest':
      return [10, msg.operation];
  }
}

const pairOf = ({ seqno, proposer }: Ballot): Value => [seqno, proposer];

const rowOf = ({ client, seqno, request }: Request): Value => [
  ofBytes(fromHex(client)),
  seqno,
  ofBytes(request),
];
