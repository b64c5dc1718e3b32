/**
 * # A host in a few numbers
 *
 * What a trace keeps of a host after each step: numbers and sizes, no keys. Who has the packets can
 * work out the rest, and see by these whether he is right.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { HostState } from './hostState.ts';

/** Plain data that JSON can carry. */
export interface HostSummary {
  /** How many keys its table has. */
  readonly keys: number;
  /** How many ranges its delegation map has. */
  readonly ranges: number;
  readonly peers: number;
  /** How many messages all other hosts together have not acknowledged. */
  readonly unacked: number;
  /** Whether a message waits to be processed. */
  readonly waiting: boolean;
  readonly orders: number;
  readonly numDelegations: number;
  readonly resentAt: number;
  /** How many hosts had not acknowledged everything when it last looked. */
  readonly noted: number;
}

export function summarize(h: HostState, hosts: Iterable<EndPoint>): HostSummary {
  let unacked = 0;
  for (const host of hosts) unacked += h.peers.get(host)?.unacked.length ?? 0;
  return {
    keys: h.table.size,
    ranges: h.delegationMap.ranges.length,
    peers: h.peers.size,
    unacked,
    waiting: h.received !== undefined,
    orders: h.orders.length,
    numDelegations: h.numDelegations,
    resentAt: h.resentAt,
    noted: h.noted.size,
  };
}
