/**
 * # Behaviours of a replicated service, by chance
 *
 * Behaviours of replicas that obey a given protocol, which may be a wrong one, in the abstract
 * network: no bytes and no implementation. The network loses, delays, repeats and reorders; from
 * time to time some replicas are cut off; clocks run apart; clients repeat and renumber their
 * requests, and strangers say what only replicas may say. The same seed gives the same behaviour.
 */
import type { LocalAction, PacketAction, Protocol, Step } from '../../protocol/framework/action.ts';
import { choicesOf, guardOf, stepOf } from '../../protocol/framework/steps.ts';
import { DEFAULT, type Parameters } from '../../protocol/rsl/configuration.ts';
import type { Message, Operation } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { rsl } from '../../protocol/rsl/rsl.ts';
import { counter, INCREMENT } from '../../spec/apps/counter.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Random } from '../simulation/random.ts';

export type RslProtocol = Protocol<Replica, Message>;

/** Whoever is told of a behaviour as it happens, as a system's monitor is. */
export interface Listener {
  act(
    host: number,
    action: string,
    packet: Packet<Message> | undefined,
    step: Step<Replica, Message>,
  ): void;
  hear(packet: Packet<Message>): void;
  restart(host: number, state: Replica): void;
}

/** Replicas and parameters with which much happens in few steps. */
export interface Shape {
  readonly replicas: readonly EndPoint[];
  readonly parameters: Parameters;
}

const SMALL: Parameters = {
  maxLogLength: 3,
  maxBatchSize: 2,
  maxBatchBytes: 16,
  maxBatchDelay: 10,
  baselineViewTimeout: 250,
  heartbeatPeriod: 80,
  retryPeriod: 120,
  maxInteger: Number.MAX_SAFE_INTEGER,
  maxCachedReplies: 2,
  durable: true,
  compatible: DEFAULT.compatible,
};

const LIKE_THE_ORIGINAL: Partial<Parameters> = {
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  durable: false,
  compatible: true,
};

const named = (count: number): readonly EndPoint[] => ['a', 'b', 'c', 'd', 'e'].slice(0, count);

export const SHAPES: readonly Shape[] = [
  { replicas: named(2), parameters: { ...SMALL, maxLogLength: 2 } },
  { replicas: named(3), parameters: SMALL },
  {
    replicas: named(3),
    parameters: { ...SMALL, durable: false, maxLogLength: 2, maxBatchSize: 4, maxBatchBytes: 12 },
  },
  { replicas: named(3), parameters: { ...SMALL, ...LIKE_THE_ORIGINAL } },
  { replicas: named(5), parameters: SMALL },
];

export const protocolOf = ({ replicas, parameters }: Shape): RslProtocol =>
  rsl(counter, replicas, parameters);

/** A behaviour of this many events of hosts and clients, told to `listener`. */
export function walk(
  protocol: RslProtocol,
  seed: number,
  events: number,
  listener: Listener,
): RslWalk {
  const walked = new RslWalk(protocol, seed, listener);
  for (let count = 0; count < events; count++) walked.step();
  return walked;
}

const CLIENTS: readonly EndPoint[] = ['client1', 'client2', 'client3'];
const STRANGER: EndPoint = 'mallory';

/** No more than this many packets are under way to a host; the network loses the others. */
const MAX_UNDER_WAY = 60;
/** After how many events the network changes its mood. */
const SPELL = 200;

/** One random behaviour, one event at a time. */
export class RslWalk {
  readonly states: Replica[];
  /** Packets that are under way to each host, and all that ever were. */
  readonly #underWay: Packet<Message>[][];
  readonly #sent: Packet<Message>[][];
  readonly #protocol: RslProtocol;
  readonly #random: Random;
  readonly #listener: Listener;
  readonly #packetActions: readonly PacketAction<Replica, Message>[];
  readonly #localActions: readonly LocalAction<Replica, Message>[];
  readonly #clocks: readonly number[];
  readonly #numbers = new Map<EndPoint, number>();
  #time = 0;
  #events = 0;
  /** Hosts that nothing reaches at present, and the chance of a packet to get lost. */
  #cutOff: ReadonlySet<number> = new Set();
  #loss = 0;
  /** An operation whose proposals get lost at present. */
  #unheard: Operation | undefined;
  /** A host that clients do not know of at present. */
  #unknown: number | undefined;

  constructor(protocol: RslProtocol, seed: number, listener: Listener) {
    const { hosts, actions, init } = protocol;
    this.#protocol = protocol;
    this.#random = new Random(seed);
    this.#listener = listener;
    this.states = hosts.map((host) => init(host));
    this.#underWay = hosts.map(() => []);
    this.#sent = hosts.map(() => []);
    this.#clocks = hosts.map(() => this.#random.below(50));
    this.#packetActions = actions.filter((action) => action.takes === 'packet');
    this.#localActions = actions.filter((action) => action.takes === 'nothing');
  }

