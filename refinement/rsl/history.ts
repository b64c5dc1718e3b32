/**
 * # The history of a replicated service
 *
 * The batches of the longest run of chosen operations, from operation 0 on, and where they have led
 * the service. It grows as operations are chosen. Where every prefix of it led can be asked, since
 * replicas execute later than operations are chosen, and each at its own pace.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Batch, Operation, Vote } from '../../protocol/rsl/messages.ts';
import type { Bytes } from '../../spec/framework/bytes.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { Log } from '../../spec/framework/log.ts';
import type * as service from '../../spec/rsl/service.ts';
import { beginningOf, type Execution, type Fold, foldBatch } from './fold.ts';
import { highest, LOWEST } from './values.ts';

/** So many of the latest folds are kept, and of the earlier ones each so many-th. */
const RECENT = 256;
const SELDOM = 1024;

export class History {
  readonly #execution: Execution;
  #state: service.State;
  #batches: Log<Batch>;
  /** The ballots in which the operations were chosen, and the highest of those before each. */
  #ballots: Ballot[];
  #reflected: Ballot[];
  #head: Fold;
  #folds: Map<Operation, Fold>;
  /** For each row of the log the row before of the same client, or −1; and each client's last. */
  #previous: Log<number>;
  #last: Map<EndPoint, number>;

  constructor(execution: Execution, servers: ReadonlySet<EndPoint>) {
    this.#execution = execution;
    this.#head = beginningOf(execution);
    this.#state = { servers, app: this.#head.app, executed: Log.of() };
    this.#batches = Log.of();
    this.#ballots = [];
    this.#reflected = [LOWEST];
    this.#folds = new Map([[0, this.#head]]);
    this.#previous = Log.of();
    this.#last = new Map();
  }

  /** One that grows apart from this. */
  copy(): History {
    const copy = this.fresh();
    copy.#state = this.#state;
    copy.#batches = this.#batches;
    copy.#ballots = this.#ballots.slice();
    copy.#reflected = this.#reflected.slice();
    copy.#head = this.#head;
    copy.#folds = new Map(this.#folds);
    copy.#previous = this.#previous;
    copy.#last = new Map(this.#last);
    return copy;
  }

  /** The history of the same service before anything was chosen. */
  fresh(): History {
    return new History(this.#execution, this.#state.servers);
  }

  /** How many operations it has. */
  get length(): number {
    return this.#batches.length;
  }

  /** The service's state; the same object as long as nothing takes effect. */
  get state(): service.State {
    return this.#state;
  }

  /**
   * What a replica reflects at least that has executed all operations before this one; nothing
   * where not all of them are chosen.
   */
  reflectedBefore(operation: Operation): Ballot | undefined {
    return this.#reflected[operation];
  }

  /** The next operation was chosen. */
  append({ ballot, batch }: Vote): void {
    const { fold, rows } = foldBatch(this.#head, batch, this.#execution);
    this.#head = fold;
    this.#batches = this.#batches.append(batch);
    this.#ballots.push(ballot);
    this.#reflected.push(highest(this.#reflected.at(-1) ?? LOWEST, ballot));
    if (rows.length > 0) this.#execute(rows);
    this.#keep(this.#batches.length, fold);
  }

  /** An operation was chosen in a lower ballot as well. */
  lower(operation: Operation, ballot: Ballot): void {
    this.#ballots[operation] = ballot;
    for (let at = operation; at < this.length; at++) {
      const before = this.#reflected[at] ?? LOWEST;
      this.#reflected[at + 1] = highest(before, this.#ballots[at] ?? LOWEST);
    }
  }

  /** Where the operations before `operation` led; nothing where not all of them are chosen. */
  foldBefore(operation: Operation): Fold | undefined {
    if (operation > this.length) return undefined;
    let from = operation;
    while (from > 0 && !this.#folds.has(from)) from--;
    let fold = this.#folds.get(from);
    for (let at = from; at < operation && fold !== undefined; at++) {
      fold = foldBatch(fold, this.#batches.at(at) ?? [], this.#execution).fold;
    }
    return fold;
  }

  /** Where in the log a client got this reply to a request of this number, if it did. */
  positionOf(client: EndPoint, seqno: number, reply: Bytes): number | undefined {
    const { executed } = this.#state;
    let position = this.#last.get(client) ?? -1;
    while (position >= 0) {
      const row = executed.at(position);
      if (row?.seqno === seqno && row.reply === reply) return position;
      position = this.#previous.at(position) ?? -1;
    }
    return undefined;
  }

  #execute(rows: readonly service.Executed[]): void {
    let { executed } = this.#state;
    for (const row of rows) {
      this.#previous = this.#previous.append(this.#last.get(row.client) ?? -1);
      this.#last.set(row.client, executed.length);
      executed = executed.append(row);
    }
    this.#state = { servers: this.#state.servers, app: this.#head.app, executed };
  }

  #keep(operation: Operation, fold: Fold): void {
    this.#folds.set(operation, fold);
    const old = operation - RECENT;
    if (old > 0 && old % SELDOM !== 0) this.#folds.delete(old);
  }
}
