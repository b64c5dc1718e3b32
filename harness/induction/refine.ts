/**
 * # A counterexample that breaks few laws
 *
 * A counterexample to the induction of one law usually breaks many other laws as well, so that it
 * tells little: any of these would exclude it. Here its scene is changed by chance, as long as the
 * same step still breaks the same law, and no more of the others are broken than before. What is
 * left at the end are the laws that it takes to exclude it; if it is one, that one is needed. And if
 * none of those that are in the hypothesis is left, it is a counterexample in spite of them.
 */
import type { Random } from '../simulation/random.ts';
import { canHappen } from './happening.ts';
import type { Counterexample, Induction } from './induction.ts';
import type { Scene } from './scene.ts';
import type { Source } from './walk.ts';

export interface RefineOptions {
  /** Of these laws as few as possible are to be broken. */
  readonly others: readonly string[];
  /** When there are so few, that will do. */
  readonly enough: number;
  readonly tries: number;
}

export function refine<State, Message extends object, Ghost, Spec>(
  induction: Induction<State, Message, Ghost, Spec>,
  { moves }: Pick<Source<State, Message>, 'moves'>,
  found: Counterexample<State, Message>,
  random: Random,
  { others, enough, tries }: RefineOptions,
): Counterexample<State, Message> {
  const { laws, subject } = induction;
  const strange = (scene: Scene<State, Message>, most: number): number =>
    laws.countBroken(others, induction.view(scene), most);
  let best = found;
  let broken = strange(found.scene, Number.POSITIVE_INFINITY);
  for (let left = tries; left > 0 && broken > enough; left--) {
    const scene = random.pick(moves).change(best.scene, random);
    if (scene === undefined || scene === best.scene) continue;
    if (!canHappen(subject.refinement.protocol, scene, best.happening)) continue;
    const now = strange(scene, broken);
    if (now > broken || induction.distance(scene, 0) > 0) continue;
    const still = induction.broken(induction.view(scene), best.happening);
    if (still?.law !== found.law) continue;
    best = { ...still, scene, happening: best.happening };
    broken = now;
  }
  return best;
}
