/**
 * # Receiving
 *
 * What a host does with a packet: accept it, if it is the next message of its sender; say once more
 * that it has been accepted; note what a peer has acknowledged; or nothing. What an accepted message
 * asks for is done in a step of its own. And the other half of single delivery: what is not
 * acknowledged is sent again.
 *
 * Follows Protocol/SHT/SingleDelivery.i.dfy and Protocol/LiveSHT/Scheduler.i.dfy of IronFleet; the
 * departures are those of singleDelivery.ts.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { LocalAction, PacketAction } from '../framework/action.ts';
import { unchanged } from '../framework/action.ts';
import { isHost } from './configuration.ts';
import type { Host } from './host.ts';
import type { Message, SingleMessage } from './messages.ts';
import { acknowledge, again, lastSent, type Peer, peerOf, withPeer } from './singleDelivery.ts';

type Receiving = PacketAction<Host, Message>;
type MessageOf<Type extends Message['type']> = Extract<Message, { readonly type: Type }>;

/** An action for messages of one type: `msg` is the message and `src` is who sent it. */
interface Receiver<Type extends Message['type']> {
  readonly name: string;
  guard(h: Host, msg: MessageOf<Type>, src: EndPoint): Verdict;
  step: (h: Host, msg: MessageOf<Type>, src: EndPoint) => ReturnType<Receiving['step']>;
}

const receiving = <Type extends Message['type']>(
  type: Type,
  { name, guard, step }: Receiver<Type>,
): Receiving => ({
  name,
  takes: 'packet',
  readsClock: false,
  guard: (h, { packet: { src, msg } }) =>
    clause('the message is of the type that the action takes', msg.type === type)
    ?? guard(h, msg as MessageOf<Type>, src),
  step: (h, { packet: { src, msg } }) => step(h, msg as MessageOf<Type>, src),
});

const placeIsFree = ({ received }: Host): Verdict =>
  clause('no other message is waiting', received === undefined);

/** Whether anything may be remembered of somebody. Hosts always have room. */
const isWelcome = ({ constants, peers }: Host, src: EndPoint): boolean =>
  peers.has(src) || isHost(constants, src) || peers.size < constants.parameters.maxPeers;

/** Whether a peer leaves so little unacknowledged that it may ask for more. */
const isListening = ({ constants, peers }: Host, src: EndPoint): boolean => {
  const { unacked, unackedBytes } = peerOf(peers, src);
  const { maxUnacked, maxUnackedBytes } = constants.parameters;
  return isHost(constants, src) || (unacked.length < maxUnacked && unackedBytes < maxUnackedBytes);
};

const ack = (h: Host, dst: EndPoint, seqno: number): Packet<Message> => ({
  src: h.constants.me,
  dst,
  msg: { type: 'ack', seqno },
});

/** Accept the next message of its sender, and say so. */
export const accept = receiving('single', {
  name: 'accept',
  guard: (h, { seqno }, src) =>
    placeIsFree(h)
    ?? clause('it is the next of its sender', seqno === peerOf(h.peers, src).accepted + 1)
    ?? clause('its sender is known, or there is room for another', isWelcome(h, src))
    ?? clause('its sender acknowledges what it is answered', isListening(h, src)),
  step: (h, msg, src) => {
    const peer = { ...peerOf(h.peers, src), accepted: msg.seqno };
    return {
      state: {
        ...h,
        peers: withPeer(h.peers, src, peer),
        received: { src, dst: h.constants.me, msg },
      },
      sends: [ack(h, src, msg.seqno)],
    };
  },
});

/**
 * Say once more that a message has been accepted. A client that sends again what was accepted last
 * is waiting for its answers: it gets those again that it has not acknowledged.
 */
export const acceptAgain = receiving('single', {
  name: 'acceptAgain',
  guard: (h, { seqno }, src) =>
    placeIsFree(h) ?? clause('it has been accepted before', seqno <= peerOf(h.peers, src).accepted),
  step: (h, { seqno }, src) => {
    const { me, parameters } = h.constants;
    const peer = peerOf(h.peers, src);
    const isWaiting = seqno === peer.accepted && !isHost(h.constants, src);
    const answers = isWaiting ? again(me, src, peer, parameters) : [];
    return { state: h, sends: [ack(h, src, seqno), ...answers] };
  },
});

/** Forget what a peer has acknowledged. */
export const hearAck = receiving('ack', {
  name: 'hearAck',
  guard: (h, { seqno }, src) =>
    clause('it is news', seqno > peerOf(h.peers, src).acked)
    ?? clause('its sender is known, or there is room for another', isWelcome(h, src))
    ?? clause(
      'that was sent',
      h.constants.parameters.compatible || seqno <= lastSent(peerOf(h.peers, src)),
    ),
  step: (h, { seqno }, src) => ({
    state: { ...h, peers: withPeer(h.peers, src, acknowledge(peerOf(h.peers, src), seqno)) },
    sends: [],
  }),
});

/** Tell somebody who has forgotten where the two of them are. */
export const tellNumbers = receiving('numbersRequest', {
  name: 'tellNumbers',
  guard: (h) => clause('the original does not know this', !h.constants.parameters.compatible),
  step: (h, _, dst) => {
    const { accepted, acked } = peerOf(h.peers, dst);
    const msg: Message = { type: 'numbers', accepted, acked };
    return { state: h, sends: [{ src: h.constants.me, dst, msg }] };
  },
});

/** Every other packet is received without effect. */
export const ignore: Receiving = {
  name: 'ignore',
  takes: 'packet',
  readsClock: false,
  guard: (h, input) =>
    clause('the message is not to be accepted', accept.guard(h, input) !== undefined)
    ?? clause('it was not accepted before', acceptAgain.guard(h, input) !== undefined)
    ?? clause('it acknowledges nothing new', hearAck.guard(h, input) !== undefined)
    ?? clause('it does not ask for numbers', tellNumbers.guard(h, input) !== undefined),
  step: (h) => unchanged(h),
};

/** The hosts that have not acknowledged everything, in the order of first contact. */
const waitingHosts = ({ constants, peers }: Host): readonly (readonly [EndPoint, Peer])[] =>
  [...peers].filter(([id, { unacked }]) => unacked.length > 0 && isHost(constants, id));

/** The first number that a peer has not acknowledged, of some that there are. */
const firstUnacked = ({ unacked }: Peer): number => (unacked[0] as SingleMessage).seqno;

/**
 * Now and then, send again to every host what it has left unacknowledged since the last time. A
 * clock that was set back must not silence anybody, so the distance counts, whichever way.
 */
export const resend: LocalAction<Host, Message> = {
  name: 'resend',
  takes: 'nothing',
  readsClock: true,
  guard: (h, { now }) =>
    clause('a host has not acknowledged everything', waitingHosts(h).length > 0)
    ?? clause(
      'a resend period has passed',
      Math.abs(now - h.resentAt) >= h.constants.parameters.resendPeriod,
    ),
  step: (h, { now }) => {
    const { me, parameters } = h.constants;
    const waiting = waitingHosts(h);
    return {
      state: {
        ...h,
        resentAt: now,
        noted: new Map(waiting.map(([id, peer]) => [id, firstUnacked(peer)])),
      },
      sends: waiting
        .filter(([id, peer]) => h.noted.get(id) === firstUnacked(peer))
        .flatMap(([id, peer]) => again(me, id, peer, parameters)),
    };
  },
};
