/**
 * # A machine that calls are made to
 *
 * What a search for an order of calls has to know of the machine behind them. States and operations
 * are numbers that a model has given out: equal ones have equal numbers. An *operation* is what was
 * asked together with what was answered, or with the fact that nobody knows the answer. One whose
 * answer is unknown is legal in every state.
 */

/** What `step` gives where the operation's answer is not that of the state. */
export const ILLEGAL = -1;

/** Where there is no such state. */
export const NO_STATE = -1;

export interface Machine {
  /** The state at the beginning, at least 0. */
  readonly initial: number;

  /**
   * States of which one does for any state that no operation of a history wants: whatever is
   * legal there is legal in the one, and leads to the same state.
   */
  readonly others: readonly number[];

  /** The state, at least 0, to which an operation leads from a state, or `ILLEGAL`. */
  step(state: number, op: number): number;

  /** Whether the operation changes nothing in any state in which it is legal. */
  observes(op: number): boolean;

  /**
   * Whether it can be that `op` is legal only because `earlier` happened, at whatever distance
   * before. It may say yes too often, and so costs time; it must not say no where it can be.
   */
  enables(earlier: number, op: number): boolean;

  /** The only state in which the operation is legal, or `NO_STATE`. */
  wants(op: number): number;

  /**
   * The state to which the operation leads from any state in which it is legal, or `NO_STATE`. Of
   * those that are known and change something there are only such that give a state.
   */
  gives(op: number): number;

  /** The operation that asks the same, and nobody knows the answer. */
  forget(op: number): number;

  /**
   * For one whose answer is unknown: an operation that does as well where no call wants the state
   * that it gives. The more have the same one, the better.
   */
  anonymous(op: number): number;
}

/** One that can be told of: what an operation asks, what was answered, and a state. */
export interface ShownMachine extends Machine {
  showRequest(op: number): string;
  showReply(op: number): string;
  showState(state: number): string;
}
