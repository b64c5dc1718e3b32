/**
 * # A conversation with one host
 *
 * The client's side of single delivery. Questions are numbered from 1; the host accepts the next
 * number only, says so, and answers in the same order, with numbers of its own, of which the client
 * accepts the next only, and acknowledges them now and then, all up to one at a time.
 *
 * **Why a question takes effect once.** It keeps its number for as long as it is sent again, and the
 * host never accepts a number twice. No number is left out, so none after it waits for ever: also a
 * question for whose answer nobody waits any more is sent until it is accepted. An answer is told to
 * the caller once, because its number is accepted once. What is answered with a redirect or a
 * refusal has done nothing at the host that said so; it may be asked elsewhere, under a number there.
 *
 * **What is lost is sent again.** Over one connection nothing is lost and all is in order. After a
 * new one was opened, all that is unanswered is sent anew, in order. A host that is asked once more
 * what it has accepted last sends its answers anew. It leaves a question alone while too much of
 * what it has answered is not acknowledged; so without any progress for a while, the same is done.
 *
 * **Which answer is whose.** Answers come in the order of the questions, and there is one for each,
 * but for two: an order is answered only if it is refused, and hosts that run in the original's way
 * say nothing to a value that is too long. So an answer belongs to the first question that it fits,
 * and those before that have been passed over.
 */
import type { Timers } from '../framework/timers.ts';
import { Alarm } from './alarm.ts';
import { Acknowledgements } from './shtAcknowledgements.ts';
import { type ConversationCounters, noCounts } from './shtCounters.ts';
import {
  getRequest,
  type HostMessage,
  numbersRequest,
  readAnswer,
  readMessage,
} from './shtMessages.ts';
import { type Question, type QuestionLimits, QuestionQueue } from './shtQuestions.ts';

/** What a conversation needs of the network. */
export interface Line {
  /** Says whether there is room for more. */
  send(message: Uint8Array): boolean;
  /** The connection seems stuck: try another in its place. */
  renew(): void;
}

export interface ConversationSettings extends QuestionLimits {
  /** The host's end point. */
  readonly dst: Uint8Array;
  /** After how long without progress what is unanswered is sent again, in milliseconds. */
  readonly retryMs: number;
  /**
   * For a client whose key has been used before: a key of the table that was never asked for. It asks
   * the host for its numbers first, and passes over all answers before the one to this.
   */
  readonly nonce?: bigint | undefined;
}

/** How soon it is asked again when an answer is missing, in milliseconds. */
const HURRY_MS = 20;

/** How far the pause before a retry grows, as a multiple of the first. */
const MOST_PATIENCE = 8;

/** After how many such pauses in utter silence a connection is replaced. */
const SILENT_PAUSES = 3;

const NEVER = Number.POSITIVE_INFINITY;

/** Whether the numbers of the host are known, and whether old answers have all gone by. */
type Stage = 'numbers' | 'nonce' | 'open';

export class Conversation {
  readonly counters: ConversationCounters = noCounts();
  readonly #line: Line;
  readonly #settings: ConversationSettings;
  readonly #timers: Timers;
  readonly #questions: QuestionQueue;
  readonly #alarm: Alarm;
  #stage: Stage;
  #connected = false;
  /** Whether the network has no room for more. */
  #full = false;
  /** The next question to send over this connection. */
  #cursor = 1;
  /** Questions with lower numbers have been sent before. */
  #sentBelow = 1;
  readonly #acks = new Acknowledgements();
  /** The highest number of the host's that was seen. */
  #heardOf = 0;
  #retryAt = NEVER;
  #patience: number;
  /** How many pauses have passed without a word from the host. */
  #silentPauses = 0;
  #answersNumbers: boolean | undefined;
  /** When the host was asked for its numbers over this connection, the number of the next question. */
  #askedNumbersAt: number | undefined;

  constructor(line: Line, settings: ConversationSettings, timers: Timers) {
    this.#line = line;
    this.#settings = settings;
    this.#timers = timers;
    this.#questions = new QuestionQueue(settings.dst, settings);
    this.#alarm = new Alarm(timers, () => this.#wake());
    this.#stage = settings.nonce === undefined ? 'open' : 'numbers';
    this.#patience = settings.retryMs;
  }

  /** How many questions wait for their turn, and how many are under way. */
  get waiting(): number {
    return this.#questions.waiting;
  }

  get underWay(): number {
    return this.#questions.underWay;
  }

  /**
   * Whether the host answers what the original does not know, if that has turned out. It is found
   * out once {@link wonder} was called.
   */
  get isModern(): boolean | undefined {
    return this.#answersNumbers;
  }

