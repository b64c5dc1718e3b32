/**
 * # Situations of replicas, by chance
 *
 * What a replica may find itself in: a state that it has in some random behaviour, packets that may
 * reach it there, and what its clock may say.
 */
import type { Protocol } from '../../protocol/framework/action.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { Random } from '../simulation/random.ts';
import { RslWalk } from './rslBehaviours.ts';

export interface Situation {
  readonly r: Replica;
  readonly packets: readonly Packet<Message>[];
  readonly now: number;
  /** For whatever else is left to chance. */
  readonly random: Random;
}

/** Of a behaviour of this many events, a situation every third one. */
export function* situations(
  protocol: Protocol<Replica, Message>,
  seed: number,
  events: number,
): Iterable<Situation> {
  const random = new Random(seed);
  const sent: Packet<Message>[] = [{ src: 'mallory', dst: 'a', msg: { type: 'invalid' } }];
  const walked = new RslWalk(protocol, seed, {
    act: (_host, _action, _packet, { sends }) => sent.push(...sends),
    hear: (packet) => sent.push(packet),
    restart: () => {},
  });
  for (let event = 0; event < events; event++) {
    walked.step();
    if (event % 3 !== 0) continue;
    const r = random.pick(walked.states);
    // From the latest of what was sent, under the name of one who may have sent it or not.
    const packets = Array.from({ length: 4 }, () => {
      const recent = Math.max(0, sent.length - 1 - random.below(random.pick([10, 300])));
      const { src, msg } = sent[recent] as Packet<Message>;
      const anyone = [...protocol.hosts, 'mallory', 'client1'];
      return { src: random.happens(0.7) ? src : random.pick(anyone), dst: r.constants.me, msg };
    });
    yield { r, packets, now: random.below(6_000), random };
  }
}
