/**
 * # The lock host
 *
 * The hosts stand in a ring. Whoever holds the lock grants it to its successor with a `transfer`
 * that names the next epoch; the successor accepts, and announces with `locked` that it holds the
 * lock now.
 *
 * The network may lose a transfer. So whoever has granted the lock offers it again, a retry period
 * after the last offer, until it hears `locked` from its successor; and a host that is offered the
 * epoch it has already accepted says `locked` once more. A repeated offer names the same epoch as
 * the first and can be accepted only once, so repeating it is safe.
 *
 * Follows Protocol/Lock/Node.i.dfy of IronFleet; departs from it in that offers are repeated and
 * `locked` goes to whoever sent the transfer. With `compatible` nothing is repeated, as there, and
 * one lost transfer stops the lock for ever.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction, PacketAction, Protocol } from '../framework/action.ts';
import { unchanged } from '../framework/action.ts';

export type Message =
  | { readonly type: 'transfer'; readonly epoch: number }
  | { readonly type: 'locked'; readonly epoch: number }
  /** Bytes that mean nothing. No host sends them. */
  | { readonly type: 'invalid' };

export interface Parameters {
  /** The last epoch: whoever holds the lock in it keeps it. */
  readonly maxEpoch: number;
  /** How long a host waits for `locked` before it offers again, in milliseconds. */
  readonly retryPeriod: number;
  /** Whether to behave as the original: grant once and forget. */
  readonly compatible: boolean;
}

/** What a host knows from the start and never changes. */
export interface Constants {
  readonly me: EndPoint;
  /** All hosts, in the order in which the lock goes around. The first holds it first. */
  readonly ring: readonly EndPoint[];
  readonly parameters: Parameters;
}

export interface Host {
  readonly constants: Constants;
  readonly held: boolean;
  /** The latest epoch in which this host held the lock; 0 before the first. */
  readonly epoch: number;
  /** When this host last offered epoch + 1 to its successor, while it does not know it accepted. */
  readonly offeredAt: number | undefined;
}

export const init = (constants: Constants): Host => {
  const first = constants.me === constants.ring[0];
  return { constants, held: first, epoch: first ? 1 : 0, offeredAt: undefined };
};

export const successor = ({ me, ring }: Constants): EndPoint =>
  ring[(ring.indexOf(me) + 1) % ring.length] ?? me;

const send = (h: Host, dst: EndPoint, msg: Message): Packet<Message> => ({
  src: h.constants.me,
  dst,
  msg,
});

const transfer = (h: Host): Packet<Message> =>
  send(h, successor(h.constants), { type: 'transfer', epoch: h.epoch + 1 });

/** The holder lets go of the lock and offers the next epoch to its successor. */
export const grant: LocalAction<Host, Message> = {
  name: 'grant',
  takes: 'nothing',
  readsClock: true,
  guard: (h) =>
    clause('the host holds the lock', h.held)
    ?? clause('there is a next epoch', h.epoch < h.constants.parameters.maxEpoch),
  step: (h, { now }) => ({
    state: {
      constants: h.constants,
      held: false,
      epoch: h.epoch,
      offeredAt: h.constants.parameters.compatible ? undefined : now,
    },
    sends: [transfer(h)],
  }),
};

/**
 * A host whose offer has not been answered for a retry period offers again. A clock that was set
 * back must not silence it, so the distance counts, whichever way.
 */
export const offer: LocalAction<Host, Message> = {
  name: 'offer',
  takes: 'nothing',
  readsClock: true,
  guard: (h, { now }) =>
    clause('an offer is unanswered', h.offeredAt !== undefined)
    ?? clause(
      'a retry period has passed',
      Math.abs(now - (h.offeredAt ?? now)) >= h.constants.parameters.retryPeriod,
    ),
  step: (h, { now }) => ({
    state: { constants: h.constants, held: h.held, epoch: h.epoch, offeredAt: now },
    sends: [transfer(h)],
  }),
};

/** A host that does not hold the lock accepts a transfer that names a later epoch than its own. */
export const accept: PacketAction<Host, Message> = {
  name: 'accept',
  takes: 'packet',
  readsClock: false,
  guard: (h, { packet: { src, msg } }) =>
    clause('the packet is a transfer', msg.type === 'transfer')
    ?? clause('it comes from a host', h.constants.ring.includes(src))
    ?? clause('the host does not hold the lock', !h.held)
    ?? clause('the epoch is later than its own', msg.type === 'transfer' && msg.epoch > h.epoch),
  step: (h, { packet: { src, msg } }) => {
    if (msg.type !== 'transfer') return unchanged(h);
    // An unanswered offer of an earlier epoch must have been accepted, or there would be no later
    // one.
    const state = { constants: h.constants, held: true, epoch: msg.epoch, offeredAt: undefined };
    return { state, sends: [send(h, src, { type: 'locked', epoch: msg.epoch })] };
  },
};

/**
 * A host that is offered the very epoch that it has accepted says so again: its `locked` was lost.
 */
export const answer: PacketAction<Host, Message> = {
  name: 'answer',
  takes: 'packet',
  readsClock: false,
  guard: (h, { packet: { src, msg } }) =>
    clause('offers are repeated', !h.constants.parameters.compatible)
    ?? clause('the packet is a transfer', msg.type === 'transfer')
    ?? clause('it comes from a host', h.constants.ring.includes(src))
    ?? clause('the epoch is its own', msg.type === 'transfer' && msg.epoch === h.epoch),
  step: (h, { packet: { src } }) => ({
    state: h,
    sends: [send(h, src, { type: 'locked', epoch: h.epoch })],
  }),
};

/** A host that hears from its successor that its offer was accepted stops offering. */
export const confirm: PacketAction<Host, Message> = {
  name: 'confirm',
  takes: 'packet',
  readsClock: false,
  guard: (h, { packet: { src, msg } }) =>
    clause('the packet says locked', msg.type === 'locked')
    ?? clause('it comes from the successor', src === successor(h.constants))
    ?? clause('an offer is unanswered', h.offeredAt !== undefined)
    ?? clause('the epoch is the one offered', msg.type === 'locked' && msg.epoch === h.epoch + 1),
  step: (h) => ({
    state: { constants: h.constants, held: h.held, epoch: h.epoch, offeredAt: undefined },
    sends: [],
  }),
};

/** Every other packet is received without effect. */
export const ignore: PacketAction<Host, Message> = {
  name: 'ignore',
  takes: 'packet',
  readsClock: false,
  guard: (h, input) =>
    clause('the packet is not to be accepted', accept.guard(h, input) !== undefined)
    ?? clause('the packet is not to be answered', answer.guard(h, input) !== undefined)
    ?? clause('the packet confirms nothing', confirm.guard(h, input) !== undefined),
  step: (h) => unchanged(h),
};

/**
 * The lock protocol for the hosts of `ring`. Throws a RangeError unless they are at least one, and
 * distinct.
 */
export function lock(ring: readonly EndPoint[], parameters: Parameters): Protocol<Host, Message> {
  if (ring.length === 0 || new Set(ring).size < ring.length) {
    throw new RangeError(`a ring has at least one host, and each host once: ${ring.join(', ')}`);
  }
  return {
    name: 'lock',
    hosts: ring,
    actions: parameters.compatible
      ? [grant, accept, ignore]
      : [grant, offer, accept, answer, confirm, ignore],
    init: (me) => init({ me, ring, parameters }),
    describe: (msg) => (msg.type === 'invalid' ? 'invalid' : `${msg.type}(${msg.epoch})`),
  };
}
