/**
 * # What can go wrong for a client of the hash table
 *
 * Besides what can go wrong for any client.
 */
import { RequestError } from './errors.ts';

/** The host refused the request, and says why. */
export class RefusedError extends RequestError {
  override readonly name = 'RefusedError';
  readonly reason: string;

  constructor(server: string, reason: string) {
    super(`${server} refused the request, which was not executed: ${reason}`, 'not executed');
    this.reason = reason;
  }
}

/** The host took the request and did nothing, as the original does with values that are too long. */
export class UnansweredError extends RequestError {
  override readonly name = 'UnansweredError';

  constructor(server: string) {
    super(
      `${server} did nothing about the request, as hosts that run in the original's way do with `
        + 'values of more than 1,023 bytes',
      'not executed',
    );
  }
}

/**
 * A connection broke, an answer was lost with it, and the host does not send it again, as those of
 * the original do not.
 */
export class AnswerLostError extends RequestError {
  override readonly name = 'AnswerLostError';

  constructor(server: string) {
    super(
      `An answer of ${server} was lost and is not sent again: the request may have been executed`,
      'unknown',
    );
  }
}

/** The key is with a host that the service file does not name. */
export class UnknownOwnerError extends RequestError {
  override readonly name = 'UnknownOwnerError';

  constructor(server: string, key: bigint) {
    super(
      `${server} says that a host which the service file does not name has key ${key}; `
        + 'is it the file that the hosts were started with?',
      'not executed',
    );
  }
}

/** So many requests wait for their turn already that another one is not taken. */
export class QueueFullError extends RequestError {
  override readonly name = 'QueueFullError';

  constructor(requests: number, bytes: number) {
    super(
      `${requests} requests of ${bytes} bytes wait for their turn already: the request was not sent`,
      'never sent',
    );
  }
}

/** A host does not tell what it has. */
export class SilentHostError extends Error {
  override readonly name = 'SilentHostError';
  /** What is the matter with it, as the end of a sentence that begins with its name. */
  readonly matter: string;

  /** `trouble` is why there is no connection, if there is none. */
  constructor(server: string, afterMs: number, trouble: string | undefined) {
    const matter =
      trouble === undefined
        ? `did not answer within ${afterMs} ms; it is paused or busy, runs in the original's way `
          + '(compatible=true), or somebody else uses the same key'
        : `is not connected: ${trouble}`;
    super(`${server} ${matter}`);
    this.matter = matter;
  }
}

/** A host does not hand on what it was ordered to, and will not. */
export class OrderRefusedError extends Error {
  override readonly name = 'OrderRefusedError';
  readonly reason: string;

  constructor(server: string, reason: string) {
    super(`${server} refused the order: ${reason}`);
    this.reason = reason;
  }
}

/** Nothing has moved for too long. */
export class StuckError extends Error {
  override readonly name = 'StuckError';

  constructor(afterMs: number, reason: string) {
    super(`Nothing has moved for ${afterMs / 1000} s: ${reason}`);
  }
}
