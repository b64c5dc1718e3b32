/**
 * # Frames of the hash table, written by hand
 *
 * What a lean load writes and reads: the fewest bytes touched that make and tell apart messages of
 * the hash table. The codecs of the running code do more, and a load that used them would measure
 * them twice.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

export const END_POINT_BYTES = 32;

/** A frame: how long its payload is, then the payload. */
export const HEADER = 8;
/** Of a single message in its frame: its number, and the message in it. */
const SEQNO = HEADER + 8;
const INNER = SEQNO + 16 + END_POINT_BYTES;
const KEY = INNER + 8;

const ACK_PAYLOAD = 16;
export const ACK_BYTES = HEADER + ACK_PAYLOAD;

const REPLY = 2;

const words = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [index, number] of numbers.entries())
    bytes.writeBigUInt64BE(BigInt(number), 8 * index);
  return bytes;
};

export const endPointBytes = (endPoint: EndPoint): Buffer => Buffer.from(endPoint, 'hex');

/** A frame with a single message to a host; {@link number} gives it its number. */
export function single(host: Buffer, inner: Buffer): Buffer {
  const length = INNER - HEADER + inner.length;
  return Buffer.concat([words(length, 0, 0, host.length), host, inner]);
}

/** Get and Set of a key that {@link aim} gives. */
export const get = (): Buffer => words(0, 0);
export const set = (value: Buffer): Buffer => Buffer.concat([words(1, 0, 0, value.length), value]);

/**
 * An order to hand on the keys from the one with a number up to another, or to the end of all keys.
 */
export const shard = (
  recipient: Buffer,
  low: number,
  high: number | undefined,
  keys: number,
): Buffer =>
  Buffer.concat([
    words(4),
    keyBound(low, keys),
    high === undefined ? words(1, 42) : keyBound(high, keys),
    words(recipient.length),
    recipient,
  ]);

function keyBound(key: number, keys: number): Buffer {
  const bound = words(0, 0);
  writeKey(bound, 8, key, keys);
  return bound;
}

/** Gives its number to the message of which the frame begins here. */
export function number(into: Buffer, at: number, seqno: number): void {
  into.writeUInt32BE(seqno, at + SEQNO + 4);
}

/** Gives its key to the request of which the frame begins here. */
export function aim(into: Buffer, at: number, key: number, keys: number): void {
  writeKey(into, at + KEY, key, keys);
}

/** Keys are spread evenly over all that there are. */
function writeKey(into: Buffer, at: number, key: number, keys: number): void {
  into.writeUInt32BE(Math.floor((key / keys) * 2 ** 32), at);
  into.writeUInt32BE(key, at + 4);
}

/** The key that has this number. */
export const keyWithNumber = (key: number, keys: number): bigint =>
  (BigInt(Math.floor((key / keys) * 2 ** 32)) << 32n) | BigInt(key);

export function writeAck(into: Buffer, at: number, seqno: number): number {
  into.fill(0, at, at + ACK_BYTES);
  into[at + 7] = ACK_PAYLOAD;
  into[at + HEADER + 7] = 1;
  number(into, at, seqno);
  return at + ACK_BYTES;
}

/** Where the frame ends that begins here; 0 if it is not complete. */
export function endOf(bytes: Buffer, at: number): number {
  if (at + HEADER > bytes.length) return 0;
  const end = at + HEADER + bytes.readUInt32BE(at + 4);
  return end > bytes.length ? 0 : end;
}

/** The number of a reply in the frame that begins here; nothing of an acknowledgement. */
export function seqnoOfReply(bytes: Buffer, at: number): number | undefined {
  if (isAck(bytes, at)) return undefined;
  if (!isReply(bytes, at)) throw new Error('a host says something that is no reply');
  return seqnoOf(bytes, at);
}

/** What the frame that begins here has. */
export const isAck = (bytes: Buffer, at: number): boolean => bytes[at + HEADER + 7] === 1;
export const isReply = (bytes: Buffer, at: number): boolean => bytes[at + INNER + 7] === REPLY;
export const seqnoOf = (bytes: Buffer, at: number): number => bytes.readUInt32BE(at + SEQNO + 4);
