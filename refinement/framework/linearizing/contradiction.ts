/**
 * # Where calls contradict each other
 *
 * Finds a few calls that are in no order, where there is a reply that is in no order with all
 * before. A history is made to say less, in ways that allow whatever it allowed before:
 *
 * - Everything that was answered before some moment is forgotten, and the machine may have been in
 *   any state then.
 * - A call that only observes is left out.
 * - Of a call that changes something it is forgotten that it was answered: it may take effect
 *   whenever it likes after it was made, or never.
 *
 * If no order is left although nearly everything is forgotten, the rest contradicts itself. That is
 * a proof, and mostly a small one, for what is wrong seldom has to do with what was long ago.
 */
import { type Machine, NO_STATE } from './machine.ts';
import { type SweepLimits, sweep } from './sweep.ts';
import { type CallTable, Timeline } from './timeline.ts';

export interface Contradiction {
  /** Rows of the table, in the order in which the calls were made. */
  readonly rows: readonly number[];
  /** What makes no difference to them. */
  readonly whatever: readonly string[];
}

/** For each time that a history is made to say less. */
const LIMITS: SweepLimits = { configurations: 2_000, looks: 500_000 };

/** What is done in all, in pairs of operations that are compared. */
const EFFORT = 300_000_000;

/** Of so many replies it is not forgotten that they came, at most. */
const MOST = 1 << 12;

/** A contradiction to which the reply at a place of the timeline belongs, if one is found soon. */
export function contradiction(
  table: CallTable,
  timeline: Timeline,
  machine: Machine,
  place: number,
): Contradiction | undefined {
  const history = new Forgetful(timeline, table, machine, place);
  for (let count = 0; count < MOST; count = 2 * count + 1) {
    for (const scope of history.scopes(count)) {
      const holds = (kept: readonly number[]): boolean => history.contradicts(kept, scope);
      if (holds(scope.answered)) return history.describe(fewestThat(scope.answered, holds), scope);
    }
    if (count >= place) break;
  }
  return undefined;
}

/** What is not forgotten. */
interface Scope {
  /** Calls of which it may be known that they were answered, by the time of their replies. */
  readonly answered: readonly number[];
  /** All calls that may have changed something. */
  readonly changers: readonly number[];
  readonly fromBeginning: boolean;
}

/** A history up to a reply, of which most is forgotten. */
class Forgetful {
  readonly #timeline: Timeline;
  readonly #table: CallTable;
  readonly #machine: Machine;
  /** The call whose reply it is. */
  readonly #culprit: number;
  /** The calls that were answered before, by the time of their replies. */
  readonly #answered: readonly number[];
  /** Calls that change something and were made before. */
  readonly #changers: readonly number[];
  #effort = EFFORT;

  constructor(timeline: Timeline, table: CallTable, machine: Machine, place: number) {
    this.#timeline = timeline;
    this.#table = table;
    this.#machine = machine;
    this.#culprit = ~(timeline.events[place] as number);
    const before = [...timeline.events.subarray(0, place)];
    this.#answered = before.filter((event) => event < 0).map((event) => ~event);
    this.#changers = before.filter((event) => event >= 0 && this.#changes(event));
  }

  /**
   * What is left if some calls are not forgotten: with the machine in any state before the calls
   * that were answered last before the culprit was made, only these, or all that were made since;
   * or the calls that were answered last, and the machine begins as it does.
   *
   * In the first two, nothing is left of calls that were answered before that moment. Those that
   * were made before it may have taken effect before it too.
   */
  scopes(count: number): readonly Scope[] {
    const { invokedAt, completedAt } = this.#timeline;
    const answered = this.#answered;
    const madeAt = invokedAt[this.#culprit] as number;
    const before = firstThat(answered, (call) => (completedAt[call] as number) > madeAt);
    const latest = answered.slice(Math.max(before - count, 0), before);
    const start = Math.min(madeAt, ...latest.map((call) => invokedAt[call] as number));
    const since = {
      changers: this.#changers.filter((call) => (completedAt[call] as number) > start),
      fromBeginning: false,
    };
    const all = answered.filter((call) => (invokedAt[call] as number) >= start);
    const last = answered.slice(Math.max(answered.length - count, 0));
    return [
      { answered: latest, ...since },
      { answered: all, ...since },
      { answered: last, changers: this.#changers, fromBeginning: true },
    ];
  }

  /** Whether the culprit and some of the answered calls of a scope are in no order. */
  contradicts(kept: readonly number[], { changers, fromBeginning }: Scope): boolean {
    const { ops } = this.#timeline;
    const machine = this.#machine;
    const known = [...kept, this.#culprit];
    this.#effort -= changers.length * known.length;
    if (this.#effort < 0) return false;
    const isKnown = new Set(known);
    const isUseful = remembering((op) =>
      known.some((call) => machine.enables(op, ops[call] as number)),
    );
    const forgotten = changers.filter(
      (call) => !isKnown.has(call) && isUseful(this.#forgottenOp(call)),
    );
    const states = fromBeginning
      ? [machine.initial]
      : known
          .map((call) => machine.wants(ops[call] as number))
          .filter((state) => state !== NO_STATE)
          .concat(machine.others);
    const timeline = new Timeline(this.#tableOf(known, forgotten));
    return sweep(timeline, machine, LIMITS, states).verdict === 'none';
  }

  describe(kept: readonly number[], { changers, fromBeginning }: Scope): Contradiction {
    const calls = [...kept, this.#culprit].sort((a, b) => a - b);
    const others = changers.filter((call) => !calls.includes(call)).length;
    return {
      rows: calls.map((call) => this.#timeline.rows[call] as number),
      whatever: [
        ...(fromBeginning ? [] : ['whatever was before them']),
        ...(others === 0 ? [] : [`whatever ${others === 1 ? 'another' : `${others} others`} did`]),
      ],
    };
  }

  #changes(call: number): boolean {
    return !this.#machine.observes(this.#timeline.ops[call] as number);
  }

  #forgottenOp(call: number): number {
    return this.#machine.forget(this.#timeline.ops[call] as number);
  }

  #tableOf(known: readonly number[], forgotten: readonly number[]): CallTable {
    const { rows, ops } = this.#timeline;
    const calls = [...known, ...forgotten].map((call) => rows[call] as number);
    const { client, invoked, completed } = this.#table;
    return {
      client: calls.map((row) => client[row] as number),
      invoked: calls.map((row) => invoked[row] as number),
      completed: calls.map((row, index) =>
        index < known.length ? (completed[row] as number) : Number.POSITIVE_INFINITY,
      ),
      op: [
        ...known.map((call) => ops[call] as number),
        ...forgotten.map((call) => this.#forgottenOp(call)),
      ],
    };
  }
}

/** A function of numbers that is asked only once for each. */
function remembering(ask: (n: number) => boolean): (n: number) => boolean {
  const answers = new Map<number, boolean>();
  return (n) => {
    const known = answers.get(n);
    if (known !== undefined) return known;
    const answer = ask(n);
    answers.set(n, answer);
    return answer;
  };
}

/** The index of the first for which something holds that holds for all behind it. */
function firstThat(items: readonly number[], holds: (item: number) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Leaves out what can be left out such that it still holds: halves first, single ones last. */
function fewestThat(
  items: readonly number[],
  holds: (kept: readonly number[]) => boolean,
): readonly number[] {
  let kept = items;
  for (let size = Math.ceil(items.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < kept.length; ) {
      const without = kept.toSpliced(start, size);
      if (holds(without)) kept = without;
      else start += size;
    }
  }
  return kept;
}
