/**
 * # What a running host shows of itself
 *
 * Enough to compare it with a host of the protocol after any step, read where it lies.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Key, Order, OwnedRange, SingleMessage, Value } from './messages.ts';

export interface PeerState {
  readonly accepted: number;
  readonly acked: number;
  readonly unacked: readonly SingleMessage[];
  readonly unackedBytes: number;
}

/** What was accepted and is still to be processed, and who has sent it. */
export interface Waiting {
  readonly src: EndPoint;
  readonly msg: SingleMessage;
}

export interface HostState {
  readonly delegationMap: { readonly ranges: readonly OwnedRange[] };
  /** Its entries come in the order of their keys. */
  readonly table: Iterable<readonly [Key, Value]> & {
    readonly size: number;
    get(key: Key): Value | undefined;
  };
  /** In the order of first contact. */
  readonly peers: ReadonlyMap<EndPoint, PeerState>;
  readonly received: Waiting | undefined;
  /** What is to be handed on, the oldest first; the array is another after each change. */
  readonly orders: readonly Order[];
  readonly numDelegations: number;
  readonly resentAt: number;
  readonly noted: ReadonlyMap<EndPoint, number>;
}
