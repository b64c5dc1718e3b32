/**
 * # A session
 *
 * One client's requests, from the first number to the last, and all that keeps them sound: they are
 * numbered upward, so many of them may be under way at once, and each server is sent them in the
 * order of their numbers. Whenever the session turns to another server, or reconnects to one, or
 * asks again, it first sends there all that are unanswered, in order, before any newer one. So no
 * server ever learns of a request without having been told of all before it that still matter: for
 * a server that has executed one passes over lower numbers as settled.
 *
 * That is kept by construction. Every connection has one place in the order of numbers, up to which
 * all unanswered requests have been sent over it; from there it only goes on, or back to the oldest
 * unanswered one.
 *
 * Follows the client of IronFleet's replicated services, IronRSLClient/RSLClient.cs; departs from
 * it in that several requests may be under way, that a broken connection is noticed at once, that
 * nobody waits for ever, and that malformed replies are counted rather than fatal.
 */
import type { Timers } from '../framework/timers.ts';
import { LeaderGuess } from './leaderGuess.ts';
import { readReply } from './messages.ts';
import type { Network, NetworkListener } from './network.ts';
import { type Request, type RequestLimits, Requests, type Waiter } from './requests.ts';

export interface SessionLimits extends RequestLimits {
  /** After how long without any answer everybody is asked again, in milliseconds. */
  readonly retryMs: number;
  /** After how long without a word from anybody connections are replaced, in milliseconds. */
  readonly silenceMs: number;
}

interface Link {
  connected: boolean;
  /** Whether new requests are sent to it. */
  wanted: boolean;
  /** All requests under way with lower numbers have been sent over this connection. */
  next: number;
  /** Whether the network has no room for more. */
  full: boolean;
}

/** All numbers count from the start of the session. */
export interface SessionCounters {
  replies: number;
  /** Replies to requests that had their reply already, or that nobody waits for. */
  repeatedReplies: number;
  malformedReplies: number;
  /** How often everybody was asked again because nobody had answered for long. */
  retries: number;
  /** How many times a request was sent that had been sent before. */
  resent: number;
  timeouts: number;
  overtaken: number;
  /** Those that broke, and those that were replaced because everybody was silent. */
  connectionsLost: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Connections that stay silent are replaced at least so often, in milliseconds. */
const LONGEST_RENEWAL_MS = 60_000;

export class Session implements NetworkListener {
  readonly counters: SessionCounters = {
    replies: 0,
    repeatedReplies: 0,
    malformedReplies: 0,
    retries: 0,
    resent: 0,
    timeouts: 0,
    overtaken: 0,
    connectionsLost: 0,
  };
  readonly guess: LeaderGuess;
  readonly #network: Network;
  readonly #requests: Requests;
  readonly #silenceMs: number;
  readonly #timers: Timers;
  readonly #links: readonly Link[];
  /** When something was last answered, or something to be answered was first sent after that. */
  #progressAt = 0;
  /** When anybody was last heard, or first asked after that. */
  #heardAt = 0;
  /** After how long of silence connections are replaced next, in milliseconds. */
  #renewalMs: number;
  #alarmAt = NEVER;
  #cancelAlarm = (): void => {};

