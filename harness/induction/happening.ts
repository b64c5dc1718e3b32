/**
 * # What can happen next
 *
 * From a scene, every step that some host can take: each action, on each packet sent to the host,
 * with each choice, and with each of a few readings of its clock; a host that stops and starts
 * again; and somebody who is no host sending what it likes.
 */
import type { Action, Protocol, Step } from '../../protocol/framework/action.ts';
import { choicesOf, guardOf, stepOf } from '../../protocol/framework/steps.ts';
import { RESTART } from '../../refinement/framework/systemRefinement.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { type Scene, withHost, withPackets } from './scene.ts';

/** Something that happens: what, and everything that it leaves open. */
export type Happening<State, Message> =
  | {
      readonly type: 'act';
      readonly host: number;
      readonly action: Action<State, Message>;
      readonly packet: Packet<Message> | undefined;
      readonly now: number;
      readonly choice: unknown;
    }
  | { readonly type: 'restart'; readonly host: number }
  | { readonly type: 'hear'; readonly packet: Packet<Message> };

/** The name under which it is counted. */
export const HEAR = 'a stranger sends';

export const nameOf = <State, Message>(happening: Happening<State, Message>): string => {
  if (happening.type === 'act') return happening.action.name;
  return happening.type === 'restart' ? RESTART : HEAR;
};

/** Everything that hosts can do; strangers are left to the caller. */
export function* happeningsIn<State, Message>(
  protocol: Protocol<State, Message>,
  scene: Scene<State, Message>,
  times: readonly number[],
): Iterable<Happening<State, Message>> {
  for (const [host, name] of protocol.hosts.entries()) {
    for (const action of protocol.actions) {
      yield* actsOf(action, scene, host, name, times);
    }
    if (protocol.restart) yield { type: 'restart', host };
  }
}

const NO_PACKET: readonly undefined[] = [undefined];

function* actsOf<State, Message>(
  action: Action<State, Message>,
  scene: Scene<State, Message>,
  host: number,
  name: EndPoint,
  times: readonly number[],
): Iterable<Happening<State, Message>> {
  const state = scene.hosts[host] as State;
  const readings = action.readsClock ? times : times.slice(0, 1);
  for (const packet of action.takes === 'nothing' ? NO_PACKET : scene.sent) {
    if (packet !== undefined && packet.dst !== name) continue;
    for (const now of readings) {
      const given = { packet, now };
      for (const choice of choicesOf(action, state, given)) {
        if (guardOf(action, state, given, choice)) continue;
        yield { type: 'act', host, action, packet, now, choice };
      }
    }
  }
}

/** Whether it can happen in this scene. */
export function canHappen<State, Message extends object>(
  protocol: Protocol<State, Message>,
  scene: Scene<State, Message>,
  happening: Happening<State, Message>,
): boolean {
  if (happening.type === 'restart') return protocol.restart !== undefined;
  if (happening.type === 'hear') return !protocol.hosts.includes(happening.packet.src);
  const { host, action, packet, now, choice } = happening;
  if (packet !== undefined) {
    if (packet.dst !== protocol.hosts[host]) return false;
    if (withPackets(scene, [packet]) !== scene) return false;
  }
  return guardOf(action, scene.hosts[host] as State, { packet, now }, choice) === undefined;
}

const NOTHING: readonly never[] = [];

/**
 * The step that a host takes; nothing if it is no host that acts. Throws if a host sends under
 * another's name, for then the protocol is none.
 */
export function stepIn<State, Message>(
  { restart, hosts }: Protocol<State, Message>,
  scene: Scene<State, Message>,
  happening: Happening<State, Message>,
): Step<State, Message> | undefined {
  if (happening.type === 'hear') return undefined;
  const before = scene.hosts[happening.host] as State;
  if (happening.type === 'restart') {
    if (restart === undefined) throw new RangeError('hosts of this protocol do not start again');
    return { state: restart(before), sends: NOTHING };
  }
  const { action, packet, now, choice } = happening;
  const step = stepOf(action, before, { packet, now }, choice);
  const forged = step.sends.find(({ src }) => src !== hosts[happening.host]);
  if (forged) throw new Error(`${hosts[happening.host]} sends under the name of ${forged.src}`);
  return step;
}

/** The scene after it has happened; the very same one if it changes nothing. */
export function sceneAfter<State, Message extends object>(
  scene: Scene<State, Message>,
  happening: Happening<State, Message>,
  step: Step<State, Message> | undefined,
): Scene<State, Message> {
  if (happening.type === 'hear') return withPackets(scene, [happening.packet]);
  if (step === undefined) return scene;
  const same = step.state === scene.hosts[happening.host];
  return withPackets(same ? scene : withHost(scene, happening.host, step.state), step.sends);
}
