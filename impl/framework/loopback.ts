/**
 * # Messages to oneself
 *
 * They stay within the process, but they wait for the flush and then for their turn to be received,
 * like all others: a host must not be able to tell the difference.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Inbox, Inboxes } from './inboxes.ts';
import { FRAME_OVERHEAD, type TransportCounters, type TransportLimits } from './transportLimits.ts';

export class Loopback {
  readonly #limits: TransportLimits;
  readonly #counters: TransportCounters;
  readonly #inboxes: Inboxes;
  readonly #inbox: Inbox;
  #outbox: Uint8Array[] = [];
  /** What the messages in the outbox cost. */
  #cost = 0;

  constructor(
    me: EndPoint,
    limits: TransportLimits,
    counters: TransportCounters,
    inboxes: Inboxes,
  ) {
    this.#limits = limits;
    this.#counters = counters;
    this.#inboxes = inboxes;
    this.#inbox = inboxes.open(me, 'self', { drained() {}, overdrawn() {} });
  }

  /**
   * Queues a message. It is dropped if what is queued or not yet received reaches the limit; below
   * that there is room for a message of any size.
   */
  send(bytes: Uint8Array): void {
    const queued = this.#cost + this.#inbox.cost;
    if (queued >= this.#limits.outboxBytes) {
      this.#counters.droppedQueueFull++;
      return;
    }
    this.#outbox.push(bytes);
    this.#cost += bytes.length + FRAME_OVERHEAD;
  }

  flush(): void {
    if (this.#outbox.length === 0) return;
    const messages = this.#outbox;
    this.#outbox = [];
    this.#cost = 0;
    this.#counters.framesOut += messages.length;
    this.#inboxes.put(this.#inbox, messages, 0);
  }
}
