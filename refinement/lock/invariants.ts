/**
 * # The invariants of the lock
 *
 * What is true of the hosts and the packets in every state of the system, beside the history of the
 * service that the state stands for. They explain why the service is never contradicted: epochs are
 * handed on, never invented, and whoever could act on an epoch is the last in history.
 *
 * An invariant of packets is *stable*: true of a packet once, it stays true, because it speaks only
 * of the part of history that the packet's epoch names, and history only grows. So whoever follows
 * a behaviour asks it once for each packet, when the packet is sent, and asks the others whenever a
 * host or the history changes.
 *
 * Follows Protocol/Lock/RefinementProof/RefinementProof.i.dfy of IronFleet (L1 to L6); L7 is about
 * the offers that this protocol adds.
 */
import type { Host, Message } from '../../protocol/lock/host.ts';
import { successor } from '../../protocol/lock/host.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { State } from '../../spec/lock/service.ts';
import type { Laws } from '../framework/laws.ts';
import type { Whole } from '../framework/systemRefinement.ts';

/** The past, which for the lock is the service's state: all that most laws look at. */
type Past = Pick<Whole<Host, State>, 'ghost'>;

/** True of each packet that was ever sent, whoever sent it. */
export const packetInvariants: Laws<[packet: Packet<Message>, past: Past]> = {
  L1: ({ src, dst, msg }, { ghost: s }) =>
    msg.type === 'transfer' && s.hosts.has(src)
      ? (clause('no transfer names the first epoch', msg.epoch >= 2)
        ?? clause('a transfer names an epoch that has begun', msg.epoch <= s.history.length)
        ?? clause(
          'a transfer goes to the holder of its epoch',
          s.history.at(msg.epoch - 1) === dst,
        ))
      : undefined,
  L5: ({ src, dst, msg }, { ghost: s }) =>
    msg.type === 'locked' && s.hosts.has(src) && s.hosts.has(dst)
      ? (clause(
          'locked names an epoch that has begun',
          1 <= msg.epoch && msg.epoch <= s.history.length,
        )
        ?? clause('locked comes from the holder of its epoch', s.history.at(msg.epoch - 1) === src))
      : undefined,
};

/** True of each host by itself. */
export const hostInvariants: Laws<[h: Host, past: Past]> = {
  L2: (h, { ghost: s }) =>
    clause(
      'a host knows of the last epoch that it handed on',
      h.epoch >= lastPlaceBeforeEnd(h.constants.me, s),
    ),
  L3: (h, { ghost: s }) =>
    clause('only the last in history holds', !h.held || s.history.last === h.constants.me),
  L4: (h, { ghost: s }) =>
    clause('the holder is in the last epoch', !h.held || h.epoch === s.history.length),
  L7: (h, { ghost: s }) =>
    h.offeredAt === undefined
      ? undefined
      : (clause('whoever offers the lock does not hold it', !h.held)
        ?? clause('whoever offers the lock has held it', h.epoch >= 1)
        ?? clause(
          'whoever offers the lock has granted it to its successor',
          s.history.at(h.epoch) === successor(h.constants),
        )),
};

/** True of all hosts together. */
export const systemInvariants: Laws<[whole: Whole<Host, State>]> = {
  L3: ({ states }) => clause('at most one host holds the lock', countHolders(states) <= 1),
  L6: ({ ghost: s }) =>
    clause('history has begun', s.history.length >= 1)
    ?? clause(
      'the last holder is a host',
      s.history.last !== undefined && s.hosts.has(s.history.last),
    ),
};

/** True of each step of a host: what it never takes back. */
export const stepInvariants: Laws<[before: Host, after: Host]> = {
  L6: (before, after) =>
    clause('the configuration never changes', before.constants === after.constants)
    ?? clause('the epoch of a host never decreases', before.epoch <= after.epoch),
};

function countHolders(hosts: readonly Host[]): number {
  let holders = 0;
  for (const host of hosts) if (host.held) holders++;
  return holders;
}

/** The last epoch but the present one in which `me` was the holder; 0 if there is none. */
function lastPlaceBeforeEnd(me: EndPoint, { history }: State): number {
  for (let epoch = history.length - 1; epoch >= 1; epoch--) {
    if (history.at(epoch - 1) === me) return epoch;
  }
  return 0;
}
