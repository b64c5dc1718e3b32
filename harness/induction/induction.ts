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
import { forAll } from '../../spec/framework/verdict.ts';
import { type Happening, happeningsIn, nameOf, sceneAfter, stepIn } from './happening.ts';
import { B3, B4, type Broken, NumberedLaws, type View } from './laws.ts';
import { newPackets, type Scene } from './scene.ts';

/** What a system is, as far as induction needs to know. */
export interface Subject<State, Message, Ghost, Spec> {
  readonly refinement: SystemRefinement<State, Message, Ghost, Spec>;
  /** The ghost of a system in which just these packets were sent, and hosts are in these states. */
  ghostOf(sent: readonly Packet<Message>[], hosts: readonly State[]): Ghost;
  /**
   * Whether it depends on the hosts' states, and knows of no history. Then what a step does to the
   * specification is what the ghost makes of it that is told of the step; else packets tell it.
   */
  readonly dependsOnHosts?: boolean;
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
    this.claim = claim(this.numbers);
  }

  /**
   * The numbers of all laws that scenes can satisfy. Without a history, B4 is not among them: it is
   * asked with B3, of what a step says.
   */
  get numbers(): readonly string[] {
    const { numbers } = this.laws;
    return this.subject.dependsOnHosts ? numbers.filter((number) => number !== B4) : numbers;
  }

  view(scene: Scene<State, Message>): View<State, Message, Ghost> {
    return { ...scene, ghost: this.subject.ghostOf(scene.sent, scene.hosts) };
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
    const after = this.#after(before, happening);
    return after === before ? undefined : this.#brokenBetween(before, happening, after);
  }

  /** The scene after a step; the very same one if the step changes nothing. */
  #after(
    before: View<State, Message, Ghost>,
    happening: Happening<State, Message>,
  ): View<State, Message, Ghost> {
    const step = stepIn(this.subject.refinement.protocol, before, happening);
    const scene = sceneAfter(before, happening, step);
    if (scene === before) return before;
    // A ghost of its packets alone knows of no step, so that every law looks at everything.
    const { ghostOf, dependsOnHosts = false } = this.subject;
    const isSame = scene.sent === before.sent && !dependsOnHosts;
    const ghost = isSame ? before.ghost : ghostOf(scene.sent, scene.hosts);
    return { hosts: scene.hosts, sent: scene.sent, ghost };
  }

  #brokenBetween(
    before: View<State, Message, Ghost>,
    happening: Happening<State, Message>,
    after: View<State, Message, Ghost>,
  ): Broken | undefined {
    const { conclusion } = this.claim;
    if (conclusion.includes(B3)) {
      const broken = this.subject.dependsOnHosts
        ? this.#toldStep(before, happening)
        : this.#specStep(before, after);
      if (broken !== undefined) return broken;
    }
    if (happening.type === 'act') {
      const [from, to] = [before.hosts[happening.host], after.hosts[happening.host]];
      const broken = this.laws.brokenByStep(conclusion, from as State, to as State);
      if (broken !== undefined) return broken;
    }
    return this.laws.broken(conclusion, after);
  }

  /** Whether what packets tell of before and after is a step of the specification or a stutter. */
  #specStep(
    before: View<State, Message, Ghost>,
    after: View<State, Message, Ghost>,
  ): Broken | undefined {
    const { next, spec } = this.subject.refinement;
    if (after.ghost === before.ghost) return undefined;
    const refusal = next(spec(before.ghost), spec(after.ghost));
    return refusal && { law: B3, refusal };
  }

  /**
   * Whether what the ghost makes of a step is one of the specification or a stutter, and whether
   * what the step says that was not said before agrees with it.
   */
  #toldStep(
    before: View<State, Message, Ghost>,
    happening: Happening<State, Message>,
  ): Broken | undefined {
    const { protocol, spec, next, act, copy, correspondence } = this.subject.refinement;
    const step = stepIn(protocol, before, happening);
    if (step === undefined || happening.type === 'hear') return undefined;
    const { host } = happening;
    const told = act(copy(before.ghost), {
      host,
      action: nameOf(happening),
      before: before.hosts[host] as State,
      packet: happening.type === 'act' ? happening.packet : undefined,
      step,
    });
    const [from, to] = [spec(before.ghost), spec(told)];
    const refusal = from === to ? undefined : next(from, to);
    if (refusal !== undefined) return { law: B3, refusal };
    const said = newPackets(before.sent, step.sends);
    const contradicted = forAll(said, (packet) => correspondence(packet, told));
    return contradicted && { law: B4, refusal: contradicted };
  }

  /**
   * Tries every step that hosts can take from a scene in which the hypothesis holds, and that a
   * stranger sends some packets. `seen` is told of each step, and whether it changes anything,
   * before it is judged.
   */
  *counterexamples(
    scene: Scene<State, Message>,
    strange: readonly Packet<Message>[] = [],
    seen: (happening: Happening<State, Message>, changes: boolean) => void = () => {},
  ): Iterable<Counterexample<State, Message>> {
    const view = this.view(scene);
    const { refinement, times } = this.subject;
    const strangers = strange.map((packet) => ({ type: 'hear', packet }) as const);
    for (const happenings of [happeningsIn(refinement.protocol, scene, times), strangers]) {
      for (const happening of happenings) {
        const after = this.#after(view, happening);
        seen(happening, after !== view);
        const broken = after === view ? undefined : this.#brokenBetween(view, happening, after);
        if (broken !== undefined) yield { ...broken, scene, happening };
      }
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
