/**
 * # The questions of a conversation
 *
 * They wait for their turn in the order in which they were asked, get the next number when it has
 * come, and are *under way* until they are answered or passed over. Numbers under way have no gaps.
 */
import {
  type Answer,
  getRequest,
  KIND,
  keyOf,
  kindOf,
  REASONS,
  singleMessage,
} from './shtMessages.ts';

/**
 * What somebody asks a host. Of `answered`, `passedOver` and `lost` one is called, once, if at all.
 */
export interface Question {
  /** What is inside of the single message. */
  readonly content: Uint8Array;
  /** Whether it need still be asked, if it has not been. */
  readonly isWanted: boolean;
  /** It has its number: from now on it may take effect. */
  sent(): void;
  /** The host will come to it, after all it has accepted before. */
  accepted?(): void;
  answered(answer: Answer): void;
  /** A later question was answered, and this one never will be. */
  passedOver(): void;
  /** The answer may have been lost: it may have taken effect, and nobody will ever know. */
  lost(): void;
}

export interface QuestionLimits {
  /** How many questions may be under way at once; others wait for their turn. */
  readonly inFlight: number;
  /** How many bytes of them; one alone may be longer. */
  readonly inFlightBytes: number;
}

/**
 * How many bytes of answers are asked for at once. A host that has sent about as much, and got no
 * acknowledgement, takes no more questions.
 */
const BYTES_ASKED_FOR = 4 * 1024 * 1024;

/** The settled ones are dropped when there are so many. */
const MOST_SETTLED = 256;

interface UnderWay {
  readonly question: Question;
  readonly message: Uint8Array;
}

/** A question with its answer. */
export interface Settled {
  readonly number: number;
  readonly question: Question;
  readonly passedOver: readonly Question[];
}

const NONE: readonly never[] = [];

export class QuestionQueue {
  readonly #dst: Uint8Array;
  readonly #limits: QuestionLimits;
  readonly #waiting = new Set<Question>();
  /** Those under way and some settled ones before them, by number. The first has `#base`. */
  #entries: (UnderWay | undefined)[] = [];
  #base = 1;
  #oldest = 1;
  #bytes = 0;
  /** The last number that the host is known to have accepted. */
  #accepted = 0;
  #probing = false;
  /** About how long the longest answers have been of late, in bytes. */
  #usualAnswer = 0;

  /** `dst` is the host's end point. */
  constructor(dst: Uint8Array, limits: QuestionLimits) {
    this.#dst = dst;
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get underWay(): number {
    return this.next - this.#oldest;
  }

  /** The lowest number under way, or the next one. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The number that is given next. */
  get next(): number {
    return this.#base + this.#entries.length;
  }

  /** The number that the host accepted last, if it is under way; else the lowest that is. */
  get lastAcceptedOrOldest(): number {
    return Math.max(this.#oldest, this.#accepted);
  }

  /** A question under way as it is sent. */
  messageOf(number: number): Uint8Array {
    const entry = this.#entries[number - this.#base];
    if (entry === undefined) throw new Error(`question ${number} is not under way`);
    return entry.message;
  }

  /** Before anything is under way: the next number is the one after this. */
  startAfter(number: number): void {
    this.#base = number + 1;
    this.#oldest = number + 1;
    this.#accepted = number;
  }

  add(question: Question): void {
    this.#waiting.add(question);
  }

  /** Gives a question of our own the next number, before all that wait. */
  beginWith(content: Uint8Array, settled: () => void): void {
    this.#begin({
      content,
      isWanted: true,
      sent: () => {},
      answered: settled,
      passedOver: settled,
      lost: settled,
    });
  }

