/**
 * # A call of the hash table
 *
 * A get or a set from its caller's side: a promise, which is settled once. It is asked of the host
 * that is believed to have the key, and of others as it is redirected, one after another: so there
 * is at most one host at which it may take effect. A redirect says that it took none.
 */
import type { Abortable } from './abortListeners.ts';
import { RequestAbortedError, type RequestError, RequestTimeoutError } from './errors.ts';
import { AnswerLostError, RefusedError, UnansweredError } from './shtErrors.ts';
import type { Answer } from './shtMessages.ts';
import type { Question } from './shtQuestions.ts';

/** What a call needs of its client. */
export interface Calls {
  /** A host as people read it. */
  nameOf(host: number): string;
  /** The hosts that are not connected, each with the reason. */
  troubles(): readonly string[];
  /** It has been redirected by the host that it asked last, to the one with this end point. */
  redirected(call: ShtCall, owner: string): void;
  /** It is settled. */
  ended(call: ShtCall): void;
}

/** The caller's promise, and what the caller wants. */
export interface Caller {
  resolve(reply: Uint8Array): void;
  reject(error: RequestError): void;
  readonly key: bigint;
  readonly content: Uint8Array;
  /** In milliseconds, and when that is over. */
  readonly timeout: number;
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

export class ShtCall implements Question, Abortable {
  readonly key: bigint;
  readonly content: Uint8Array;
  readonly deadline: number;
  /** The host that it was handed to last. */
  host = 0;
  /** How often it was redirected. */
  redirects = 0;
  isWanted = true;
  readonly #calls: Calls;
  readonly #caller: Caller;
  /** Whether it has a number at that host, and no answer. */
  #isUnderWay = false;

  constructor(calls: Calls, caller: Caller) {
    this.key = caller.key;
    this.content = caller.content;
    this.deadline = caller.deadline;
    this.#calls = calls;
    this.#caller = caller;
  }

  get signal(): AbortSignal | undefined {
    return this.#caller.signal;
  }

  /** Whether it may take effect, or have taken it. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  sent(): void {
    this.#isUnderWay = true;
  }

  answered(answer: Answer): void {
    this.#isUnderWay = false;
    if (!this.isWanted) return;
    switch (answer.type) {
      case 'reply':
        this.#end();
        // The caller keeps it, and should not keep with it all that came together with it.
        this.#caller.resolve(new Uint8Array(answer.content));
        break;
      case 'redirect':
        this.redirects++;
        this.#calls.redirected(this, answer.owner);
        break;
      case 'refusal':
        this.fail(new RefusedError(this.#calls.nameOf(this.host), answer.reason));
        break;
      case 'status':
        throw new Error('a status is no answer to a get or a set');
    }
  }

  passedOver(): void {
    this.#isUnderWay = false;
    this.fail(new UnansweredError(this.#calls.nameOf(this.host)));
  }

  lost(): void {
    this.#isUnderWay = false;
    this.fail(new AnswerLostError(this.#calls.nameOf(this.host)));
  }

  timedOut(): void {
    const asked = this.#isUnderWay ? [this.#calls.nameOf(this.host)] : [];
    this.fail(new RequestTimeoutError(this.#caller.timeout, asked, this.#calls.troubles()));
  }

  abort(): void {
    this.fail(new RequestAbortedError(this.#isUnderWay, this.signal?.reason));
  }

  /** Does nothing if it is settled. */
  fail(error: RequestError): void {
    if (!this.isWanted) return;
    this.#end();
    this.#caller.reject(error);
  }

  #end(): void {
    this.isWanted = false;
    this.#calls.ended(this);
  }
}
