/**
 * # Hosts of the hash table that run in a test
 *
 * The hosts that run in production, in one process, with time and chance that a test controls.
 * Between hosts nothing is lost. A client has a connection with each host: on it all is in order,
 * and when it breaks, what is on it is lost. What took effect is written down.
 */
import type { ClientNetwork, NetworkListener } from '../../impl/client/network.ts';
import type { Io, Received } from '../../impl/framework/io.ts';
import type { Configuration } from '../../impl/sht/configuration.ts';
import { ShtHost } from '../../impl/sht/host.ts';
import { marshal } from '../../impl/sht/marshal.ts';
import type { Content } from '../../impl/sht/messages.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from '../../impl/sht/parameters.ts';
import { parse } from '../../impl/sht/parse.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { Random } from '../simulation/random.ts';
import type { VirtualTimers } from './virtualTimers.ts';

export { COMPATIBLE, DEFAULT, marshal };

/** Something that took effect at a host. */
export interface Effect {
  readonly host: number;
  readonly client: EndPoint;
  readonly content: Extract<Content, { type: 'get' | 'set' }>;
}

/** A message as a client handed it to a connection. */
export interface SentByClient {
  readonly host: number;
  readonly client: EndPoint;
  readonly message: ReturnType<typeof parse>;
}

export interface RunningOptions {
  readonly parameters?: Partial<Parameters>;
  readonly administrators?: readonly EndPoint[];
  readonly aliases?: Configuration['aliases'];
  /** How long a message takes at most, in milliseconds. */
  readonly delay?: number;
  /** How much longer it takes from host to host. */
  readonly hostDelay?: number;
  readonly seed?: number;
  /** Whether hosts send no answer again, as those of the original. */
  readonly neverAgain?: boolean;
}

/** One direction of a connection, or the way from one host to another. */
interface Way {
  arrivesAfter: number;
  /** Counts the connections. */
  connection: number;
}

interface Link {
  readonly toHost: Way;
  readonly toClient: Way;
  up: boolean;
  full: boolean;
}

interface Client {
  readonly listener: NetworkListener;
  readonly links: readonly Link[];
}

export const HOST_NAMES: readonly EndPoint[] = ['a0', 'b0', 'c0'];

const newWay = (): Way => ({ arrivesAfter: 0, connection: 0 });

export class RunningShtHosts {
  readonly effects: Effect[] = [];
  readonly sent: SentByClient[] = [];
  readonly hosts: readonly ShtHost[];
  /** How often a connection was asked to be renewed. */
  renewals = 0;
  /** Hosts in here do nothing. */
  readonly paused = new Set<number>();
  readonly #timers: VirtualTimers;
  readonly #random: Random;
  readonly #delay: number;
  readonly #neverAgain: boolean;
  readonly #hostDelay: number;
  readonly #inboxes: readonly Received[][];
  readonly #clients = new Map<EndPoint, Client>();
  readonly #between = new Map<string, Way>();
  readonly #alarms: (() => void)[] = [];

  constructor(timers: VirtualTimers, options: RunningOptions = {}) {
    const { parameters, administrators, aliases, delay = 10, seed = 7 } = options;
    this.#neverAgain = options.neverAgain ?? false;
    this.#hostDelay = options.hostDelay ?? 0;
    this.#timers = timers;
    this.#random = new Random(seed);
    this.#delay = delay;
    const configuration = { hosts: HOST_NAMES, administrators, aliases };
    const all = { ...DEFAULT, ...parameters };
    this.hosts = HOST_NAMES.map((me) => new ShtHost(me, configuration, all));
    this.#inboxes = HOST_NAMES.map(() => []);
  }

