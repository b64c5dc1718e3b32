/**
 * # Messages of the hash table
 *
 * What hosts and clients say to one another, as the running code holds it. Keys are numbers of 64
 * bits, exactly. Values are byte strings, one character a byte: they cost no more memory than their
 * bytes, and nobody can change one that he was given.
 *
 * Follows Impl/SHT/{CMessage,PacketParsing}.i.dfy of IronFleet.
 */
import type { Bytes } from '../../spec/framework/bytes.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

/** 0n … 2⁶⁴−1. */
export type Key = bigint;
export type Value = Bytes;

/** A key, {@link KEY_ZERO} or {@link KEY_INF}. */
export type Bound = bigint;

/** Before all keys, and behind all keys. */
export const KEY_ZERO: Bound = -1n;
export const KEY_INF: Bound = 1n << 64n;

/** The keys from `low` up to, but not including, `high`. */
export interface KeyRange {
  readonly low: Bound;
  readonly high: Bound;
}

export interface Order {
  readonly range: KeyRange;
  readonly recipient: EndPoint;
}

/** Why a host does not do what it was asked. On the wire, its place in this list. */
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

/** What is said of the keys from `low` on, up to the next range. */
export interface OwnedRange {
  readonly low: Bound;
  readonly owner: EndPoint;
}

/** What a host says of itself. */
export interface Status {
  readonly type: 'status';
  /** How many keys the host's table has. */
  readonly keys: number;
  /** Who has which keys, as far as the host knows, from the asked bound up to `until`. */
  readonly ranges: readonly OwnedRange[];
  readonly until: Bound;
  /** What the host is about to hand on. */
  readonly orders: readonly Order[];
  /** Keys of its table, evenly spread over it. */
  readonly samples: readonly Key[];
}

/** How many ranges and samples a status tells of at most. */
export const MAX_RANGES_TOLD = 256;
export const MAX_SAMPLES = 1_024;

/** How many bytes the name of an end point may have. */
export const MAX_END_POINT_BYTES = 0x10_0000 - 1;

/** What single messages carry. */
export type Content =
  | { readonly type: 'get'; readonly key: Key }
  /** To nothing, to delete it. */
  | { readonly type: 'set'; readonly key: Key; readonly value: Value | undefined }
  | { readonly type: 'reply'; readonly key: Key; readonly value: Value | undefined }
  | { readonly type: 'redirect'; readonly key: Key; readonly owner: EndPoint }
  | ({ readonly type: 'shard' } & Order)
  /** The keys of a range, with all that the table has there, in the order of the message. */
  | {
      readonly type: 'delegate';
      readonly range: KeyRange;
      readonly entries: readonly (readonly [Key, Value])[];
    }
  | { readonly type: 'statusRequest'; readonly from: Bound; readonly samples: number }
  | Status
  | { readonly type: 'refusal'; readonly reason: Reason };

export interface SingleMessage {
  readonly type: 'single';
  readonly seqno: number;
  /** Whoever it is for, as its sender says; nobody looks at it. */
  readonly dst: EndPoint;
  readonly content: Content;
}

export type Message =
  | SingleMessage
  | { readonly type: 'ack'; readonly seqno: number }
  | { readonly type: 'numbersRequest' }
  | { readonly type: 'numbers'; readonly accepted: number; readonly acked: number };

/** The bytes of a message's values, by which what waits is measured. */
export function valueBytes(content: Content): number {
  switch (content.type) {
    case 'set':
    case 'reply':
      return content.value === undefined ? 0 : content.value.length;
    case 'delegate': {
      let bytes = 0;
      for (const [, value] of content.entries) bytes += value.length;
      return bytes;
    }
    default:
      return 0;
  }
}
