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
 * Only hosts of the original's kind send no answer again: there the fate of what was asked meanwhile
 * is unknown for ever, and the conversation goes on with what is asked from then on.
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
import type { ConversationSettings, Line } from './shtLine.ts';
import {
  getRequest,
  type HostMessage,
  numbersRequest,
  readAnswer,
  readMessage,
} from './shtMessages.ts';
import { Modernity } from './shtModernity.ts';
import { Patience } from './shtPatience.ts';
import { keyBesides, type Question, QuestionQueue } from './shtQuestions.ts';

/** After how many pauses a missing answer was lost for good, where hosts send none again. */
const LOST_AFTER = 5;

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
  readonly #patience: Patience;
  readonly #modernity = new Modernity();

  constructor(line: Line, settings: ConversationSettings, timers: Timers) {
    this.#line = line;
    this.#settings = settings;
    this.#timers = timers;
    this.#questions = new QuestionQueue(settings.dst, settings);
    this.#alarm = new Alarm(timers, () => this.#wake());
    this.#stage = settings.nonce === undefined ? 'open' : 'numbers';
    this.#patience = new Patience(settings.retryMs);
  }

  /**
   * Whether the host answers what the original does not know, if that has turned out. It is found
   * out once {@link wonder} was called.
   */
  get isModern(): boolean | undefined {
    return this.#modernity.isModern;
  }

  /** Finds out whether the host answers what the original does not know. */
  wonder(): void {
    if (this.isModern === undefined && !this.#modernity.isAsked) this.#askNumbers();
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
    this.#patience.heard();
    this.#cursor = this.#questions.oldest;
    if (this.#stage === 'numbers' || this.#modernity.isAsked) this.#askNumbers();
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
    this.#patience.heard();
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
      this.wonder();
      this.#acks.keep(seqno, content, this.#timers.now());
      this.#hurry();
      return;
    }
    this.#take(content);
    this.#takeEarly();
  }

  #takeEarly(): void {
    for (let next = this.#acks.takeEarly(); next; next = this.#acks.takeEarly()) this.#take(next);
  }

  /** Accepts what is inside of the next message. */
  #take(content: Uint8Array): void {
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
    this.#modernity.answers(number);
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
    this.#modernity.tells();
    const { nonce } = this.#settings;
    if (this.#stage !== 'numbers' || nonce === undefined) return;
    this.#questions.startAfter(accepted);
    this.#cursor = accepted + 1;
    this.#sentBelow = accepted + 1;
    this.#acks.startAfter(acked);
    this.#passOver(nonce);
  }

  /** Asks for a key that is not asked for, and takes no answer before the one to that. */
  #passOver(nonce: bigint): void {
    this.#stage = 'nonce';
    this.#questions.beginWith(getRequest(nonce), () => {
      this.#stage = 'open';
      this.#pump();
    });
    this.#pump();
  }

  /** Sends what has not been sent over this connection, as far as there is room. */
  #pump(): void {
    if (!this.#connected || this.#stage === 'numbers') return;
    const wasIdle = this.#patience.retryAt === NEVER;
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

  get #isWaiting(): boolean {
    return this.#questions.underWay > 0 || this.#stage === 'numbers';
  }

  /** From now on it is waited anew before anything is sent again. */
  #noteProgress(): void {
    this.#patience.progress(this.#isWaiting, this.#timers.now());
    if (this.#acks.missingSince < NEVER) this.#hurry();
    else this.#alarm.set(this.#patience.retryAt);
  }

  #hurry(): void {
    this.#patience.hurry(this.#timers.now());
    this.#alarm.set(this.#patience.retryAt);
  }

  #askNumbers(): void {
    this.#modernity.ask(this.#questions.next);
    if (this.#connected) this.#line.send(numbersRequest());
  }

  #acknowledge(): void {
    if (this.#connected) this.#line.send(this.#acks.message());
    else this.#acks.putOff();
  }

  /** Does what is due. */
  #wake(): void {
    const now = this.#timers.now();
    if (now >= this.#acks.due) this.#acknowledge();
    if (now >= this.#patience.retryAt) this.#retry(now);
    this.#alarm.set(Math.min(this.#acks.due, this.#patience.retryAt));
  }

  #retry(now: number): void {
    const isSilent = this.#patience.vain(this.#isWaiting, now);
    if (!this.#connected) return;
    this.counters.retries++;
    if (isSilent) this.#line.renew();
    if (this.#full) return; // What is still to leave need not be sent again.
    if (this.#stage === 'numbers') this.#line.send(numbersRequest());
    if (this.#acks.isLate) this.#acknowledge();
    this.#cursor = Math.min(this.#cursor, this.#questions.lastAcceptedOrOldest);
    const missingMs = now - this.#acks.missingSince;
    if (missingMs >= LOST_AFTER * this.#settings.retryMs && !this.isModern) this.#giveUp();
    else this.#questions.probe();
    this.#pump();
  }

  /**
   * A host of the original's kind never sends an answer again that was lost. Which of the questions
   * it was to nobody can say any more: so the fate of all of them is unknown.
   */
  #giveUp(): void {
    const lost = this.#questions.giveUp();
    if (lost.length === 0) return;
    this.#cursor = this.#questions.next;
    this.#passOver(keyBesides(lost));
    this.#acks.skip();
    this.#takeEarly();
    for (const each of lost) each.lost();
  }
}
