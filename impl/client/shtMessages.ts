/**
 * # What a client and a host of the hash table say to each other
 *
 *     single         u64 0, u64 number, name of whom it is for, then its content
 *     ack            u64 1, u64 number
 *     numbersRequest u64 2
 *     numbers        u64 3, u64 accepted, u64 acknowledged
 *
 *     get            u64 0, u64 key
 *     set            u64 1, u64 key, optional value
 *     reply          u64 2, u64 key, optional value
 *     redirect       u64 3, u64 key, name of the owner
 *     shard          u64 4, bound, bound, name of the recipient
 *     statusRequest  u64 6, bound, u64 samples
 *     status         u64 7, u64 keys, ranges, bound, orders, samples
 *     refusal        u64 8, u64 reason
 *
 * Follows Impl/SHT/PacketParsing.i.dfy of IronFleet, which has no numbers, no status and no refusal.
 * The client has its own few lines for this, and does not load the host's.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { type Input, u64, u64Exact } from '../framework/marshal.ts';

/** A key, or what lies before or behind all keys. */
export type Bound = bigint;
export const KEY_ZERO: Bound = -1n;
export const KEY_INF: Bound = 1n << 64n;

/** The keys from `low` up to, but not including, `high`. */
export interface KeyRange {
  readonly low: Bound;
  readonly high: Bound;
}

/** Why a host does not do what it was asked; on the wire, its place in this list. */
export const REASONS = [
  'the value is too long',
  'only an administrator may move keys',
  'the range is empty',
  'the recipient is no host',
  'the recipient has given the order',
  'the keys are not all here',
  'some of the keys are on the move already',
  'there are too many orders',
] as const;
export type Reason = (typeof REASONS)[number];

/** What the first word of a content says that it is. */
export const KIND = { get: 0, set: 1, reply: 2, redirect: 3, shard: 4, statusRequest: 6 } as const;
const STATUS = 7;
const REFUSAL = 8;

/** What a host tells of itself. */
export interface Status {
  readonly type: 'status';
  readonly keys: number;
  /** Who has the keys from each bound up to the next, as far as the host knows. */
  readonly ranges: readonly { readonly low: Bound; readonly owner: EndPoint }[];
  /** Up to where it has told. */
  readonly until: Bound;
  readonly orders: readonly { readonly range: KeyRange; readonly recipient: EndPoint }[];
  /** Keys of its table at even distances; none for those who may not move keys. */
  readonly samples: readonly bigint[];
}

/** What a host answers. */
export type Answer =
  /** The bytes after the key are a set's bytes after its key, or what a get brings. */
  | { readonly type: 'reply'; readonly content: Uint8Array }
  | { readonly type: 'redirect'; readonly content: Uint8Array; readonly owner: EndPoint }
  | Status
  | { readonly type: 'refusal'; readonly reason: Reason };

/** What a host sends a client; what is inside a single message is for {@link readAnswer}. */
export type HostMessage =
  | { readonly type: 'single'; readonly seqno: number; readonly content: Uint8Array }
  | { readonly type: 'ack'; readonly seqno: number }
  | { readonly type: 'numbers'; readonly accepted: number; readonly acked: number };

/** How the original writes {@link KEY_INF}. */
const INFINITE = 42n;

/** Where the key of a get, set, reply or redirect ends, and an optional value begins. */
const AFTER_KEY = 16;

export function getRequest(key: bigint): Uint8Array {
  const content = Buffer.allocUnsafe(AFTER_KEY);
  writeKey(content, KIND.get, key);
  return content;
}

/** The value is copied; without one the key is deleted. */
export function setRequest(key: bigint, value: Uint8Array | undefined): Uint8Array {
  const content = Buffer.allocUnsafe(value === undefined ? 24 : 32 + value.length);
  writeKey(content, KIND.set, key);
  u64.write(value === undefined ? 1 : 0, content, AFTER_KEY);
  if (value === undefined) return content;
  u64.write(value.length, content, 24);
  content.set(value, 32);
  return content;
}

/** The order to hand a range to a host. */
export function shardOrder({ low, high }: KeyRange, recipient: EndPoint): Uint8Array {
  const name = Buffer.from(recipient, 'hex');
  const content = Buffer.allocUnsafe(48 + name.length);
  u64.write(KIND.shard, content, 0);
  writeBound(low, content, 8);
  writeBound(high, content, 24);
  u64.write(name.length, content, 40);
  content.set(name, 48);
  return content;
}

export function statusRequest(from: Bound, samples: number): Uint8Array {
  const content = Buffer.allocUnsafe(32);
  u64.write(KIND.statusRequest, content, 0);
  writeBound(from, content, 8);
  u64.write(samples, content, 24);
  return content;
}

/** A content with its number, for the host whose end point has these bytes. */
export function singleMessage(seqno: number, dst: Uint8Array, content: Uint8Array): Uint8Array {
  const message = Buffer.allocUnsafe(24 + dst.length + content.length);
  u64.write(0, message, 0);
  u64.write(seqno, message, 8);
  u64.write(dst.length, message, 16);
  message.set(dst, 24);
  message.set(content, 24 + dst.length);
  return message;
}