  /** One event: a host acts or starts again, or a client or a stranger speaks. */
  step(): void {
    if (this.#events++ % SPELL === 0) this.#changeMood();
    while (!this.#try()) if (this.#random.happens(0.3)) this.#time += 1 + this.#random.below(8);
  }

  #changeMood(): void {
    const random = this.#random;
    this.#loss = random.pick([0, 0, 0.05, 0.3]);
    const { proposer } = random.pick(this.states);
    this.#unheard = random.happens(0.4) ? proposer.nextOperation : undefined;
    const hosts = this.states.map((_, host) => host);
    this.#unknown = random.happens(0.5) ? random.pick(hosts) : undefined;
    this.#cutOff = random.happens(0.5)
      ? new Set()
      : new Set([random.pick(hosts), ...(random.happens(0.2) ? [random.pick(hosts)] : [])]);
  }

  #try(): boolean {
    const random = this.#random;
    const host = random.below(this.states.length);
    const kind = random.below(1000);
    if (kind < 600) return this.#deliver(host);
    if (kind < 900) return this.#actLocally(host);
    if (kind < 955) return this.#speak();
    if (kind < 958) return this.#restart(host);
    this.#time += 1 + random.below(8);
    return false;
  }

  #deliver(host: number): boolean {
    const random = this.#random;
    const under = this.#underWay[host] as Packet<Message>[];
    if (random.happens(0.05)) {
      const all = this.#sent[host] as Packet<Message>[];
      return all.length > 0 && this.#receive(host, random.pick(all));
    }
    if (under.length === 0) return false;
    const early = random.happens(0.8) ? Math.min(3, under.length) : under.length;
    const [packet] = under.splice(random.below(early), 1);
    if (packet === undefined || this.#isLost(host, packet)) return false;
    return this.#receive(host, packet);
  }

  #isLost(host: number, { src, msg }: Packet<Message>): boolean {
    if (msg.type === '2a' && msg.operation === this.#unheard) return true;
    if (this.#cutOff.has(host) || this.#cutOff.has(this.#protocol.hosts.indexOf(src))) return true;
    return this.#random.happens(this.#loss);
  }

  #receive(host: number, packet: Packet<Message>): boolean {
    const state = this.states[host] as Replica;
    const given = { packet, now: this.#now(host) };
    const able = this.#packetActions.filter(
      (action) => guardOf(action, state, given, undefined) === undefined,
    );
    if (able.length === 0) return false;
    const action = this.#random.pick(able);
    this.#act(host, action.name, packet, stepOf(action, state, given, undefined));
    return true;
  }

  #actLocally(host: number): boolean {
    const random = this.#random;
    const state = this.states[host] as Replica;
    const given = { packet: undefined, now: this.#now(host) };
    const first = random.below(this.#localActions.length);
    for (let index = 0; index < this.#localActions.length; index++) {
      const place = (first + index) % this.#localActions.length;
      const action = this.#localActions[place] as LocalAction<Replica, Message>;
      const choices = [...choicesOf(action, state, given)];
      if (choices.length === 0) continue;
      const choice = random.pick(choices);
      if (guardOf(action, state, given, choice) !== undefined) continue;
      this.#act(host, action.name, undefined, stepOf(action, state, given, choice));
      return true;
    }
    return false;
  }

  #act(
    host: number,
    action: string,
    packet: Packet<Message> | undefined,
    step: Step<Replica, Message>,
  ): void {
    this.states[host] = step.state;
    for (const sent of step.sends) this.#send(sent);
    this.#listener.act(host, action, packet, step);
  }

  #restart(host: number): boolean {
    const { restart } = this.#protocol;
    if (restart === undefined) return false;
    const state = restart(this.states[host] as Replica);
    this.states[host] = state;
    this.#listener.restart(host, state);
    return true;
  }

  /** A client asks for something new or for the same again, or a stranger repeats what it heard. */
  #speak(): boolean {
    const random = this.#random;
    const host = random.below(this.states.length);
    if (host === this.#unknown) return false;
    const dst = this.#protocol.hosts[host] as EndPoint;
    const heard = this.#sent[host] as Packet<Message>[];
    if (heard.length > 0 && random.happens(0.05)) {
      this.#hear({ src: STRANGER, dst, msg: random.pick(heard).msg });
      return true;
    }
    const src = random.pick(CLIENTS);
    const latest = this.#numbers.get(src) ?? 0;
    const seqno = random.happens(0.4) ? latest + 1 : Math.max(1, latest - random.below(3));
    this.#numbers.set(src, Math.max(seqno, latest));
    const request = random.happens(0.9) ? INCREMENT : 'x'.repeat(random.below(3));
    this.#hear({ src, dst, msg: { type: 'request', seqno, request } });
    return true;
  }

  #hear(packet: Packet<Message>): void {
    this.#send(packet);
    this.#listener.hear(packet);
  }

  #send(packet: Packet<Message>): void {
    const host = this.#protocol.hosts.indexOf(packet.dst);
    const under = this.#underWay[host];
    if (under === undefined) return;
    if (under.length >= MAX_UNDER_WAY) under.splice(this.#random.below(under.length), 1);
    under.push(packet);
    this.#sent[host]?.push(packet);
  }

  #now(host: number): number {
    return this.#time + (this.#clocks[host] ?? 0);
  }
}
