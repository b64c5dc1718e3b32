/**
 * # Clients of the hash table
 *
 * Each has something to ask now and then, has several requests under way, sends again what is not
 * answered, goes where it is redirected to, and remembers who has a key, or does not bother. Some
 * acknowledge at once, some late, some hardly ever. Some forget all about a host, and ask it for the
 * numbers. Some leave in the middle of it all.
 */
import type { Key } from '../../protocol/sht/keys.ts';
import type { Content, Message, SingleMessage } from '../../protocol/sht/messages.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Client } from '../simulation/client.ts';
import type { Random } from '../simulation/random.ts';
import { type Asked, Line } from './line.ts';

/** How a client says what it says, and what it makes of what it hears. */
export interface Wire<Said> {
  write(msg: Message): Said;
  read(said: Said): Message;
}

/** What messages are among those who speak in messages. */
export const PLAIN: Wire<Message> = { write: (msg) => msg, read: (msg) => msg };

/** What a client wants, and of whom, if that is not all the same to it. */
export interface Wish {
  readonly content: Content;
  readonly host?: EndPoint | undefined;
}

/** What sort of client it is. */
export interface Habits {
  /** What it wants next. */
  wish(random: Random): Wish;
  /** Told of everything that it hears. */
  hear?(src: EndPoint, content: Content): void;
  /** Whether it can ask for numbers, and so may forget. */
  readonly mayForget: boolean;
  /** How many requests are under way at a time, at most: one of these. */
  readonly atOnce: readonly number[];
  /** For how long it waits for an answer, at most, in milliseconds: one of these. */
  readonly patience: readonly number[];
}

/** How often it asks again for something that was answered long ago, each time that it acts. */
const RUMINATES = 0.03;
const MEMORY = 6;
/** How often one who forgets does so. */
const FORGETS = 0.02;
/** How often it sends again what comes after something that may be lost as well. */
const EAGER = 0.5;
/** How often it acknowledges once more what it has acknowledged before. */
const AGAIN = 0.1;
/** How often it acknowledges what it never got, and how often it goes where it is sent. */
const LIES = 0.01;
const FOLLOWS = 0.9;
/** After so many tries it gives up on a request, and asks for more until so many wait. */
const PATIENT = 12;
const CROWDED = 6;

export class ShtClient<Said> implements Client<Said> {
  readonly name: EndPoint;
  wakeAt: number;
  readonly #hosts: readonly EndPoint[];
  readonly #lines: ReadonlyMap<EndPoint, Line<Said>>;
  readonly #wire: Wire<Said>;
  readonly #habits: Habits;
  readonly #random: Random;
  /** How many requests are under way at a time, at most. */
  readonly #atOnce: number;
  /** For how long it waits for an answer, and thinks before it asks again, in milliseconds. */
  readonly #patience: number;
  readonly #thinking: number;
  /** How often, when it acts, it acknowledges what it has heard. */
  readonly #acknowledges: number;
  readonly #forgets: number;
  /** Who has which key, as far as a client knows that remembers. */
  readonly #owners: Map<Key, EndPoint> | undefined;
  /** It acts only at times that are multiples of this, as others may do, too. */
  readonly #beat: number;
  #zeal: number;
  /** What it has been sent elsewhere with. */
  readonly #again: Wish[] = [];
  readonly #old: Packet<Said>[] = [];

  constructor(
    name: EndPoint,
    hosts: readonly EndPoint[],
    wire: Wire<Said>,
    habits: Habits,
    random: Random,
    beat = 1,
  ) {
    this.name = name;
    this.#hosts = hosts;
    this.#lines = new Map(hosts.map((host) => [host, new Line<Said>()]));
    this.#wire = wire;
    this.#habits = habits;
    this.#random = random;
    this.#beat = beat;
    this.#atOnce = random.pick(habits.atOnce);
    this.#patience = random.pick(habits.patience);
    this.#thinking = random.pick([0, 0, 30]);
    this.#acknowledges = random.pick([1, 1, 1, 1, 0.3, 0.02]);
    this.#forgets = habits.mayForget && random.happens(0.25) ? FORGETS : 0;
    this.#owners = random.happens(0.7) ? new Map() : undefined;
    this.#zeal = random.pick([10, 40, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    this.wakeAt = random.below(50);
  }

