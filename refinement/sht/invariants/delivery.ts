/**
 * # Laws of single delivery
 *
 * What a host sends under a number is one message, it keeps it until it is acknowledged, and nobody
 * takes a number that was not sent or acknowledges one that was not taken. From this follows that
 * everything that a host says to a host comes once and in order.
 *
 * Follows Protocol/SHT/RefinementProof/InvDefs.i.dfy of IronFleet: S7 to S13. S16 and S17 are about
 * what single delivery must remember, S19 about who acknowledges what.
 */
import type { Host } from '../../../protocol/sht/host.ts';
import { bytesOf, type SingleMessage } from '../../../protocol/sht/messages.ts';
import { lastSent, type Peer, peerOf } from '../../../protocol/sht/singleDelivery.ts';
import { differingKeys } from '../../../spec/framework/arrivalMap.ts';
import { clause, forAll, type Verdict } from '../../../spec/framework/verdict.ts';
import type { ChangedPeer, Ghost } from '../ghost.ts';
import { type HostLaw, ofPeers, type PacketLaw } from '../scope.ts';

/** S7: what waits was sent to this host, and was the last that it has accepted from its sender. */
export const waitsRightly: HostLaw = (h, ghost, _, before) => {
  const { received, constants, peers } = h;
  if (received === undefined) return undefined;
  const { src, dst, msg } = received;
  const last = clause('what waits was accepted last', msg.seqno === peerOf(peers, src).accepted);
  if (last !== undefined || received === before?.received) return last;
  return (
    clause('what waits is for this host', dst === constants.me)
    ?? clause('what waits was sent', ghost.said.has(src, dst, msg))
  );
};

/** S8: a single message says whom it is for. */
export const saysWhomFor: PacketLaw = ({ dst, msg }) =>
  msg.type === 'single'
    ? clause('a host says within a message whom it is for', msg.dst === dst)
    : undefined;

/** How many of the unacknowledged messages were there before, as the first ones. */
function known({ before, after }: ChangedPeer): number {
  if (before === undefined || before.acked !== after.acked) return 0;
  const most = Math.min(before.unacked.length, after.unacked.length);
  let count = 0;
  while (count < most && before.unacked[count] === after.unacked[count]) count++;
  return count;
}

/** S9: what is unacknowledged has the numbers after the last that was acknowledged, without gaps. */
export const unackedInSequence = ofPeers((peer) => {
  const { id, after } = peer;
  for (let index = known(peer); index < after.unacked.length; index++) {
    const { seqno, dst } = after.unacked[index] as SingleMessage;
    const broken =
      clause('what is unacknowledged has no gaps', seqno === after.acked + index + 1)
      ?? clause('what is unacknowledged is for this peer', dst === id);
    if (broken !== undefined) return broken;
  }
  return clause(
    'the bytes of what is unacknowledged are counted',
    after.unackedBytes === bytesIn(peer),
  );
});

/** The bytes of what is unacknowledged; what was known before has been counted. */
function bytesIn(peer: ChangedPeer): number {
  const { before, after } = peer;
  const from = known(peer);
  const isCounted = before !== undefined && from === before.unacked.length;
  let bytes = isCounted ? before.unackedBytes : 0;
  for (let index = isCounted ? from : 0; index < after.unacked.length; index++) {
    bytes += bytesOf((after.unacked[index] as SingleMessage).content);
  }
  return bytes;
}

/** S10: what is unacknowledged was really sent. */
export const unackedWasSent = ofPeers((peer, h, ghost) => {
  const { id, after } = peer;
  for (let index = known(peer); index < after.unacked.length; index++) {
    const msg = after.unacked[index] as SingleMessage;
    const broken = clause(
      'what is unacknowledged was sent',
      ghost.said.has(h.constants.me, id, msg),
    );
    if (broken !== undefined) return broken;
  }
  return undefined;
});

/** S11: under one number a host says one thing to one peer. */
export const numbersAreUnique: PacketLaw = ({ src, dst, msg }, ghost) =>
  msg.type === 'single'
    ? clause('a number is one message', ghost.said.under(src, dst, msg.seqno).length === 1)
    : undefined;

/** S12: a host knows of every number that it has given. */
export const numbersAreKnown: PacketLaw = ({ src, dst, msg }, ghost) =>
  msg.type === 'single'
    ? clause('a host knows its numbers', msg.seqno <= lastSent(peerAt(ghost, src, dst)))
    : undefined;

const peerAt = (ghost: Ghost, host: string, peer: string): Peer =>
  peerOf((ghost.hosts[ghost.placeOf(host) ?? -1] as Host).peers, peer);

/** What a host remembers of another one, that one being at a place. */
const ofHostAt = (ghost: Ghost, place: number, peer: string): Peer =>
  peerOf((ghost.hosts[place] as Host).peers, peer);

/** S13: nobody takes a number that a host has not given. */
export const acceptedWasSent = ofPeers(({ place, after }, { constants: { me } }, ghost) =>
  place === undefined
    ? undefined
    : clause(
        'what was accepted from a host was sent by it',
        after.accepted <= lastSent(ofHostAt(ghost, place, me)),
      ),
);

/** S16: there is room for so many clients; hosts always have room. */
export const fewPeers: HostLaw = ({ peers, constants }, _ghost, _place, before) => {
  if (peers.size === before?.peers.size) return undefined;
  let clients = peers.size;
  for (const id of constants.hosts) if (peers.has(id)) clients--;
  return clause('a host knows at most so many clients', clients <= constants.parameters.maxPeers);
};

/** S17: no number is ever taken back, and nobody is forgotten. */
export function numbersOnlyRise(before: Host, after: Host): Verdict {
  if (before.peers === after.peers) return undefined;
  return forAll(differingKeys(before.peers, after.peers), (id) => {
    const [old, peer] = [before.peers.get(id), after.peers.get(id)];
    if (old === undefined) return undefined;
    if (peer === undefined) return clause('no peer is forgotten', false);
    return (
      clause('what was accepted stays accepted', old.accepted <= peer.accepted)
      ?? clause('one message is accepted at a time', peer.accepted <= old.accepted + 1)
      ?? clause('what was acknowledged stays acknowledged', old.acked <= peer.acked)
      ?? clause('a number that was given is not given again', lastSent(old) <= lastSent(peer))
    );
  });
}

/** S19: nobody acknowledges what it has not accepted; and nobody is taken to have done so. */
export const acksWhatItAccepted: PacketLaw = ({ src, dst, msg }, ghost) => {
  if (msg.type !== 'ack' && msg.type !== 'numbers') return undefined;
  const { accepted } = peerAt(ghost, src, dst);
  return clause(
    'a host acknowledges what it has accepted',
    (msg.type === 'ack' ? msg.seqno : msg.accepted) <= accepted,
  );
};

export const ackedWasAccepted = ofPeers(({ place, after }, { constants: { me } }, ghost) =>
  place === undefined
    ? undefined
    : clause(
        'what a host has acknowledged it has accepted',
        after.acked <= ofHostAt(ghost, place, me).accepted,
      ),
);
