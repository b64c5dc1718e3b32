/**
 * # Replicas that a test makes up
 *
 * As much of a replicated service as its clients can tell: one replica leads; it executes what it
 * has received and what is not settled, each request once, and remembers for each client only the
 * latest reply; the others remember what they receive, in case they will lead. Connections lose
 * what is on them when they break, and nothing else. All in one process, with time and chance that
 * a test controls.
 */

import type { ClientNetwork, NetworkListener } from '../../impl/client/network.ts';
import { readU64, u64 } from '../../spec/framework/bytes.ts';
import { Random } from '../simulation/random.ts';
import type { VirtualTimers } from './virtualTimers.ts';

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What a replica answers to a request, if the test does not say. */
export const replyTo = (request: string): string => `reply to ${request}`;

export const replyMessage = (number: number, reply: string): Uint8Array =>
  Buffer.from(u64(6) + u64(number) + u64(reply.length) + reply, 'latin1');

interface Received {
  readonly number: number;
  readonly request: string;
}

interface Executed extends Received {
  readonly reply: string;
}

interface Replica {
  /** Received, and not yet looked at. Only a leader looks. */
  received: Received[];
  /** How much of the common log it has executed. */
  executed: number;
  paused: boolean;
  up: boolean;
  /** Counts its connections. */
  connection: number;
  /** What is on its way on a connection arrives no earlier than what left before. */
  arrivesAfter: number;
  repliesAfter: number;
  /** Whether its connection has no room for more. */
  full: boolean;
}

export interface FakeOptions {
  readonly servers: number;
  /** Whether all replicas reply, as in the original, or only the one that leads. */
  readonly allReply: boolean;
  /** How long a message takes at most, in milliseconds. */
  readonly delay: number;
  /** What is answered; {@link replyTo} unless given. Called once for each request executed. */
  readonly answer?: (request: string) => string;
}

/** A message as it was handed to a connection. */
export interface Sent {
  readonly server: number;
  readonly connection: number;
  readonly number: number;
  readonly request: string;
}

export class FakeReplicas {
  /** What was executed, in order. */
  readonly log: Executed[] = [];
  readonly sent: Sent[] = [];
  /** Called with each message that is handed to a connection. */
  onSent: (sent: Sent) => void = () => {};
  /** Called with the number in each reply that arrives, before the client gets it. */
  onReply: (number: number) => void = () => {};
  /** Called with each request that is executed, and the number of the one before it. */
  onExecuted: (number: number, before: number) => void = () => {};
  /** How often a connection was asked to be renewed. */
  renewals = 0;
  readonly #options: FakeOptions;
  readonly #timers: VirtualTimers;
  readonly #random: Random;
  readonly #replicas: readonly Replica[];
  #leader: number | undefined = 0;
  #listener: NetworkListener | undefined;

