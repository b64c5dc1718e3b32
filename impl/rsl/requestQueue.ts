/**
 * # Queued requests
 *
 * The requests that are to be proposed, in their order, and how many of them would be proposed
 * together now: as many as the limits of number and of bytes allow, but the first in any case,
 * however long it is. That is kept up to date, not counted anew.
 */
import type { Request } from './messages.ts';
import type { Parameters } from './parameters.ts';
import type { Requests } from './replicaState.ts';

/** How many places may lie idle before those that are used move to the front. */
const IDLE = 1024;

export class RequestQueue implements Requests {
  readonly #maxSize: number;
  readonly #maxBytes: number;
  #items: (Request | undefined)[] = [];
  #head = 0;
  #batchSize = 0;
  /** How many bytes the requests of the next batch have. */
  #batchBytes = 0;

  constructor({ maxBatchSize, maxBatchBytes }: Parameters) {
    this.#maxSize = maxBatchSize;
    this.#maxBytes = maxBatchBytes;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** How many requests the next batch would have. */
  get batchSize(): number {
    return this.#batchSize;
  }

  /** Whether no request can join the next batch any more: the next does not fit, or none would. */
  get isFull(): boolean {
    return (
      this.#batchSize < this.length
      || this.#batchSize === this.#maxSize
      || this.#batchBytes >= this.#maxBytes
    );
  }

  /** The request at a place, counting from 0. */
  at(place: number): Request | undefined {
    return this.#items[this.#head + place];
  }

  *[Symbol.iterator](): Generator<Request> {
    for (let place = 0; place < this.length; place++) yield this.at(place) as Request;
  }

  push(request: Request): void {
    this.#items.push(request);
    this.#extendBatch();
  }

  /** Takes the next batch from the front. */
  takeBatch(): readonly Request[] {
    const end = this.#head + this.#batchSize;
    const batch = this.#items.slice(this.#head, end) as Request[];
    this.#items.fill(undefined, this.#head, end); // What has been taken is not kept alive.
    this.#head = end;
    if (this.length === 0 || (this.#head > IDLE && this.#head > this.length)) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    this.#batchSize = 0;
    this.#batchBytes = 0;
    this.#extendBatch();
    return batch;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#batchSize = 0;
    this.#batchBytes = 0;
  }

  #extendBatch(): void {
    while (this.#batchSize < this.#maxSize) {
      const request = this.at(this.#batchSize);
      if (request === undefined) return;
      const bytes = this.#batchBytes + request.request.length;
      if (this.#batchSize > 0 && bytes > this.#maxBytes) return;
      this.#batchSize++;
      this.#batchBytes = bytes;
    }
  }
}
