/**
 * # What is acknowledged, and when
 *
 * A host's messages are accepted in the order of their numbers, and acknowledged several at a time:
 * one acknowledgement is for all numbers up to its own.
 */
import { ackMessage } from './shtMessages.ts';

/** So many messages, or bytes of them, are acknowledged together, and none waits for longer. */
const ACK_EVERY = 64;
const ACK_BYTES = 256 * 1024;
const ACK_MS = 100;

const NEVER = Number.POSITIVE_INFINITY;

export class Acknowledgements {
  #accepted = 0;
  #acknowledged = 0;
  #bytes = 0;
  #due = NEVER;

  /** The last number that was accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /** When to acknowledge. */
  get due(): number {
    return this.#due;
  }

  /** Whether anything has been accepted since the last acknowledgement. */
  get isLate(): boolean {
    return this.#acknowledged < this.#accepted;
  }

  /** All numbers up to this one have been accepted and acknowledged. */
  startAfter(number: number): void {
    this.#accepted = number;
    this.#acknowledged = number;
  }

  /** The next number is accepted, in a message of so many bytes. */
  accept(bytes: number, now: number): void {
    this.#accepted++;
    this.#bytes += bytes;
    const isMuch = this.#accepted - this.#acknowledged >= ACK_EVERY || this.#bytes >= ACK_BYTES;
    if (isMuch) this.#due = now;
    else if (this.#due === NEVER) this.#due = now + ACK_MS;
  }

  /** Something was sent again that had been acknowledged. */
  hasten(now: number): void {
    this.#due = now;
  }

  /** The acknowledgement, which is to be sent at once. */
  message(): Uint8Array {
    this.#acknowledged = this.#accepted;
    this.#bytes = 0;
    this.#due = NEVER;
    return ackMessage(this.#accepted);
  }

  /** There is nobody to send it to. */
  putOff(): void {
    this.#due = NEVER;
  }
}
