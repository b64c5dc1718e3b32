/**
 * # The simplest scene in which a step goes wrong
 *
 * What chance finds is cluttered. Here packets are left out and states are brought nearer to those
 * at the beginning, one place at a time, as long as the hypothesis holds and the same step still
 * breaks the same law.
 */
import type { Packet } from '../../spec/framework/environment.ts';
import type { Domain } from './domain.ts';
import { canHappen, type Happening } from './happening.ts';
import type { Counterexample, Induction } from './induction.ts';
import { type Scene, withHost, withPackets } from './scene.ts';

/** What scenes are made of, and where each host begins. */
export interface Makings<State, Message> {
  readonly hosts: Domain<State>;
  readonly packets: Domain<Packet<Message>>;
}

interface Candidate<State, Message> {
  readonly scene: Scene<State, Message>;
  readonly happening: Happening<State, Message>;
}

export interface ShrinkOptions {
  /** How many candidates are tried at most. */
  readonly patience?: number;
  /** Laws that must go on to hold, beside the hypothesis. */
  readonly kept?: readonly string[];
}

/** How many candidates are tried, unless it is said. */
const PATIENCE = 20_000;

export function shrink<State, Message extends object, Ghost, Spec>(
  induction: Induction<State, Message, Ghost, Spec>,
  makings: Makings<State, Message>,
  found: Counterexample<State, Message>,
  { patience = PATIENCE, kept = [] }: ShrinkOptions = {},
): Counterexample<State, Message> {
  const { protocol } = induction.subject.refinement;
  const initial = protocol.hosts.map((me) => protocol.init(me));
  const phases = [
    fewerPackets<State, Message>,
    (from: Candidate<State, Message>) => nearerHosts(from, makings, initial),
    (from: Candidate<State, Message>) => nearerPackets(from, makings),
  ];
  let best = found;
  let left = patience;
  const better = ({ scene, happening }: Candidate<State, Message>): boolean => {
    left--;
    if (!canHappen(protocol, scene, happening) || induction.distance(scene, 0) > 0) return false;
    const view = induction.view(scene);
    if (induction.laws.countBroken(kept, view, 0) > 0) return false;
    const broken = induction.broken(view, happening);
    if (broken?.law !== found.law) return false;
    best = { ...broken, scene, happening };
    return true;
  };
  for (let improved = true; improved && left > 0; ) {
    improved = false;
    for (const phase of phases) {
      for (let more = true; more && left > 0; improved ||= more) {
        more = false;
        for (const candidate of phase(best)) {
          if (left <= 0) break;
          if (!better(candidate)) continue;
          more = true;
          break;
        }
      }
    }
  }
  return best;
}

/** Without many packets, without few, without one. */
function* fewerPackets<State, Message>({
  scene,
  happening,
}: Candidate<State, Message>): Iterable<Candidate<State, Message>> {
  const needed = happening.type === 'act' ? happening.packet : undefined;
  for (let size = scene.sent.length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < scene.sent.length; from += size) {
      const sent = scene.sent.filter(
        (packet, place) => place < from || place >= from + size || packet === needed,
      );
      if (sent.length < scene.sent.length) yield { scene: { ...scene, sent }, happening };
    }
  }
}

function* nearerHosts<State, Message>(
  { scene, happening }: Candidate<State, Message>,
  { hosts }: Makings<State, Message>,
  initial: readonly State[],
): Iterable<Candidate<State, Message>> {
  for (const [host, origin] of initial.entries()) {
    for (const nearer of hosts.nearer(scene.hosts[host] as State, origin)) {
      yield { scene: withHost(scene, host, nearer), happening };
    }
  }
}

/** Each packet simpler, or gone to where another is; the one that is received, too. */
function* nearerPackets<State, Message extends object>(
  { scene, happening }: Candidate<State, Message>,
  { packets }: Makings<State, Message>,
): Iterable<Candidate<State, Message>> {
  const received = happening.type === 'act' ? happening.packet : undefined;
  for (const packet of scene.sent) {
    const rest = { ...scene, sent: scene.sent.filter((other) => other !== packet) };
    for (const nearer of packets.nearer(packet, packets.simplest)) {
      const changed = withPackets(rest, [nearer]);
      if (packet !== received) yield { scene: changed, happening };
      else if (happening.type === 'act') {
        yield { scene: changed, happening: { ...happening, packet: nearer } };
      }
    }
  }
}
