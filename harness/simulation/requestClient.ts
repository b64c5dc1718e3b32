/**
 * # Clients that ask and are answered
 *
 * Such a client numbers its requests upward, sends each to one host or to all, sends it again, to
 * the next host, until it hears the first answer, and then thinks for a while. As clients do in a
 * network that repeats and delays, it sometimes asks once more what was answered long ago, and some
 * have several requests under way at a time. Some leave in the middle of it all.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Client } from './client.ts';
import type { Random } from './random.ts';

/** What requests and answers look like. */
export interface Conversation<Said> {
  /** A request with this number. */
  ask(seqno: number, random: Random): Said;
  /** The number of the request that is answered; nothing if this is no answer. */
  answered(msg: Said): number | undefined;
}

/** How often a client asks something again that was answered before, each time that it acts. */
const RUMINATES = 0.05;
/** How many old requests it remembers. */
const MEMORY = 8;

interface Request<Said> {
  readonly seqno: number;
  readonly msg: Said;
}

export class RequestClient<Said> implements Client<Said> {
  readonly name: EndPoint;
  wakeAt: number;
  readonly #hosts: readonly EndPoint[];
  readonly #conversation: Conversation<Said>;
  readonly #random: Random;
  /** How many requests are under way at a time, at most. */
  readonly #atOnce: number;
  /** For how long it waits for an answer, and thinks before it asks again, in milliseconds. */
  readonly #patience: number;
  readonly #thinking: number;
  /** Whether it goes on to the next host although the last one, or somebody, has answered. */
  readonly #wanders: boolean;
  /** How often it asks all hosts at once. */
  readonly #shouts: number;
  /** It acts only at times that are multiples of this, as others may do, too. */
  readonly #beat: number;
  /** How often it acts before it has had enough. */
  #zeal: number;
  #seqno = 0;
  #next: number;
  #underWay: Request<Said>[] = [];
  readonly #answered: Request<Said>[] = [];

  constructor(
    name: EndPoint,
    hosts: readonly EndPoint[],
    conversation: Conversation<Said>,
    random: Random,
    beat = 1,
  ) {
    this.name = name;
    this.#beat = beat;
    this.#hosts = hosts;
    this.#conversation = conversation;
    this.#random = random;
    this.#atOnce = random.pick([1, 2, 4]);
    this.#patience = random.pick([20, 100, 2_000]);
    this.#thinking = random.pick([0, 0, 30]);
    this.#shouts = random.pick([0, 0, 0.1, 1]);
    this.#zeal = random.pick([5, 20, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    this.#wanders = random.happens(0.3);
    this.#next = random.below(hosts.length);
    this.wakeAt = random.below(50);
  }

  act(now: number): readonly Packet<Said>[] {
    const random = this.#random;
    const sends: Packet<Said>[] = [];
    if (this.#wanders || this.#underWay.length > 0)
      this.#next = (this.#next + 1) % this.#hosts.length;
    for (const { msg } of this.#underWay) this.#send(msg, sends);
    while (this.#underWay.length < this.#atOnce) this.#send(this.#begin(), sends);
    const old = this.#answered;
    if (old.length > 0 && random.happens(RUMINATES)) this.#send(random.pick(old).msg, sends);
    this.#zeal--;
    this.#wake(now + 1 + random.below(this.#patience));
    return sends;
  }

  hear({ msg }: Packet<Said>, now: number): void {
    const seqno = this.#conversation.answered(msg);
    const request = this.#underWay.find((each) => each.seqno === seqno);
    if (request === undefined) return;
    this.#underWay = this.#underWay.filter((each) => each !== request);
    if (this.#answered.length === MEMORY) this.#answered.shift();
    this.#answered.push(request);
    this.#wake(now + 1 + this.#random.below(this.#thinking + 1));
  }

  #wake(time: number): void {
    const onBeat = Math.ceil(time / this.#beat) * this.#beat;
    this.wakeAt = this.#zeal > 0 ? onBeat : Number.POSITIVE_INFINITY;
  }

  /** A new request; now and then a number is left out. */
  #begin(): Said {
    this.#seqno += this.#random.happens(0.1) ? 2 : 1;
    const seqno = this.#seqno;
    const msg = this.#conversation.ask(seqno, this.#random);
    this.#underWay.push({ seqno, msg });
    return msg;
  }

  #send(msg: Said, sends: Packet<Said>[]): void {
    const { name: src } = this;
    if (this.#random.happens(this.#shouts)) {
      for (const dst of this.#hosts) sends.push({ src, dst, msg });
      return;
    }
    sends.push({ src, dst: this.#hosts[this.#next] as EndPoint, msg });
  }
}

/** Sends one request to the same hosts, every period, and remembers who has answered. */
export class PersistentClient<Said> implements Client<Said> {
  readonly name: EndPoint;
  readonly seqno: number;
  wakeAt = 0;
  readonly answeredBy: ReadonlySet<EndPoint>;
  readonly #answeredBy = new Set<EndPoint>();
  readonly #hosts: readonly EndPoint[];
  readonly #conversation: Conversation<Said>;
  readonly #msg: Said;
  readonly #period: number;

  /** `period` is in milliseconds. */
  constructor(
    request: { readonly client: EndPoint; readonly seqno: number; readonly msg: Said },
    hosts: readonly EndPoint[],
    conversation: Conversation<Said>,
    period: number,
  ) {
    this.name = request.client;
    this.seqno = request.seqno;
    this.#msg = request.msg;
    this.#hosts = hosts;
    this.#conversation = conversation;
    this.#period = period;
    this.answeredBy = this.#answeredBy;
  }

  act(now: number): readonly Packet<Said>[] {
    this.wakeAt = now + this.#period;
    return this.#hosts.map((dst) => ({ src: this.name, dst, msg: this.#msg }));
  }

  hear({ src, msg }: Packet<Said>): void {
    if (this.#conversation.answered(msg) === this.seqno) this.#answeredBy.add(src);
  }
}