  act(now: number): readonly Packet<Said>[] {
    const random = this.#random;
    const sends: Packet<Said>[] = [];
    let underWay = 0;
    for (const [host, line] of this.#lines) {
      if (this.#forgets > 0 && random.happens(this.#forgets)) line.forget();
      if (!line.isKnown) this.#say(host, { type: 'numbersRequest' }, sends);
      const waiting = line.underWay;
      for (const [place, asked] of waiting.entries()) {
        const isDue = asked.dueAt <= now && (place === 0 || random.happens(EAGER));
        if (isDue) this.#send(host, asked, now, sends);
        if (!asked.over || waiting.length > CROWDED) underWay++;
      }
      this.#acknowledge(host, line, sends);
    }
    for (; underWay < this.#atOnce; underWay++) this.#begin(now, sends);
    if (this.#old.length > 0 && random.happens(RUMINATES)) sends.push(random.pick(this.#old));
    this.#zeal--;
    this.#wake(now + 1 + random.below(this.#patience));
    return sends;
  }

  hear({ src, msg: said }: Packet<Said>, now: number): void {
    const line = this.#lines.get(src);
    if (line === undefined) return;
    const msg = this.#wire.read(said);
    if (msg.type === 'ack') line.accepted(msg.seqno);
    else if (msg.type === 'numbers' && !line.isKnown) line.learn(msg);
    else if (msg.type === 'single') this.#take(src, line, msg, now);
  }

  #take(src: EndPoint, line: Line<Said>, msg: SingleMessage, now: number): void {
    const { seqno, content } = msg;
    const answered = line.hear(msg);
    // What comes again was not acknowledged, or its acknowledgement was lost.
    if (seqno <= line.acked) line.acked = seqno - 1;
    this.#habits.hear?.(src, content);
    if (answered !== undefined) {
      if (content.type === 'reply') this.#owners?.set(content.key, src);
      if (content.type === 'redirect') {
        this.#owners?.set(content.key, content.owner);
        const goes = this.#lines.has(content.owner) && this.#random.happens(FOLLOWS);
        if (goes) this.#again.push({ content: answered.content, host: content.owner });
      }
    }
    this.#wake(now + 1 + this.#random.below(this.#thinking + 1));
  }

  #wake(time: number): void {
    const onBeat = Math.ceil(time / this.#beat) * this.#beat;
    this.wakeAt = this.#zeal > 0 ? onBeat : Number.POSITIVE_INFINITY;
  }

  /** Asks for the next thing, if the numbers are known. */
  #begin(now: number, sends: Packet<Said>[]): void {
    const { content, host } = this.#again.shift() ?? this.#habits.wish(this.#random);
    const dst = host ?? this.#guess(content);
    const line = this.#lines.get(dst);
    if (line?.isKnown) this.#send(dst, line.ask(content), now, sends);
  }

  /** Who may have the key. */
  #guess(content: Content): EndPoint {
    const owner = 'key' in content ? this.#owners?.get(content.key) : undefined;
    return owner ?? this.#random.pick(this.#hosts);
  }

  #send(dst: EndPoint, asked: Asked<Said>, now: number, sends: Packet<Said>[]): void {
    if (++asked.tries > PATIENT) asked.over = true;
    asked.dueAt = now + 1 + this.#random.below(this.#patience);
    const { seqno, content } = asked;
    asked.said ??= this.#wire.write({ type: 'single', seqno, dst, content });
    const packet = { src: this.name, dst, msg: asked.said };
    sends.push(packet);
    if (this.#old.length === MEMORY) this.#old.shift();
    this.#old.push(packet);
  }

  #acknowledge(dst: EndPoint, line: Line<Said>, sends: Packet<Said>[]): void {
    const random = this.#random;
    // What was acknowledged may be lost, and nobody says so.
    const isDue = line.heard > line.acked || (line.heard > 0 && random.happens(AGAIN));
    if (isDue && random.happens(this.#acknowledges)) {
      line.acked = line.heard;
      this.#say(dst, { type: 'ack', seqno: line.heard }, sends);
    } else if (random.happens(LIES)) {
      this.#say(dst, { type: 'ack', seqno: random.below(line.heard + 4) }, sends);
    }
  }

  #say(dst: EndPoint, msg: Message, sends: Packet<Said>[]): void {
    sends.push({ src: this.name, dst, msg: this.#wire.write(msg) });
  }
}
