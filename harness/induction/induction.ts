/**
 * # The induction step
 *
 * An invariant is *inductive* if no step leads from a state that satisfies it to one that does not.
 * Together with its truth at the beginning that proves it of every state that can be reached, and
 * it is the only way anybody proves an invariant of a system with infinitely many states. Whether
 * it holds in the states that are reached says less: a campaign visits only these, and few of them.
 *
 * Here a step is tried from a scene that satisfies some laws, the *hypothesis*, and it is asked
 * whether others, the *conclusion*, hold afterwards. If not, it is a *counterexample to induction*:
 * either its scene cannot be reached, and the laws are too weak to say so; or the protocol is
 * wrong.
 */
import type { SystemRefinement } from '../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { after, type Happening, happeningsIn, stepIn } from './happening.ts';
import { B3, type Broken, NumberedLaws, type View } from './laws.ts';
import type { Scene } from './scene.ts';

/** What a system is, as far as induction needs to know. */
export interface Subject<State, Message, Ghost, Spec> {
  readonly refinement: SystemRefinement<State, Message, Ghost, Spec>;
  /** The ghost of a system in which just these packets were sent. */
  ghostOf(sent: readonly Packet<Message>[]): Ghost;
  /** What clocks may read. */
  readonly times: readonly number[];
}

/** The laws that are taken to hold before a step, and those that are asked after it. */
export interface Claim {
  readonly hypothesis: readonly string[];
  readonly conclusion: readonly string[];
}

/** A step from a scene in which the hypothesis holds to one in which the conclusion does not. */
export interface Counterexample<State, Message> extends Broken {
  readonly scene: Scene<State, Message>;
  readonly happening: Happening<State, Message>;
}

export class Induction<State, Message extends object, Ghost, Spec> {
  readonly subject: Subject<State, Message, Ghost, Spec>;
  readonly laws: NumberedLaws<State, Message, Ghost, Spec>;
  readonly claim: Claim;

  constructor(
    subject: Subject<State, Message, Ghost, Spec>,
    claim: (all: readonly string[]) => Claim = everything,
  ) {
    this.subject = subject;
    this.laws = new NumberedLaws(subject.refinement);
    this.claim = claim(this.laws.numbers);
  }

  view(scene: Scene<State, Message>): View<State, Message, Ghost> {
    return { ...scene, ghost: this.subject.ghostOf(scene.sent) };
  }

  /** How many laws of the hypothesis do not hold, counted up to one more than `most`. */
  distance(scene: Scene<State, Message>, most = Number.POSITIVE_INFINITY): number {
    return this.laws.countBroken(this.claim.hypothesis, this.view(scene), most);
  }

  /** Which law of the conclusion does not hold after a step from a scene. */
  broken(
    before: View<State, Message, Ghost>,
    happening: Happening<State, Message>,
  ): Broken | undefined {
    const { refinement } = this.subject;
    const { conclusion } = this.claim;
    const step = stepIn(refinement.protocol, before, happening);
    const scene = after(before, happening, step);
    if (scene === before) return undefined;
    // A ghost of its packets alone knows of no step, so that every law looks at everything.
    const ghost = scene.sent === before.sent ? before.ghost : this.subject.ghostOf(scene.sent);
    if (ghost !== before.ghost && conclusion.includes(B3)) {
      const refusal = refinement.next(refinement.spec(before.ghost), refinement.spec(ghost));
      if (refusal !== undefined) return { law: B3, refusal };
    }
    if (happening.type === 'act') {
      const [from, to] = [before.hosts[happening.host], scene.hosts[happening.host]];
      const broken = this.laws.brokenByStep(conclusion, from as State, to as State);
      if (broken !== undefined) return broken;
    }
    return this.laws.broken(conclusion, { ...scene, ghost });
  }

  /**
   * Tries every step that hosts can take from a scene in which the hypothesis holds, and that a
   * stranger sends some packets. `seen` is told of each step before it is judged.
   */
  *counterexamples(
    scene: Scene<State, Message>,
    strange: readonly Packet<Message>[] = [],
    seen: (happening: Happening<State, Message>) => void = () => {},
  ): Iterable<Counterexample<State, Message>> {
    const view = this.view(scene);
    const { refinement, times } = this.subject;
    const tried = (happening: Happening<State, Message>) => {
      seen(happening);
      const broken = this.broken(view, happening);
      return broken && { ...broken, scene, happening };
    };
    for (const happening of happeningsIn(refinement.protocol, scene, times)) {
      const found = tried(happening);
      if (found !== undefined) yield found;
    }
    for (const packet of strange) {
      const found = tried({ type: 'hear', packet });
      if (found !== undefined) yield found;
    }
  }
}

/** That all laws together are inductive, and that both boundaries hold. */
export const everything = (all: readonly string[]): Claim => ({
  hypothesis: all,
  conclusion: [B3, ...all],
});

/** That one law is preserved where it and some others hold. */
export const aloneWith =
  (law: string, others: readonly string[] = []) =>
  (): Claim => ({
    hypothesis: law === B3 ? others : [law, ...others.filter((other) => other !== law)],
    conclusion: [law],
  });
