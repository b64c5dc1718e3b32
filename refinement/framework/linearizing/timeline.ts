/**
 * # Calls on a timeline
 *
 * The calls of one partition of a history, put in the order in which they were made, and all that
 * happened in one sequence of *events*: each call when it was made and, if its client was answered,
 * when the reply came. A call comes before another if its reply came before the other was made.
 * What happened at the same time is taken for concurrent: the call comes before the reply.
 *
 * Calls whose fate is unknown may take effect at any time after they were made, or never. Those of
 * one operation do the same, so it is all one which of them takes effect: the oldest may, whenever
 * another may. They are kept together, as a *kind*.
 */

/** Calls as columns; row by row one call. */
export interface CallTable {
  readonly client: readonly number[];
  readonly invoked: readonly number[];
  /** Infinity where the fate is unknown. */
  readonly completed: readonly number[];
  /** What was asked and what was answered, as numbers that a model gave out. */
  readonly op: readonly number[];
}

/** Calls of one operation whose fate is unknown. */
export interface UnknownKind {
  readonly op: number;
  /** The places of the events when they were made, ascending. */
  readonly since: readonly number[];
}

export class Timeline {
  /** How many calls there are, and how many of them were answered. */
  readonly calls: number;
  readonly answered: number;
  /** By call, in the order in which they were made: the row of the table, and the operation. */
  readonly rows: Int32Array;
  readonly ops: readonly number[];
  /** What happened: call `i` was made (`i`), or its reply came (`~i`). */
  readonly events: Int32Array;
  /** By call: the place of its events; that of a reply that never came is behind all others. */
  readonly invokedAt: Int32Array;
  readonly completedAt: Int32Array;
  readonly unknown: readonly UnknownKind[];
  /** By call: its kind, where its fate is unknown, or -1. */
  readonly kinds: Int32Array;

  constructor(table: CallTable) {
    const { invoked, completed, op } = table;
    const count = invoked.length;
    const rows = ascending(count, invoked);
    this.calls = count;
    this.rows = rows;
    this.ops = Array.from(rows, (row) => op[row] as number);
    const returns = ascending(
      count,
      Array.from(rows, (row) => completed[row] as number),
    );
    let answered = count;
    while (answered > 0 && !this.#isAnswered(table, returns[answered - 1])) answered--;
    this.answered = answered;
    this.events = new Int32Array(count + answered);
    this.invokedAt = new Int32Array(count);
    this.completedAt = new Int32Array(count).fill(this.events.length);
    this.#interleave(table, returns);
    this.kinds = new Int32Array(count).fill(-1);
    this.unknown = this.#collectUnknown();
  }

  /** The row of the call whose reply came at a place. */
  rowOfReply(place: number): number {
    return this.rows[~(this.events[place] as number)] as number;
  }

  #isAnswered({ completed }: CallTable, call = 0): boolean {
    return completed[this.rows[call] as number] !== Number.POSITIVE_INFINITY;
  }

  #interleave({ invoked, completed }: CallTable, returns: Int32Array): void {
    const { rows, events, invokedAt, completedAt, answered } = this;
    let [made, replied] = [0, 0];
    for (let place = 0; place < events.length; place++) {
      const call = returns[replied] as number;
      const isMade =
        made < rows.length
        && (replied === answered
          || (invoked[rows[made] as number] as number)
            <= (completed[rows[call] as number] as number));
      if (isMade) invokedAt[made] = place;
      else completedAt[call] = place;
      events[place] = isMade ? made++ : ~(returns[replied++] as number);
    }
  }

  #collectUnknown(): readonly UnknownKind[] {
    const { ops, invokedAt, completedAt, kinds, events } = this;
    const kindOf = new Map<number, number>();
    const unknown: { op: number; since: number[] }[] = [];
    for (const [call, op] of ops.entries()) {
      if ((completedAt[call] as number) < events.length) continue;
      let kind = kindOf.get(op);
      if (kind === undefined) {
        kind = unknown.length;
        kindOf.set(op, kind);
        unknown.push({ op, since: [] });
      }
      kinds[call] = kind;
      unknown[kind]?.since.push(invokedAt[call] as number);
    }
    return unknown;
  }
}

/** The indices of values, in the order of the values; those of equal values in their own. */
function ascending(count: number, values: readonly number[]): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  let sorted = true;
  for (let index = 1; index < count && sorted; index++) {
    sorted = (values[index - 1] as number) <= (values[index] as number);
  }
  if (sorted) return order;
  return order.sort((a, b) => {
    const [left, right] = [values[a] as number, values[b] as number];
    return left < right ? -1 : left > right ? 1 : a - b;
  });
}