  /** The network of a client with this name. Its connections are up at once, unless told otherwise. */
  network(name: EndPoint, connected = true): (listener: NetworkListener) => ClientNetwork {
    return (listener) => {
      const links = this.hosts.map(() => ({
        toHost: newWay(),
        toClient: newWay(),
        up: false,
        full: false,
      }));
      this.#clients.set(name, { listener, links });
      if (connected) {
        for (const host of links.keys()) this.#timers.after(0, () => this.connect(name, host));
      }
      return {
        names: HOST_NAMES.map((host) => `host ${host}`),
        send: (host, message) => this.#sendToHost(name, host, message),
        renew: (host) => {
          this.renewals++;
          this.#timers.after(0, () => {
            this.disconnect(name, host);
            this.connect(name, host);
          });
        },
        trouble: (host) => (links[host]?.up ? undefined : 'it is down'),
        close: () => {
          this.#clients.delete(name);
        },
      };
    };
  }

  connect(name: EndPoint, host: number): void {
    const client = this.#clients.get(name);
    const link = client?.links[host];
    if (link === undefined || link.up) return;
    Object.assign(link, { up: true, full: false });
    for (const way of [link.toHost, link.toClient]) way.connection++;
    client?.listener.connected(host);
  }

  disconnect(name: EndPoint, host: number): void {
    const client = this.#clients.get(name);
    const link = client?.links[host];
    if (!link?.up) return;
    link.up = false;
    for (const way of [link.toHost, link.toClient]) way.connection++;
    client?.listener.disconnected(host);
  }

  /** Whether there is no room on a connection to a host. */
  fill(name: EndPoint, host: number, full: boolean): void {
    const client = this.#clients.get(name);
    const link = client?.links[host];
    if (link === undefined) return;
    const drained = link.full && !full && link.up;
    link.full = full;
    if (drained) client?.listener.drained(host);
  }

  /** Sends a client any bytes at all. */
  babble(name: EndPoint, host: number, message: Uint8Array): void {
    const client = this.#clients.get(name);
    if (client?.links[host]?.up) client.listener.received(host, message);
  }

  /** A paused host receives, but does nothing. */
  pause(host: number, paused: boolean): void {
    if (paused) this.paused.add(host);
    else this.paused.delete(host);
    this.#run(host);
  }

  #sendToHost(name: EndPoint, host: number, bytes: Uint8Array): boolean {
    const link = this.#clients.get(name)?.links[host];
    if (!link?.up) throw new Error('nothing can be sent where there is no connection');
    this.sent.push({ host, client: name, message: parse(bytes, false) });
    this.#deliver(link.toHost, () => {
      this.#inboxes[host]?.push({ src: name, bytes });
      this.#run(host);
    });
    return !link.full;
  }

  /** Has something happen a little later, after all that left before, unless the connection breaks. */
  #deliver(way: Way, arrive: () => void): void {
    const { connection } = way;
    const now = this.#timers.now();
    way.arrivesAfter = Math.max(way.arrivesAfter, now + this.#random.below(this.#delay + 1));
    this.#timers.after(way.arrivesAfter - now, () => {
      if (way.connection === connection) arrive();
    });
  }

  #send(from: number, dst: EndPoint, bytes: Uint8Array): void {
    const host = HOST_NAMES.indexOf(dst);
    if (host < 0) {
      const client = this.#clients.get(dst);
      const link = client?.links[from];
      if (link?.up) this.#deliver(link.toClient, () => client?.listener.received(from, bytes));
      return;
    }
    const name = `${from}→${host}`;
    const way = this.#between.get(name) ?? newWay();
    this.#between.set(name, way);
    const arrive = (): void => {
      this.#inboxes[host]?.push({ src: HOST_NAMES[from] ?? '', bytes });
      this.#run(host);
    };
    this.#deliver(way, () => void this.#timers.after(this.#hostDelay, arrive));
  }

  /** Has a host do all that there is to do now. */
  #run(number: number): void {
    const host = this.hosts[number];
    const inbox = this.#inboxes[number];
    if (host === undefined || inbox === undefined || this.paused.has(number)) return;
    let sends: (readonly [EndPoint, Uint8Array])[] = [];
    const io: Io = {
      receive: () => inbox.shift(),
      readClock: () => this.#timers.now(),
      send: (dst, bytes) => sends.push([dst, bytes]),
    };
    for (;;) {
      const isDue = host.nextDeadline() <= this.#timers.now();
      if (inbox.length === 0 && !isDue) break;
      const waiting = host.received;
      const action = host.step(io, isDue ? 'deadline' : 'packet');
      for (const [dst, bytes] of sends) {
        const isAck = bytes[7] === 1;
        if (isAck || action !== 'acceptAgain' || !this.#neverAgain) this.#send(number, dst, bytes);
      }
      sends = [];
      const content = waiting?.msg.content;
      if (
        waiting
        && (content?.type === 'get' || content?.type === 'set')
        && action === content.type
      ) {
        this.effects.push({ host: number, client: waiting.src, content });
      }
    }
    this.#alarms[number]?.();
    const wait = host.nextDeadline() - this.#timers.now();
    this.#alarms[number] = this.#timers.after(wait, () => this.#run(number));
  }
}
