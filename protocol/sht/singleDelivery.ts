/**
 * # Single delivery
 *
 * The network loses, repeats and reorders what it is given. Between any two peers, everything that
 * matters therefore has a number, counted from one: whoever gets it takes the next number only, so
 * that everything comes once and in order, and acknowledges it; and whoever sent it keeps it until
 * it is acknowledged, and sends it again.
 *
 * A number that is acknowledged acknowledges all before it, too. The last number that was taken from
 * a peer is all that must be remembered of the past; the original calls it a tombstone. Whoever
 * forgot it would take what was taken before, and so would a peer who forgets what it has sent be
 * misunderstood: neither may ever start afresh.
 *
 * To a host, messages are sent again after a while without an answer. A client is expected to ask
 * again itself: if it sends once more what was taken last, it gets once more what it has not
 * acknowledged. So nothing is sent for ever to those who have left.
 *
 * Follows Protocol/SHT/SingleDelivery*.i.dfy and Protocol/LiveSHT/Scheduler.i.dfy of IronFleet;
 * departs from them in when messages are sent again (there: all, every hundred million rounds), in
 * that an acknowledgement of what was never sent is ignored, and in the limits on peers and on what
 * they leave unacknowledged.
 */
import { ArrivalMap } from '../../spec/framework/arrivalMap.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Parameters } from './configuration.ts';
import { bytesOf, type Content, type Message, type SingleMessage } from './messages.ts';

/** What a host remembers of one peer. */
export interface Peer {
  /** The highest number accepted from it: the tombstone. */
  readonly accepted: number;
  /** The highest of our numbers that it has acknowledged. */
  readonly acked: number;
  /** What we have sent it since, in the order of their numbers, which have no gaps. */
  readonly unacked: readonly SingleMessage[];
  /** How many bytes of values there are in that. */
  readonly unackedBytes: number;
}

/** In the order of first contact. */
export type Peers = ReadonlyMap<EndPoint, Peer>;

/** Somebody of whom nothing is known. */
const STRANGER: Peer = { accepted: 0, acked: 0, unacked: [], unackedBytes: 0 };

export const peerOf = (peers: Peers, id: EndPoint): Peer => peers.get(id) ?? STRANGER;

/** Few peers are copied faster than they are shared. */
const FEW = 32;

export function withPeer(peers: Peers, id: EndPoint, peer: Peer): Peers {
  if (peers instanceof ArrivalMap) return peers.with(id, peer);
  return peers.size < FEW ? new Map(peers).set(id, peer) : ArrivalMap.from(peers).with(id, peer);
}

/** The highest number that we have given to a message for this peer. */
export const lastSent = ({ acked, unacked }: Peer): number => acked + unacked.length;

/** Whether there is a number left for another message. */
export const maySend = (peer: Peer, { maxSeqno }: Parameters): boolean => lastSent(peer) < maxSeqno;

/** The next message to a peer, and what is remembered of the peer then. */
export function nextMessage(
  peer: Peer,
  dst: EndPoint,
  content: Content,
): { readonly peer: Peer; readonly msg: SingleMessage } {
  const msg: SingleMessage = { type: 'single', seqno: lastSent(peer) + 1, dst, content };
  return {
    peer: {
      accepted: peer.accepted,
      acked: peer.acked,
      unacked: [...peer.unacked, msg],
      unackedBytes: peer.unackedBytes + bytesOf(content),
    },
    msg,
  };
}

/** The peer, once it has acknowledged all numbers up to `seqno`, which is news. */
export function acknowledge(peer: Peer, seqno: number): Peer {
  const count = Math.min(seqno - peer.acked, peer.unacked.length);
  let { unackedBytes } = peer;
  for (let place = 0; place < count; place++) {
    unackedBytes -= bytesOf((peer.unacked[place] as SingleMessage).content);
  }
  return {
    accepted: peer.accepted,
    acked: seqno,
    unacked: peer.unacked.slice(count),
    unackedBytes,
  };
}

/** The first of what a peer has not acknowledged, once more. */
export const again = (
  src: EndPoint,
  dst: EndPoint,
  { unacked }: Peer,
  { maxResent }: Parameters,
): readonly Packet<Message>[] => unacked.slice(0, maxResent).map((msg) => ({ src, dst, msg }));
