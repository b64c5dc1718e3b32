/**
 * # Messages of the hash table
 *
 * Whatever matters is said in a *single message*: it has a number, and whoever gets it acknowledges
 * it, so that it is delivered exactly once and in order (see singleDelivery.ts). Inside there is
 * what is to be said.
 *
 * Follows Protocol/SHT/{Message,SingleMessage}.i.dfy of IronFleet; departs from them in `status`,
 * `refusal` and `numbers` and what asks for them, which the original does not have.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { Bound, Key, KeyRange, Value } from './keys.ts';

/** The wish that one host hands the keys of a range to another. */
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

/** What single messages carry. */
export type Content =
  | { readonly type: 'get'; readonly key: Key }
  /** To nothing, to delete it. */
  | { readonly type: 'set'; readonly key: Key; readonly value: Value | undefined }
  | { readonly type: 'reply'; readonly key: Key; readonly value: Value | undefined }
  | { readonly type: 'redirect'; readonly key: Key; readonly owner: EndPoint }
  /** An order to whoever has the keys. */
  | ({ readonly type: 'shard' } & Order)
  /** The keys of a range, with all that the table has there. */
  | { readonly type: 'delegate'; readonly range: KeyRange; readonly table: OrderedMap<Value> }
  /** How is the host, and what does it know of the keys from a bound on? */
  | { readonly type: 'statusRequest'; readonly from: Bound; readonly samples: number }
  | Status
  /** The answer to what cannot be done. */
  | { readonly type: 'refusal'; readonly reason: Reason };

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

/** How many ranges a status tells of at most, and how many samples. */
export const MAX_RANGES_TOLD = 256;
export const MAX_SAMPLES = 1_024;

export interface SingleMessage {
  readonly type: 'single';
  readonly seqno: number;
  /** Whoever it is for, as its sender says; nobody looks at it. */
  readonly dst: EndPoint;
  readonly content: Content;
}

export type Message =
  | SingleMessage
  /** All numbers up to this one have been accepted. */
  | { readonly type: 'ack'; readonly seqno: number }
  /** Which numbers are next between us? Asked by who has forgotten. */
  | { readonly type: 'numbersRequest' }
  /** The last number accepted from whom this is sent to, and the last acknowledged by him. */
  | { readonly type: 'numbers'; readonly accepted: number; readonly acked: number }
  /** Bytes that mean nothing. No host sends them. */
  | { readonly type: 'invalid' };

/** The bytes of a message's values, by which what waits is measured. */
export function bytesOf(content: Content): number {
  switch (content.type) {
    case 'set':
    case 'reply':
      return content.value?.length ?? 0;
    case 'delegate': {
      let bytes = 0;
      for (const [, value] of content.table) bytes += value.length;
      return bytes;
    }
    default:
      return 0;
  }
}

/** A range for a reader. */
export const showRange = ({ low, high }: KeyRange): string =>
  `[${showBound(low)},${showBound(high)})`;

const showBound = (bound: Bound): string => (bound < 0n ? '−∞' : bound >> 64n ? '∞' : `${bound}`);

/** A message in a few words, for a reader. */
export function describe(msg: Message): string {
  switch (msg.type) {
    case 'single':
      return `${msg.seqno}:${describeContent(msg.content)}`;
    case 'ack':
      return `ack(${msg.seqno})`;
    case 'numbers':
      return `numbers(${msg.accepted},${msg.acked})`;
    default:
      return msg.type;
  }
}

function describeContent(content: Content): string {
  switch (content.type) {
    case 'get':
      return `get(${content.key})`;
    case 'set':
    case 'reply':
      return `${content.type}(${content.key},${content.value?.length ?? 'nothing'})`;
    case 'redirect':
      return `redirect(${content.key},${content.owner})`;
    case 'shard':
      return `shard(${showRange(content.range)},${content.recipient})`;
    case 'delegate':
      return `delegate(${showRange(content.range)},${content.table.size})`;
    case 'statusRequest':
      return `statusRequest(${showBound(content.from)})`;
    case 'status':
      return `status(${content.keys})`;
    case 'refusal':
      return `refusal(${content.reason})`;
  }
}
