/**
 * # The requests of a session
 *
 * They wait for their turn in the order in which they were made, get a number when it has come, and
 * are *under way* from then on until they are answered, fail or are abandoned. No number is used
 * twice.
 */
import { requestMessage, setNumber } from './messages.ts';

export interface RequestLimits {
  /** How many requests may be under way at once; others wait for their turn. */
  readonly inFlight: number;
  /** How many bytes of them; one alone may be longer. */
  readonly inFlightBytes: number;
}

export type Failure = 'timeout' | 'overtaken';

/** Who made a request. One of the two is called, once, unless the request is abandoned. */
export interface Waiter {
  /** The bytes are a view of what the network gave. */
  replied(reply: Uint8Array): void;
  /** No reply will come: it took too long, or a later request has been answered. */
  failed(why: Failure): void;
  /** Once this is aborted, the request is not begun any more; it will be abandoned. */
  readonly signal?: AbortSignal | undefined;
}

export interface Request {
  /** As it is sent. */
  readonly message: Uint8Array;
  readonly waiter: Waiter;
  /** When its caller gives up. */
  readonly deadline: number;
  /** The servers that it has been sent to. */
  readonly asked: number[];
  /** Not yet any while it waits for its turn. */
  number: number | undefined;
  sentAt: number;
  /** When a later request was first seen to be answered. */
  overtakenAt: number;
}

const NEVER = Number.POSITIVE_INFINITY;

export class Requests {
  readonly #limits: RequestLimits;
  readonly #waiting = new Set<Request>();
  /** By number. */
  readonly #underWay = new Map<number, Request>();
  #bytesUnderWay = 0;
  #oldest = 0;
  #next = 0;
  /** All lower numbers under way have been marked as overtaken. */
  #overtakenBelow = 0;
  #firstOvertaken = NEVER;
  #firstDeadline = NEVER;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** No lower number is under way. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The number that is given next. */
  get next(): number {
    return this.#next;
  }

  /** No deadline is earlier. */
  get firstDeadline(): number {
    return this.#firstDeadline;
  }

  /** No request was overtaken earlier. */
  get firstOvertaken(): number {
    return this.#firstOvertaken;
  }

  /** The request under way with this number. */
  get(number: number): Request | undefined {
    return this.#underWay.get(number);
  }

  /** Has a request wait for its turn. Its bytes are copied. */
  add(request: Uint8Array, deadline: number, waiter: Waiter): Request {
    const added: Request = {
      message: requestMessage(request),
      waiter,
      deadline,
      asked: [],
      number: undefined,
      sentAt: NEVER,
      overtakenAt: NEVER,
    };
    this.#waiting.add(added);
    this.#firstDeadline = Math.min(this.#firstDeadline, deadline);
    return added;
  }

  /** Gives numbers to those whose turn has come; says whether there were any. */
  admit(): boolean {
    const before = this.#next;
    for (const request of this.#waiting) {
      if (request.waiter.signal?.aborted) continue;
      const bytes = this.#bytesUnderWay + request.message.length;
      const count = this.#underWay.size;
      if (count >= this.#limits.inFlight) break;
      if (count > 0 && bytes > this.#limits.inFlightBytes) break;
      this.#waiting.delete(request);
      request.number = this.#next++;
      setNumber(request.message, request.number);
      this.#underWay.set(request.number, request);
      this.#bytesUnderWay = bytes;
    }
    return this.#next > before;
  }

  /** Takes a request out, wherever it is. */
  remove(request: Request): void {
    this.#waiting.delete(request);
    if (request.number === undefined || !this.#underWay.delete(request.number)) return;
    this.#bytesUnderWay -= request.message.length;
    while (this.#oldest < this.#next && !this.#underWay.has(this.#oldest)) this.#oldest++;
  }

  /** Takes all out. */
  clear(): void {
    this.#waiting.clear();
    this.#underWay.clear();
    this.#bytesUnderWay = 0;
    this.#oldest = this.#next;
  }

  /** The request with this number is settled, so those with lower ones will not be answered. */
  overtake(number: number, now: number): void {
    for (let at = Math.max(this.#oldest, this.#overtakenBelow); at < number; at++) {
      const request = this.#underWay.get(at);
      if (request === undefined) continue;
      request.overtakenAt = now;
      this.#firstOvertaken = Math.min(this.#firstOvertaken, now);
    }
    this.#overtakenBelow = Math.max(this.#overtakenBelow, number);
  }

  /** Takes out those whose time is up, and those that were overtaken `graceMs` ago. */
  expire(now: number, graceMs: number): readonly (readonly [Request, Failure])[] {
    const failed: [Request, Failure][] = [];
    if (now < this.#firstDeadline && now < this.#firstOvertaken + graceMs) return failed;
    this.#firstDeadline = NEVER;
    this.#firstOvertaken = NEVER;
    for (const request of [...this.#underWay.values(), ...this.#waiting]) {
      if (now >= request.overtakenAt + graceMs) failed.push([request, 'overtaken']);
      else if (now >= request.deadline) failed.push([request, 'timeout']);
      else {
        this.#firstDeadline = Math.min(this.#firstDeadline, request.deadline);
        this.#firstOvertaken = Math.min(this.#firstOvertaken, request.overtakenAt);
      }
    }
    for (const [request] of failed) this.remove(request);
    return failed;
  }
}
