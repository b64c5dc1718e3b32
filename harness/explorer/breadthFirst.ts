/**
 * # The explorer
 *
 * Visits every state of a model, those near the beginning first, and checks every invariant in every
 * state and every step. So the first thing that it finds wrong is reached by a shortest behaviour. Only the
 * states of the present level are kept; of the others a fingerprint remains, and the way back.
 *
 * Whatever cuts the search short is reported with the number of states from which it did not go on.
 */
import { type Fingerprint, fingerprint } from '../../spec/framework/fingerprint.ts';
import type { Refusal } from '../../spec/framework/verdict.ts';
import type { Behaviour, Counterexample, Model, Moment, Visit } from './model.ts';
import { actionOf } from './model.ts';
import { collisionProbability, StateTable } from './stateTable.ts';

export interface ExploreOptions {
  /** Stop when so many distinct states have been found. */
  readonly maxStates?: number;
  /** Do not go on from states that are so many steps from the beginning. */
  readonly maxDepth?: number;
  readonly maxSeconds?: number;
  /** Whether a state without any step refutes the model. */
  readonly refuseDeadlocks?: boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** Seconds between two reports of progress. */
  readonly progressEvery?: number;
  /** The time in seconds, from any beginning. */
  readonly clock?: () => number;
}

export interface Progress {
  readonly distinctStates: number;
  readonly transitions: number;
  readonly depth: number;
  /** How many states of this depth wait to be expanded. */
  readonly waiting: number;
  readonly seconds: number;
}

/** Something that cut the search. */
export interface Bound {
  readonly bound: 'maxStates' | 'maxDepth' | 'maxSeconds' | 'constraint';
  /** How many of the distinct states were found but not expanded because of it. */
  readonly unexpanded: number;
}

export interface Exploration<State, Label> {
  readonly model: string;
  readonly distinctStates: number;
  /** Steps, those that lead to a known state or change nothing included. */
  readonly transitions: number;
  /** How many steps the state farthest from the beginning is away. */
  readonly depth: number;
  /** Whether every reachable state was visited. */
  readonly complete: boolean;
  /** What cut the search; empty if and only if it was complete or found a counterexample. */
  readonly bounds: readonly Bound[];
  /** States without any step. */
  readonly deadlocks: number;
  /** How often each action was taken. */
  readonly coverage: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly statesPerSecond: number;
  /** The chance that two of the states found have the same fingerprint, and one was lost. */
  readonly collisionProbability: number;
  readonly counterexample: Counterexample<State, Label> | undefined;
}

/** Explores a model until all of it is known, something is wrong, or a bound is met. */
export const explore = <State, Label = string>(
  model: Model<State, Label>,
  options: ExploreOptions = {},
): Exploration<State, Label> => new Search(model, options).run();

/** How many states are expanded between two looks at the clock. */
const STATES_PER_LOOK = 512;

/** What is wrong, and where: in a state, or in a step from it. */
interface Finding<State, Label> {
  readonly refusal: Refusal;
  readonly state: number;
  readonly step: Moment<State, Label> | undefined;
}

class Search<State, Label> {
  readonly #model: Model<State, Label>;
  readonly #options: ExploreOptions;
  readonly #clock: () => number;
  readonly #started: number;
  readonly #table = new StateTable();
  readonly #fingerprintOf: (state: State) => Fingerprint;
  readonly #taken = new Map<string, { times: number }>();
  readonly #unexpanded = new Map<Bound['bound'], number>();
  #transitions = 0;
  #deadlocks = 0;
  #depth = 0;
  #finding: Finding<State, Label> | undefined;
  /** The states of this depth, which are numbered one after the other, and those of the next. */
  #level: State[] = [];
  #next: State[] = [];
  /** The state that is being expanded, its number, and how many of its steps have been visited. */
  #state: State | undefined;
  #number = -1;
  #way = 0;
  #nextLook = STATES_PER_LOOK;
  #nextReport: number;