  /** Finds out whether the host answers what the original does not know. */
  wonder(): void {
    if (this.#answersNumbers !== undefined || this.#askedNumbersAt !== undefined) return;
    this.#askedNumbersAt = this.#questions.next;
    if (this.#connected) this.#line.send(numbersRequest());
  }

  ask(question: Question): void {
    this.#questions.add(question);
    this.#pump();
  }

  /** A question that is not under way is not asked any more. */
  withdraw(question: Question): void {
    this.#questions.withdraw(question);
  }

  connected(): void {
    this.#connected = true;
    this.#full = false;
    this.#silentPauses = 0;
    this.#cursor = this.#questions.oldest;
    if (this.#stage === 'numbers' || this.#askedNumbersAt !== undefined) {
      this.#askedNumbersAt = this.#questions.next;
      this.#line.send(numbersRequest());
    }
    // Acknowledgements may have been lost as well.
    if (this.#acks.accepted > 0) this.#acknowledge();
    this.#noteProgress();
    this.#pump();
  }

  disconnected(): void {
    this.#connected = false;
    this.counters.connectionsLost++;
  }

  drained(): void {
    this.#full = false;
    this.#pump();
  }

  received(bytes: Uint8Array): void {
    this.#silentPauses = 0;
    const message = readMessage(bytes);
    if (message === undefined) this.counters.malformed++;
    else if (message.type === 'single') this.#hear(message);
    else if (message.type === 'ack') this.#hearAck(message.seqno);
    else this.#hearNumbers(message);
  }

  /** Acknowledges what is not acknowledged, so that the host need not keep it. */
  close(): void {
    if (this.#acks.isLate) this.#acknowledge();
    this.#connected = false;
    this.#alarm.cancel();
  }

  #hear({ seqno, content }: Extract<HostMessage, { type: 'single' }>): void {
    if (this.#stage === 'numbers') return; // That was said to somebody who has forgotten it.
    if (seqno <= this.#acks.accepted) {
      this.counters.repeatedAnswers++;
      // The host did not hear it the first time.
      this.#acks.hasten(this.#timers.now());
      this.#alarm.set(this.#acks.due);
      return;
    }
    if (seqno > this.#acks.accepted + 1) {
      this.counters.gaps++;
      this.#heardOf = Math.max(this.#heardOf, seqno);
      this.#retryAt = Math.min(this.#retryAt, this.#timers.now() + HURRY_MS);
      this.#alarm.set(this.#retryAt);
      return;
    }
    const answer = readAnswer(content);
    const now = this.#timers.now();
    this.#acks.accept(content.length, now);
    if (this.#acks.due <= now) this.#acknowledge();
    else this.#alarm.set(this.#acks.due);
    this.counters.answers++;
    const settled = answer && this.#questions.settle(answer, content.length);
    if (answer === undefined) this.counters.malformed++;
    else if (settled === undefined) this.counters.strays++;
    if (answer === undefined || settled === undefined) return;
    const { number, question, passedOver } = settled;
    if (this.#askedNumbersAt !== undefined && number >= this.#askedNumbersAt) {
      // It has answered what was asked later.
      this.#answersNumbers ??= false;
      this.#askedNumbersAt = undefined;
    }
    this.#cursor = Math.max(this.#cursor, number + 1);
    this.#noteProgress();
    this.#pump();
    for (const each of passedOver) each.passedOver();
    question.answered(answer);
  }

  #hearAck(seqno: number): void {
    if (seqno >= this.#sentBelow) this.counters.malformed++;
    else if (this.#questions.accept(seqno)) this.#noteProgress();
  }

  #hearNumbers({ accepted, acked }: Extract<HostMessage, { type: 'numbers' }>): void {
    this.#answersNumbers = true;
    this.#askedNumbersAt = undefined;
    const { nonce } = this.#settings;
    if (this.#stage !== 'numbers' || nonce === undefined) return;
    this.#stage = 'nonce';
    this.#questions.startAfter(accepted);
    this.#cursor = accepted + 1;
    this.#sentBelow = accepted + 1;
    this.#acks.startAfter(acked);
    this.#questions.beginWith(getRequest(nonce), () => {
      this.#stage = 'open';
      this.#pump();
    });
    this.#pump();
  }

  /** Sends what has not been sent over this connection, as far as there is room. */
  #pump(): void {
    if (!this.#connected || this.#stage === 'numbers') return;
    const wasIdle = this.#retryAt === NEVER;
    const questions = this.#questions;
    for (;;) {
      if (this.#stage === 'open') questions.admit();
      if (this.#full || this.#cursor >= questions.next) break;
      if (this.#cursor < this.#sentBelow) this.counters.resent++;
      this.#full = !this.#line.send(questions.messageOf(this.#cursor++));
      this.#sentBelow = Math.max(this.#sentBelow, this.#cursor);
    }
    if (wasIdle && questions.underWay > 0) this.#noteProgress();
  }

  /** From now on it is waited anew before anything is sent again. */
  #noteProgress(): void {
    this.#patience = this.#settings.retryMs;
    this.#planRetry(this.#acks.accepted < this.#heardOf ? HURRY_MS : this.#patience);
  }

  #planRetry(pause: number): void {
    const isWaiting = this.#questions.underWay > 0 || this.#stage === 'numbers';
    this.#retryAt = isWaiting ? this.#timers.now() + pause : NEVER;
    this.#alarm.set(this.#retryAt);
  }

  #acknowledge(): void {
    if (this.#connected) this.#line.send(this.#acks.message());
    else this.#acks.putOff();
  }

  /** Does what is due. */
  #wake(): void {
    const now = this.#timers.now();
    if (now >= this.#acks.due) this.#acknowledge();
    if (now >= this.#retryAt) this.#retry();
    this.#alarm.set(Math.min(this.#acks.due, this.#retryAt));
  }

  #retry(): void {
    this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE * this.#settings.retryMs);
    this.#planRetry(this.#patience);
    if (!this.#connected) return;
    this.counters.retries++;
    if (++this.#silentPauses >= SILENT_PAUSES) {
      this.#silentPauses = 0;
      this.#line.renew();
    }
    if (this.#full) return; // What is still to leave need not be sent again.
    if (this.#stage === 'numbers') this.#line.send(numbersRequest());
    if (this.#acks.isLate) this.#acknowledge();
    this.#cursor = Math.min(this.#cursor, this.#questions.lastAcceptedOrOldest);
    this.#questions.probe();
    this.#pump();
  }
}
