/**
 * # Who is to blame
 *
 * Finds a few calls that already contradict each other, where all calls together do.
 *
 * They are found by *weakening*: a call that only observes is left out; of any other it is
 * forgotten that it was answered, so it may take effect whenever it likes, or never. What a history
 * allows, it still allows when it is weakened. So if no order is left although all calls but a few
 * are weakened, these few are to blame.
 */
import type { Machine } from './machine.ts';
import { type SweepLimits, sweep } from './sweep.ts';
import { type CallTable, Timeline } from './timeline.ts';

export interface Blame {
  /** Rows of the table, in the order in which the calls were made. */
  readonly rows: readonly number[];
  /** How many other calls might have changed something before, and whatever they did is no help. */
  readonly others: number;
}

/** For each time that a history is weakened and swept again. */
const LIMITS: SweepLimits = { configurations: 2_000, looks: 2_000_000 };

/** Pairs of operations that are compared in all. */
const EFFORT = 1_000_000_000;

/**
 * The calls to blame for that the reply at a place of the timeline is in no order with what was
 * before; nothing if they are not found easily.
 */
export function blame(
  table: CallTable,
  timeline: Timeline,
  machine: Machine,
  place: number,
): Blame | undefined {
  const culprit = ~(timeline.events[place] as number);
  const weakening = new Weakening(table, timeline, machine, culprit, place);
  const { answered } = weakening;
  let kept: readonly number[] | undefined;
  for (let count = 0; kept === undefined; count = 2 * count + 1) {
    const latest = answered.slice(Math.max(answered.length - count, 0));
    if (weakening.contradicts(latest)) kept = latest;
    else if (count >= answered.length) return undefined;
  }
  const fewest = fewestThat(kept, (some) => weakening.contradicts(some));
  const calls = [...fewest, culprit].sort((a, b) => a - b);
  return {
    rows: calls.map((call) => timeline.rows[call] as number),
    others: weakening.changers - calls.filter((call) => weakening.isChanger(call)).length,
  };
}

/** A history up to a reply, of which most is weakened. */
class Weakening {
  readonly #table: CallTable;
  readonly #timeline: Timeline;
  readonly #machine: Machine;
  readonly #culprit: number;
  /** Calls that were answered before the culprit was, by the time of their replies. */
  readonly answered: readonly number[];
  /** Calls that change something, by what is left of their operation when it is forgotten. */
  readonly #changers = new Map<number, number[]>();
  /** How many they are, and which. */
  readonly changers: number;
  #effort = EFFORT;

  constructor(
    table: CallTable,
    timeline: Timeline,
    machine: Machine,
    culprit: number,
    place: number,
  ) {
    this.#table = table;
    this.#timeline = timeline;
    this.#machine = machine;
    this.#culprit = culprit;
    const { events, ops } = timeline;
    const answered: number[] = [];
    let changers = 0;
    for (const event of events.subarray(0, place)) {
      if (event < 0) {
        answered.push(~event);
      } else if (this.isChanger(event)) {
        changers++;
        const op = machine.forget(ops[event] as number);
        const alike = this.#changers.get(op);
        if (alike === undefined) this.#changers.set(op, [event]);
        else alike.push(event);
      }
    }
    this.answered = answered;
    this.changers = changers;
  }

  isChanger(call: number): boolean {
    return !this.#machine.observes(this.#timeline.ops[call] as number);
  }

  /** Whether the culprit and these calls, which were answered, cannot be in one order. */
  contradicts(calls: readonly number[]): boolean {
    const kept = [...calls, this.#culprit];
    this.#effort -= this.#changers.size * kept.length;
    if (this.#effort < 0) return false;
    return sweep(new Timeline(this.#weakened(kept)), this.#machine, LIMITS).verdict === 'none';
  }

  /** Those kept, and of the others what may be of use to them. */
  #weakened(kept: readonly number[]): CallTable {
    const { ops, rows } = this.#timeline;
    const { client, invoked, completed } = this.#table;
    const machine = this.#machine;
    const isKept = new Set(kept);
    const weakened = { client: [] as number[], invoked: [] as number[], completed: [] as number[] };
    const op: number[] = [];
    const add = (call: number, answeredAt: number | undefined, operation: number): void => {
      const row = rows[call] as number;
      weakened.client.push(client[row] as number);
      weakened.invoked.push(invoked[row] as number);
      weakened.completed.push(answeredAt ?? (completed[row] as number));
      op.push(operation);
    };
    for (const call of kept) add(call, undefined, ops[call] as number);
    for (const [forgotten, calls] of this.#changers) {
      if (!kept.some((call) => machine.enables(forgotten, ops[call] as number))) continue;
      for (const call of calls) {
        if (!isKept.has(call)) add(call, Number.POSITIVE_INFINITY, forgotten);
      }
    }
    return { ...weakened, op };
  }
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
