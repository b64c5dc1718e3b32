/**
 * # What can go wrong for a client
 *
 * Each kind of failure has a class of its own. What matters most about a request that failed is its
 * *fate*: one that was never sent has not been executed and never will be, nor has one of which the
 * service itself said so; of any other that was sent, nobody can say: it may have been executed, and
 * if not, it still may be.
 */

export type Fate = 'never sent' | 'not executed' | 'unknown';

/** A request that brought no reply. */
export abstract class RequestError extends Error {
  readonly fate: Fate;

  constructor(message: string, fate: Fate, options?: ErrorOptions) {
    super(message, options);
    this.fate = fate;
  }
}

const fateOf = (sent: boolean): Fate => (sent ? 'unknown' : 'never sent');

const told = (sent: boolean): string =>
  sent ? 'it may have been executed, or still be' : 'it was not sent, and will not be executed';

/** No reply came in time. */
export class RequestTimeoutError extends RequestError {
  override readonly name = 'RequestTimeoutError';
  /** For how long it was waited, in milliseconds. */
  readonly afterMs: number;
  /** The servers that were asked, as people read them. */
  readonly asked: readonly string[];

  /** `unreachable` are the servers without a connection now, each with the reason. */
  constructor(afterMs: number, asked: readonly string[], unreachable: readonly string[]) {
    const whom = asked.length > 0 ? `from ${asked.join(', ')}` : 'because nobody could be asked';
    const missing = unreachable.length > 0 ? ` (no connection with ${unreachable.join(', ')})` : '';
    super(
      `No reply within ${afterMs} ms ${whom}${missing}: ${told(asked.length > 0)}`,
      fateOf(asked.length > 0),
    );
    this.afterMs = afterMs;
    this.asked = asked;
  }
}

/** The caller's signal was aborted; its reason is the cause. */
export class RequestAbortedError extends RequestError {
  // As everything that is aborted by a signal is called.
  override readonly name = 'AbortError';

  constructor(sent: boolean, reason: unknown) {
    super(`The request was aborted: ${told(sent)}`, fateOf(sent), { cause: reason });
  }
}

/** The client was closed. */
export class ClientClosedError extends RequestError {
  override readonly name = 'ClientClosedError';

  constructor(sent: boolean) {
    super(`The client is closed: ${told(sent)}`, fateOf(sent));
  }
}

/**
 * A later request of the same client has been answered, and servers keep only the latest reply:
 * this one's is lost, or it never took effect. Only who has several requests under way meets this,
 * and only when servers fail.
 */
export class FateUnknownError extends RequestError {
  override readonly name = 'FateUnknownError';

  constructor() {
    super(`A later request was answered, and this one never will be: ${told(true)}`, 'unknown');
  }
}

/** The request is longer than any server accepts. */
export class RequestTooLongError extends RequestError {
  override readonly name = 'RequestTooLongError';

  constructor(length: number, longest: number) {
    super(`A request of ${length} bytes is longer than the ${longest} allowed`, 'never sent');
  }
}

/** Not one server of the service could be connected to. */
export class ServiceUnreachableError extends Error {
  override readonly name = 'ServiceUnreachableError';
  /** Each server with the reason, as people read them. */
  readonly servers: readonly string[];

  constructor(service: string, afterMs: number, servers: readonly string[]) {
    super(
      `No server of ${service} could be reached within ${afterMs} ms: ${servers.join('; ')}; `
        + 'are the servers running, and is this their service file?',
    );
    this.servers = servers;
  }
}

/** The store refused the request: a key or a value is too long, or the store is full. */
export class RequestRefusedError extends Error {
  override readonly name = 'RequestRefusedError';
}

/** The service answered what such a service never answers; it may be another one. */
export class UnexpectedReplyError extends Error {
  override readonly name = 'UnexpectedReplyError';
}
