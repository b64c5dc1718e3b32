/**
 * # Messages of the hash table as bytes
 *
 * The definition of the wire format (B0): for each type of message its case number and its fields
 * in their order, and what the bytes say. What is not exactly one message says nothing: it is
 * `invalid`.
 *
 *     0 single           number, destination, content       1 ack      number
 *
 *     content: 0 get       key                              3 redirect key, owner
 *              1 set       key, value or none               4 shard    range, recipient
 *              2 reply     key, value or none               5 delegate range, entries
 *
 * Where all hosts are of this kind there are more messages: 2, a request for numbers, without
 * fields, and 3, numbers: accepted, acknowledged. And more contents: 6, a request for a status: a
 * bound and how many samples; 7, a status: keys, ranges, until where, orders, samples; and 8, a
 * refusal: the place of its reason.
 *
 * A value or none is case 0 with bytes or case 1 with nothing. A bound is case 0 with a key, or case
 * 1 with a number, which is 0 before all keys and anything else behind them. Keys may be any numbers
 * of 64 bits; all other numbers are such as can be counted to.
 *
 * Follows Impl/SHT/PacketParsing.i.dfy of IronFleet; departs from it in the cases that are new, and
 * in that of several entries of a delegation with one key the first counts.
 */
import {
  type Bound,
  KEY_INF,
  KEY_ZERO,
  type KeyRange,
  type Value as TableValue,
} from '../../protocol/sht/keys.ts';
import {
  type Content,
  MAX_RANGES_TOLD,
  MAX_SAMPLES,
  type Message,
  type Order,
  REASONS,
} from '../../protocol/sht/messages.ts';
import { fromHex } from '../../spec/framework/bytes.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import { ofBytes, toBytes, toDigits } from '../framework/byteStrings.ts';
import { type Grammar, read, type Value, write } from '../framework/wire.ts';

export const INVALID: Message = { type: 'invalid' };

/** The destination within a message takes less than a mebibyte. */
const MAX_DESTINATION_BYTES = 0x10_0000 - 1;

/** How the original writes the bound behind all keys. */
const BEHIND_ALL = 42n;

const U64: Grammar = { kind: 'u64' };
const KEY: Grammar = { kind: 'u64Exact' };
const BYTES: Grammar = { kind: 'bytes' };
const tuple = (...of: readonly Grammar[]): Grammar => ({ kind: 'tuple', of });
const union = (...of: readonly Grammar[]): Grammar => ({ kind: 'union', of });
const list = (...of: readonly Grammar[]): Grammar => ({ kind: 'array', of: tuple(...of) });

const DESTINATION: Grammar = { kind: 'bytes', most: MAX_DESTINATION_BYTES };
const VALUE_OR_NONE = union(BYTES, tuple());
const BOUND = union(KEY, KEY);
const RANGE = tuple(BOUND, BOUND);

const ORIGINAL: readonly Grammar[] = [
  tuple(KEY),
  tuple(KEY, VALUE_OR_NONE),
  tuple(KEY, VALUE_OR_NONE),
  tuple(KEY, BYTES),
  tuple(RANGE, BYTES),
  tuple(RANGE, list(KEY, BYTES)),
];

const RANGES: Grammar = { kind: 'array', of: tuple(BOUND, BYTES), most: MAX_RANGES_TOLD };
const SAMPLES: Grammar = { kind: 'array', of: KEY, most: MAX_SAMPLES };

const NEW: readonly Grammar[] = [
  tuple(BOUND, U64),
  tuple(U64, RANGES, BOUND, list(RANGE, BYTES), SAMPLES),
  tuple(U64),
];

/** What the original has, and what only hosts of this kind have besides. */
const contents = (compatible: boolean): Grammar => union(...ORIGINAL, ...(compatible ? [] : NEW));

const messages = (compatible: boolean): Grammar =>
  union(
    tuple(U64, DESTINATION, contents(compatible)),
    tuple(U64),
    ...(compatible ? [] : [tuple(), tuple(U64, U64)]),
  );

const GRAMMARS = { original: messages(true), ours: messages(false) };
const CONTENT_GRAMMARS = { original: contents(true), ours: contents(false) };

const of = <T>({ original, ours }: Record<'original' | 'ours', T>, compatible: boolean): T =>
  compatible ? original : ours;

/** What bytes say, among hosts of one kind. */
export function readMessage(bytes: Uint8Array, compatible: boolean): Message {
  const found = read(of(GRAMMARS, compatible), bytes);
  return (isCase(found) && messageOf(found)) || INVALID;
}

/** The bytes that say this. Throws a RangeError or a SyntaxError where none do. */
export function writeMessage(msg: Message, compatible: boolean): Uint8Array {
  if (msg.type === 'invalid') throw new RangeError('nothing is not written');
  return write(of(GRAMMARS, compatible), fieldsOf(msg));
}

/** What bytes say that stand alone for what a single message carries. */
export function readContent(bytes: Uint8Array, compatible: boolean): Content | undefined {
  const found = read(of(CONTENT_GRAMMARS, compatible), bytes);
  return isCase(found) ? contentOf(found) : undefined;
}

/** The bytes of what a single message carries. Throws as {@link writeMessage} does. */
export const writeContent = (content: Content, compatible: boolean): Uint8Array =>
  write(of(CONTENT_GRAMMARS, compatible), contentFieldsOf(content));

