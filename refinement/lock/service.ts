/**
 * # The lock refines the lock service
 *
 * What a system of lock hosts stands for: the history begins with the first host of the ring and
 * grows by the destination of every grant, in the order in which grants are taken. It is not read
 * from the set of packets: a host that kept the lock it granted would send the same transfer twice,
 * which in a set is one, and go unseen.
 *
 * Follows Protocol/Lock/RefinementProof/Refinement.i.dfy of IronFleet and its history variable
 * (GLS_State).
 */
import type { LockState } from '../../impl/lock/host.ts';
import { parse } from '../../impl/lock/messages.ts';
import type { Step } from '../../protocol/framework/action.ts';
import type { Host, Message, Parameters } from '../../protocol/lock/host.ts';
import { grant, lock } from '../../protocol/lock/host.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Log } from '../../spec/framework/log.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import * as service from '../../spec/lock/service.ts';
import { compareFields } from '../framework/compareFields.ts';
import type { Refinement } from '../framework/monitor.ts';
import type { SystemRefinement } from '../framework/systemRefinement.ts';
import { type Grammar, read } from '../framework/wire.ts';
import {
  hostInvariants,
  packetInvariants,
  stepInvariants,
  systemInvariants,
} from './invariants.ts';

/** Case 0 is a transfer, case 1 is locked; each names an epoch. */
const GRAMMAR: Grammar = { kind: 'union', of: [{ kind: 'u64' }, { kind: 'u64' }] };
const INVALID: Message = { type: 'invalid' };

/** What bytes mean by the definition of the wire format. */
export function readMessage(bytes: Uint8Array): Message {
  const found = read(GRAMMAR, bytes);
  if (typeof found !== 'object' || !('case' in found) || typeof found.value !== 'number') {
    return INVALID;
  }
  return { type: found.case === 0 ? 'transfer' : 'locked', epoch: found.value };
}

/** What the implementation takes bytes for. */
export const readMessageAsImpl = (bytes: Uint8Array): Message => {
  const msg = parse(bytes);
  return msg === undefined ? INVALID : { type: msg.type, epoch: msg.epoch };
};

/** Where a running host is not in the state that the protocol says. */
export const compareHost = compareFields<LockState, Host>({
  constants: 'constant',
  held: (impl) => impl.held,
  epoch: (impl) => impl.epoch,
  offeredAt: (impl) => impl.offeredAt,
});

/** The service's state at the beginning. */
export const initialService = (ring: readonly EndPoint[]): service.State => ({
  hosts: new Set(ring),
  history: Log.of(...ring.slice(0, 1)),
});

/** The service's state after a step: every grant puts its destination into history. */
export function advanceService(
  s: service.State,
  action: string,
  { sends }: Pick<Step<Host, Message>, 'sends'>,
): service.State {
  const destination = sends[0]?.dst;
  return action === grant.name && destination !== undefined
    ? { hosts: s.hosts, history: s.history.append(destination) }
    : s;
}

/** What a packet must agree on with the service: only a holder says `locked`. */
export const corresponds = ({ src, dst, msg }: Packet<Message>, s: service.State): Verdict =>
  msg.type === 'locked' ? service.announcedByHolder({ src, dst, msg }, s) : undefined;

/**
 * Everything that is checked of a system of lock hosts in `ring`. The ghost is the service itself:
 * all that needs to be known of the past is who held the lock.
 */
export const lockSystem = (
  ring: readonly EndPoint[],
  parameters: Parameters,
): SystemRefinement<Host, Message, service.State, service.State> => ({
  protocol: lock(ring, parameters),
  begin: () => initialService(ring),
  copy: (s) => s,
  act: (s, { action, step }) => advanceService(s, action, step),
  hear: (s) => s,
  spec: (s) => s,
  init: (s) => service.init(s, new Set(ring)),
  next: service.next,
  correspondence: corresponds,
  packetInvariants,
  hostInvariants,
  stepInvariants,
  systemInvariants,
  sampledInvariants: {},
});

/** Everything that is checked of a lock service on the hosts of `ring`. */
export const lockRefinement = (
  ring: readonly EndPoint[],
  parameters: Parameters,
): Refinement<LockState, Host, Message, service.State, service.State> => ({
  ...lockSystem(ring, parameters),
  read: readMessage,
  readAsImpl: readMessageAsImpl,
  invalid: INVALID,
  compare: compareHost,
});
