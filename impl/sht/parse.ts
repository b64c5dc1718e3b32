/**
 * # Reading messages
 *
 * What bytes mean. They come from strangers: whatever is not exactly one message is none. Nothing
 * is thrown, and no count or length is believed before the bytes are there.
 *
 * Follows Impl/SHT/PacketParsing.i.dfy of IronFleet; departs from it in messages that are read only
 * where not compatible, and in that numbers other than keys make a message none if they are above
 * `Number.MAX_SAFE_INTEGER`.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { readBytes } from '../framework/byteStrings.ts';
import { readEndPoint } from '../framework/endPoints.ts';
import { type Input, u64, u64Exact } from '../framework/marshal.ts';
import {
  type Bound,
  type Content,
  KEY_INF,
  KEY_ZERO,
  type Key,
  type KeyRange,
  MAX_END_POINT_BYTES,
  MAX_RANGES_TOLD,
  MAX_SAMPLES,
  type Message,
  type Order,
  type OwnedRange,
  REASONS,
  type Value,
} from './messages.ts';

/** What an entry of a table, what is said of a range and an order take at least, in bytes. */
const ENTRY = 16;
const OWNED_RANGE = 24;
const ORDER = 40;

/**
 * The message that these bytes are, if they are exactly one; `compatible` says to read only what
 * the original does.
 */
export function parse(bytes: Uint8Array, compatible: boolean): Message | undefined {
  const input: Input = { bytes, at: 0 };
  const msg = readMessage(input, compatible);
  return input.at === bytes.length ? msg : undefined;
}

/** What bytes mean that are the inside of a single message, if they are exactly that. */
export function parseContent(bytes: Uint8Array, compatible: boolean): Content | undefined {
  const input: Input = { bytes, at: 0 };
  const content = readContent(input, compatible);
  return input.at === bytes.length ? content : undefined;
}

function readMessage(input: Input, compatible: boolean): Message | undefined {
  switch (u64.read(input)) {
    case 0: {
      const seqno = u64.read(input);
      const dst = readName(input, MAX_END_POINT_BYTES);
      if (seqno === undefined || dst === undefined) return undefined;
      const content = readContent(input, compatible);
      return content && { type: 'single', seqno, dst, content };
    }
    case 1: {
      const seqno = u64.read(input);
      return seqno === undefined ? undefined : { type: 'ack', seqno };
    }
    case 2:
      return compatible ? undefined : { type: 'numbersRequest' };
    case 3: {
      const accepted = u64.read(input);
      const acked = u64.read(input);
      if (compatible || accepted === undefined || acked === undefined) return undefined;
      return { type: 'numbers', accepted, acked };
    }
    default:
      return undefined;
  }
}

/** The case numbers of the original, and then three more. */
function readContent(input: Input, compatible: boolean): Content | undefined {
  const number = u64.read(input);
  switch (number) {
    case 0: {
      const key = u64Exact.read(input);
      return key === undefined ? undefined : { type: 'get', key };
    }
    case 1:
      return readKeyed('set', input);
    case 2:
      return readKeyed('reply', input);
    case 3: {
      const key = u64Exact.read(input);
      const owner = readName(input);
      return key === undefined || owner === undefined
        ? undefined
        : { type: 'redirect', key, owner };
    }
    case 4: {
      const order = readOrder(input);
      return order && { type: 'shard', ...order };
    }
    case 5:
      return readDelegate(input);
    default:
      return compatible || number === undefined ? undefined : readAddition(number, input);
  }
}

function readAddition(number: number, input: Input): Content | undefined {
  switch (number) {
    case 6: {
      const from = readBound(input);
      const samples = u64.read(input);
      if (from === undefined || samples === undefined) return undefined;
      return { type: 'statusRequest', from, samples };
    }
    case 7:
      return readStatus(input);
    case 8: {
      const reason = REASONS[u64.read(input) ?? REASONS.length];
      return reason && { type: 'refusal', reason };
    }
    default:
      return undefined;
  }
}

/** A key, and a value or that there is none. */
function readKeyed(type: 'set' | 'reply', input: Input): Content | undefined {
  const key = u64Exact.read(input);
  const absent = u64.read(input);
  if (key === undefined) return undefined;
  if (absent === 1) return { type, key, value: undefined };
  if (absent !== 0) return undefined;
  const value = readValue(input);
  return value === undefined ? undefined : { type, key, value };
}

function readDelegate(input: Input): Content | undefined {
  const range = readRange(input);
  const entries = range && readList(input, ENTRY, Number.POSITIVE_INFINITY, readEntry);
  return range && entries && { type: 'delegate', range, entries };
}

function readEntry(input: Input): readonly [Key, Value] | undefined {
  const key = u64Exact.read(input);
  const value = readValue(input);
  return key === undefined || value === undefined ? undefined : [key, value];
}

function readStatus(input: Input): Content | undefined {
  const keys = u64.read(input);
  const ranges = readList(input, OWNED_RANGE, MAX_RANGES_TOLD, readOwnedRange);
  if (keys === undefined || ranges === undefined) return undefined;
  const until = readBound(input);
  const orders = readList(input, ORDER, Number.POSITIVE_INFINITY, readOrder);
  if (until === undefined || orders === undefined) return undefined;
  const samples = readList(input, u64Exact.minSize, MAX_SAMPLES, u64Exact.read);
  return samples && { type: 'status', keys, ranges, until, orders, samples };
}

/** At most so many of what `read` reads, of which each takes at least `size` bytes. */
function readList<T>(
  input: Input,
  size: number,
  most: number,
  read: (input: Input) => T | undefined,
): T[] | undefined {
  const count = u64.read(input);
  if (count === undefined || count > most) return undefined;
  if (count * size > input.bytes.length - input.at) return undefined;
  const list: T[] = [];
  while (list.length < count) {
    const each = read(input);
    if (each === undefined) return undefined;
    list.push(each);
  }
  return list;
}

function readOwnedRange(input: Input): OwnedRange | undefined {
  const low = readBound(input);
  const owner = readName(input);
  return low === undefined || owner === undefined ? undefined : { low, owner };
}

function readOrder(input: Input): Order | undefined {
  const range = readRange(input);
  const recipient = readName(input);
  return range === undefined || recipient === undefined ? undefined : { range, recipient };
}

function readRange(input: Input): KeyRange | undefined {
  const low = readBound(input);
  const high = readBound(input);
  return low === undefined || high === undefined ? undefined : { low, high };
}

/** A key, or by a number that is 0 or is not, before or behind all keys. */
function readBound(input: Input): Bound | undefined {
  const isNoKey = u64.read(input);
  const number = u64Exact.read(input);
  if (number === undefined || isNoKey === undefined || isNoKey > 1) return undefined;
  if (isNoKey === 0) return number;
  return number === 0n ? KEY_ZERO : KEY_INF;
}

function readName(input: Input, most = Number.POSITIVE_INFINITY): EndPoint | undefined {
  const length = readLength(input);
  if (length === undefined || length > most) return undefined;
  const from = input.at;
  input.at = from + length;
  return readEndPoint(input.bytes, from, input.at);
}

function readValue(input: Input): Value | undefined {
  const length = readLength(input);
  if (length === undefined) return undefined;
  const from = input.at;
  input.at = from + length;
  return readBytes(input.bytes, from, input.at);
}

/** A length of which all bytes are there. */
function readLength(input: Input): number | undefined {
  const length = u64.read(input);
  return length === undefined || length > input.bytes.length - input.at ? undefined : length;
}
