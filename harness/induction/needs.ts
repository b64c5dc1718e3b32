/**
 * # What each law leans on
 *
 * A law is seldom inductive on its own. Here it is found by testing which others it needs. First
 * the law is all that the drawn scenes satisfy. If a step then breaks it, the counterexample is
 * made to break few other laws; one of those joins the hypothesis, and so on, until no counterexample
 * is found: neither among scenes that are drawn, nor by bending the known ones until they satisfy
 * the hypothesis. What turns out not to be needed is left out again.
 *
 * There may be other such sets, and what is not found in so many scenes may still be there.
 */
import { Random } from '../simulation/random.ts';
import { aloneWith, type Counterexample, Induction } from './induction.ts';
import { refine } from './refine.ts';
import { type Found, type Model, type SearchOptions, search } from './search.ts';
import { shrink } from './shrink.ts';

export interface Needs<State, Message> {
  readonly law: string;
  /** The laws with which it was preserved in all scenes that were tried last. */
  readonly needs: readonly string[];
  /** For each of them a counterexample that no other of them excludes. */
  readonly because: ReadonlyMap<string, Found<State, Message>>;
  /** A counterexample that no law excludes, if one was found. */
  readonly remaining: Found<State, Message> | undefined;
  /** How many scenes were tried last, with how many steps. */
  readonly states: number;
  readonly steps: number;
}

export interface NeedsOptions extends Pick<SearchOptions, 'seed' | 'states' | 'strange'> {
  /** How many counterexamples are looked at before a law is chosen. */
  readonly enough: number;
  readonly onProgress?: (law: string, needs: readonly string[]) => void;
}

/** What the law needs, of all laws. */
export const needsOf = <State, Message extends object, Ghost, Spec>(
  models: readonly Model<State, Message, Ghost, Spec>[],
  law: string,
  all: readonly string[],
  options: NeedsOptions,
): Needs<State, Message> => new Seeker(models, law, all, options).seek();

/** A counterexample, made simple, and the laws that exclude it. */
interface Known<State, Message> {
  readonly found: Found<State, Message>;
  readonly excludedBy: ReadonlySet<string>;
}

/** So many searches in a row must find nothing, each from another seed. */
const CLEAN = 2;
/** How often a counterexample is made to break fewer laws, and then simpler again. */
const ROUNDS = 4;
/** How many changes are tried each time, and how many simpler scenes. */
const CHANGES = 500;
const SHRINKING = 10_000;
/** How many of the known counterexamples are bent, the latest first, and how hard. */
const BENT = 40;
const BENDING = 2_000;

class Seeker<State, Message extends object, Ghost, Spec> {
  readonly #models: readonly Model<State, Message, Ghost, Spec>[];
  readonly #law: string;
  readonly #all: readonly string[];
  readonly #options: NeedsOptions;
  readonly #random: Random;
  #seed: number;
  readonly #known: Known<State, Message>[] = [];

  constructor(
    models: readonly Model<State, Message, Ghost, Spec>[],
    law: string,
    all: readonly string[],
    options: NeedsOptions,
  ) {
    this.#models = models;
    this.#law = law;
    this.#all = all.filter((other) => other !== law);
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#seed = options.seed;
  }

  seek(): Needs<State, Message> {
    let needs: readonly string[] = [];
    let [states, steps] = [0, 0];
    for (let clean = 0; ; ) {
      this.#options.onProgress?.(this.#law, needs);
      const found = this.#search(needs);
      const { counterexamples } = found;
      states = clean === 0 ? found.states : states + found.states;
      steps = clean === 0 ? found.steps : steps + found.steps;
      if (counterexamples.length === 0) {
        if (++clean < CLEAN) continue;
        const fewer = this.#withoutOne(needs);
        if (fewer === undefined) return this.#told(needs, undefined, states, steps);
        clean = 0;
        needs = fewer;
        continue;
      }
      clean = 0;
      for (const found of counterexamples) this.#learn(found, needs);
      const remaining = this.#known.find(({ excludedBy }) => excludedBy.size === 0);
      if (remaining !== undefined) return this.#told(needs, remaining.found, states, steps);
      needs = this.#cover(needs);
    }
  }

