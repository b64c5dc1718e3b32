/**
 * # Behaviours of a hash table, by chance
 *
 * Behaviours of hosts that obey a given protocol, which may be a wrong one, in the abstract network:
 * no bytes and no implementation. The network loses, delays, repeats and reorders; clocks run apart;
 * clients repeat their requests and renumber them, some never acknowledge anything; ranges move all
 * the while; and strangers say what only hosts may say. The same seed gives the same behaviour.
 */
import type { LocalAction, PacketAction, Protocol, Step } from '../../protocol/framework/action.ts';
import { guardOf, stepOf } from '../../protocol/framework/steps.ts';
import {
  COMPATIBLE,
  type Configuration,
  DEFAULT,
  type Parameters,
} from '../../protocol/sht/configuration.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Content, Message } from '../../protocol/sht/messages.ts';
import { sht } from '../../protocol/sht/sht.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Random } from '../simulation/random.ts';
import { KEYS, rangeOf, wishOf } from './shtWishes.ts';

export type ShtProtocol = Protocol<Host, Message>;

/** Whoever is told of a behaviour as it happens, as a system's monitor is. */
export interface Listener {
  act(
    host: number,
    action: string,
    packet: Packet<Message> | undefined,
    step: Step<Host, Message>,
  ): void;
  hear(packet: Packet<Message>): void;
}

/** Hosts and parameters with which much happens in few steps. */
export interface Shape {
  readonly configuration: Configuration;
  readonly parameters: Parameters;
}

const SMALL: Partial<Parameters> = {
  maxValueBytes: 5,
  maxDelegationKeys: 3,
  maxUnacked: 6,
  maxUnackedBytes: 16,
  maxPeers: 4,
  resendPeriod: 60,
  maxResent: 2,
};

const OURS: Parameters = {
  ...DEFAULT,
  ...SMALL,
  maxDelegationBytes: 8,
  maxDelegationsUnderWay: 2,
  maxOrders: 2,
  maxRanges: 12,
};

const named = (count: number): readonly EndPoint[] => ['a', 'b', 'c', 'd'].slice(0, count);

const ADMINISTRATOR: EndPoint = 'admin1';

export const SHAPES: readonly Shape[] = [
  { configuration: { hosts: named(1) }, parameters: OURS },
  { configuration: { hosts: named(2) }, parameters: { ...OURS, maxDelegationKeys: 1 } },
  {
    configuration: { hosts: named(3), administrators: [ADMINISTRATOR] },
    parameters: OURS,
  },
  { configuration: { hosts: named(3) }, parameters: { ...COMPATIBLE, ...SMALL } },
  // Both come to the end of their numbers.
  {
    configuration: { hosts: named(3), aliases: new Map([['bee', 'b']]) },
    parameters: { ...OURS, maxSeqno: 20, maxDelegations: 12 },
  },
  {
    configuration: { hosts: named(2) },
    parameters: { ...COMPATIBLE, ...SMALL, maxSeqno: 15, maxDelegations: 15 },
  },
];

export const protocolOf = ({ configuration, parameters }: Shape): ShtProtocol =>
  sht(configuration, parameters);

/** A behaviour of this many events of hosts and clients, told to `listener`. */
export function walk(
  protocol: ShtProtocol,
  seed: number,
  events: number,
  listener: Listener,
): ShtWalk {
  const walked = new ShtWalk(protocol, seed, listener);
  for (let count = 0; count < events; count++) walked.step();
  return walked;
}

const CLIENTS: readonly EndPoint[] = ['client1', 'client2', 'client3', ADMINISTRATOR];
const STRANGER: EndPoint = 'mallory';
/** No more than this many packets are under way to anybody; the network loses the others. */
const MAX_UNDER_WAY = 40;

/** What a client knows of its conversation with one host. */
interface Conversation {
  /** The last number that it has given, and what it said then. */
  seqno: number;
  said: Content | undefined;
  /** The last of its numbers that was acknowledged, and the last of the host's that it was told. */
  acked: number;
  heard: number;
}

/** One random behaviour, one event at a time. */
export class ShtWalk {
  readonly states: Host[];
  /** Packets that are under way to each host, and all that ever were. */
  readonly #underWay: Packet<Message>[][];
  readonly #sent: Packet<Message>[][];
  readonly #protocol: ShtProtocol;
  readonly #random: Random;
  readonly #listener: Listener;
  readonly #packetActions: readonly PacketAction<Host, Message>[];
  readonly #localActions: readonly LocalAction<Host, Message>[];
  readonly #clocks: readonly number[];
  readonly #conversations = new Map<string, Conversation>();
  readonly #loss: number;
  #time = 0;

  constructor(protocol: ShtProtocol, seed: number, listener: Listener) {
    const { hosts, actions, init } = protocol;
    this.#protocol = protocol;
    this.#random = new Random(seed);
    this.#listener = listener;
    this.states = hosts.map((host) => init(host));
    this.#underWay = hosts.map(() => []);
    this.#sent = hosts.map(() => []);
    this.#clocks = hosts.map(() => this.#random.below(50));
    this.#loss = this.#random.pick([0, 0, 0.1, 0.3]);
    this.#packetActions = actions.filter((action) => action.takes === 'packet');
    this.#localActions = actions.filter((action) => action.takes === 'nothing');
  }

