import { expect, test } from 'vitest';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { firstBroken, lawList } from '../../../refinement/framework/laws.ts';
import type { Ghost } from '../../../refinement/rsl/ghost.ts';
import type { Verdict } from '../../../spec/framework/verdict.ts';
import { Random } from '../../simulation/random.ts';
import { type Happening, happeningsIn, nameOf, sceneAfter, stepIn } from '../happening.ts';
import { Induction } from '../induction.ts';
import type { View } from '../laws.ts';
import { newPackets } from '../scene.ts';
import { Walker } from '../walk.ts';
import type { RslRefinement } from './model.ts';
import { rslModel } from './model.ts';
import { RSL_MUTANTS } from './mutants.ts';
import { UNIVERSES, type Universe } from './universe.ts';

/** What is asked of a step as a monitor asks it, which looks only at what the step can have broken. */
function askedAfter(
  laws: RslRefinement,
  before: View<Replica, Message, Ghost>,
  happening: Exclude<Happening<Replica, Message>, { type: 'hear' }>,
): Verdict {
  const step = stepIn(laws.protocol, before, happening);
  if (step === undefined) return undefined;
  const { host } = happening;
  const from = before.hosts[host] as Replica;
  const packet = happening.type === 'act' ? happening.packet : undefined;
  const act = { host, action: nameOf(happening), before: from, packet, step };
  const ghost = laws.act(laws.copy(before.ghost), act);
  const whole = { states: sceneAfter(before, happening, step).hosts, ghost };
  const [s, t] = [laws.spec(before.ghost), laws.spec(ghost)];
  const hosts = lawList(laws.hostInvariants);
  const packets = lawList(laws.packetInvariants);
  return (
    (s === t ? undefined : laws.next(s, t))
    ?? (happening.type === 'act'
      ? firstBroken(lawList(laws.stepInvariants), from, step.state)
      : undefined)
    ?? firstOf(s === t ? [host] : whole.states.keys(), (place) =>
      firstBroken(hosts, whole.states[place] as Replica, whole, place),
    )
    ?? firstBroken(lawList(laws.systemInvariants), whole)
    ?? firstOf(
      newPackets(before.sent, step.sends),
      (sent) => laws.correspondence(sent, ghost) ?? firstBroken(packets, sent, whole),
    )
  );
}

function firstOf<T>(items: Iterable<T>, check: (item: T) => Verdict): Verdict {
  for (const item of items) {
    const refusal = check(item);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** How long a test may take on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

test(
  'what a step breaks is found where it is looked for after a step, and nothing else is',
  () => {
    const seen = { sound: 0, broken: 0 };
    for (const [place, { name, of, change }] of RSL_MUTANTS.entries()) {
      const possible = UNIVERSES.filter(
        ({ parameters: { durable, compatible } }) =>
          of === 'all' || (of === 'durable' ? durable : !compatible),
      );
      const universe = possible[place % possible.length] as Universe;
      const model = rslModel(universe, (sound) => ({ ...sound, protocol: change(sound.protocol) }));
      const induction = new Induction(model);
      const scenes = new Walker(induction, model.source, new Random(1)).scenes();
      for (let left = 10; left > 0; left--) {
        const view = induction.view(scenes.next().value.scene);
        for (const happening of happeningsIn(model.refinement.protocol, view, model.times)) {
          if (happening.type === 'hear') continue;
          const broken = induction.broken(view, happening);
          const found = askedAfter(model.refinement, view, happening);
          if ((broken === undefined) !== (found === undefined)) {
            expect([name, nameOf(happening), found]).toEqual([name, nameOf(happening), broken]);
          }
          seen[broken === undefined ? 'sound' : 'broken']++;
        }
      }
    }
    expect(seen.broken).toBeGreaterThan(50);
    expect(seen.sound).toBeGreaterThan(4_000);
  },
  PATIENCE,
);
