/**
 * # Requests that wait
 *
 * All requests that a replica knows of and has not executed, in the order in which they came: those
 * of earlier epochs, then those of this one. A new epoch moves the boundary and nothing else. Those
 * of one client also hang together, in the order of their numbers, so whether one is known is seen
 * at once, and what an execution settles is found without looking at others.
 *
 * Follows the lists and the caches for them of Impl/RSL/ElectionState.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { type BackPressure, type Load, REQUEST_COST } from './backPressure.ts';
import type { Request } from './messages.ts';
import type { Requests } from './replicaState.ts';

interface Entry {
  readonly request: Request;
  /** The epoch in which it came. */
  readonly epoch: number;
  before: Entry | undefined;
  after: Entry | undefined;
  /** Its neighbours among those of its client. */
  lower: Entry | undefined;
  higher: Entry | undefined;
}

/** What one client has waiting; at least one. */
interface Client extends Load {
  lowest: Entry;
  highest: Entry;
}

export class Waiting {
  readonly #max: number;
  readonly #backPressure: BackPressure;
  readonly #clients = new Map<EndPoint, Client>();
  #first: Entry | undefined;
  #last: Entry | undefined;
  /** The first that came in this epoch. */
  #firstNew: Entry | undefined;
  #epoch = 0;
  #earlier = 0;
  #new = 0;

  /** Holds at most `max` requests of an epoch, and of all earlier ones. */
  constructor(max: number, backPressure: BackPressure) {
    this.#max = max;
    this.#backPressure = backPressure;
  }

  /** Those of earlier epochs, to look at now. */
  get earlier(): Requests {
    return requests(this.#first, this.#firstNew, this.#earlier);
  }

  /** Those of this epoch, to look at now. */
  get new(): Requests {
    return requests(this.#firstNew, undefined, this.#new);
  }

  get earlierCount(): number {
    return this.#earlier;
  }

  /** Adds a request to those of this epoch, unless it is known or there are too many. */
  add(request: Request): void {
    const client = this.#clients.get(request.client);
    let lower = client?.highest;
    while (lower !== undefined && lower.request.seqno > request.seqno) lower = lower.lower;
    if (lower?.request.seqno === request.seqno || this.#new >= this.#max) return;
    const entry: Entry = {
      request,
      epoch: this.#epoch,
      before: this.#last,
      after: undefined,
      lower,
      higher: undefined,
    };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.after = entry;
    this.#last = entry;
    this.#firstNew ??= entry;
    this.#new++;
    const cost = costOf(request);
    const load = client ?? this.#newClient(entry);
    if (client !== undefined) insert(client, entry);
    load.requests++;
    load.cost += cost;
    this.#backPressure.added(request.client, load, cost);
  }

  /** An epoch begins: all that wait are of earlier ones, and if they are too many, the last go. */
  startEpoch(): void {
    this.#epoch++;
    this.#earlier += this.#new;
    this.#new = 0;
    this.#firstNew = undefined;
    while (this.#earlier > this.#max && this.#last !== undefined) this.#remove(this.#last);
  }

  /** A client's request is executed: it and those before it wait no longer. */
  settle(client: EndPoint, seqno: number): void {
    let entry = this.#clients.get(client)?.lowest;
    while (entry !== undefined && entry.request.seqno <= seqno) {
      const { higher } = entry;
      this.#remove(entry);
      entry = higher;
    }
  }

  /** For each client who has something waiting. */
  forEachClient(visit: (client: EndPoint) => void): void {
    for (const client of this.#clients.keys()) visit(client);
  }

  #newClient(entry: Entry): Client {
    const client = { requests: 0, cost: 0, lowest: entry, highest: entry };
    this.#clients.set(entry.request.client, client);
    return client;
  }

  #remove(entry: Entry): void {
    const { request, before, after } = entry;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    if (entry === this.#firstNew) this.#firstNew = after;
    if (entry.epoch === this.#epoch) this.#new--;
    else this.#earlier--;
    this.#removeFromClient(request.client, entry);
  }

  #removeFromClient(id: EndPoint, { request, lower, higher }: Entry): void {
    const client = this.#clients.get(id);
    if (client === undefined) return;
    if (lower !== undefined) lower.higher = higher;
    else if (higher !== undefined) client.lowest = higher;
    else this.#clients.delete(id);
    if (higher !== undefined) higher.lower = lower;
    else if (lower !== undefined) client.highest = lower;
    const cost = costOf(request);
    client.requests--;
    client.cost -= cost;
    this.#backPressure.removed(id, client, cost);
  }
}

/** Puts an entry, which knows its lower neighbour, among the others of its client. */
function insert(client: Client, entry: Entry): void {
  const { lower } = entry;
  entry.higher = lower === undefined ? client.lowest : lower.higher;
  if (lower === undefined) client.lowest = entry;
  else lower.higher = entry;
  if (entry.higher === undefined) client.highest = entry;
  else entry.higher.lower = entry;
}

const costOf = ({ request }: Request): number => request.length + REQUEST_COST;

const requests = (from: Entry | undefined, to: Entry | undefined, length: number): Requests => ({
  length,
  *[Symbol.iterator]() {
    for (let entry = from; entry !== undefined && entry !== to; entry = entry.after) {
      yield entry.request;
    }
  },
});
