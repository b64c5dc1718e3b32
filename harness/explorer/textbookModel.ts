/**
 * # The system of a protocol, as the textbook has it
 *
 * The distributed system of the protocol level with the state of the specification beside it, and every law asked
 * of every host, packet and state, every time. It says what `systemModel.ts` must do, and is too slow for more.
 */
import {
  DistributedSystem,
  type Event,
  type System,
} from '../../protocol/framework/distributedSystem.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { forAll, type Verdict } from '../../spec/framework/verdict.ts';
import { RESTART } from './hostMoves.ts';
import type { Model } from './model.ts';
import {
  at,
  B3,
  B4,
  checkSpecStep,
  firstBroken,
  namedLaws,
  type SystemLaws,
} from './systemLaws.ts';

export interface TextbookState<State, Message, Spec> {
  readonly system: System<State, Message>;
  readonly spec: Spec;
}

export function textbookModel<State, Message, Spec>(
  laws: SystemLaws<State, Message, Spec>,
  strangers: readonly Packet<Message>[] = [],
): Model<TextbookState<State, Message, Spec>, Event<State, Message>> {
  const { protocol } = laws;
  const system = new DistributedSystem(protocol);
  const begin = strangers.reduce(
    (s, packet) => system.next(s, { type: 'send', packet }) ?? s,
    system.init(),
  );
  const hostInvariants = namedLaws(laws.hostInvariants);
  const packetInvariants = namedLaws(laws.packetInvariants);
  const systemInvariants = namedLaws(laws.systemInvariants);
  const stepInvariants = namedLaws(laws.stepInvariants);

  const hostOf = (s: System<State, Message>, event: Event<State, Message>): State =>
    s.hosts[protocol.hosts.indexOf('host' in event ? event.host : '')] as State;

  /** What the host that acts sends, by the definition of its action. */
  const sendsOf = (before: State, event: Event<State, Message>) => {
    if (event.type !== 'act') return [];
    if (event.action.takes === 'nothing') return event.action.step(before, 0).sends;
    return event.packet ? event.action.step(before, event.packet, 0).sends : [];
  };

  const checkPacket = (packet: Packet<Message>, spec: Spec): Verdict => {
    const refusal = laws.correspondence(packet, spec);
    return refusal ? at(B4, refusal) : firstBroken(B3, packetInvariants, packet, spec);
  };

  const begins = (spec: Spec): Verdict => {
    const refusal = spec === laws.initial ? laws.init(spec) : undefined;
    return refusal && at(B3, refusal);
  };

  const actionOf = (event: Event<State, Message>): string =>
    event.type === 'act' ? event.action.name : RESTART;

  return {
    name: protocol.name,
    actionOf,
    initial: () => [{ system: begin, spec: laws.initial }],
    successors: (s, visit) => {
      for (const event of system.enabled(s.system)) {
        const next = system.next(s.system, event);
        if (next === undefined) continue;
        const before = hostOf(s.system, event);
        const step = { state: hostOf(next, event), sends: sendsOf(before, event) };
        visit(event, { system: next, spec: laws.advance(s.spec, actionOf(event), before, step) });
      }
    },
    checkStep: (s, event, t) => {
      const [before, after] = [hostOf(s.system, event), hostOf(t.system, event)];
      const refusal = checkSpecStep(laws, s.spec, t.spec);
      return (
        refusal ?? (before === after ? undefined : firstBroken(B3, stepInvariants, before, after))
      );
    },
    checkState: ({ system: { hosts, sent }, spec }) =>
      begins(spec)
      ?? forAll(sent.values(), (packet) => checkPacket(packet, spec))
      ?? forAll(hosts, (host) => firstBroken(B3, hostInvariants, host, spec))
      ?? firstBroken(B3, systemInvariants, hosts, spec),
  };
}
