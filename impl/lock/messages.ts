/**
 * # The lock's messages
 *
 * Follows Impl/Lock/PacketParsing.i.dfy of IronFleet.
 */
import {
  type Codec,
  marshal as marshalWith,
  parse as parseWith,
  taggedUnion,
  u64,
} from '../framework/marshal.ts';

export type Message =
  /** Offers the lock for an epoch. */
  | { readonly type: 'transfer'; readonly epoch: number }
  /** Says that its sender holds the lock in an epoch. */
  | { readonly type: 'locked'; readonly epoch: number };

const message: Codec<Message> = taggedUnion({
  transfer: { epoch: u64 },
  locked: { epoch: u64 },
});

/** The message that these bytes are, if they are exactly one. */
export const parse = (bytes: Uint8Array): Message | undefined => parseWith(message, bytes);

/** Throws a RangeError if the epoch is no whole number from 0 to `Number.MAX_SAFE_INTEGER`. */
export const marshal = (msg: Message): Uint8Array => marshalWith(message, msg);

/** The longest message, in bytes: all have a case number and an epoch. */
export const LONGEST_MESSAGE = 16;
