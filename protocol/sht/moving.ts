/**
 * # Moving keys
 *
 * An administrator orders a host to hand a range of its keys to another host. The host sends a
 * *delegation*, which carries the range and all that its table has there, and from that instant the
 * keys are no longer its own: they are in the message, until the recipient adopts them. So every key
 * is in one place at any time: with one host, or on its way.
 *
 * **Three guards** keep it so, and each of them was missing before somebody tried to prove it.
 * The recipient must not be the host itself: it would give its keys away, into a message that nobody
 * else has. The recipient must be a host: whoever else got the keys would never answer for them. And
 * *all* keys of the range must be the host's own: else it would hand on keys that another host
 * answers for, with nothing in them, and there would be two answers.
 *
 * **In pieces.** A range may hold more than a message should. The host then remembers the order,
 * and hands on the range piece by piece, from its lower end: each piece is a delegation of its own,
 * as large as a message may be. No request ever sees two keys, so none can tell pieces from a whole;
 * and each key moves in one instant. Meanwhile the host serves what has not moved, old and new keys
 * alike. Orders under way never share a key, and all their keys are the host's own, so that none of
 * them gets in the way of another.
 *
 * Follows NextShard and NextDelegate of Protocol/SHT/Host.i.dfy of IronFleet; departs from them in
 * pieces, in who may give orders, and in that an order that will not do is refused with a reason.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { LocalAction, Step } from '../framework/action.ts';
import { hostNamed, isAdministrator, isHost } from './configuration.ts';
import { assign, ownsAll } from './delegationMap.ts';
import { type Host, mayDelegate, mayTell, onWaiting, tell } from './host.ts';
import { isEmpty, type KeyRange, overlap } from './keys.ts';
import type { Content, Message, Order, Reason } from './messages.ts';
import { isShort } from './requests.ts';
import { peerOf } from './singleDelivery.ts';

/** Why an order will not do; nothing if it will. */
export function objectionTo(h: Host, order: Order, src: EndPoint): Reason | undefined {
  const { constants, delegationMap, orders } = h;
  const { me, parameters } = constants;
  const { range } = order;
  const recipient = hostNamed(constants, order.recipient);
  if (!isAdministrator(constants, src)) return 'only an administrator may move keys';
  if (isEmpty(range)) return 'the range is empty';
  if (!isHost(constants, recipient)) return 'the recipient is no host';
  if (recipient === me) return 'the recipient has given the order';
  if (!ownsAll(delegationMap, range, me)) return 'the keys are not all here';
  if (parameters.compatible) return fitsInOne(h, range) ? undefined : 'there are too many orders';
  if (orders.some((other) => overlap(other.range, range))) {
    return 'some of the keys are on the move already';
  }
  const isFull =
    orders.length >= parameters.maxOrders || delegationMap.length >= parameters.maxRanges;
  return isFull ? 'there are too many orders' : undefined;
}

/** Whether one delegation can carry all that the table has in a range. */
const fitsInOne = ({ constants: { parameters }, table }: Host, { low, high }: KeyRange): boolean =>
  table.within(low, high).size <= parameters.maxDelegationKeys;

const isPossible = (h: Host): Verdict =>
  clause('there were not too many delegations', mayDelegate(h));

/**
 * Take an order that will do: remember it. The original carries it out at once, if one message can
 * hold it.
 */
export const shard = onWaiting({
  name: 'shard',
  types: ['shard'],
  guard: (h, order, src) =>
    isPossible(h)
    ?? clause('nothing is to be said against the order', objectionTo(h, order, src) === undefined),
  step: (h, { range, recipient: name }) => {
    const recipient = hostNamed(h.constants, name);
    return h.constants.parameters.compatible
      ? handOver(h, range, recipient)
      : { state: { ...h, orders: [...h.orders, { range, recipient }] }, sends: [] };
  },
});

/** The keys of a range go to another host, with all that the table has there. */
function handOver(h: Host, range: KeyRange, recipient: EndPoint): Step<Host, Message> {
  const counted = { ...h, numDelegations: h.numDelegations + 1 };
  // The original counts a delegation even where no number is left for it.
  if (!mayTell(h, recipient)) return { state: counted, sends: [] };
  const { low, high } = range;
  const table = h.table.within(low, high);
  const left: Host = {
    ...counted,
    delegationMap: assign(h.delegationMap, range, recipient),
    table: h.table.outside(low, high),
  };
  return tell(left, recipient, { type: 'delegate', range, table });
}

/** Whether another delegation to a host may be on its way. */
function hasRoom(h: Host, { recipient }: Order): boolean {
  const { constants, peers } = h;
  const underWay = peerOf(peers, recipient).unacked.length;
  return underWay < constants.parameters.maxDelegationsUnderWay && mayTell(h, recipient);
}

/** The longest beginning of a range that one delegation may carry: one key's entry at least. */
function firstPiece({ constants: { parameters }, table }: Host, range: KeyRange): KeyRange {
  const { maxDelegationKeys, maxDelegationBytes } = parameters;
  let keys = 0;
  let bytes = 0;
  for (const [key, value] of table.within(range.low, range.high)) {
    bytes += value.length;
    if (keys > 0 && (keys === maxDelegationKeys || bytes > maxDelegationBytes)) {
      return { low: range.low, high: key };
    }
    keys++;
  }
  return range;
}

/** Hand on the next piece of the oldest order whose recipient has room for it. */
export const delegate: LocalAction<Host, Message> = {
  name: 'delegate',
  takes: 'nothing',
  readsClock: false,
  guard: (h) =>
    clause('there is an order', h.orders.length > 0)
    ?? isPossible(h)
    ?? clause(
      'the recipient of one has room',
      h.orders.some((order) => hasRoom(h, order)),
    ),
  step: (h) => {
    const place = h.orders.findIndex((order) => hasRoom(h, order));
    const { range, recipient } = h.orders[place] as Order;
    const piece = firstPiece(h, range);
    const rest = { low: piece.high, high: range.high };
    const orders = isEmpty(rest)
      ? h.orders.toSpliced(place, 1)
      : h.orders.with(place, { range: rest, recipient });
    return handOver({ ...h, orders }, piece, recipient);
  },
};

type Delegation = Extract<Content, { readonly type: 'delegate' }>;

/** Whether a delegation is one that a host may have sent. */
export function isWellFormed(h: Host, { range, table }: Delegation): boolean {
  if (isEmpty(range) || table.size > h.constants.parameters.maxDelegationKeys) return false;
  for (const [, value] of table) if (!isShort(h, value)) return false;
  return true;
}

/** The keys that another host hands on are this host's own from now on, with what they have. */
export const adopt = onWaiting({
  name: 'adopt',
  types: ['delegate'],
  guard: (h, delegation, src) =>
    isPossible(h)
    ?? clause('it comes from a host', isHost(h.constants, src))
    ?? clause('a host may have sent it', isWellFormed(h, delegation)),
  step: (h, { range, table }) => ({
    state: {
      ...h,
      delegationMap: assign(h.delegationMap, range, h.constants.me),
      table: h.table.outside(range.low, range.high).merge(table),
      numDelegations: h.numDelegations + 1,
    },
    sends: [],
  }),
});