  constructor(options: FakeOptions, timers: VirtualTimers, seed: number) {
    this.#options = options;
    this.#timers = timers;
    this.#random = new Random(seed);
    this.#replicas = Array.from({ length: options.servers }, () => ({
      received: [],
      executed: 0,
      paused: false,
      up: false,
      connection: 0,
      arrivesAfter: 0,
      repliesAfter: 0,
      full: false,
    }));
  }

  /** The network to one client; there is only one. */
  readonly network = (listener: NetworkListener): ClientNetwork => {
    this.#listener = listener;
    return {
      names: this.#replicas.map((_, server) => `server ${server}`),
      send: (server, message) => this.#send(server, message),
      renew: (server) => {
        this.renewals++;
        this.#timers.after(0, () => {
          if (!this.#replica(server).up) return;
          this.disconnect(server);
          this.connect(server);
        });
      },
      trouble: (server) => (this.#replica(server).up ? undefined : 'it is down'),
      close: () => {
        this.#listener = undefined;
      },
    };
  };

  connect(server: number): void {
    const replica = this.#replica(server);
    if (replica.up) return;
    Object.assign(replica, { up: true, full: false, arrivesAfter: 0, repliesAfter: 0 });
    replica.connection++;
    this.#listener?.connected(server);
  }

  disconnect(server: number): void {
    const replica = this.#replica(server);
    if (!replica.up) return;
    replica.up = false;
    replica.connection++;
    this.#listener?.disconnected(server);
  }

  /** A replica begins anew: it has forgotten what it received and what it has executed. */
  restart(server: number): void {
    this.disconnect(server);
    Object.assign(this.#replica(server), { received: [], executed: 0, paused: false });
  }

  /** From now on this replica leads, or nobody. */
  lead(leader: number | undefined): void {
    this.#leader = leader;
    if (leader !== undefined) this.#work(leader);
  }

  /** A paused replica receives, but does nothing. */
  pause(server: number, paused: boolean): void {
    this.#replica(server).paused = paused;
    if (!paused) this.#work(server);
  }

  /** Whether there is room on a connection. */
  fill(server: number, full: boolean): void {
    const replica = this.#replica(server);
    const drained = replica.full && !full && replica.up;
    replica.full = full;
    if (drained) this.#listener?.drained(server);
  }

  /** Sends the client any bytes at all. */
  babble(server: number, message: Uint8Array): void {
    if (this.#replica(server).up) this.#listener?.received(server, message);
  }

  #replica(server: number): Replica {
    const replica = this.#replicas[server];
    if (replica === undefined) throw new Error(`there is no server ${server}`);
    return replica;
  }

  #send(server: number, message: Uint8Array): boolean {
    const replica = this.#replica(server);
    const text = toText(message);
    const number = Number(readU64(text, 8));
    const request = text.slice(24);
    if (!replica.up) throw new Error('nothing can be sent where there is no connection');
    if (text !== u64(0) + u64(number) + u64(request.length) + request) {
      throw new Error('what is sent is no request');
    }
    const { connection } = replica;
    const sent = { server, connection, number, request };
    this.sent.push(sent);
    this.onSent(sent);
    replica.arrivesAfter = this.#deliver(replica, replica.arrivesAfter, () => {
      replica.received.push({ number, request });
      this.#work(server);
    });
    return !replica.full;
  }

  /** Has something happen a little later, unless the connection breaks; gives the time. */
  #deliver(replica: Replica, notBefore: number, arrive: () => void): number {
    const { connection } = replica;
    const now = this.#timers.now();
    const at = Math.max(notBefore, now + this.#random.below(this.#options.delay + 1));
    this.#timers.after(at - now, () => {
      if (replica.connection === connection) arrive();
    });
    return at;
  }

  /** A replica does what it can about what it has received. */
  #work(server: number): void {
    const replica = this.#replica(server);
    if (replica.paused) return;
    if (server !== this.#leader) {
      if (this.#random.happens(0.5)) replica.executed = this.log.length;
      this.#answerSettled(server);
      return;
    }
    replica.executed = this.log.length;
    for (let next = replica.received.shift(); next; next = replica.received.shift()) {
      const latest = this.log.at(-1);
      if (latest !== undefined && latest.number >= next.number) {
        this.#reply(server, latest);
        continue;
      }
      this.onExecuted(next.number, latest?.number ?? -1);
      const { allReply, answer = replyTo } = this.#options;
      const executed = { ...next, reply: answer(next.request) };
      this.log.push(executed);
      for (const other of allReply ? this.#replicas.keys() : [server]) {
        if (!this.#replica(other).paused) this.#reply(other, executed);
      }
    }
    replica.executed = this.log.length;
  }

  /** Who does not lead answers what is settled as far as it knows, and keeps the rest. */
  #answerSettled(server: number): void {
    const replica = this.#replica(server);
    const latest = this.log[replica.executed - 1];
    if (latest === undefined) return;
    const kept: Received[] = [];
    for (const each of replica.received.splice(0)) {
      if (each.number <= latest.number) this.#reply(server, latest);
      else kept.push(each);
    }
    replica.received.push(...kept);
  }

  #reply(server: number, { number, reply }: Executed): void {
    const replica = this.#replica(server);
    if (!replica.up) return;
    replica.repliesAfter = this.#deliver(replica, replica.repliesAfter, () => {
      this.onReply(number);
      this.#listener?.received(server, replyMessage(number, reply));
    });
  }
}
