/**
 * # Moving keys
 *
 * A host that has taken an order hands the keys of a range to another host, piece by piece: each
 * piece is a message with the range and all that the table has there, and from that instant the keys
 * are no longer the host's own. The recipient adopts them when the message comes.
 *
 * Follows NextShard and NextDelegate of Impl/SHT/HostModel.i.dfy of IronFleet; departs from them in
 * pieces, in who may give orders, and in that what will not do has a reason.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import type { ShtHost } from './host.ts';
import type { Content, Key, KeyRange, Order, Reason, Value } from './messages.ts';

/** Whether a host of so many delegations may still take part in another. */
export const mayDelegate = ({ constants, numDelegations }: ShtHost): boolean =>
  numDelegations < constants.parameters.maxDelegations - 2;

const isEmpty = ({ low, high }: KeyRange): boolean => high <= low;

const overlap = (a: KeyRange, b: KeyRange): boolean => a.low < b.high && b.low < a.high;

/** Why an order will not do; nothing if it will. */
export function objectionTo(h: ShtHost, order: Order, src: EndPoint): Reason | undefined {
  const { constants, delegationMap, orders } = h;
  const { me, hosts, parameters } = constants;
  const { range } = order;
  const recipient = constants.hostNamed(order.recipient);
  if (!constants.isAdministrator(src)) return 'only an administrator may move keys';
  if (isEmpty(range)) return 'the range is empty';
  if (!hosts.has(recipient)) return 'the recipient is no host';
  if (recipient === me) return 'the recipient has given the order';
  if (!delegationMap.ownsAll(range, me)) return 'the keys are not all here';
  if (parameters.compatible) {
    const isTooMuch = h.table.count(range.low, range.high) > parameters.maxDelegationKeys;
    return isTooMuch ? 'there are too many orders' : undefined;
  }
  if (orders.some((other) => overlap(other.range, range))) {
    return 'some of the keys are on the move already';
  }
  const isFull =
    orders.length >= parameters.maxOrders || delegationMap.ranges.length >= parameters.maxRanges;
  return isFull ? 'there are too many orders' : undefined;
}

/**
 * Remembers an order that will do. The original carries it out at once, as one message can hold it.
 */
export function takeOrder(h: ShtHost, io: Io, { range, recipient: name }: Order): string {
  const { constants } = h;
  const recipient = constants.hostNamed(name);
  if (constants.parameters.compatible)
    handOver(h, io, range, recipient, h.table.within(range.low, range.high));
  else h.orders = [...h.orders, { range, recipient }];
  return 'shard';
}

/** The keys of a range go to another host, with all entries that the table has there. */
function handOver(
  h: ShtHost,
  io: Io,
  range: KeyRange,
  recipient: EndPoint,
  within: Iterable<readonly [Key, Value]>,
): void {
  h.numDelegations++;
  // The original counts a delegation even where no number is left for it.
  if (!h.mayTell(recipient)) return;
  const entries = [...within];
  h.delegationMap.assign(range, recipient);
  h.table.clear(range.low, range.high);
  h.counters.keysHandedOn += entries.length;
  h.tell(io, recipient, { type: 'delegate', range, entries });
}

/** The place of the oldest order whose next piece may be handed on, if there is one. */
export function placeOfNext(h: ShtHost): number | undefined {
  const { orders, peers, constants } = h;
  if (orders.length === 0 || !mayDelegate(h)) return undefined;
  const { maxDelegationsUnderWay } = constants.parameters;
  const place = orders.findIndex(({ recipient }) => {
    const underWay = peers.get(recipient)?.unacked.length ?? 0;
    return underWay < maxDelegationsUnderWay && h.mayTell(recipient);
  });
  return place < 0 ? undefined : place;
}

/** Hands on the next piece of the order at a place. */
export function delegate(h: ShtHost, io: Io, place: number): string {
  const { maxDelegationKeys, maxDelegationBytes } = h.constants.parameters;
  const { range, recipient } = h.orders[place] as Order;
  const { low, high } = range;
  const piece = h.table.beginning(low, high, maxDelegationKeys, maxDelegationBytes);
  const { entries, next = high } = piece;
  h.orders =
    next === high
      ? h.orders.toSpliced(place, 1)
      : h.orders.with(place, { range: { low: next, high }, recipient });
  handOver(h, io, { low, high: next }, recipient, entries);
  return 'delegate';
}

type Entries = readonly (readonly [Key, Value])[];

/** The entries of a delegation that a host may have sent: each key once, the first if repeated. */
export function entriesOf(
  h: ShtHost,
  { range, entries }: Extract<Content, { readonly type: 'delegate' }>,
): Entries | undefined {
  const { maxDelegationKeys, maxValueBytes } = h.constants.parameters;
  if (isEmpty(range)) return undefined;
  const distinct = withoutRepetitions(entries);
  if (distinct.length > maxDelegationKeys) return undefined;
  return distinct.every(([, value]) => value.length <= maxValueBytes) ? distinct : undefined;
}

function withoutRepetitions(entries: Entries): Entries {
  const rises = entries.every(
    ([key], place) => place === 0 || (entries[place - 1]?.[0] ?? key) < key,
  );
  if (rises) return entries;
  const first = new Map<Key, Value>();
  for (const [key, value] of entries) if (!first.has(key)) first.set(key, value);
  return [...first];
}

/** The keys that another host hands on are this host's own from now on, with what they have. */
export function adopt(h: ShtHost, range: KeyRange, entries: Entries): string {
  h.delegationMap.assign(range, h.constants.me);
  h.table.clear(range.low, range.high);
  for (const [key, value] of entries) h.table.set(key, value);
  h.numDelegations++;
  h.counters.keysAdopted += entries.length;
  return 'adopt';
}