interface Case {
  readonly case: number;
  readonly value: Value;
}

const isCase = (value: Value | undefined): value is Case =>
  typeof value === 'object' && 'case' in value;

/** What the fields of a message say, if anything. The grammar has seen to their number and kinds. */
function messageOf({ case: number, value }: Case): Message | undefined {
  const [first, second, third] = value as readonly Value[];
  switch (number) {
    case 0: {
      const content = contentOf(third as Case);
      const dst = toDigits(second as Uint8Array);
      return content && { type: 'single', seqno: first as number, dst, content };
    }
    case 1:
      return { type: 'ack', seqno: first as number };
    case 2:
      return { type: 'numbersRequest' };
    default:
      return { type: 'numbers', accepted: first as number, acked: second as number };
  }
}

function contentOf({ case: number, value }: Case): Content | undefined {
  const [first, second, third, fourth, fifth] = value as readonly Value[];
  const key = first as bigint;
  switch (number) {
    case 0:
      return { type: 'get', key };
    case 1:
    case 2:
      return { type: number === 1 ? 'set' : 'reply', key, value: valueOrNone(second as Case) };
    case 3:
      return { type: 'redirect', key, owner: toDigits(second as Uint8Array) };
    case 4:
      return { type: 'shard', ...orderOf([first as Value, second as Value]) };
    case 5:
      return { type: 'delegate', range: rangeOf(first as Value), table: tableOf(second as Value) };
    case 6:
      return { type: 'statusRequest', from: boundOf(first as Value), samples: second as number };
    case 7:
      return {
        type: 'status',
        keys: first as number,
        ranges: (second as readonly (readonly [Value, Uint8Array])[]).map(([low, owner]) => ({
          low: boundOf(low),
          owner: toDigits(owner),
        })),
        until: boundOf(third as Value),
        orders: (fourth as readonly (readonly Value[])[]).map(orderOf),
        samples: fifth as readonly bigint[],
      };
    default: {
      const reason = REASONS[first as number];
      return reason && { type: 'refusal', reason };
    }
  }
}

const valueOrNone = ({ case: number, value }: Case): TableValue | undefined =>
  number === 0 ? toBytes(value as Uint8Array) : undefined;

function boundOf(value: Value): Bound {
  const { case: number, value: which } = value as { case: number; value: bigint };
  if (number === 0) return which;
  return which === 0n ? KEY_ZERO : KEY_INF;
}

function rangeOf(value: Value): KeyRange {
  const [low, high] = value as readonly Value[];
  return { low: boundOf(low as Value), high: boundOf(high as Value) };
}

const orderOf = ([range, recipient]: readonly Value[]): Order => ({
  range: rangeOf(range as Value),
  recipient: toDigits(recipient as Uint8Array),
});

/** Of several entries with one key the first counts. */
function tableOf(value: Value): OrderedMap<TableValue> {
  const entries = value as readonly (readonly [bigint, Uint8Array])[];
  return OrderedMap.from(entries.toReversed().map(([key, bytes]) => [key, toBytes(bytes)]));
}

function fieldsOf(msg: Exclude<Message, { readonly type: 'invalid' }>): Case {
  switch (msg.type) {
    case 'single':
      return { case: 0, value: [msg.seqno, nameOf(msg.dst), contentFieldsOf(msg.content)] };
    case 'ack':
      return { case: 1, value: [msg.seqno] };
    case 'numbersRequest':
      return { case: 2, value: [] };
    case 'numbers':
      return { case: 3, value: [msg.accepted, msg.acked] };
  }
}

function contentFieldsOf(content: Content): Case {
  switch (content.type) {
    case 'get':
      return { case: 0, value: [content.key] };
    case 'set':
    case 'reply':
      return {
        case: content.type === 'set' ? 1 : 2,
        value: [content.key, valueField(content.value)],
      };
    case 'redirect':
      return { case: 3, value: [content.key, nameOf(content.owner)] };
    case 'shard':
      return { case: 4, value: orderFields(content) };
    case 'delegate': {
      const entries = [...content.table].map(([key, value]) => [key, ofBytes(value)]);
      return { case: 5, value: [rangeFields(content.range), entries] };
    }
    case 'statusRequest':
      return { case: 6, value: [boundField(content.from), content.samples] };
    case 'status': {
      const ranges = content.ranges.map(({ low, owner }) => [boundField(low), nameOf(owner)]);
      const { keys, until, orders, samples } = content;
      return {
        case: 7,
        value: [keys, ranges, boundField(until), orders.map(orderFields), samples],
      };
    }
    case 'refusal':
      return { case: 8, value: [REASONS.indexOf(content.reason)] };
  }
}

const nameOf = (id: EndPoint): Uint8Array => ofBytes(fromHex(id));

const valueField = (value: TableValue | undefined): Value =>
  value === undefined ? { case: 1, value: [] } : { case: 0, value: ofBytes(value) };

function boundField(bound: Bound): Value {
  if (bound === KEY_ZERO) return { case: 1, value: 0n };
  return bound === KEY_INF ? { case: 1, value: BEHIND_ALL } : { case: 0, value: bound };
}

const rangeFields = ({ low, high }: KeyRange): readonly Value[] => [
  boundField(low),
  boundField(high),
];

const orderFields = ({ range, recipient }: Order): readonly Value[] => [
  rangeFields(range),
  nameOf(recipient),
];
