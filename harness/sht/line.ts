/**
 * # A client and one host
 *
 * The client's side of single delivery: it numbers what it asks, takes the next answer only, and
 * acknowledges. Answers come in the order of the requests and do not say which they answer; so an
 * answer is that of the first request which it may be one of, and what was asked before that was
 * left without an answer, as orders are that are obeyed.
 */
import type { Content, Message, Reason, SingleMessage } from '../../protocol/sht/messages.ts';

/** Something asked. */
export interface Asked<Said> {
  readonly seqno: number;
  readonly content: Content;
  /** What says it, once somebody has said it. */
  said: Said | undefined;
  /** How often it was sent, and when it is to be sent next. */
  tries: number;
  dueAt: number;
  /** Whether nobody waits for its answer any more. */
  over: boolean;
}

const TOO_LONG: Reason = 'the value is too long';

/** Whether a message may be the answer to a request. */
export function mayAnswer(answer: Content, asked: Content): boolean {
  switch (answer.type) {
    case 'reply':
      return (
        (asked.type === 'get' && asked.key === answer.key)
        || (asked.type === 'set' && asked.key === answer.key && asked.value === answer.value)
      );
    case 'redirect':
      return (asked.type === 'get' || asked.type === 'set') && asked.key === answer.key;
    case 'refusal':
      return asked.type === (answer.reason === TOO_LONG ? 'set' : 'shard');
    case 'status':
      return asked.type === 'statusRequest';
    default:
      return false;
  }
}

export class Line<Said> {
  /** Whether the client knows which numbers are next. */
  isKnown = true;
  /** The highest of the host's numbers that was taken, and the highest that was acknowledged. */
  heard = 0;
  acked = 0;
  #given = 0;
  /** The highest number that the host is known to have accepted. */
  #accepted = 0;
  #waiting: Asked<Said>[] = [];

  /**
   * What is to be sent again, the oldest first: what is still waited for, and whatever the host has
   * not accepted, for it accepts nothing that comes after that.
   */
  get underWay(): readonly Asked<Said>[] {
    return this.#waiting.filter(({ over, seqno }) => !over || seqno > this.#accepted);
  }

  /** Gives a number to something new. */
  ask(content: Content): Asked<Said> {
    const asked: Asked<Said> = {
      seqno: ++this.#given,
      content,
      said: undefined,
      tries: 0,
      dueAt: 0,
      over: false,
    };
    this.#waiting.push(asked);
    return asked;
  }

  /** Forgets everything, and has to ask for the numbers. */
  forget(): void {
    this.isKnown = false;
    this.#waiting = [];
  }

  learn({ accepted, acked }: Extract<Message, { readonly type: 'numbers' }>): void {
    this.isKnown = true;
    this.#given = accepted;
    this.#accepted = accepted;
    this.heard = acked;
    this.acked = acked;
  }

  /** The host has accepted what has these numbers: an order is over, whatever becomes of it. */
  accepted(seqno: number): void {
    this.#accepted = Math.max(this.#accepted, seqno);
    for (const asked of this.#waiting) {
      if (asked.seqno <= seqno && asked.content.type === 'shard') asked.over = true;
    }
  }

  /** Takes an answer, if it is the next one, and gives what it answers, if it is known. */
  hear({ seqno, content }: SingleMessage): Asked<Said> | undefined {
    if (!this.isKnown || seqno !== this.heard + 1) return undefined;
    this.heard = seqno;
    const place = this.#waiting.findIndex((asked) => mayAnswer(content, asked.content));
    const answered = this.#waiting[place];
    if (answered === undefined) return undefined;
    // The order in which requests are answered is that of their numbers.
    this.#waiting.splice(0, place + 1);
    this.#accepted = Math.max(this.#accepted, answered.seqno);
    return answered;
  }
}
