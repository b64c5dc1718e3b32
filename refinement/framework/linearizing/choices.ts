/**
 * # What may come next
 *
 * Of the calls that a search has not put in order yet, those that may come next, and in which order
 * they are best tried. Not all that may come next has to be tried:
 *
 * 1. *A call that only observes comes as soon as it is legal.* Wherever else it comes in an order,
 *    it can be moved here: it changes nothing.
 * 2. *Of calls that are the same operation the one comes first whose reply came first.* Two that
 *    stand the other way round can be exchanged.
 * 3. *A call of unknown fate is taken only if it is of use:* not if what comes next could have come
 *    without it and would have led to the same state. It can be left out.
 * 4. *The call whose reply comes first has to come now, or after others that make it legal.* If it
 *    is not legal, and nothing that may come before it enables it, there is nothing to try.
 * 5. *A state is not left* if a call still wants it, and none can give it again in time.
 */
import { ILLEGAL, type Machine, NO_STATE } from './machine.ts';
import { NEVER, type Needs } from './needs.ts';
import type { Timeline } from './timeline.ts';
import type { Undecided } from './undecided.ts';

/** No unknown call was taken just now. */
export const NOTHING_IDLE = -1;

/** Where a search is. */
export interface Configuration {
  readonly state: number;
  /** The state before an unknown call that nothing has needed yet. */
  readonly idle: number;
  /** Calls that are not in the order and were made before the first reply to any such. */
  readonly pending: readonly number[];
  /** The place of that reply. */
  readonly limit: number;
}

/** Choices are calls, or `~kind` for one of an unknown kind. */
export class Choices {
  readonly #timeline: Timeline;
  readonly #machine: Machine;
  readonly #needs: Needs;
  readonly #rest: Undecided;

  #state = 0;
  #idle = NOTHING_IDLE;
  #pending: readonly number[] = [];
  #limit = 0;
  /** The number of the state among those that calls want or give. */
  #place = NO_STATE;
  /** Whether it must not be left; and calls that may come next and want it. */
  #isKept = false;
  #wanting: number[] = [];

  constructor(timeline: Timeline, machine: Machine, needs: Needs, rest: Undecided) {
    this.#timeline = timeline;
    this.#machine = machine;
    this.#needs = needs;
    this.#rest = rest;
  }

  /** From now on it is about this configuration. */
  at({ state, idle, pending, limit }: Configuration): void {
    this.#state = state;
    this.#idle = idle;
    this.#pending = pending;
    this.#limit = limit;
    this.#place = this.#needs.of(state);
    this.#lookAhead();
  }

