/**
 * # The lock's refinement, by the book
 *
 * The same laws that a monitor checks step by step, said as the theory says them: of a whole
 * behaviour, from scratch, for every state, every host and every packet. Far too slow to follow a
 * campaign, and short enough to be believed; a test shows that the monitor says the same of every
 * prefix of a behaviour.
 *
 *     history  =  ⟨first⟩ ∘ ⟨destination of each grant so far, in the order of the grants⟩
 *
 * Follows Protocol/Lock/RefinementProof/Refinement.i.dfy and the claim of
 * Common/Framework/Main.s.dfy of IronFleet.
 */
import type { Event, System } from '../../protocol/framework/distributedSystem.ts';
import { grant, type Host, type Message } from '../../protocol/lock/host.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import { Log } from '../../spec/framework/log.ts';
import type { Refusal, Verdict } from '../../spec/framework/verdict.ts';
import * as service from '../../spec/lock/service.ts';
import type { Boundary } from '../framework/refusal.ts';
import {
  hostInvariants,
  packetInvariants,
  stepInvariants,
  systemInvariants,
} from './invariants.ts';

/** What happened, what a host sent meanwhile, and the system afterwards. */
export interface BehaviourStep {
  readonly event: Event<Host, Message>;
  readonly sends: readonly Packet<Message>[];
  readonly after: System<Host, Message>;
}

export interface Behaviour {
  readonly ring: readonly EndPoint[];
  readonly initial: System<Host, Message>;
  readonly steps: readonly BehaviourStep[];
}

/** A law that a behaviour breaks, named as a monitor names it. */
export interface Broken {
  readonly boundary: Boundary;
  readonly clause: string;
}

/** The service's state that a behaviour has come to. */
export function abstractBehaviour({ ring, steps }: Behaviour): service.State {
  const destinations = steps
    .filter(({ event }) => event.type === 'act' && event.action.name === grant.name)
    .flatMap(({ sends }) => sends.slice(0, 1))
    .map(({ dst }) => dst);
  return { hosts: new Set(ring), history: Log.of(...ring.slice(0, 1), ...destinations) };
}

/** Every law that a behaviour breaks anywhere, which is none if the lock is one. */
export function brokenLaws(behaviour: Behaviour): readonly Broken[] {
  const { ring, initial, steps } = behaviour;
  const begins = { system: initial, s: abstractBehaviour({ ...behaviour, steps: [] }) };
  const moments = steps.map(({ after }, index) => ({
    system: after,
    s: abstractBehaviour({ ...behaviour, steps: steps.slice(0, index + 1) }),
  }));
  return [
    ...broken('B3', service.init(begins.s, new Set(ring))),
    ...brokenIn(begins),
    ...moments.flatMap((moment, index) => [
      ...brokenBetween(moments[index - 1] ?? begins, moment),
      ...brokenIn(moment),
    ]),
  ];
}

/** A state of the system, and the service's state that it stands for. */
interface Moment {
  readonly system: System<Host, Message>;
  readonly s: service.State;
}

/** Every step is a stutter or a step of the service, and no host takes back what it must not. */
const brokenBetween = (before: Moment, { system, s }: Moment): readonly Broken[] => [
  ...(equal(before.s, s)
    ? []
    : broken('B3', service.next(before.s, s), 'the step is one of the specification')),
  ...everyLaw(stepInvariants, (law) =>
    before.system.hosts.map((host, index) => law(host, system.hosts[index] as Host)),
  ),
];

/** No packet contradicts the service, and every invariant holds of every subject. */
const brokenIn = ({ system: { hosts, sent }, s }: Moment): readonly Broken[] => [
  ...broken('B4', service.correspondence([...sent.values()].filter(saysLocked), s)),
  ...everyLaw(packetInvariants, (law) =>
    [...sent.values()].map((packet) => law(packet, { ghost: s })),
  ),
  ...everyLaw(hostInvariants, (law) => hosts.map((host) => law(host, { ghost: s }))),
  ...everyLaw(systemInvariants, (law) => [law({ states: hosts, ghost: s })]),
];

const everyLaw = <Law>(
  laws: Readonly<Record<string, Law>>,
  ask: (law: Law) => readonly Verdict[],
): readonly Broken[] =>
  Object.entries(laws).flatMap(([number, law]) =>
    ask(law).flatMap((verdict) => broken('B3', verdict, number)),
  );

const broken = (boundary: Boundary, verdict: Verdict, ...names: string[]): readonly Broken[] =>
  verdict ? [{ boundary, clause: [...names, ...namesOf(verdict)].join(': ') }] : [];

const namesOf = ({ failed, because = [] }: Refusal): readonly string[] => [
  failed,
  ...because.slice(0, 1).flatMap(namesOf),
];

const saysLocked = (packet: Packet<Message>): packet is Packet<service.Locked> =>
  packet.msg.type === 'locked';
