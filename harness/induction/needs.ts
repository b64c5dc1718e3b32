/**
 * # What each law leans on
 *
 * A law is seldom inductive on its own. Here it is found by testing which others it needs. First
 * the law is all that the drawn scenes satisfy. If a step then breaks it, the counterexample is
 * made simple, so that it breaks few other laws; one of those joins the hypothesis, and so on, until
 * no counterexample is found. What turns out not to be needed is left out again.
 *
 * There may be other such sets, and what is not found in so many scenes may still be there.
 */
import { Random } from '../simulation/random.ts';
import { aloneWith, type Counterexample, Induction } from './induction.ts';
import { B3 } from './laws.ts';
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
  /** How many scenes the last search tried, with how many steps. */
  readonly states: number;
  readonly steps: number;
}

export interface NeedsOptions extends Pick<SearchOptions, 'seed' | 'states' | 'strange'> {
  /** How many counterexamples are looked at before a law is chosen. */
  readonly enough: number;
  readonly onProgress?: (law: string, needs: readonly string[]) => void;
}

export function needsOf<State, Message extends object, Ghost, Spec>(
  models: readonly Model<State, Message, Ghost, Spec>[],
  law: string,
  all: readonly string[],
  options: NeedsOptions,
): Needs<State, Message> {
  const seeker = new Seeker(models, law, all, options);
  return seeker.seek();
}

/** How often a counterexample is made to break fewer laws, and then simpler again. */
const ROUNDS = 4;
/** How many simpler scenes are tried for each counterexample. */
const SHRINKING = 10_000;

class Seeker<State, Message extends object, Ghost, Spec> {
  readonly #models: readonly Model<State, Message, Ghost, Spec>[];
  readonly #law: string;
  readonly #all: readonly string[];
  readonly #options: NeedsOptions;
  readonly #random: Random;
  /** Every counterexample that was found, made simple, with the laws that exclude it. */
  readonly #known: { readonly found: Found<State, Message>; readonly excludedBy: Set<string> }[] =
    [];

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
  }

  seek(): Needs<State, Message> {
    let needs: readonly string[] = [];
    for (;;) {
      this.#options.onProgress?.(this.#law, needs);
      const { counterexamples, states, steps } = this.#search(needs);
      if (counterexamples.length === 0) {
        const fewer = this.#withoutOne(needs);
        if (fewer === undefined) return this.#told(needs, undefined, states, steps);
        needs = fewer;
        continue;
      }
      for (const found of counterexamples) this.#learn(found, needs);
      const remaining = this.#known.find(({ excludedBy }) => excludedBy.size === 0);
      if (remaining !== undefined) return this.#told(needs, remaining.found, states, steps);
      needs = this.#cover(needs);
    }
  }

  #search(needs: readonly string[]) {
    const { seed, states, strange, enough } = this.#options;
    const trouble = this.#known.map(({ found }) => found);
    const options = { seed, states, strange, enough, trouble };
    return search(this.#models, aloneWith(this.#law, needs), options);
  }

  #learn({ model: place, counterexample }: Found<State, Message>, needs: readonly string[]): void {
    const model = this.#models[place] as Model<State, Message, Ghost, Spec>;
    const induction = new Induction(model, aloneWith(this.#law, needs));
    const excluding = ({ scene }: Counterexample<State, Message>): readonly string[] => {
      const view = induction.view(scene);
      return this.#all.filter((other) => induction.laws.why(other, view) !== undefined);
    };
    const strange = this.#all.filter((other) => !needs.includes(other));
    let simple = counterexample;
    for (let round = 0; ; round++) {
      const broken = excluding(simple);
      const kept = strange.filter((other) => !broken.includes(other));
      simple = shrink(induction, model, simple, { kept, patience: SHRINKING });
      if (round === ROUNDS) break;
      simple = refine(induction, strange, model.source, simple, this.#random);
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
      const witness = this.#witness(
        law,
        needs.filter((other) => other !== law),
      );
      return witness === undefined ? [] : [[law, witness] as const];
    });
    const sorted = [...needs].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return { law: this.#law, needs: sorted, because: new Map(because), remaining, states, steps };
  }
}

/** Every law, and that each step is one of the specification. */
export const lawsAndSpec = (all: readonly string[]): readonly string[] => [...all, B3];
