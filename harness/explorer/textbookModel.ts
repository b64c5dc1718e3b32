/**
 * # The system of a protocol, as the textbook has it
 *
 * The distributed system of the protocol level with the ghost beside it, and every law asked of every host, packet and
 * state, every time. It says what `systemModel.ts` must do, and is too slow for more.
 */
import {
  DistributedSystem,
  type Event,
  type System,
} from '../../protocol/framework/distributedSystem.ts';
import { SentPackets } from '../../protocol/framework/sentPackets.ts';
import { stepOf } from '../../protocol/framework/steps.ts';
import { lawList } from '../../refinement/framework/laws.ts';
import {
  RESTART,
  type SystemRefinement,
  type Whole,
} from '../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { fingerprint } from '../../spec/framework/fingerprint.ts';
import { forAll, type Verdict } from '../../spec/framework/verdict.ts';
import type { Beginning } from './ghostModel.ts';
import type { Model } from './model.ts';
import { B3, B4, brokenLaw, checkSpecStep, under } from './systemLaws.ts';

export interface TextbookState<State, Message, Ghost> {
  readonly system: System<State, Message>;
  readonly ghost: Ghost;
}

/**
 * A system that has been running, and which of its steps are of interest. Its ghost must follow from
 * the packets sent, and so is no part of a state.
 */
export interface TextbookInstance<State, Message, Ghost> {
  readonly beginning: Beginning<State, Message, Ghost>;
  /** What all clocks read. */
  readonly now: number;
  readonly has: (s: System<State, Message>, event: Event<State, Message>) => boolean;
}

export function textbookModel<State, Message, Ghost, Spec>(
  laws: SystemRefinement<State, Message, Ghost, Spec>,
  strangers: readonly Packet<Message>[] = [],
  instance?: TextbookInstance<State, Message, Ghost>,
): Model<TextbookState<State, Message, Ghost>, Event<State, Message>> {
  const { protocol } = laws;
  const system = new DistributedSystem(protocol);
  const hostLaws = lawList(laws.hostInvariants);
  const packetLaws = lawList(laws.packetInvariants);
  const systemLaws = [laws.systemInvariants, laws.sampledInvariants].flatMap(lawList);
  const stepLaws = lawList(laws.stepInvariants);

  const start = startOf(laws, system, strangers, instance);

  const placeOf = (event: Event<State, Message>): number =>
    protocol.hosts.indexOf('host' in event ? event.host : '');

  const actionOf = (event: Event<State, Message>): string =>
    event.type === 'act' ? event.action.name : RESTART;

  /** The step that the host takes, by the definition of its action. */
  const actOf = (s: System<State, Message>, event: Event<State, Message>, next: typeof s) => {
    const host = placeOf(event);
    const [before, state] = [s.hosts[host] as State, next.hosts[host] as State];
    const common = { host, action: actionOf(event), before };
    if (event.type !== 'act') return { ...common, packet: undefined, step: { state, sends: [] } };
    const { action, packet, choice } = event;
    return { ...common, packet, step: stepOf(action, before, { packet, now: s.time }, choice) };
  };

  const checkPacket = (packet: Packet<Message>, whole: Whole<State, Ghost>): Verdict =>
    under(B4, laws.correspondence(packet, whole.ghost)) ?? brokenLaw(packetLaws, packet, whole);

  const begins = (s: TextbookState<State, Message, Ghost>): Verdict =>
    s === start && instance === undefined ? under(B3, laws.init(laws.spec(s.ghost))) : undefined;

  return {
    name: protocol.name,
    actionOf,
    fingerprint: ({ system: { hosts, sent }, ghost }) =>
      fingerprint([hosts, new Set(sent.values()), instance ? undefined : ghost]),
    initial: () => [start],
    successors: (s, visit) => {
      for (const event of system.enabled(s.system)) {
        if (instance?.has(s.system, event) === false) continue;
        const next = system.next(s.system, event);
        if (next === undefined) continue;
        const ghost = laws.act(laws.copy(s.ghost), actOf(s.system, event, next));
        visit(event, { system: next, ghost });
      }
    },
    checkStep: (s, event, t) => {
      const host = placeOf(event);
      const [before, after] = [s.system.hosts[host] as State, t.system.hosts[host] as State];
      const asked = before !== after && event.type === 'act';
      return (
        checkSpecStep(laws, laws.spec(s.ghost), laws.spec(t.ghost))
        ?? (asked ? brokenLaw(stepLaws, before, after) : undefined)
      );
    },
    checkState: (s) => {
      const { hosts: states, sent } = s.system;
      const whole = { states, ghost: s.ghost };
      return (
        begins(s)
        ?? forAll(sent.values(), (packet) => checkPacket(packet, whole))
        ?? forAll(states.entries(), ([host, state]) => brokenLaw(hostLaws, state, whole, host))
        ?? brokenLaw(systemLaws, whole)
      );
    },
  };
}

function startOf<State, Message, Ghost, Spec>(
  laws: SystemRefinement<State, Message, Ghost, Spec>,
  system: DistributedSystem<State, Message>,
  strangers: readonly Packet<Message>[],
  instance: TextbookInstance<State, Message, Ghost> | undefined,
): TextbookState<State, Message, Ghost> {
  if (instance !== undefined) {
    const { states: hosts, packets, ghost } = instance.beginning;
    const keyed = packets.map((packet) => [system.keyOf(packet), packet] as const);
    const sent = SentPackets.none<Message>().add(keyed);
    return { system: { time: instance.now, hosts, sent }, ghost };
  }
  return {
    system: strangers.reduce(
      (s, packet) => system.next(s, { type: 'send', packet }) ?? s,
      system.init(),
    ),
    ghost: strangers.reduce((ghost, packet) => laws.hear(ghost, packet), laws.begin()),
  };
}
