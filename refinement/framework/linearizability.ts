/**
 * # Linearizability
 *
 * A history is what clients saw: each call, when it was made, what was asked, and, if they were
 * answered, when and what. It is *linearizable* if all calls can be put in one order in which a
 * single machine can have taken them, such that a call whose reply came before another call was
 * made comes before it. This checks exactly that, and knows nothing of servers, messages or the
 * inside of anything: what was seen is all there is.
 *
 * A call without a reply may have taken effect at any time after it was made, or never.
 *
 * A model says what a call means and which calls have nothing to do with each other: those are in
 * different *partitions*, and a history is linearizable if and only if each of its partitions is.
 * A partition is searched for an order. Where the search comes no farther, a contradiction is
 * looked for, and if there is none near, all orders are gone through together. If there are too
 * many of them, the outcome is *undecided*: nothing is green because it was given up.
 *
 * M. Herlihy, J. Wing: Linearizability: A Correctness Condition for Concurrent Objects, 1990.
 */
import type { Bytes } from '../../spec/framework/bytes.ts';
import { withoutNames } from './linearizing/anonymous.ts';
import { type Contradiction, contradiction } from './linearizing/contradiction.ts';
import type { ShownMachine } from './linearizing/machine.ts';
import { type Cause, refuse } from './linearizing/refuse.ts';
import { findOrder, type SearchLimits } from './linearizing/search.ts';
import { shortest, upTo } from './linearizing/shortest.ts';
import { type SweepLimits, sweep } from './linearizing/sweep.ts';
import { type CallTable, Timeline } from './linearizing/timeline.ts';
import { HistoryRefusal } from './refusal.ts';

/** A call as its client saw it. Times are all by one clock, whatever its unit. */
export interface Call {
  readonly client: string;
  readonly invoked: number;
  /** When the reply came, not before `invoked`; nothing where there was none. */
  readonly completed: number | undefined;
  readonly request: Bytes;
  /** Something if and only if `completed` is. */
  readonly reply: Bytes | undefined;
}

/** What calls to an application mean. States and operations are numbers that the model gave out. */
export interface CallModel extends ShownMachine {
  readonly service: string;

  /**
   * A call's partition and operation. Nothing where the call changes nothing, and its reply, if
   * there is one, is right in every state.
   *
   * @throws ImpossibleReply where there is no state in which the reply is right.
   */
  read(request: Bytes, reply: Bytes | undefined): PartitionedCall | undefined;

  /**
   * Whether the calls of a partition are in no order, and why, where that can be told without a
   * search. It takes the place of one, and comes to the same.
   */
  judge?(table: CallTable): Objection | undefined;
}

/** Why calls are in no order. */
export interface Objection {
  readonly law: string;
  /** The row of the call whose reply is refused. */
  readonly row: number;
  /** The rows of calls that show it, in the order in which they were made. */
  readonly rows: readonly number[];
}

export interface PartitionedCall {
  readonly partition: string;
  readonly op: number;
}

/**
 * Thrown by a model: the reply is wrong whatever the state. Its message is the law that is broken.
 */
export class ImpossibleReply extends Error {
  override readonly name = 'ImpossibleReply';
  readonly request: string;
  readonly reply: string;

  constructor(law: string, request: string, reply: string) {
    super(law);
    this.request = request;
    this.reply = reply;
  }
}

/** What a check came to. */
export type HistoryOutcome =
  | { readonly verdict: 'linearizable' }
  | { readonly verdict: 'refused'; readonly refusal: HistoryRefusal }
  /** These partitions could not be decided; all others are linearizable. */
  | { readonly verdict: 'undecided'; readonly partitions: readonly string[] };

export interface HistoryOptions {
  /** How much is done before a partition is undecided. */
  readonly limits?: HistoryLimits;
  /** A time for people, since the first call that is shown. */
  readonly showTime?: (time: number) => string;
  /** Told after each partition how many calls have been checked. */
  readonly progress?: (calls: number) => void;
}

export interface HistoryLimits {
  readonly search: SearchLimits;
  readonly sweep: SweepLimits;
}

const LIMITS: HistoryLimits = {
  search: { patience: 300_000, looks: 2_000_000_000 },
  sweep: { configurations: 100_000, looks: 200_000_000 },
};

const LAW = 'some order of the calls explains every reply';

/** Calls of one partition, as columns. */
class Partition implements CallTable {
  readonly client: number[] = [];
  readonly invoked: number[] = [];
  readonly completed: number[] = [];
  readonly op: number[] = [];
}