  /**
   * Where the host has accepted everything and answers nothing: asks what is always answered, so
   * that it turns out what will never be.
   */
  probe(): void {
    if (this.#probing || this.underWay === 0 || this.#accepted + 1 < this.next) return;
    this.#probing = true;
    this.beginWith(getRequest(0n), () => {
      this.#probing = false;
    });
  }

  withdraw(question: Question): void {
    this.#waiting.delete(question);
  }

  /** Gives numbers to those whose turn has come. */
  admit(): void {
    for (const question of this.#waiting) {
      if (question.isWanted) {
        const bytes = this.#bytes + question.content.length;
        if (this.underWay >= this.#window) return;
        if (this.underWay > 0 && bytes > this.#limits.inFlightBytes) return;
      }
      this.#waiting.delete(question);
      if (question.isWanted) this.#begin(question);
    }
  }

  #begin(question: Question): void {
    const { content } = question;
    const message = singleMessage(this.next, this.#dst, content);
    this.#entries.push({ question, message });
    this.#bytes += content.length;
    question.sent();
  }

  /** The host has accepted all numbers up to this one; says whether that is news. */
  accept(number: number): boolean {
    if (number <= this.#accepted) return false;
    const first = Math.max(this.#accepted + 1, this.#oldest);
    this.#accepted = number;
    for (let at = first; at <= number; at++) this.#entries[at - this.#base]?.question.accepted?.();
    return true;
  }

  /** Finds the question that an answer of so many bytes is to, and settles all up to it. */
  settle(answer: Answer, bytes: number): Settled | undefined {
    for (let number = this.#oldest; number < this.next; number++) {
      const { question } = this.#entries[number - this.#base] as UnderWay;
      if (!fits(question.content, answer)) continue;
      this.#usualAnswer = Math.max(bytes, this.#usualAnswer - this.#usualAnswer / 64);
      this.accept(number);
      return { number, question, passedOver: this.#drop(number) };
    }
    return undefined;
  }

  /** Settles all that are under way, if the host has accepted them; else gives none. */
  giveUp(): readonly Question[] {
    if (this.#accepted + 1 < this.next) return NONE;
    const last = this.next - 1;
    const { question } = this.#entries[last - this.#base] as UnderWay;
    return [...this.#drop(last), question];
  }

  /** How many may be under way, so that the host will take them all. */
  get #window(): number {
    const fitting = Math.floor(BYTES_ASKED_FOR / Math.max(this.#usualAnswer, 1));
    return Math.min(this.#limits.inFlight, Math.max(fitting, 1));
  }

  /** All up to this number are settled; gives those before it. */
  #drop(number: number): readonly Question[] {
    const before: Question[] = [];
    for (; this.#oldest <= number; this.#oldest++) {
      const place = this.#oldest - this.#base;
      const { question } = this.#entries[place] as UnderWay;
      this.#entries[place] = undefined;
      this.#bytes -= question.content.length;
      if (this.#oldest < number) before.push(question);
    }
    if (this.#oldest - this.#base >= MOST_SETTLED || this.underWay === 0) {
      this.#entries = this.#entries.slice(this.#oldest - this.#base);
      this.#base = this.#oldest;
    }
    return before.length === 0 ? NONE : before;
  }
}

/** A key that none of these questions asks for. */
export function keyBesides(questions: readonly Question[]): bigint {
  const keys = new Set(questions.map(({ content }) => keyOf(content)));
  let key = 0n;
  while (keys.has(key)) key++;
  return key;
}

/** Whether an answer can be to what was asked. */
function fits(asked: Uint8Array, answer: Answer): boolean {
  const kind = kindOf(asked);
  switch (answer.type) {
    case 'reply':
      // A set is answered with what was set.
      if (kind === KIND.set) return sameFrom(8, asked.length, asked, answer.content);
      return kind === KIND.get && sameFrom(8, 16, asked, answer.content);
    case 'redirect':
      return (kind === KIND.get || kind === KIND.set) && sameFrom(8, 16, asked, answer.content);
    case 'status':
      return kind === KIND.statusRequest;
    case 'refusal':
      return kind === (answer.reason === REASONS[0] ? KIND.set : KIND.shard);
  }
}

function sameFrom(start: number, end: number, a: Uint8Array, b: Uint8Array): boolean {
  if (end > 16 && a.length !== b.length) return false;
  if (end - start > 64) return Buffer.compare(a.subarray(start, end), b.subarray(start, end)) === 0;
  for (let at = start; at < end; at++) if (a[at] !== b[at]) return false;
  return true;
}
