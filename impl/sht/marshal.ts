/**
 * # Writing messages
 *
 * The bytes of each message: its case number, then its fields, as the original orders them. Each is
 * written into one array that is just as long. What cannot be written throws a RangeError before
 * anybody sees it; no host holds such a thing.
 *
 * Follows Impl/SHT/PacketParsing.i.dfy of IronFleet; the cases that it does not have come after its
 * own.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { allocate } from '../framework/allocate.ts';
import { writeBytes } from '../framework/byteStrings.ts';
import { endPointSize, writeEndPoint } from '../framework/endPoints.ts';
import { u64, u64Exact } from '../framework/marshal.ts';
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
  REASONS,
  type SingleMessage,
  type Status,
  type Value,
} from './messages.ts';

/** A bound and a range, in bytes. */
const BOUND = 16;
const RANGE = 2 * BOUND;

/** How the original writes {@link KEY_INF}. */
const INFINITE = 42;

export function marshal(msg: Message): Uint8Array {
  switch (msg.type) {
    case 'single':
      return marshalSingle(msg);
    case 'ack':
      return marshalAck(msg.seqno);
    case 'numbersRequest': {
      const bytes = allocate(8);
      put(2, bytes, 0);
      return bytes;
    }
    case 'numbers': {
      const bytes = allocate(24);
      put(msg.acked, bytes, put(msg.accepted, bytes, put(3, bytes, 0)));
      return bytes;
    }
  }
}

export function marshalAck(seqno: number): Uint8Array {
  const bytes = allocate(16);
  put(seqno, bytes, put(1, bytes, 0));
  return bytes;
}

function marshalSingle({ seqno, dst, content }: SingleMessage): Uint8Array {
  const bytes = allocate(16 + sizeOfName(dst) + sizeOf(content));
  writeContent(content, bytes, putName(dst, bytes, put(seqno, bytes, put(0, bytes, 0))));
  return bytes;
}

/** The bytes of what a single message carries, by themselves: those of the original's inner one. */
export function marshalContent(content: Content): Uint8Array {
  const bytes = allocate(sizeOf(content));
  writeContent(content, bytes, 0);
  return bytes;
}

function sizeOf(content: Content): number {
  switch (content.type) {
    case 'get':
      return 16;
    case 'set':
    case 'reply':
      return 24 + (content.value === undefined ? 0 : 8 + content.value.length);
    case 'redirect':
      return 16 + sizeOfName(content.owner);
    case 'shard':
      return 8 + RANGE + sizeOfName(content.recipient);
    case 'delegate': {
      let size = 16 + RANGE;
      for (const [, value] of content.entries) size += 16 + value.length;
      return size;
    }
    case 'statusRequest':
      return 16 + BOUND;
    case 'status':
      return 8 + sizeOfStatus(content);
    case 'refusal':
      return 16;
  }
}

function sizeOfStatus({ ranges, orders, samples }: Status): number {
  if (ranges.length > MAX_RANGES_TOLD) throw tooMany(ranges.length, MAX_RANGES_TOLD, 'ranges');
  if (samples.length > MAX_SAMPLES) throw tooMany(samples.length, MAX_SAMPLES, 'samples');
  let size = 32 + BOUND + 8 * samples.length;
  for (const { owner } of ranges) size += BOUND + sizeOfName(owner);
  for (const { recipient } of orders) size += RANGE + sizeOfName(recipient);
  return size;
}

const tooMany = (count: number, most: number, what: string): RangeError =>
  new RangeError(`${count} ${what} are more than ${most}`);

function sizeOfName(id: EndPoint): number {
  const size = endPointSize(id);
  if (size <= MAX_END_POINT_BYTES) return 8 + size;
  throw new RangeError(`${size} bytes are more than the ${MAX_END_POINT_BYTES} of an end point`);
}

/** The case numbers of the original, and then three more. Returns where the bytes end. */
function writeContent(content: Content, bytes: Uint8Array, at: number): number {
  switch (content.type) {
    case 'get':
      return putKey(content.key, bytes, put(0, bytes, at));
    case 'set':
      return putOptional(content.value, bytes, putKey(content.key, bytes, put(1, bytes, at)));
    case 'reply':
      return putOptional(content.value, bytes, putKey(content.key, bytes, put(2, bytes, at)));
    case 'redirect':
      return putName(content.owner, bytes, putKey(content.key, bytes, put(3, bytes, at)));
    case 'shard':
      return putOrder(content, bytes, put(4, bytes, at));
    case 'delegate': {
      let end = putRange(content.range, bytes, put(5, bytes, at));
      end = put(content.entries.length, bytes, end);
      for (const [key, value] of content.entries) {
        end = putValue(value, bytes, putKey(key, bytes, end));
      }
      return end;
    }
    case 'statusRequest':
      return put(content.samples, bytes, putBound(content.from, bytes, put(6, bytes, at)));
    case 'status':
      return putStatus(content, bytes, put(7, bytes, at));
    case 'refusal':
      return put(REASONS.indexOf(content.reason), bytes, put(8, bytes, at));
  }
}

function putStatus(status: Status, bytes: Uint8Array, at: number): number {
  const { keys, ranges, until, orders, samples } = status;
  let end = put(ranges.length, bytes, put(keys, bytes, at));
  for (const { low, owner } of ranges) end = putName(owner, bytes, putBound(low, bytes, end));
  end = put(orders.length, bytes, putBound(until, bytes, end));
  for (const order of orders) end = putOrder(order, bytes, end);
  end = put(samples.length, bytes, end);
  for (const key of samples) end = putKey(key, bytes, end);
  return end;
}

/** Writes a number and returns where it ends. */
function put(value: number, bytes: Uint8Array, at: number): number {
  u64.size(value);
  return u64.write(value, bytes, at);
}

function putKey(key: Key, bytes: Uint8Array, at: number): number {
  u64Exact.size(key);
  return u64Exact.write(key, bytes, at);
}

function putName(id: EndPoint, bytes: Uint8Array, at: number): number {
  return writeEndPoint(id, bytes, put(id.length / 2, bytes, at));
}

function putBound(bound: Bound, bytes: Uint8Array, at: number): number {
  if (bound === KEY_ZERO) return put(0, bytes, put(1, bytes, at));
  if (bound === KEY_INF) return put(INFINITE, bytes, put(1, bytes, at));
  return putKey(bound, bytes, put(0, bytes, at));
}

const putRange = ({ low, high }: KeyRange, bytes: Uint8Array, at: number): number =>
  putBound(high, bytes, putBound(low, bytes, at));

const putOrder = ({ range, recipient }: Order, bytes: Uint8Array, at: number): number =>
  putName(recipient, bytes, putRange(range, bytes, at));

function putOptional(value: Value | undefined, bytes: Uint8Array, at: number): number {
  return value === undefined ? put(1, bytes, at) : putValue(value, bytes, put(0, bytes, at));
}

function putValue(value: Value, bytes: Uint8Array, at: number): number {
  return writeBytes(value, bytes, put(value.length, bytes, at));
}
