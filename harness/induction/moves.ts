/**
 * # Changes of any system
 *
 * What can be done to a scene whatever its protocol is: one of its own steps, one place of a host's
 * state or of a packet changed, a packet more, a packet less, the same packet to somebody else.
 */
import type { Protocol } from '../../protocol/framework/action.ts';
import { choicesOf, guardOf } from '../../protocol/framework/steps.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { Random } from '../simulation/random.ts';
import type { Domain } from './domain.ts';
import { type Happening, sceneAfter, stepIn } from './happening.ts';
import { type Scene, withHost, withPackets } from './scene.ts';
import type { Move } from './walk.ts';

/** The domains of a system's parts. */
export interface Parts<State, Message> {
  readonly protocol: Protocol<State, Message>;
  readonly times: readonly number[];
  readonly hosts: Domain<State>;
  readonly packets: Domain<Packet<Message>>;
  readonly everyone: readonly EndPoint[];
}

/** How often chance looks for something that can happen before it gives up. */
const TRIES = 12;

/** Something that some host can do, each action about as likely. */
export function someHappening<State, Message>(
  { protocol, times }: Pick<Parts<State, Message>, 'protocol' | 'times'>,
  { hosts, sent }: Scene<State, Message>,
  random: Random,
): Happening<State, Message> | undefined {
  for (let left = TRIES; left > 0; left--) {
    const host = random.below(hosts.length);
    if (protocol.restart && random.below(100) === 0) return { type: 'restart', host };
    const action = random.pick(protocol.actions);
    const mine =
      action.takes === 'packet' ? sent.filter(({ dst }) => dst === protocol.hosts[host]) : [];
    if (action.takes === 'packet' && mine.length === 0) continue;
    const now = random.pick(times);
    for (let packets = mine.length > 0 ? TRIES : 1; packets > 0; packets--) {
      const given = { packet: mine.length > 0 ? random.pick(mine) : undefined, now };
      const state = hosts[host] as State;
      const choices = [...choicesOf(action, state, given)];
      if (choices.length === 0) continue;
      const choice = random.pick(choices);
      if (guardOf(action, state, given, choice)) continue;
      return { type: 'act', host, action, choice, ...given };
    }
  }
  return undefined;
}

/** The scene after something has happened that changes it. */
export function someStep<State, Message extends object>(
  parts: Pick<Parts<State, Message>, 'protocol' | 'times'>,
  scene: Scene<State, Message>,
  random: Random,
): Scene<State, Message> | undefined {
  const happening = someHappening(parts, scene, random);
  if (happening === undefined) return undefined;
  return sceneAfter(scene, happening, stepIn(parts.protocol, scene, happening));
}

const without = <State, Message>(
  scene: Scene<State, Message>,
  gone: (packet: Packet<Message>) => boolean,
): Scene<State, Message> => ({ ...scene, sent: scene.sent.filter((packet) => !gone(packet)) });

export function movesOf<State, Message extends object>(
  parts: Parts<State, Message>,
): readonly Move<State, Message>[] {
  const { hosts: domain, packets, everyone } = parts;
  const ofSome =
    (
      change: (
        scene: Scene<State, Message>,
        packet: Packet<Message>,
        random: Random,
      ) => Scene<State, Message>,
    ) =>
    (scene: Scene<State, Message>, random: Random) =>
      scene.sent.length === 0 ? undefined : change(scene, random.pick(scene.sent), random);
  return [
    { name: 'step', weight: 8, change: (scene, random) => someStep(parts, scene, random) },
    {
      name: 'host',
      weight: 6,
      change(scene, random) {
        const host = random.below(scene.hosts.length);
        return withHost(scene, host, domain.alter(scene.hosts[host] as State, random));
      },
    },
    {
      name: 'host, in several places',
      weight: 3,
      change(scene, random) {
        const host = random.below(scene.hosts.length);
        let state = scene.hosts[host] as State;
        for (let left = 2 + random.below(3); left > 0; left--) state = domain.alter(state, random);
        return withHost(scene, host, state);
      },
    },
    {
      name: 'packet more',
      weight: 2,
      change: (scene, random) => withPackets(scene, [packets.draw(random)]),
    },
    {
      name: 'packet less',
      weight: 1,
      change: ofSome((scene, packet) => without(scene, (other) => other === packet)),
    },
    {
      name: 'message less',
      weight: 1,
      change: ofSome((scene, { msg }) => without(scene, (other) => equal(other.msg, msg))),
    },
    {
      name: 'packet altered',
      weight: 3,
      change: ofSome((scene, packet, random) =>
        withPackets(random.happens(0.5) ? scene : without(scene, (other) => other === packet), [
          packets.alter(packet, random),
        ]),
      ),
    },
    {
      name: 'packet to another',
      weight: 2,
      change: ofSome((scene, packet, random) =>
        withPackets(scene, [{ ...packet, dst: random.pick(everyone) }]),
      ),
    },
  ];
}
