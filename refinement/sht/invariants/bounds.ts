/**
 * # Laws of bounds
 *
 * How much there is of anything, and in which form.
 *
 * Follows the implementation's invariants of IronFleet (S15), whose limits are those of
 * `COMPATIBLE`. S18 is about orders, S20 about what waits to be acknowledged, S21 about where
 * messages go, and S22 about what is remembered to send it again.
 */

import type { Parameters } from '../../../protocol/sht/configuration.ts';
import type { Host } from '../../../protocol/sht/host.ts';
import {
  isEmpty,
  type Key,
  type KeyRange,
  overlap,
  type Value,
} from '../../../protocol/sht/keys.ts';
import { bytesOf, type OwnedRange } from '../../../protocol/sht/messages.ts';
import { lastSent, peerOf } from '../../../protocol/sht/singleDelivery.ts';
import { clause, forAll, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import type { Place } from '../places.ts';
import { type HostLaw, ofPeers, type PacketLaw } from '../scope.ts';

/** S15: the map is told in the one way in which it can be told, and grows by delegations only. */
export const mapIsCanonical: HostLaw = ({ delegationMap, numDelegations }, _, __, before) => {
  const few = clause(
    'a delegation adds two ranges at most',
    delegationMap.length < 2 * numDelegations,
  );
  if (few !== undefined || delegationMap === before?.delegationMap) return few;
  return forAll(delegationMap.entries(), ([place, { low, owner }]) => {
    const next: OwnedRange | undefined = delegationMap[place + 1];
    return next === undefined
      ? undefined
      : (clause('bounds rise', low < next.low)
          ?? clause('neighbours have different owners', owner !== next.owner));
  });
};

/** S15: the last two delegations are never reached, and no number is beyond the last. */
export const fewDelegations: HostLaw = ({ numDelegations, constants: { parameters } }) =>
  clause(
    'there are not too many delegations',
    numDelegations <= Math.max(1, parameters.maxDelegations - 2),
  );

export const fewNumbers = ofPeers(({ after }, { constants: { parameters } }) =>
  after.unacked.length === 0
    ? undefined
    : clause('no number is beyond the last', lastSent(after) <= parameters.maxSeqno),
);

/** A law of what keys have in a table, asked where that has changed, however much it is. */
const ofValues =
  (law: (value: Value | undefined, parameters: Parameters) => Verdict): HostLaw =>
  (h, ghost, _, before) =>
    forAll(keysToLookAt(h, ghost, before), (key) =>
      h.table.has(key) ? law(h.table.get(key), h.constants.parameters) : undefined,
    );

/** The keys of a table that have something else than before. */
function keysToLookAt(h: Host, ghost: Ghost, before: Host | undefined): Iterable<Key> {
  if (before === undefined) return Array.from(h.table, ([key]) => key);
  return ghost.haveMoved ? before.table.differences(h.table) : ghost.changedKeys;
}

/** S14: that a key has nothing is not stored. */
export const storesValues = ofValues((value) =>
  clause('every key that is stored has a value', value !== undefined),
);

/** S15: what is stored is as long as values may be. */
export const storesShortValues = ofValues((value, { maxValueBytes }) =>
  clause('values are not too long', (value?.length ?? 0) <= maxValueBytes),
);

/** S15: what one delegation carries. */
export const delegatesLittle: PacketLaw = ({ msg }, ghost) => {
  if (msg.type !== 'single' || msg.content.type !== 'delegate') return undefined;
  const { range, table } = msg.content;
  const { maxDelegationKeys, maxDelegationBytes, maxValueBytes, compatible } =
    ghost.setting.parameters;
  const isLittle = table.size <= 1 || bytesOf(msg.content) <= maxDelegationBytes;
  return (
    clause('a delegation has a range', !isEmpty(range))
    ?? clause('a delegation carries so many keys at most', table.size <= maxDelegationKeys)
    ?? clause('a delegation carries so many bytes at most', compatible || isLittle)
    ?? forAll(table, ([, value]) =>
      clause('a delegation carries no value that is too long', value.length <= maxValueBytes),
    )
  );
};

/** S18: orders under way are for keys of this host's own, and none gets in the way of another. */
export const ordersAreOwn: HostLaw = (h, ghost, place, before) => {
  const { orders, delegationMap, constants } = h;
  if (orders === before?.orders && delegationMap === before.delegationMap) return undefined;
  const { compatible, maxOrders } = constants.parameters;
  const { own } = ghost.places[place] as Place;
  return (
    clause('the original keeps no orders', !compatible || orders.length === 0)
    ?? clause('there are not too many orders', orders.length <= maxOrders)
    ?? forAll(
      orders.entries(),
      ([index, { range, recipient }]) =>
        clause('an order is for some keys', !isEmpty(range))
        ?? clause('the recipient is a host', ghost.placeOf(recipient) !== undefined)
        ?? clause('the recipient is another host', recipient !== constants.me)
        ?? clause("the keys of an order are the host's own", hasAll(own, range))
        ?? clause(
          'orders have no key in common',
          orders.slice(0, index).every((other) => !overlap(other.range, range)),
        ),
    )
  );
};

/** Whether one of some ranges, which do not touch, has all keys of another. */
function hasAll(ranges: readonly KeyRange[], { low, high }: KeyRange): boolean {
  const first = low < 0n ? 0n : low;
  return high <= first || ranges.some((range) => range.low <= first && high <= range.high);
}

/** S20: nobody leaves more unacknowledged than he may. */
export const littleUnacked = ofPeers(({ place, after }, { constants: { parameters } }) => {
  const { unacked, unackedBytes } = after;
  const { compatible, maxDelegationsUnderWay, maxUnacked, maxUnackedBytes, maxValueBytes } =
    parameters;
  if (place !== undefined) {
    return clause(
      'few delegations are under way to a host',
      compatible || unacked.length <= maxDelegationsUnderWay,
    );
  }
  return (
    clause('a client leaves few messages unacknowledged', unacked.length <= maxUnacked)
    ?? clause(
      'a client leaves few bytes unacknowledged',
      unackedBytes < maxUnackedBytes + maxValueBytes,
    )
  );
});

/** S21: keys go from host to host, and a redirect leads to another host. */
export const goesToOthers: PacketLaw = ({ src, dst, msg }, ghost): Verdict => {
  if (msg.type !== 'single') return undefined;
  const { content } = msg;
  const isOther = (host: string): boolean => host !== src && ghost.placeOf(host) !== undefined;
  switch (content.type) {
    case 'delegate':
      return clause('keys are handed to another host', isOther(dst));
    case 'redirect':
      return clause('a redirect leads to another host', isOther(content.owner));
    default:
      return clause('only keys are sent to hosts', ghost.placeOf(dst) === undefined);
  }
};

/** S22: what is noted to be sent again was sent to a host. */
export const notesWhatWasSent: HostLaw = ({ noted, peers }, ghost, _, before) =>
  noted === before?.noted
    ? undefined
    : forAll(
        noted,
        ([id, seqno]) =>
          clause('only hosts are sent to again', ghost.placeOf(id) !== undefined)
          ?? clause('what is noted was sent', seqno <= lastSent(peerOf(peers, id))),
      );
