/**
 * # The invariants of a hash table, by the book
 *
 * Every law, of every host and every packet, from scratch: none knows what has been looked at
 * before.
 *
 * Follows Protocol/SHT/RefinementProof/InvDefs.i.dfy of IronFleet.
 */
import type { Host } from '../../protocol/sht/host.ts';
import { contains, isEmpty, overlap } from '../../protocol/sht/keys.ts';
import { bytesOf, type SingleMessage } from '../../protocol/sht/messages.ts';
import { lastSent, type Peer, peerOf } from '../../protocol/sht/singleDelivery.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { Delegation } from './places.ts';
import {
  criticalKeys,
  hasByMap,
  hasWaiting,
  inFlight,
  type Moment,
  ownerAt,
  saidByHosts,
} from './textbook.ts';

type HostLaw = (h: Host, moment: Moment) => boolean;
type PacketLaw = (packet: Packet<SingleMessage>, moment: Moment) => boolean;
type DelegationLaw = (delegation: Delegation, moment: Moment) => boolean;

const isHost = (id: EndPoint, { setting }: Moment): boolean =>
  setting.configuration.hosts.includes(id);

const hostNamed = (id: EndPoint, { hosts }: Moment): Host =>
  hosts.find(({ constants }) => constants.me === id) as Host;

/** What a host remembers of all its peers that are hosts. */
const betweenHosts =
  (law: (mine: Peer, theirs: Peer) => boolean): HostLaw =>
  (h, moment) =>
    [...h.peers].every(
      ([id, peer]) =>
        !isHost(id, moment) || law(peer, peerOf(hostNamed(id, moment).peers, h.constants.me)),
    );

const ofPeers =
  (law: (peer: Peer, id: EndPoint, h: Host, moment: Moment) => boolean): HostLaw =>
  (h, moment) =>
    [...h.peers].every(([id, peer]) => law(peer, id, h, moment));

const wasSent = (packet: Packet<SingleMessage>, { packets }: Moment): boolean =>
  packets.some((sent) => equal(sent, packet));

const HOST_LAWS: Readonly<Record<string, HostLaw>> = {
  S1: ({ delegationMap }) =>
    ownerAt(delegationMap, 0n) !== undefined && delegationMap[0]?.low === 0n,
  S2: (h, moment) => moment.setting.configuration.hosts[moment.hosts.indexOf(h)] === h.constants.me,
  S3: ({ delegationMap }, moment) => delegationMap.every(({ owner }) => isHost(owner, moment)),
  S5: (h) => [...h.table].every(([key]) => hasByMap(h, key) || hasWaiting(h, key)),
  S7: ({ received, constants, peers }, moment) =>
    received === undefined
    || (received.dst === constants.me
      && wasSent(received, moment)
      && received.msg.seqno === peerOf(peers, received.src).accepted),
  S9: ofPeers(
    ({ acked, unacked, unackedBytes }, id) =>
      unacked.every((msg, index) => msg.dst === id && msg.seqno === acked + 1 + index)
      && unackedBytes === unacked.reduce((sum, { content }) => sum + bytesOf(content), 0),
  ),
  S10: ofPeers(({ unacked }, dst, { constants: { me: src } }, moment) =>
    unacked.every((msg) => wasSent({ src, dst, msg }, moment)),
  ),
  S13: betweenHosts((mine, theirs) => mine.accepted <= lastSent(theirs)),
  S14: ({ table }) => [...table].every(([, value]) => value !== undefined),
  S15: ({ table, delegationMap, numDelegations, peers, constants: { parameters } }) =>
    delegationMap.every(({ low, owner }, index) => {
      const next = delegationMap[index + 1];
      return next === undefined || (low < next.low && owner !== next.owner);
    })
    && delegationMap.length < 2 * numDelegations
    && (numDelegations === 1 || numDelegations <= parameters.maxDelegations - 2)
    && [...peers.values()].every(
      (peer) => peer.unacked.length === 0 || lastSent(peer) <= parameters.maxSeqno,
    )
    && [...table].every(([, value]) => (value?.length ?? 0) <= parameters.maxValueBytes),
  S16: ({ peers, constants: { parameters } }, moment) =>
    [...peers.keys()].filter((id) => !isHost(id, moment)).length <= parameters.maxPeers,
  S18: (h, moment) =>
    h.orders.every(
      ({ range, recipient }, index) =>
        !isEmpty(range)
        && isHost(recipient, moment)
        && recipient !== h.constants.me
        && [range.low < 0n ? 0n : range.low, ...h.delegationMap.map(({ low }) => low)].every(
          (key) => !contains(range, key) || hasByMap(h, key),
        )
        && h.orders.every((other, place) => place === index || !overlap(other.range, range)),
    )
    && h.orders.length
      <= (h.constants.parameters.compatible ? 0 : h.constants.parameters.maxOrders),
  S19: betweenHosts((mine, theirs) => mine.acked <= theirs.accepted),
  S20: ofPeers(({ unacked, unackedBytes }, id, { constants: { parameters } }, moment) =>
    isHost(id, moment)
      ? parameters.compatible || unacked.length <= parameters.maxDelegationsUnderWay
      : unacked.length <= parameters.maxUnacked
        && unackedBytes < parameters.maxUnackedBytes + parameters.maxValueBytes,
  ),
  S22: ({ noted, peers }, moment) =>
    [...noted].every(([id, seqno]) => isHost(id, moment) && seqno <= lastSent(peerOf(peers, id))),
  S26: (h, moment) => !criticalKeys(moment).some((key) => hasByMap(h, key) && hasWaiting(h, key)),
  S27: ({ received, peers, constants: { parameters } }, moment) => {
    if (received === undefined || isHost(received.src, moment)) return true;
    const { unacked, unackedBytes } = peerOf(peers, received.src);
    return unacked.length < parameters.maxUnacked && unackedBytes < parameters.maxUnackedBytes;
  },
};