  constructor(network: Network, servers: number, limits: SessionLimits, timers: Timers) {
    this.#network = network;
    this.#requests = new Requests(limits);
    this.#silenceMs = limits.silenceMs;
    this.#renewalMs = limits.silenceMs;
    this.#timers = timers;
    this.guess = new LeaderGuess(servers, limits.retryMs);
    this.#links = Array.from({ length: servers }, () => ({
      connected: false,
      wanted: false,
      next: 0,
      full: false,
    }));
  }

  /** How many requests wait for their turn. */
  get waiting(): number {
    return this.#requests.waiting;
  }

  /** How many requests are under way. */
  get inFlight(): number {
    return this.#requests.underWay;
  }

  /** Makes a request, whose bytes are copied. `deadline` is by the timers' clock. */
  submit(bytes: Uint8Array, deadline: number, waiter: Waiter): Request {
    const request = this.#requests.add(bytes, deadline, waiter);
    this.#admit();
    this.#setAlarm();
    return request;
  }

  /** Nobody waits for it any more. If it has been sent, its number is used up. */
  abandon(request: Request): void {
    this.#requests.remove(request);
    this.#admit();
    this.#setAlarm();
  }

  /** Abandons all requests, and stops. */
  close(): void {
    this.#requests.clear();
    for (const link of this.#links) link.connected = false;
    this.#cancelAlarm();
  }

  connected(server: number): void {
    const link = this.#links[server] as Link;
    Object.assign(link, { connected: true, wanted: false, full: false });
    this.#direct();
    this.#setAlarm();
  }

  disconnected(server: number): void {
    const link = this.#links[server] as Link;
    this.counters.connectionsLost++;
    Object.assign(link, { connected: false, wanted: false });
    if (server === this.guess.target) {
      this.guess.forget();
      this.#progressAt = this.#timers.now();
    }
    this.#direct();
    this.#setAlarm();
  }

  drained(server: number): void {
    (this.#links[server] as Link).full = false;
    this.#pump(server);
  }

  received(server: number, message: Uint8Array): void {
    const requests = this.#requests;
    const read = readReply(message);
    const request = read && requests.get(read.number);
    if (read === undefined || read.number >= requests.next || request?.asked.length === 0) {
      this.counters.malformedReplies++;
      return;
    }
    const now = this.#timers.now();
    this.#noteHeard(now);
    this.guess.heard(server);
    if (requests.oldest < read.number) requests.overtake(read.number, now);
    if (request === undefined) {
      this.counters.repeatedReplies++;
    } else {
      this.counters.replies++;
      requests.remove(request);
      this.#progressAt = now;
      const answer = { by: server, asked: request.asked, tookMs: now - request.sentAt };
      this.guess.answered(answer, now, this.#isConnected);
      this.#direct();
      this.#admit();
    }
    this.#setAlarm();
    request?.waiter.replied(read.reply);
  }

  /** Sends those whose turn has come. */
  #admit(): void {
    const idle = this.#requests.underWay === 0;
    if (!this.#requests.admit()) return;
    if (idle) {
      this.#progressAt = this.#timers.now();
      this.#noteHeard(this.#progressAt); // Nobody was asked anything before.
    }
    this.#direct();
  }

  /** Sends requests where they should go: to the server that is guessed to lead, or to all. */
  #direct(): void {
    if (this.#requests.underWay === 0) return;
    const { guess } = this;
    if (guess.target !== undefined && !this.#isConnected(guess.target)) guess.forget();
    for (let server = 0; server < this.#links.length; server++) {
      const link = this.#links[server] as Link;
      const wanted = guess.target === undefined || guess.target === server;
      if (wanted && !link.wanted) link.next = this.#requests.oldest;
      link.wanted = wanted;
      if (wanted) this.#pump(server);
    }
  }

  /** Sends a server what it has not been sent, as far as there is room. */
  #pump(server: number): void {
    const link = this.#links[server] as Link;
    if (!link.connected || !link.wanted) return;
    for (; link.next < this.#requests.next && !link.full; link.next++) {
      const request = this.#requests.get(link.next);
      if (request === undefined) continue;
      if (request.asked.length === 0) request.sentAt = this.#timers.now();
      else this.counters.resent++;
      if (!request.asked.includes(server)) request.asked.push(server);
      link.full = !this.#network.send(server, request.message);
    }
  }

  /** Everybody is asked for everything that is unanswered. */
  #askAgain(now: number): void {
    this.counters.retries++;
    this.guess.despair();
    this.#progressAt = now;
    this.#renewIfSilent(now);
    for (const link of this.#links) {
      // What is still to leave need not be sent again.
      if (!link.full) link.next = this.#requests.oldest;
    }
    this.#direct();
  }

  #noteHeard(now: number): void {
    this.#heardAt = now;
    this.#renewalMs = this.#silenceMs;
  }

  /**
   * Connections can be stuck for long after the network was. Who does not lead says nothing, so it
   * takes silence of all to suspect that; and more of it each time, for new connections cost much.
   */
  #renewIfSilent(now: number): void {
    if (now - this.#heardAt < this.#renewalMs) return;
    this.#renewalMs += Math.min(this.#renewalMs, LONGEST_RENEWAL_MS);
    for (const [server, link] of this.#links.entries()) {
      if (link.connected) this.#network.renew(server);
    }
  }

  readonly #isConnected = (server: number): boolean => this.#links[server]?.connected === true;

  /** Does what is due. */
  readonly #wake = (): void => {
    this.#alarmAt = NEVER;
    const now = this.#timers.now();
    const failed = this.#requests.expire(now, this.guess.trialMs);
    if (now >= this.guess.doubtDeadline) {
      this.guess.doubt();
      this.#direct();
    }
    if (this.#requests.underWay > 0 && now >= this.#progressAt + this.guess.patienceMs) {
      this.#askAgain(now);
    }
    this.#admit();
    this.#setAlarm();
    for (const [request, why] of failed) {
      if (why === 'timeout') this.counters.timeouts++;
      else this.counters.overtaken++;
      request.waiter.failed(why);
    }
  };

  /** Sees to it that {@link #wake} is called when something is due, or earlier. */
  #setAlarm(): void {
    const { firstDeadline, firstOvertaken, underWay } = this.#requests;
    const due = Math.min(
      firstDeadline,
      firstOvertaken + this.guess.trialMs,
      this.guess.doubtDeadline,
      underWay > 0 ? this.#progressAt + this.guess.patienceMs : NEVER,
    );
    if (due >= this.#alarmAt) return;
    this.#cancelAlarm();
    this.#alarmAt = due;
    this.#cancelAlarm = this.#timers.after(Math.max(due - this.#timers.now(), 0), this.#wake);
  }
}
