/**
 * # Whose requests are under way
 *
 * A client may have many requests in flight, and counts on their being executed in the order of
 * their numbers. If two operations with requests of one client were under way, and the first were
 * lost with its leader, the second could settle requests that were never executed. So a leader has
 * one such operation under way at a time. Which client's that is, and how long, is known here.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Batch } from './messages.ts';
import type { RequestQueue } from './requestQueue.ts';

export class UnderWay {
  /** For each client the latest operation that has requests of it. */
  readonly #operations = new Map<EndPoint, number>();
  /** How many queued requests, from the first, are known to be of clients with none under way. */
  #clear = 0;
  /** The operation for which the request after those waits. */
  #obstacle = -1;

  /** An operation is proposed, when all before `complete` are executed: the queue is another. */
  note(operation: number, { requests }: Batch, complete: number): void {
    this.#clear = 0;
    this.#obstacle = -1;
    if (operation < complete) return;
    for (const { client } of requests) this.#operations.set(client, operation);
  }

  /** An operation is executed. */
  done(operation: number, { requests }: Batch): void {
    for (const { client } of requests) {
      if ((this.#operations.get(client) ?? Infinity) <= operation) this.#operations.delete(client);
    }
  }

  /** All operations before this one are executed. */
  doneBefore(operation: number): void {
    for (const [client, latest] of this.#operations) {
      if (latest < operation) this.#operations.delete(client);
    }
  }

  clear(): void {
    this.#operations.clear();
    this.#clear = 0;
    this.#obstacle = -1;
  }

  /**
   * Whether the next batch of the queue would have a request of a client with another under way,
   * when all operations before `complete` are executed. Looks at each request once.
   */
  isInTheWay(queue: RequestQueue, complete: number): boolean {
    if (this.#obstacle >= complete) return true;
    for (; this.#clear < queue.batchSize; this.#clear++) {
      const client = queue.at(this.#clear)?.client ?? '';
      this.#obstacle = this.#operations.get(client) ?? -1;
      if (this.#obstacle >= complete) return true;
    }
    return false;
  }
}
