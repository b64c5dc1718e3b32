/**
 * # Receiving
 *
 * What a host does with a packet: accept the message in it, if it is the next of its sender; say
 * once more that it was accepted; forget what was acknowledged; tell where it and a peer are; or
 * nothing.
 *
 * Follows Impl/SHT/SingleDeliveryModel.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import type { ShtHost } from './host.ts';
import { marshal, marshalAck } from './marshal.ts';
import type { SingleMessage } from './messages.ts';
import { parse } from './parse.ts';
import type { Peer } from './peer.ts';

/** Takes the packet that is waiting, and returns the name of the action. */
export function receive(h: ShtHost, io: Io): string {
  const packet = io.receive();
  if (packet === undefined) return 'idle';
  const { src, bytes } = packet;
  const msg = parse(bytes, h.constants.parameters.compatible);
  switch (msg?.type) {
    case 'single':
      return hearSingle(h, io, src, msg);
    case 'ack':
      return hearAck(h, src, msg.seqno);
    case 'numbersRequest': {
      const { accepted = 0, acked = 0 } = h.peers.get(src) ?? {};
      io.send(src, marshal({ type: 'numbers', accepted, acked }));
      return 'tellNumbers';
    }
    case 'numbers':
      return 'ignore';
    case undefined:
      h.counters.malformed++;
      return 'ignore';
  }
}

function hearSingle(h: ShtHost, io: Io, src: EndPoint, msg: SingleMessage): string {
  if (h.received !== undefined) return 'ignore';
  const peer = h.peers.get(src);
  const next = peer === undefined ? 1 : peer.accepted + 1;
  if (msg.seqno < next) return acceptAgain(h, io, src, msg.seqno);
  if (msg.seqno > next) h.counters.tooEarly++;
  else if (!isWelcome(h, src, peer)) h.counters.turnedAway++;
  else if (!isListening(h, src, peer)) h.counters.notListening++;
  else {
    (peer ?? h.peerOf(src)).accepted = msg.seqno;
    h.received = { src, msg };
    io.send(src, marshalAck(msg.seqno));
    return 'accept';
  }
  return 'ignore';
}

/** Whether anything may be remembered of somebody. Hosts always have room. */
const isWelcome = ({ constants, peers }: ShtHost, src: EndPoint, peer: Peer | undefined): boolean =>
  peer !== undefined || peers.size < constants.parameters.maxPeers || constants.hosts.has(src);

/** Whether a peer leaves so little unacknowledged that it may ask for more. */
function isListening({ constants }: ShtHost, src: EndPoint, peer: Peer | undefined): boolean {
  const { maxUnacked, maxUnackedBytes } = constants.parameters;
  const { length } = peer?.unacked ?? [];
  if (length < maxUnacked && (peer?.unackedBytes ?? 0) < maxUnackedBytes) return true;
  return constants.hosts.has(src);
}

/** A client that sends again what was accepted last gets again what it has not acknowledged. */
function acceptAgain(h: ShtHost, io: Io, src: EndPoint, seqno: number): string {
  io.send(src, marshalAck(seqno));
  const peer = h.peers.get(src);
  if (peer !== undefined && seqno === peer.accepted && !h.constants.hosts.has(src)) {
    h.counters.resent += peer.tellAgain(io, src, h.constants.parameters.maxResent);
    h.observer.answeredAgain?.(src, peer);
  }
  return 'acceptAgain';
}

function hearAck(h: ShtHost, src: EndPoint, seqno: number): string {
  const peer = h.peers.get(src);
  const isNews = seqno > (peer?.acked ?? 0);
  // The original believes whatever it is told.
  const wasSent = h.constants.parameters.compatible || seqno <= (peer?.lastSent ?? 0);
  if (!isNews || !wasSent || !isWelcome(h, src, peer)) return 'ignore';
  (peer ?? h.peerOf(src)).acknowledge(seqno);
  return 'hearAck';
}