const DELEGATION_LAWS: Readonly<Record<string, DelegationLaw>> = {
  S6: ({ range, table }) => [...table].every(([key]) => contains(range, key)),
  S14: ({ table }) => [...table].every(([, value]) => value !== undefined),
  S15: (delegation, { setting: { parameters } }) =>
    !isEmpty(delegation.range)
    && delegation.table.size <= parameters.maxDelegationKeys
    && (parameters.compatible
      || delegation.table.size <= 1
      || bytesOf(delegation) <= parameters.maxDelegationBytes)
    && [...delegation.table].every(([, value]) => value.length <= parameters.maxValueBytes),
};

const PACKET_LAWS: Readonly<Record<string, PacketLaw>> = {
  S8: ({ dst, msg }) => msg.dst === dst,
  S11: (packet, moment) =>
    saidByHosts(moment).every(
      (other) =>
        other.src !== packet.src
        || other.dst !== packet.dst
        || other.msg.seqno !== packet.msg.seqno
        || equal(other.msg, packet.msg),
    ),
  S12: ({ src, dst, msg }, moment) =>
    msg.seqno <= lastSent(peerOf(hostNamed(src, moment).peers, dst)),
  S21: ({ src, dst, msg: { content } }, moment) => {
    switch (content.type) {
      case 'delegate':
        return dst !== src && isHost(dst, moment);
      case 'redirect':
        return content.owner !== src && isHost(content.owner, moment);
      default:
        return !isHost(dst, moment);
    }
  },
  S25: ({ dst, msg: { content } }, { setting: { configuration } }) =>
    content.type !== 'status'
    || content.samples.length === 0
    || configuration.administrators === undefined
    || configuration.administrators.includes(dst),
};

/** S4: every key is claimed by one packet and no host, or by one host and no packet. */
const inOnePlace = (moment: Moment): boolean =>
  criticalKeys(moment).every((key) => {
    const packets = inFlight(moment).filter(({ range }) => contains(range, key));
    const hosts = moment.hosts.filter((h) => hasByMap(h, key) || hasWaiting(h, key));
    return packets.length + hosts.length === 1;
  });

/** S19, of what hosts have acknowledged. */
const acksAreTrue = (moment: Moment): boolean =>
  moment.packets.every(({ src, dst, msg }) => {
    if (!isHost(src, moment) || (msg.type !== 'ack' && msg.type !== 'numbers')) return true;
    const seqno = msg.type === 'ack' ? msg.seqno : msg.accepted;
    return seqno <= peerOf(hostNamed(src, moment).peers, dst).accepted;
  });

/** The numbers of all laws that are broken at a moment. */
export function brokenLaws(moment: Moment): readonly string[] {
  const said = saidByHosts(moment);
  const delegations = said.flatMap(({ msg }) =>
    msg.content.type === 'delegate' ? [msg.content] : [],
  );
  return [
    ...broken(HOST_LAWS, moment.hosts, moment),
    ...broken(PACKET_LAWS, said, moment),
    ...broken(DELEGATION_LAWS, delegations, moment),
    ...(inOnePlace(moment) ? [] : ['S4']),
    ...(acksAreTrue(moment) ? [] : ['S19']),
  ];
}

const broken = <Subject>(
  laws: Readonly<Record<string, (subject: Subject, moment: Moment) => boolean>>,
  subjects: readonly Subject[],
  moment: Moment,
): readonly string[] =>
  Object.entries(laws)
    .filter(([, law]) => !subjects.every((subject) => law(subject, moment)))
    .map(([number]) => number);
