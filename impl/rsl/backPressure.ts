/**
 * # Back-pressure
 *
 * A replica takes requests faster than they are executed, and must not be filled up with them. A
 * client who has many waiting is not read from until half of them are done, and neither is whoever
 * adds to what all clients together have waiting when that is very much. So who floods waits, and
 * at his own expense.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Flow } from '../framework/io.ts';

/** What one client has waiting. */
export interface Load {
  requests: number;
  /** What they cost in memory, in bytes. */
  cost: number;
}

/** How much of both one client may have waiting, in requests and bytes. */
export const MAX_CLIENT_LOAD: Readonly<Load> = { requests: 256, cost: 64 * 1024 * 1024 };

/** How much all clients may, in bytes. */
export const MAX_LOAD = 256 * 1024 * 1024;

/** What a request costs besides its bytes. It bounds the number of short ones. */
export const REQUEST_COST = 256;

const isHalfOfOwn = ({ requests, cost }: Load): boolean =>
  2 * requests <= MAX_CLIENT_LOAD.requests && 2 * cost <= MAX_CLIENT_LOAD.cost;

export class BackPressure {
  readonly #flow: Flow;
  /** Who is held, and what they have waiting. */
  readonly #held = new Map<EndPoint, Load>();
  #total = 0;
  /** There was too much waiting, and there is still more than half of that. */
  #crowded = false;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** How many clients are held. */
  get held(): number {
    return this.#held.size;
  }

  /** What all requests that wait cost, in bytes. */
  get total(): number {
    return this.#total;
  }

  /** A request of this cost has been added to what its client has waiting. */
  added(client: EndPoint, load: Load, cost: number): void {
    this.#total += cost;
    if (this.#total > MAX_LOAD) this.#crowded = true;
    const isTooMuch =
      load.requests >= MAX_CLIENT_LOAD.requests || load.cost >= MAX_CLIENT_LOAD.cost;
    if (!isTooMuch && this.#total <= MAX_LOAD) return;
    if (!this.#held.has(client)) this.#flow.hold(client);
    this.#held.set(client, load);
  }

  /** A request of this cost has been taken from what its client has waiting. */
  removed(client: EndPoint, load: Load, cost: number): void {
    this.#total -= cost;
    if (this.#held.size === 0) return;
    if (!this.#crowded) {
      if (isHalfOfOwn(load)) this.#release(client);
    } else if (2 * this.#total <= MAX_LOAD) {
      this.#crowded = false;
      for (const [held, own] of this.#held) if (isHalfOfOwn(own)) this.#release(held);
    }
  }

  #release(client: EndPoint): void {
    if (this.#held.delete(client)) this.#flow.release(client);
  }
}
