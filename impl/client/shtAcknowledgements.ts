/**
 * # What is accepted of a host, and acknowledged
 *
 * A host's messages are accepted in the order of their numbers. What comes too early waits until
 * what is missing has come. They are acknowledged several at a time: one acknowledgement is for all
 * numbers up to its own.
 */
import { ackMessage } from './shtMessages.ts';

/** So many messages, or bytes of them, are acknowledged together, and none waits for longer. */
const ACK_EVERY = 64;
const ACK_BYTES = 256 * 1024;
const ACK_MS = 100;

/** So many messages that came too early are kept; others will be sent again. */
const MOST_EARLY = 128;

const NEVER = Number.POSITIVE_INFINITY;

export class Acknowledgements {
  #accepted = 0;
  #acknowledged = 0;
  #bytes = 0;
  #due = NEVER;
  readonly #early = new Map<number, Uint8Array>();
  #missingSince = NEVER;

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

  /** Since when a message has been missing, of which later ones came; never if none is. */
  get missingSince(): number {
    return this.#missingSince;
  }

  /** All numbers up to this one have been accepted and acknowledged. */
  startAfter(number: number): void {
    this.#accepted = number;
    this.#acknowledged = number;
  }

  /** A message that is not the next one waits. */
  keep(number: number, content: Uint8Array, now: number): void {
    this.#missingSince = Math.min(this.#missingSince, now);
    if (this.#early.size < MOST_EARLY) this.#early.set(number, content);
  }

  /** The next message, which is to be accepted, if it has been waiting. */
  takeEarly(): Uint8Array | undefined {
    const content = this.#early.get(this.#accepted + 1);
    if (content !== undefined) this.#early.delete(this.#accepted + 1);
    return content;
  }

  /** What is missing will never come: what has been waiting is the next. */
  skip(): void {
    this.#accepted = Math.max(this.#accepted, Math.min(...this.#early.keys()) - 1);
  }

  /** The next number is accepted, in a message of so many bytes. */
  accept(bytes: number, now: number): void {
    this.#accepted++;
    this.#missingSince = this.#early.size > 0 ? now : NEVER;
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
