/**
 * # A call
 *
 * A request from its caller's side: a promise, which is settled once, whatever comes first of a
 * reply, a failure, the caller's signal and the end of the client.
 */
import type { Abortable, AbortListeners } from './abortListeners.ts';
import {
  FateUnknownError,
  RequestAbortedError,
  type RequestError,
  RequestTimeoutError,
} from './errors.ts';
import type { Failure, Request, Waiter } from './requests.ts';

/** All calls of a client, and what they need of it. */
export interface Calls {
  /** Those that are not settled. */
  readonly open: Set<Call>;
  readonly aborts: AbortListeners;
  /** Nobody waits for this request any more. */
  abandon(request: Request): void;
  /** A server as people read it. */
  nameOf(server: number): string;
  /** The servers that are not connected, each with the reason. */
  troubles(): readonly string[];
}

/** The caller's promise, and what the caller wants. */
export interface Caller {
  resolve(reply: Uint8Array): void;
  reject(error: RequestError): void;
  /** In milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

export class Call implements Waiter, Abortable {
  /** Nothing until it is made. */
  request: Request | undefined;
  readonly #calls: Calls;
  readonly #caller: Caller;

  constructor(calls: Calls, caller: Caller) {
    this.#calls = calls;
    this.#caller = caller;
  }

  get signal(): AbortSignal | undefined {
    return this.#caller.signal;
  }

  get wasSent(): boolean {
    return this.request !== undefined && this.request.asked.length > 0;
  }

  replied(reply: Uint8Array): void {
    this.#end();
    this.#caller.resolve(new Uint8Array(reply));
  }

  failed(why: Failure): void {
    const { nameOf, troubles } = this.#calls;
    const asked = this.request?.asked ?? [];
    this.fail(
      why === 'overtaken'
        ? new FateUnknownError()
        : new RequestTimeoutError(this.#caller.timeout, asked.map(nameOf), troubles()),
    );
  }

  fail(error: RequestError): void {
    this.#end();
    this.#caller.reject(error);
  }

  abort(): void {
    if (this.request) this.#calls.abandon(this.request);
    this.fail(new RequestAbortedError(this.wasSent, this.signal?.reason));
  }

  #end(): void {
    this.#calls.open.delete(this);
    if (this.signal) this.#calls.aborts.remove(this.signal, this);
  }
}
