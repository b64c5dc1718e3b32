/**
 * # Something good happens, again and again
 *
 * Whether every fair behaviour either reaches its goal and stays there or makes progress for ever. It does not if
 * somewhere there is a set of states, none of them a goal, that a behaviour can stay in for ever without
 * progress and yet treat everybody fairly; then that behaviour is the counterexample, as a way there and a cycle.
 *
 * At any moment a system may also do nothing. Fairness decides for how long.
 *
 *     weak fairness of A     A can happen in every state from some moment on  ⇒  A happens again and again
 *     fairness of a key k    k is asked for again and again                   ⇒  k is granted again and again
 */
import { fingerprint } from '../../spec/framework/fingerprint.ts';
import type { Bound } from './breadthFirst.ts';
import { follow } from './breadthFirst.ts';
import { components } from './components.ts';
import { type Edge, type Fairness, fairPart, lasso, type Region } from './fairness.ts';
import { actionOf, type Behaviour, type Model, type Moment } from './model.ts';
import { StateTable } from './stateTable.ts';

/** A liveness property, under assumptions of fairness. */
export interface LivenessProperty<State, Label> extends Fairness<Label> {
  readonly name: string;
  /** The steps that are good to happen. */
  isProgress(state: State, label: Label, next: State): boolean;
  /** States in which all is done, so that no more progress is owed. */
  isGoal?(state: State): boolean;
}

export interface LivenessOptions {
  /** The search keeps every state and so needs a bound; 1,000,000 unless said otherwise. */
  readonly maxStates?: number;
  readonly maxSeconds?: number;
  /** The time in seconds, from any beginning. */
  readonly clock?: () => number;
}

/** A fair behaviour without end: the way to a state, and a cycle through it without progress. */
export interface Lasso<State, Label> {
  readonly stem: Behaviour<State, Label>;
  /** Empty if nothing happens any more. */
  readonly cycle: readonly Moment<State, Label>[];
}

export interface LivenessResult<State, Label> {
  readonly property: string;
  /** Nothing where a bound cut the search before the question was decided. */
  readonly holds: boolean | undefined;
  readonly states: number;
  /** Sets of states that lead to one another without progress, alone or in company. */
  readonly components: number;
  readonly bounds: readonly Bound[];
  readonly seconds: number;
  readonly lasso: Lasso<State, Label> | undefined;
}

/** Searches a model for a fair behaviour without progress. */
export function checkLiveness<State, Label = string>(
  model: Model<State, Label>,
  property: LivenessProperty<State, Label>,
  options: LivenessOptions = {},
): LivenessResult<State, Label> {
  const clock = options.clock ?? (() => performance.now() / 1000);
  const started = clock();
  const search = new Reachable(model, property);
  const cut = search.build(options, clock, started);
  const found = components(search.graph()).filter(([state]) => !search.isGoal(state as number));
  let bad: Lasso<State, Label> | undefined;
  for (const component of found) {
    bad = search.lassoIn(component);
    if (bad !== undefined) break;
  }
  return {
    property: property.name,
    holds: bad !== undefined ? false : cut === undefined ? true : undefined,
    states: search.size,
    components: found.length,
    bounds: cut === undefined ? [] : [cut],
    seconds: clock() - started,
    lasso: bad,
  };
}

/** All reachable states, and the steps between them that are no progress. */
class Reachable<State, Label> {
  readonly #model: Model<State, Label>;
  readonly #property: LivenessProperty<State, Label>;
  readonly #table = new StateTable();
  readonly #states: State[] = [];
  readonly #goals: boolean[] = [];
  readonly #offsets: number[] = [0];
  readonly #targets: number[] = [];

  constructor(model: Model<State, Label>, property: LivenessProperty<State, Label>) {
    this.#model = model;
    this.#property = property;
  }

  get size(): number {
    return this.#states.length;
  }

  isGoal(state: number): boolean {
    return this.#goals[state] === true;
  }

  /** Finds the states, as far as the options allow. */
  build(
    { maxStates = 1_000_000, maxSeconds = Number.POSITIVE_INFINITY }: LivenessOptions,
    clock: () => number,
    started: number,
  ): Bound | undefined {
    let way = 0;
    for (const state of this.#model.initial()) this.#add(state, -1, way++);
    for (let number = 0; number < this.#states.length; number++) {
      const unexpanded = this.#states.length - number;
      if (this.#states.length >= maxStates) return { bound: 'maxStates', unexpanded };
      if (number % 512 === 511 && clock() - started >= maxSeconds) {
        return { bound: 'maxSeconds', unexpanded };
      }
      this.#expand(number);
    }
    return undefined;
  }

  #expand(number: number): void {
    const state = this.#states[number] as State;
    let way = 0;
    this.#model.successors(state, (label, next) => {
      const to = next === state ? number : this.#add(next, number, way);
      way++;
      const stays = !this.isGoal(number) && !this.isGoal(to);
      if (to !== number && stays && !this.#property.isProgress(state, label, next)) {
        this.#targets.push(to);
      }
    });
    this.#offsets.push(this.#targets.length);
  }

  #add(state: State, parent: number, way: number): number {
    const { hi, lo } = this.#print(state);
    const number = this.#table.add(hi, lo, parent, way);
    if (number === this.#states.length) {
      this.#states.push(state);
      this.#goals.push(this.#property.isGoal?.(state) ?? false);
    }
    return number;
  }

  #print(state: State) {
    return this.#model.fingerprint?.(state) ?? fingerprint(state);
  }

  /** The steps without progress between states that are not goals; steps that stay where they are left out. */
  graph() {
    const offsets = new Int32Array(this.size + 1).fill(this.#targets.length);
    offsets.set(this.#offsets);
    return { offsets, targets: Int32Array.from(this.#targets) };
  }

  /** A fair behaviour that stays in a component for ever, if there is one. */
  lassoIn(component: readonly number[]): Lasso<State, Label> | undefined {
    const part = fairPart(this.#region(component), this.#property);
    if (part === undefined) return undefined;
    const { start, cycle } = lasso(part, this.#property);
    return {
      stem: follow(this.#model, this.#table.waysTo(start)),
      cycle: cycle.map(({ to, label }) => ({
        action: actionOf(this.#model, label),
        label,
        state: this.#states[to] as State,
      })),
    };
  }

  /** A component with all its steps, those that change nothing included. */
  #region(component: readonly number[]): Region<Label> {
    const members = new Set(component);
    const edges: Edge<Label>[] = [];
    const enabled = new Map<number, Set<string>>();
    for (const from of component) {
      const state = this.#states[from] as State;
      const classes = new Set<string>();
      enabled.set(from, classes);
      this.#model.successors(state, (label, next) => {
        const fairly = this.#property.weakFairness?.(label);
        if (fairly !== undefined) classes.add(fairly);
        const { hi, lo } = this.#print(next);
        const to = next === state ? from : this.#table.find(hi, lo);
        if (members.has(to) && !this.#property.isProgress(state, label, next)) {
          edges.push({ from, to, label });
        }
      });
    }
    return { states: component, edges, enabled };
  }
}
