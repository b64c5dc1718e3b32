/**
 * # What a client and a replica say to each other
 *
 *     request   u64 0, u64 number, u64 length, then as many bytes
 *     reply     u64 6, u64 number, u64 length, then as many bytes
 *
 * Follows Impl/RSL/PacketParsing.i.dfy of IronFleet. The client has its own few lines for this, and
 * does not load the replica's.
 */
import { u64 } from '../framework/marshal.ts';

/** The longest request, and the longest reply, in bytes. */
export const MAX_REQUEST = 0x800_0000;
const MAX_REPLY = 0x800_0000;

const HEADER = 24;

/** The longest message that a replica may send a client, in bytes. */
export const MAX_MESSAGE = HEADER + MAX_REPLY;

const REQUEST = 0;
const REPLY = 6;

/** A request as it is sent, but for its number, which {@link setNumber} gives it. */
export function requestMessage(request: Uint8Array): Uint8Array {
  const message = Buffer.allocUnsafe(HEADER + request.length);
  u64.write(REQUEST, message, 0);
  setNumber(message, 0);
  u64.write(request.length, message, 16);
  message.set(request, HEADER);
  return message;
}

export function setNumber(message: Uint8Array, number: number): void {
  u64.write(number, message, 8);
}

export interface Reply {
  /** Of the request that is answered. */
  readonly number: number;
  /** A view of the message. */
  readonly reply: Uint8Array;
}

/** The reply in a message; nothing if that is anything else. */
export function readReply(message: Uint8Array): Reply | undefined {
  const input = { bytes: message, at: 0 };
  if (u64.read(input) !== REPLY) return undefined;
  const number = u64.read(input);
  const length = u64.read(input);
  if (number === undefined || length === undefined || length > MAX_REPLY) return undefined;
  if (HEADER + length !== message.length) return undefined;
  return { number, reply: message.subarray(HEADER) };
}
