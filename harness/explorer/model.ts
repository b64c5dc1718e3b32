/**
 * # Models
 *
 * What the explorer explores: states, and from each state the steps that may follow. A model is a
 * description of something finite, or of something cut to a finite size by a constraint; the explorer knows nothing
 * else about it.
 */
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';
import type { Refusal, Verdict } from '../../spec/framework/verdict.ts';

/**
 * Called for each step that may follow. `times` says that so many steps are alike: they differ in nothing that
 * the model's labels tell apart, and lead to the same state.
 */
export type Visit<State, Label> = (label: Label, next: State, times?: number) => void;

/**
 * A state machine. `Label` names a step; by default it is a string, and the action's name.
 *
 * All functions must be pure: the explorer finds its way back to a state by asking the same questions again, and expects
 * the same successors in the same order.
 */
export interface Model<State, Label = string> {
  readonly name: string;
  /** The states in which it may begin. */
  initial(): Iterable<State>;
  /** Calls `visit` for every step from `state`. A step that changes nothing may hand back `state` itself. */
  successors(state: State, visit: Visit<State, Label>): void;
  /** The names of all actions, so that one which is never taken shows up with a count of 0. */
  readonly actions?: readonly string[];
  /** The action that a step belongs to; by default the label itself. */
  actionOf?(label: Label): string;
  /** 64 bits that stand for the state; by default computed from its contents. */
  fingerprint?(state: State): Fingerprint;
  /** The names of all that is checked, for a reader. */
  readonly checks?: readonly string[];
  /** What must be true of every state; see {@link invariants}. */
  checkState?(state: State): Verdict;
  /** What must be true of every step. */
  checkStep?(state: State, label: Label, next: State): Verdict;
  /** States for which this is false are checked and counted, but the search does not go on from them. */
  constraint?(state: State): boolean;
  /** A state and a step for a reader of a report; with the step that led to the state, if any. */
  showState?(state: State, label?: Label): string;
  showLabel?(label: Label): string;
}

/** One step of a behaviour, and the state that it leads to. */
export interface Moment<State, Label> {
  readonly action: string;
  readonly label: Label;
  readonly state: State;
}

/** A way through a model from one of its initial states. */
export interface Behaviour<State, Label> {
  readonly initial: State;
  readonly steps: readonly Moment<State, Label>[];
}

/** What is not true of a model, and a shortest behaviour that shows it. */
export interface Counterexample<State, Label> {
  readonly refusal: Refusal;
  readonly behaviour: Behaviour<State, Label>;
}

/** A check of states from laws with names: the first that is broken is refused under its name. */
export const invariants = <State>(
  laws: Readonly<Record<string, (state: State) => Verdict>>,
): ((state: State) => Verdict) => {
  const named = Object.entries(laws);
  return (state) => {
    for (const [failed, law] of named) {
      const refusal = law(state);
      if (refusal !== undefined) return { failed, because: [refusal] };
    }
    return undefined;
  };
};

/** The action that a step belongs to. */
export const actionOf = <State, Label>(model: Model<State, Label>, label: Label): string =>
  model.actionOf?.(label) ?? String(label);
