/**
 * # Behaviours of a lock protocol, by chance
 *
 * Behaviours of hosts that obey a given protocol, which may be a wrong one, in the abstract
 * network: no bytes and no implementation. And how a monitor is told of them.
 */
import type { LockState } from '../../impl/lock/host.ts';
import type { Protocol } from '../../protocol/framework/action.ts';
import {
  DistributedSystem,
  type Event,
  type System,
} from '../../protocol/framework/distributedSystem.ts';
import { stepOf } from '../../protocol/framework/steps.ts';
import type { Host, Message } from '../../protocol/lock/host.ts';
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';
import type { Monitor } from '../../refinement/framework/monitor.ts';
import type { Behaviour, BehaviourStep } from '../../refinement/lock/textbook.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { State } from '../../spec/lock/service.ts';
import { Random } from '../simulation/random.ts';
import { clock, locked, received, sent, transfer } from './observedLock.ts';

/** A behaviour of this many events. Strangers take part in it, and time. */
export function behaviourOf(
  protocol: Protocol<Host, Message>,
  seed: number,
  length: number,
): Behaviour {
  const random = new Random(seed);
  const system = new DistributedSystem(protocol);
  const initial = system.init();
  const steps: BehaviourStep[] = [];
  let s = initial;
  for (let index = 0; index < length; index++) {
    const event = choose(protocol, system, s, random);
    const after = system.next(s, event);
    if (after === undefined) throw new Error('an enabled event cannot happen');
    steps.push({ event, sends: sendsOf(protocol, s, event), after });
    s = after;
  }
  return { ring: protocol.hosts, initial, steps };
}

/**
 * Time passes, a stranger speaks, or a host takes one of its actions; every action is as likely as
 * another.
 */
function choose(
  { hosts }: Protocol<Host, Message>,
  system: DistributedSystem<Host, Message>,
  s: System<Host, Message>,
  random: Random,
): Event<Host, Message> {
  const events = [...system.enabled(s)];
  if (events.length === 0 || random.happens(0.1)) {
    return { type: 'advance', by: random.pick([1, 50, 100]) };
  }
  if (random.happens(0.1)) {
    const msg = random.pick([transfer, locked])(random.below(6));
    return { type: 'send', packet: { src: 'mallory', dst: random.pick(hosts), msg } };
  }
  const names = [...new Set(events.map(nameOf))];
  const name = random.pick(names);
  return random.pick(events.filter((event) => nameOf(event) === name));
}

const nameOf = (event: Event<Host, Message>): string =>
  event.type === 'act' ? event.action.name : event.type;

function sendsOf(
  { hosts }: Protocol<Host, Message>,
  s: System<Host, Message>,
  event: Event<Host, Message>,
): readonly Packet<Message>[] {
  if (event.type !== 'act') return [];
  const { action, host, packet, choice, now = s.time } = event;
  const state = s.hosts[hosts.indexOf(host)] as Host;
  return stepOf(action, state, { packet, now }, choice).sends;
}

/** Tells a monitor of one step of a behaviour, in which `time` is the system's time. */
export function observe(
  monitor: Monitor<LockState, Host, Message, State, State>,
  ring: readonly EndPoint[],
  { event, sends, after }: BehaviourStep,
): void {
  if (event.type === 'send') {
    const { src, dst, msg } = event.packet;
    const operation = sent(dst, msg);
    if (operation.type === 'send') monitor.observeStranger(src, dst, operation.bytes);
  }
  if (event.type !== 'act') return;
  const { action, packet, now = after.time } = event;
  const io: ObservedIo[] = [];
  if (packet !== undefined) io.push(received(packet.src, packet.msg));
  if (action.readsClock) io.push(clock(now));
  for (const each of sends) io.push(sent(each.dst, each.msg));
  const host = ring.indexOf(event.host);
  monitor.observe({ host, action: action.name, io }, after.hosts[host] as Host);
}