export function ackMessage(seqno: number): Uint8Array {
  const message = Buffer.allocUnsafe(16);
  u64.write(1, message, 0);
  u64.write(seqno, message, 8);
  return message;
}

export function numbersRequest(): Uint8Array {
  const message = Buffer.allocUnsafe(8);
  u64.write(2, message, 0);
  return message;
}

export const kindOf = (content: Uint8Array): number | undefined =>
  u64.read({ bytes: content, at: 0 });

/** The key of a get, set, reply or redirect. */
export const keyOf = (content: Uint8Array): bigint =>
  u64Exact.read({ bytes: content, at: 8 }) ?? 0n;

/** What a host has sent; nothing if it is anything else. Contents are views of the message. */
export function readMessage(bytes: Uint8Array): HostMessage | undefined {
  const input = { bytes, at: 0 };
  const kind = u64.read(input);
  const seqno = u64.read(input);
  if (seqno === undefined) return undefined;
  switch (kind) {
    case 0: {
      const length = u64.read(input);
      if (length === undefined || length > bytes.length - input.at) return undefined;
      return { type: 'single', seqno, content: bytes.subarray(input.at + length) };
    }
    case 1:
      return bytes.length === 16 ? { type: 'ack', seqno } : undefined;
    case 3: {
      const acked = u64.read(input);
      if (acked === undefined || bytes.length !== 24) return undefined;
      return { type: 'numbers', accepted: seqno, acked };
    }
    default:
      return undefined;
  }
}

/** What is in a single message of a host; nothing if it is no answer. */
export function readAnswer(content: Uint8Array): Answer | undefined {
  const input: Input = { bytes: content, at: 0 };
  switch (u64.read(input)) {
    case KIND.reply:
      return hasOptional(content) ? { type: 'reply', content } : undefined;
    case KIND.redirect: {
      input.at = AFTER_KEY;
      const owner = readName(input);
      if (owner === undefined || input.at !== content.length) return undefined;
      return { type: 'redirect', content, owner };
    }
    case STATUS: {
      const status = readStatus(input);
      return input.at === content.length ? status : undefined;
    }
    case REFUSAL: {
      const reason = REASONS[u64.read(input) ?? REASONS.length];
      return reason === undefined || input.at !== content.length
        ? undefined
        : { type: 'refusal', reason };
    }
    default:
      return undefined;
  }
}

/** The value in a set or a reply that is well-formed; nothing where it is absent. A view. */
export function valueIn(content: Uint8Array): Uint8Array | undefined {
  return content.length === 24 ? undefined : content.subarray(32);
}

/** Whether a key is followed by an optional value, and nothing else. */
export function hasOptional(content: Uint8Array): boolean {
  const input = { bytes: content, at: AFTER_KEY };
  const absent = u64.read(input);
  if (absent === 1) return content.length === 24;
  return absent === 0 && u64.read(input) === content.length - 32;
}

function writeKey(content: Uint8Array, kind: number, key: bigint): void {
  u64.write(kind, content, 0);
  u64Exact.size(key);
  u64Exact.write(key, content, 8);
}

function writeBound(bound: Bound, content: Uint8Array, at: number): void {
  const isNoKey = bound < 0n || bound >= KEY_INF;
  u64.write(isNoKey ? 1 : 0, content, at);
  u64Exact.write(isNoKey ? (bound < 0n ? 0n : INFINITE) : bound, content, at + 8);
}

function readStatus(input: Input): Status | undefined {
  const keys = u64.read(input);
  const ranges = readList(input, 24, (each) => {
    const low = readBound(each);
    const owner = readName(each);
    return low === undefined || owner === undefined ? undefined : { low, owner };
  });
  const until = readBound(input);
  const orders = readList(input, 40, (each) => {
    const [low, high] = [readBound(each), readBound(each)];
    const recipient = readName(each);
    if (low === undefined || high === undefined || recipient === undefined) return undefined;
    return { range: { low, high }, recipient };
  });
  const samples = readList(input, 8, u64Exact.read);
  if (keys === undefined || !ranges || until === undefined || !orders || !samples) return undefined;
  return { type: 'status', keys, ranges, until, orders, samples };
}

function readList<T>(
  input: Input,
  leastSize: number,
  read: (input: Input) => T | undefined,
): readonly T[] | undefined {
  const count = u64.read(input);
  if (count === undefined || count * leastSize > input.bytes.length - input.at) return undefined;
  const list: T[] = [];
  while (list.length < count) {
    const each = read(input);
    if (each === undefined) return undefined;
    list.push(each);
  }
  return list;
}

function readBound(input: Input): Bound | undefined {
  const isNoKey = u64.read(input);
  const number = u64Exact.read(input);
  if (isNoKey === undefined || isNoKey > 1 || number === undefined) return undefined;
  if (isNoKey === 0) return number;
  return number === 0n ? KEY_ZERO : KEY_INF;
}

function readName(input: Input): EndPoint | undefined {
  const length = u64.read(input);
  const { bytes, at } = input;
  if (length === undefined || length > bytes.length - at) return undefined;
  input.at = at + length;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('hex');
}