  /**
   * The call whose reply comes first, or one that helps it, if it leads to a state that nobody wants
   * any more soon after: then there is little reason to try another.
   */
  best(): number | undefined {
    const { ops, events, completedAt } = this.#timeline;
    const first = ~(events[this.#limit] as number);
    const isGood = (call: number): boolean =>
      this.#mayCome(call) && this.#isDone(this.#needs.gives[call] as number);
    if (this.#machine.step(this.#state, ops[first] as number) !== ILLEGAL) {
      return isGood(first) ? first : undefined;
    }
    const goal = ops[first] as number;
    let best: number | undefined;
    for (const call of this.#pending) {
      if (!this.#machine.enables(ops[call] as number, goal)) continue;
      const isSooner =
        best === undefined || (completedAt[call] as number) < (completedAt[best] as number);
      if (isSooner && isGood(call)) best = call;
    }
    return best;
  }

  /** All choices but one, what is to be tried first at the end. */
  all(tried?: number): readonly number[] {
    const { events, ops } = this.#timeline;
    const goal = ops[~(events[this.#limit] as number)] as number;
    const isLegal = this.#machine.step(this.#state, goal) !== ILLEGAL;
    const usable = this.#rest.usable(this.#machine, this.#state, this.#pending, this.#limit);
    if (!isLegal && !this.#isWithinReach(goal, usable)) return [];
    const choices = this.#candidates().filter((call) => call !== tried);
    for (const kind of usable) if (this.#mayCome(~kind)) choices.push(~kind);
    if (choices.length < 2) return choices;
    const ranks = new Map(choices.map((choice) => [choice, this.#rank(choice, goal, isLegal)]));
    return choices.sort((a, b) => (ranks.get(b) as number) - (ranks.get(a) as number));
  }

  /** Calls that may come next, those whose reply comes last first; of the same operation only one. */
  #candidates(): number[] {
    const { ops, completedAt } = this.#timeline;
    const legal: number[] = [];
    for (const call of this.#pending) {
      if (this.#mayCome(call)) legal.push(call);
    }
    if (legal.length < 2) return legal;
    legal.sort((a, b) => (completedAt[b] as number) - (completedAt[a] as number));
    return legal.filter((_, index) => !isRepeated(ops, legal, index));
  }

  /**
   * How soon a choice is to be tried, 0 first. The goal, or what helps it, comes first if it leads
   * to a state that nobody wants any more soon after; otherwise all others that do come before, for
   * afterwards they must wait.
   */
  #rank(choice: number, goal: number, isLegal: boolean): number {
    const op = this.#opOf(choice);
    const isTarget = isLegal ? op === goal : this.#machine.enables(op, goal);
    if (choice < 0) return isTarget ? 3 : 5;
    if (this.#isDone(this.#needs.gives[choice] as number)) return isTarget ? 0 : 1;
    return isTarget ? 2 : 4;
  }

  /** Whether a state that one call gives now is not wanted later, or given again until then. */
  #isDone(state: number): boolean {
    const needs = this.#needs;
    const until = needs.wantedBy(state, this.#limit);
    return (
      until === NEVER
      || this.#pending.filter((call) => needs.gives[call] === state).length > 1
      || needs.givenAt(state, this.#limit) < until
      || needs.mayBeGiven(state, until, (kind) => this.#rest.usedOf(kind))
    );
  }

  /** Finds out by when the state at hand is wanted again if it is left now, and cannot be given. */
  #lookAhead(): void {
    const place = this.#place;
    const { wants, gives } = this.#needs;
    this.#wanting = [];
    this.#isKept = false;
    if (place === NO_STATE) return;
    for (const call of this.#pending) {
      if (gives[call] === place) {
        this.#wanting = [];
        return;
      }
      if (wants[call] === place) this.#wanting.push(call);
    }
    this.#isKept = this.#isLostUntil(this.#needs.wantedBy(place, this.#limit));
  }

  /** Whether no call can give the state at hand, once it is left, until a place. */
  #isLostUntil(until: number): boolean {
    const needs = this.#needs;
    return (
      until !== NEVER
      && needs.givenAt(this.#place, this.#limit) > until
      && !needs.mayBeGiven(this.#place, until, (kind) => this.#rest.usedOf(kind))
    );
  }

  /** Whether a call must not leave the state at hand. */
  #isStuck(choice: number): boolean {
    if (this.#isKept) return true;
    const { completedAt } = this.#timeline;
    return this.#wanting.some(
      (call) => call !== choice && this.#isLostUntil(completedAt[call] as number),
    );
  }

  /** Whether an operation is legal next, of use after an idle one, and no state is lost by it. */
  #mayCome(choice: number): boolean {
    const machine = this.#machine;
    const op = this.#opOf(choice);
    const after = machine.step(this.#state, op);
    if (after === ILLEGAL) return false;
    if (this.#idle !== NOTHING_IDLE && machine.step(this.#idle, op) === after) return false;
    return after === this.#state || !this.#isStuck(choice);
  }

  /** Whether anything that may come before an operation may make it legal. */
  #isWithinReach(goal: number, usable: readonly number[]): boolean {
    const { ops } = this.#timeline;
    const machine = this.#machine;
    return (
      this.#pending.some((call) => machine.enables(ops[call] as number, goal))
      || usable.some((kind) => machine.enables(this.#opOf(~kind), goal))
    );
  }

  #opOf(choice: number): number {
    const { ops, unknown } = this.#timeline;
    return (choice >= 0 ? ops[choice] : unknown[~choice]?.op) as number;
  }
}

/** Whether one behind it in the list is the same operation. */
function isRepeated(ops: readonly number[], calls: readonly number[], index: number): boolean {
  const op = ops[calls[index] as number];
  for (let later = index + 1; later < calls.length; later++) {
    if (ops[calls[later] as number] === op) return true;
  }
  return false;
}
