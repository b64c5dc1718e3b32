/**
 * # Where keys are
 *
 * A key and what it has are in one place: in a delegation that is on its way, or in one that has
 * come and waits, or in the table of the host whose map says that the key is its own.
 *
 *     a delegation is on its way  ⇔  it is unacknowledged, and its recipient has not accepted it
 *
 * Places are asked for in this order, so that it is clear what a key has even where it is in
 * several, which is wrong.
 *
 * Follows Protocol/SHT/RefinementProof/Refinement.i.dfy of IronFleet.
 */
import type { DelegationMap } from '../../protocol/sht/delegationMap.ts';
import type { Host } from '../../protocol/sht/host.ts';
import {
  type Bound,
  contains,
  KEY_INF,
  type Key,
  type KeyRange,
  type Value,
} from '../../protocol/sht/keys.ts';
import type { Content, SingleMessage } from '../../protocol/sht/messages.ts';
import { peerOf } from '../../protocol/sht/singleDelivery.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';

export type Delegation = Extract<Content, { readonly type: 'delegate' }>;

/** The places that a host has. */
export interface Place {
  /** The delegation that waits, if it is from a host. */
  readonly waiting: Delegation | undefined;
  /** The ranges that are its own by its map. */
  readonly own: readonly KeyRange[];
  readonly table: OrderedMap<Value>;
}

/** The ranges that a map gives to somebody, in their order. */
export function rangesOf(map: DelegationMap, owner: EndPoint): readonly KeyRange[] {
  const ranges: KeyRange[] = [];
  for (const [place, each] of map.entries()) {
    if (each.owner !== owner) continue;
    ranges.push({ low: each.low, high: map[place + 1]?.low ?? KEY_INF });
  }
  return ranges;
}

/** The delegation from a host that waits at a host, if one does. */
export function waitingAt({ constants, received }: Host): Delegation | undefined {
  const content = received?.msg.content;
  return content?.type === 'delegate' && constants.hosts.includes(received?.src ?? '')
    ? content
    : undefined;
}

/** The delegations that are on their way from one host to another, the oldest first. */
export function underWay(from: Host, to: Host): readonly Delegation[] {
  const found: Delegation[] = [];
  const { accepted } = peerOf(to.peers, from.constants.me);
  for (const { seqno, content } of unackedBy(from, to)) {
    if (content.type === 'delegate' && seqno > accepted) found.push(content);
  }
  return found;
}

const unackedBy = (from: Host, to: Host): readonly SingleMessage[] =>
  peerOf(from.peers, to.constants.me).unacked;

/** The place of the first of some ranges, in their order, that ends behind a key. */
function placeOf(ranges: readonly KeyRange[], key: Bound): number {
  let [from, to] = [0, ranges.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ranges[middle] as KeyRange).high > key) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Whether one of some ranges, which are in their order, has a key. */
export function haveKey(ranges: readonly KeyRange[], key: Key): boolean {
  const range = ranges[placeOf(ranges, key)];
  return range !== undefined && contains(range, key);
}

/** What a key has. */
export function valueAt(
  key: Key,
  delegations: readonly Delegation[],
  places: readonly Place[],
): Value | undefined {
  for (const { range, table } of delegations) if (contains(range, key)) return table.get(key);
  for (const { waiting, own, table } of places) {
    if (waiting !== undefined && contains(waiting.range, key)) return waiting.table.get(key);
    if (haveKey(own, key)) return table.get(key);
  }
  return undefined;
}

/** What all keys of a range have: laid over one another, what is asked for first on top. */
export function valuesWithin(
  range: KeyRange,
  delegations: readonly Delegation[],
  places: readonly Place[],
): OrderedMap<Value> {
  let values = OrderedMap.empty<Value>();
  const lay = (over: KeyRange, table: OrderedMap<Value>): void => {
    const low = over.low < range.low ? range.low : over.low;
    const high = over.high > range.high ? range.high : over.high;
    if (high <= low) return;
    const above = table.within(low, high);
    values = values.size === 0 ? above : values.outside(low, high).merge(above);
  };
  for (const { waiting, own, table } of places.toReversed()) {
    for (let index = placeOf(own, range.low); index < own.length; index++) {
      const each = own[index] as KeyRange;
      if (each.low >= range.high) break;
      lay(each, table);
    }
    if (waiting !== undefined) lay(waiting.range, waiting.table);
  }
  for (const delegation of delegations.toReversed()) lay(delegation.range, delegation.table);
  return values;
}

/** The ranges that somebody has by one of two maps and not by the other. */
export function rangesChanged(
  before: DelegationMap,
  after: DelegationMap,
  owner: EndPoint,
): readonly KeyRange[] {
  const lows = [...new Set([...before, ...after].map(({ low }) => low))];
  lows.sort((a, b) => (a < b ? -1 : 1));
  const [old, now] = [rangesOf(before, owner), rangesOf(after, owner)];
  return lows.flatMap((low, index) =>
    haveKey(old, low) === haveKey(now, low) ? [] : [{ low, high: lows[index + 1] ?? KEY_INF }],
  );
}
