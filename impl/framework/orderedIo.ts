/**
 * # IO in the order that makes a step atomic
 *
 * Lets a host do its operations only in the order `R* (C|T)? S*`. What a host's step counts for,
 * one atomic step, rests on that order; so an operation that comes too late is refused before it
 * reaches the world, and the server stops.
 *
 * Follows the obligation on HostNextImpl in Common/Framework/Host.s.dfy of IronFleet, which is
 * proved there and enforced here.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import {
  afterOperation,
  FIRST_STAGE,
  type IoOperation,
  type IoStage,
} from '../../spec/framework/ioOrder.ts';
import type { Io, Received } from './io.ts';

export class IoOrderViolation extends Error {
  override readonly name = 'IoOrderViolation';

  constructor(stage: IoStage, operation: IoOperation) {
    super(
      `A step receives, then learns the time at most once, then sends; this one was about to `
        + `${WANTED[operation]} after it had ${DONE[stage]}`,
    );
  }
}

const WANTED: Readonly<Record<IoOperation, string>> = {
  R: 'receive',
  C: 'read the clock',
  T: 'receive',
  S: 'send',
};

const DONE: Readonly<Record<IoStage, string>> = {
  receiving: 'received',
  timed: 'learned the time',
  sending: 'sent',
};

export class OrderedIo implements Io {
  readonly #io: Io;
  #stage: IoStage = FIRST_STAGE;

  constructor(io: Io) {
    this.#io = io;
  }

  /** The next operation is the first of a new step. */
  beginStep(): void {
    this.#stage = FIRST_STAGE;
  }

  receive(): Received | undefined {
    // Whether there is something to receive or not, it may be asked at the same stage only.
    const stage = this.#after('R');
    const received = this.#io.receive();
    this.#stage = received === undefined ? this.#after('T') : stage;
    return received;
  }

  readClock(): number {
    this.#stage = this.#after('C');
    return this.#io.readClock();
  }

  send(dst: EndPoint, bytes: Uint8Array): void {
    this.#stage = this.#after('S');
    this.#io.send(dst, bytes);
  }

  #after(operation: IoOperation): IoStage {
    const stage = afterOperation(this.#stage, operation);
    if (stage === undefined) throw new IoOrderViolation(this.#stage, operation);
    return stage;
  }
}