  /** One event: a host acts, or a client or a stranger speaks. */
  step(): void {
    while (!this.#try()) if (this.#random.happens(0.3)) this.#time += 1 + this.#random.below(8);
  }

  #try(): boolean {
    const random = this.#random;
    const host = random.below(this.states.length);
    const kind = random.below(1000);
    const isBusy = this.states[host]?.received !== undefined && random.happens(0.9);
    if (kind < 450 && !isBusy) return this.#deliver(host);
    if (kind < 700) return this.#actLocally(host);
    if (kind < 950) return this.#speak(host);
    this.#time += 1 + random.below(8);
    return false;
  }

  #deliver(host: number): boolean {
    const random = this.#random;
    const under = this.#underWay[host] as Packet<Message>[];
    if (random.happens(0.08)) {
      const all = this.#sent[host] as Packet<Message>[];
      return all.length > 0 && this.#receive(host, random.pick(all));
    }
    if (under.length === 0) return false;
    const early = random.happens(0.9) ? Math.min(2, under.length) : under.length;
    const [packet] = under.splice(random.below(early), 1);
    if (packet === undefined || random.happens(this.#loss)) return false;
    return this.#receive(host, packet);
  }

  #receive(host: number, packet: Packet<Message>): boolean {
    const state = this.states[host] as Host;
    const given = { packet, now: this.#time + (this.#clocks[host] ?? 0) };
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
    const state = this.states[host] as Host;
    const given = { packet: undefined, now: this.#time + (this.#clocks[host] ?? 0) };
    const first = random.below(this.#localActions.length);
    for (let index = 0; index < this.#localActions.length; index++) {
      const place = (first + index) % this.#localActions.length;
      const action = this.#localActions[place] as LocalAction<Host, Message>;
      if (guardOf(action, state, given, undefined) !== undefined) continue;
      this.#act(host, action.name, undefined, stepOf(action, state, given, undefined));
      return true;
    }
    return false;
  }

  #act(
    host: number,
    action: string,
    packet: Packet<Message> | undefined,
    step: Step<Host, Message>,
  ): void {
    this.states[host] = step.state;
    for (const sent of step.sends) this.#send(sent);
    this.#listener.act(host, action, packet, step);
  }

  /** Somebody says something to a host: a client its next wish or its last one, or a stranger. */
  #speak(host: number): boolean {
    const random = this.#random;
    const dst = this.#protocol.hosts[host] as EndPoint;
    if (random.happens(0.05)) return this.#hear({ src: STRANGER, dst, msg: this.#lie(host) });
    const src = random.pick(CLIENTS);
    const conversation = this.#conversation(src, dst);
    if (random.happens(0.3)) {
      const seqno = random.happens(0.95)
        ? conversation.heard
        : conversation.heard + random.below(9);
      return this.#hear({ src, dst, msg: { type: 'ack', seqno } });
    }
    if (random.happens(0.02)) return this.#hear({ src, dst, msg: { type: 'numbersRequest' } });
    const isNew =
      conversation.acked === conversation.seqno ? random.happens(0.9) : random.happens(0.05);
    if (conversation.said === undefined || isNew) {
      conversation.seqno++;
      conversation.said = wishOf(random, this.states[host] as Host);
    } else if (random.happens(0.2)) conversation.said = wishOf(random, this.states[host] as Host);
    const { seqno, said: content } = conversation;
    return this.#hear({ src, dst, msg: { type: 'single', seqno, dst, content } });
  }

  #conversation(client: EndPoint, host: EndPoint): Conversation {
    const name = `${client} ${host}`;
    const known = this.#conversations.get(name);
    if (known !== undefined) return known;
    const conversation = { seqno: 0, said: undefined, acked: 0, heard: 0 };
    this.#conversations.set(name, conversation);
    return conversation;
  }

  /** What a stranger heard, or a message of a host that no host has sent. */
  #lie(host: number): Message {
    const random = this.#random;
    const heard = this.#sent[host] as Packet<Message>[];
    if (heard.length > 0 && random.happens(0.5)) return random.pick(heard).msg;
    const seqno = 1 + random.below(3);
    const table = (this.states[0] as Host).table.with(random.pick(KEYS), 'lie');
    const content: Content = { type: 'delegate', range: rangeOf(random), table };
    return { type: 'single', seqno, dst: STRANGER, content };
  }

  #hear(packet: Packet<Message>): boolean {
    this.#send(packet);
    this.#listener.hear(packet);
    return true;
  }

  /** Packets to clients are heard at once, in any case in part. */
  #send({ src, dst, msg }: Packet<Message>): void {
    const host = this.#protocol.hosts.indexOf(dst);
    const under = this.#underWay[host];
    if (under !== undefined) {
      if (under.length >= MAX_UNDER_WAY) under.splice(this.#random.below(under.length), 1);
      under.push({ src, dst, msg });
      this.#sent[host]?.push({ src, dst, msg });
      return;
    }
    const conversation = this.#conversation(dst, src);
    const { acked, heard } = conversation;
    if (msg.type === 'single') conversation.heard = Math.max(heard, msg.seqno);
    if (msg.type === 'ack') conversation.acked = Math.max(acked, msg.seqno);
  }
}