  #inductionOf(place: number, needs: readonly string[]) {
    const model = this.#models[place] as Model<State, Message, Ghost, Spec>;
    return { model, induction: new Induction(model, aloneWith(this.#law, needs)) };
  }

  /** Counterexamples with this hypothesis, drawn or bent. */
  #search(needs: readonly string[]) {
    const { states, strange, enough } = this.#options;
    const seed = this.#seed++;
    const trouble = this.#known.map(({ found }) => found);
    const options = { seed, states, strange, enough, trouble };
    const drawn = search(this.#models, aloneWith(this.#law, needs), options);
    if (drawn.counterexamples.length > 0) return drawn;
    return { ...drawn, counterexamples: this.#bend(needs) };
  }

  /** Known counterexamples that have been changed until the hypothesis holds, if that works. */
  #bend(needs: readonly string[]): readonly Found<State, Message>[] {
    const bent: Found<State, Message>[] = [];
    for (const { found } of this.#known.slice(-BENT)) {
      // What must hold at the end need not hold on the way.
      const { model } = this.#inductionOf(found.model, needs);
      const anywhere = new Induction(model, () => ({ hypothesis: [], conclusion: [this.#law] }));
      const { induction } = this.#inductionOf(found.model, needs);
      const others = induction.claim.hypothesis;
      const options = { others, enough: 0, tries: BENDING };
      const counterexample = refine(
        anywhere,
        model.source,
        found.counterexample,
        this.#random,
        options,
      );
      if (induction.distance(counterexample.scene, 0) > 0) continue;
      bent.push({ model: found.model, counterexample });
      if (bent.length >= this.#options.enough) break;
    }
    return bent;
  }

  /** Makes a counterexample simple, and such that it breaks few laws. */
  #learn({ model: place, counterexample }: Found<State, Message>, needs: readonly string[]): void {
    const { model, induction } = this.#inductionOf(place, needs);
    const excluding = ({ scene }: Counterexample<State, Message>): readonly string[] => {
      const view = induction.view(scene);
      return this.#all.filter((other) => induction.laws.why(other, view) !== undefined);
    };
    const others = this.#all.filter((other) => !needs.includes(other));
    let simple = counterexample;
    for (let round = 0; ; round++) {
      const broken = excluding(simple);
      const kept = others.filter((other) => !broken.includes(other));
      simple = shrink(induction, model, simple, { kept, patience: SHRINKING });
      if (round === ROUNDS) break;
      const options = { others, enough: 1, tries: CHANGES };
      simple = refine(induction, model.source, simple, this.#random, options);
    }
    const excludedBy = new Set(excluding(simple));
    this.#known.push({ found: { model: place, counterexample: simple }, excludedBy });
  }

  /** A few more laws, so that every known counterexample is excluded: the most useful first. */
  #cover(needs: readonly string[]): readonly string[] {
    let covering = needs;
    for (;;) {
      const open = this.#known.filter(
        ({ excludedBy }) => !covering.some((law) => excludedBy.has(law)),
      );
      if (open.length === 0) return covering;
      const useful = (law: string): number =>
        open.reduce(
          (sum, { excludedBy }) => sum + (excludedBy.has(law) ? 1 / excludedBy.size : 0),
          0,
        );
      const best = this.#all.reduce((a, b) => (useful(b) > useful(a) ? b : a));
      covering = [...covering, best];
    }
  }

  /** The laws but one that no known counterexample shows to be needed, and no search either. */
  #withoutOne(needs: readonly string[]): readonly string[] | undefined {
    for (const law of needs) {
      const others = needs.filter((other) => other !== law);
      if (this.#witness(law, others) !== undefined) continue;
      const { counterexamples } = this.#search(others);
      if (counterexamples.length === 0) return others;
      for (const found of counterexamples) this.#learn(found, others);
    }
    return undefined;
  }

  /** A known counterexample that a law excludes and the others do not. */
  #witness(law: string, others: readonly string[]): Found<State, Message> | undefined {
    return this.#known.find(
      ({ excludedBy }) => excludedBy.has(law) && !others.some((other) => excludedBy.has(other)),
    )?.found;
  }

  #told(
    needs: readonly string[],
    remaining: Found<State, Message> | undefined,
    states: number,
    steps: number,
  ): Needs<State, Message> {
    const because = needs.flatMap((law) => {
      const others = needs.filter((other) => other !== law);
      const witness = this.#witness(law, others);
      return witness === undefined ? [] : [[law, witness] as const];
    });
    const sorted = [...needs].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return { law: this.#law, needs: sorted, because: new Map(because), remaining, states, steps };
  }
}