/** A history, to which calls are added in any order, and which is then checked. */
export class History {
  readonly #model: CallModel;
  readonly #partitions = new Map<string, Partition>();
  readonly #clients = new Map<string, number>();
  #calls = 0;
  #unanswered = 0;
  #impossible: HistoryRefusal | undefined;

  constructor(model: CallModel) {
    this.#model = model;
  }

  /** How many calls there are, how many of them were not answered, and of how many clients. */
  get calls(): number {
    return this.#calls;
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  get clients(): number {
    return this.#clients.size;
  }

  get partitions(): number {
    return this.#partitions.size;
  }

  /** Adds a call. Throws a TypeError if it is answered only half, or before it was made. */
  add(call: Call): void {
    const { invoked, completed = Number.POSITIVE_INFINITY } = call;
    if ((call.completed === undefined) !== (call.reply === undefined)) {
      throw new TypeError('a call has a reply if and only if it was completed');
    }
    if (!(invoked <= completed)) {
      throw new TypeError('a call is not completed before it is invoked');
    }
    this.#calls++;
    if (call.completed === undefined) this.#unanswered++;
    const client = indexOf(this.#clients, call.client);
    const read = this.#read(call);
    if (read === undefined) return;
    let partition = this.#partitions.get(read.partition);
    if (partition === undefined) {
      partition = new Partition();
      this.#partitions.set(read.partition, partition);
    }
    partition.client.push(client);
    partition.invoked.push(invoked);
    partition.completed.push(completed);
    partition.op.push(read.op);
  }

  /** Checks all calls. A partition that is refused ends it; one that is undecided does not. */
  check(options: HistoryOptions = {}): HistoryOutcome {
    const { progress = () => {} } = options;
    if (this.#impossible !== undefined) return { verdict: 'refused', refusal: this.#impossible };
    const undecided: string[] = [];
    let checked = 0;
    for (const [name, partition] of this.#partitions) {
      const outcome = this.#checkPartition(name, partition, options);
      if (outcome instanceof HistoryRefusal) return { verdict: 'refused', refusal: outcome };
      if (outcome === 'undecided') undecided.push(name);
      checked += partition.op.length;
      progress(checked);
    }
    return undecided.length === 0
      ? { verdict: 'linearizable' }
      : { verdict: 'undecided', partitions: undecided };
  }

  #read({ client, request, reply }: Call): PartitionedCall | undefined {
    try {
      return this.#model.read(request, reply);
    } catch (error) {
      if (!(error instanceof ImpossibleReply)) throw error;
      const place = { host: client, step: this.#calls - 1, action: error.request };
      const story = [`    answer    ${error.reply}`];
      this.#impossible ??= new HistoryRefusal(place, { failed: error.message }, story);
      return undefined;
    }
  }

  #checkPartition(
    name: string,
    partition: Partition,
    { limits = LIMITS, showTime = String }: HistoryOptions,
  ): 'linearizable' | 'undecided' | HistoryRefusal {
    const model = this.#model;
    const clients = [...this.#clients.keys()];
    const refuseAs = (cause: Cause): HistoryRefusal =>
      refuse(model, { partition: name, table: partition, clients, showTime, ...cause });
    if (model.judge !== undefined) {
      const objection = model.judge(partition);
      return objection === undefined ? 'linearizable' : refuseAs(objection);
    }
    const table = withoutNames(partition, model);
    const timeline = new Timeline(table);
    const refuseAt = (place: number, cause: Contradiction | undefined): HistoryRefusal =>
      refuseAs({ law: LAW, row: timeline.rowOfReply(place), ...cause });
    const found = findOrder(timeline, model, limits.search);
    if (found.verdict === 'order') return 'linearizable';
    const { place, verdict } = shortest(timeline, table, model, found, limits.search);
    const cause = contradiction(table, timeline, model, place);
    if (cause !== undefined || verdict === 'none') return refuseAt(place, cause);
    const prefix = upTo(timeline, table, model, place);
    if (sweep(prefix, model, limits.sweep).verdict === 'none') return refuseAt(place, undefined);
    const swept = sweep(timeline, model, limits.sweep);
    if (swept.verdict === 'none') return refuseAt(swept.place, undefined);
    return swept.verdict === 'order' ? 'linearizable' : 'undecided';
  }
}

/** Checks a history of these calls. */
export function checkHistory(
  model: CallModel,
  calls: Iterable<Call>,
  options?: HistoryOptions,
): HistoryOutcome {
  const history = new History(model);
  for (const call of calls) history.add(call);
  return history.check(options);
}

function indexOf(indices: Map<string, number>, name: string): number {
  const known = indices.get(name);
  if (known !== undefined) return known;
  indices.set(name, indices.size);
  return indices.size - 1;
}