  constructor(model: Model<State, Label>, options: ExploreOptions) {
    this.#model = model;
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now() / 1000);
    this.#started = this.#clock();
    this.#nextReport = options.progressEvery ?? 1;
    this.#fingerprintOf = model.fingerprint?.bind(model) ?? fingerprint;
    for (const action of model.actions ?? []) this.#taken.set(action, { times: 0 });
  }

  run(): Exploration<State, Label> {
    for (const state of this.#model.initial()) {
      this.#reach(state);
      this.#way++;
    }
    let first = 0;
    while (this.#next.length > 0 && this.#finding === undefined) {
      this.#level = this.#next;
      this.#next = [];
      if (first > 0) this.#depth++;
      if (!this.#expandLevel(first)) break;
      first += this.#level.length;
    }
    return this.#result();
  }

  /** Expands all states of this depth; answers whether the search may go on. */
  #expandLevel(first: number): boolean {
    const { maxDepth = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#depth >= maxDepth) {
      this.#cut('maxDepth', this.#level.length);
      return false;
    }
    for (let index = 0; index < this.#level.length; index++) {
      const bound = this.#boundMet(index);
      if (bound !== undefined) {
        this.#cut(bound, this.#level.length - index + this.#next.length);
        return false;
      }
      this.#expand(this.#level[index] as State, first + index);
      if (this.#finding !== undefined) return false;
    }
    return true;
  }

  #expand(state: State, number: number): void {
    if (this.#model.constraint?.(state) === false) {
      this.#cut('constraint', 1);
      return;
    }
    this.#state = state;
    this.#number = number;
    this.#way = 0;
    this.#model.successors(state, this.#visit);
    if (this.#way > 0) return;
    this.#deadlocks++;
    if (this.#options.refuseDeadlocks) this.#find({ failed: 'some step is possible' }, number);
  }

  readonly #visit: Visit<State, Label> = (label, next, times = 1) => {
    const action = actionOf(this.#model, label);
    this.#transitions += times;
    const taken = this.#taken.get(action);
    if (taken !== undefined) taken.times += times;
    else this.#taken.set(action, { times });
    if (this.#finding !== undefined) return;
    const refusal = this.#model.checkStep?.(this.#state as State, label, next);
    if (refusal !== undefined) this.#find(refusal, this.#number, { action, label, state: next });
    else if (next !== this.#state) this.#reach(next);
    this.#way++;
  };

  /** A state has been reached from the one that is being expanded. If it is new it is checked, once. */
  #reach(state: State): void {
    const table = this.#table;
    const known = table.size;
    const { hi, lo } = this.#fingerprintOf(state);
    const number = table.add(hi, lo, this.#number, this.#way);
    if (number < known) return;
    this.#next.push(state);
    const refusal = this.#model.checkState?.(state);
    if (refusal !== undefined) this.#find(refusal, number);
  }

  #find(refusal: Refusal, state: number, step?: Moment<State, Label>): void {
    this.#finding ??= { refusal, state, step };
  }

  #cut(bound: Bound['bound'], states: number): void {
    this.#unexpanded.set(bound, (this.#unexpanded.get(bound) ?? 0) + states);
  }

  #boundMet(index: number): Bound['bound'] | undefined {
    const { maxStates = Number.POSITIVE_INFINITY, maxSeconds = Number.POSITIVE_INFINITY } =
      this.#options;
    if (this.#table.size >= maxStates) return 'maxStates';
    if (--this.#nextLook > 0) return undefined;
    this.#nextLook = STATES_PER_LOOK;
    const seconds = this.#clock() - this.#started;
    if (seconds >= this.#nextReport) {
      this.#nextReport = seconds + (this.#options.progressEvery ?? 1);
      this.#options.onProgress?.({
        distinctStates: this.#table.size,
        transitions: this.#transitions,
        depth: this.#depth,
        waiting: this.#level.length - index,
        seconds,
      });
    }
    return seconds >= maxSeconds ? 'maxSeconds' : undefined;
  }

  #result(): Exploration<State, Label> {
    const seconds = this.#clock() - this.#started;
    const distinctStates = this.#table.size;
    const finding = this.#finding;
    return {
      model: this.#model.name,
      distinctStates,
      transitions: this.#transitions,
      depth: this.#depth,
      complete: finding === undefined && this.#unexpanded.size === 0,
      bounds: [...this.#unexpanded].map(([bound, unexpanded]) => ({ bound, unexpanded })),
      deadlocks: this.#deadlocks,
      coverage: Object.fromEntries([...this.#taken].map(([name, { times }]) => [name, times])),
      seconds,
      statesPerSecond: distinctStates / Math.max(seconds, 1e-9),
      collisionProbability: collisionProbability(distinctStates),
      counterexample: finding && { refusal: finding.refusal, behaviour: this.#behaviour(finding) },
    };
  }

  #behaviour({ state, step }: Finding<State, Label>): Behaviour<State, Label> {
    const behaviour = follow(this.#model, this.#table.waysTo(state));
    return step === undefined ? behaviour : { ...behaviour, steps: [...behaviour.steps, step] };
  }
}

/** The behaviour that goes the given ways: which initial state, and then which step each time. */
export function follow<State, Label>(
  model: Model<State, Label>,
  [start = 0, ...ways]: readonly number[],
): Behaviour<State, Label> {
  const initials = [...model.initial()];
  if (start >= initials.length)
    throw new Error(`${model.name} begins differently when asked again`);
  const initial = initials[start] as State;
  const steps: Moment<State, Label>[] = [];
  let state = initial;
  for (const way of ways) {
    let index = 0;
    let taken: Moment<State, Label> | undefined;
    model.successors(state, (label, next) => {
      if (index++ === way) taken = { action: actionOf(model, label), label, state: next };
    });
    if (taken === undefined) {
      throw new Error(`${model.name} has not the same successors when asked again`);
    }
    steps.push(taken);
    state = taken.state;
  }
  return { initial, steps };
}
