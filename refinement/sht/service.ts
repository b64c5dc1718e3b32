/**
 * # The sharded hash table refines the hash table
 *
 * What a system of hosts stands for: one table, in which each key has what it has in the place where
 * it is, and everything that has taken effect, which is what hosts have replied. A key that moves
 * keeps its value, so that nothing is to be seen of it.
 *
 * Follows Protocol/SHT/RefinementProof/Refinement.i.dfy of IronFleet; departs from it in that a
 * request and its reply are one row, and that clients may not be answered twice.
 */
import type { HostState } from '../../impl/sht/hostState.ts';
import type { Configuration, Parameters } from '../../protocol/sht/configuration.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Message } from '../../protocol/sht/messages.ts';
import { sht } from '../../protocol/sht/sht.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import * as service from '../../spec/sht/service.ts';
import type { HostRefinement } from '../framework/hostStep.ts';
import type { Refinement } from '../framework/monitor.ts';
import type { SystemRefinement } from '../framework/systemRefinement.ts';
import { Ghost, isReply } from './ghost.ts';
import { hostComparison } from './host.ts';
import {
  hostInvariants,
  packetInvariants,
  sampledInvariants,
  stepInvariants,
  systemInvariants,
} from './invariants.ts';
import { readMessageAsImpl } from './messages.ts';
import { INVALID, readMessage } from './wire.ts';

/**
 * What a packet must agree on with the service. A reply was executed; and what takes effect, its
 * client had asked for.
 */
export function corresponds({ src, dst, msg }: Packet<Message>, ghost: Ghost): Verdict {
  if (!isReply(msg) || ghost.placeOf(src) === undefined) return undefined;
  const { state } = ghost.history;
  const { seqno, content } = msg;
  const { key, value } = content;
  const reply = { src, dst, msg: { type: 'reply', seqno, key, value } } as const;
  const refusal = service.replyWasExecuted(
    reply,
    state,
    ghost.history.positionOf(src, dst, seqno) ?? -1,
  );
  if (refusal !== undefined) return refusal;
  for (const row of state.executed.from(ghost.executedBefore)) {
    const unasked = service.requestWasSent(row, ghost.requestsFor(row));
    if (unasked !== undefined) return unasked;
  }
  return undefined;
}

/**
 * Everything that is checked of a system of hosts. Throws a RangeError that says why not, where they
 * or the parameters make no service.
 */
export function shtSystem(
  configuration: Configuration,
  parameters: Parameters,
): SystemRefinement<Host, Message, Ghost, service.State> {
  const protocol = sht(configuration, parameters);
  const servers = new Set(configuration.hosts);
  return {
    protocol,
    begin: () => new Ghost({ configuration, parameters }, protocol.hosts.map(protocol.init)),
    copy: (ghost) => ghost.copy(),
    act: (ghost, act) => {
      ghost.act(act);
      return ghost;
    },
    hear: (ghost, packet) => {
      ghost.hear(packet);
      return ghost;
    },
    spec: (ghost) => ghost.history.state,
    init: (s) => service.init(s, servers),
    next: service.next,
    correspondence: corresponds,
    packetInvariants,
    hostInvariants,
    stepInvariants,
    systemInvariants,
    sampledInvariants,
  };
}

type Reading = Pick<HostRefinement<unknown, Host, Message>, 'read' | 'readAsImpl' | 'invalid'>;

/** What bytes mean, by definition and to the implementation. */
export const bytesIn = ({ compatible }: Parameters): Reading => ({
  read: (bytes) => readMessage(bytes, compatible),
  readAsImpl: (bytes) => readMessageAsImpl(bytes, compatible),
  invalid: INVALID,
});

/**
 * Everything that is checked of running hosts, whose parameters are the protocol's. Throws a
 * RangeError that says why not, where they or the parameters make no service.
 */
export const shtRefinement = (
  configuration: Configuration,
  parameters: Parameters,
): Refinement<HostState, Host, Message, Ghost, service.State> => ({
  ...shtSystem(configuration, parameters),
  ...bytesIn(parameters),
  compare: hostComparison(),
});
