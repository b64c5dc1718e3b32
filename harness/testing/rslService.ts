/**
 * # A replicated service that is treated fairly
 *
 * Replicas over a network that delivers every packet in the next round, but for those that a test
 * has it lose. In a round, which takes a few milliseconds, every replica receives all that has
 * arrived and then does of its own accord whatever it can. There is no chance in it: the same test
 * is the same behaviour.
 */
import type { Protocol, Step } from '../../protocol/framework/action.ts';
import { stepsOf } from '../../protocol/framework/steps.ts';
import type { Parameters } from '../../protocol/rsl/configuration.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { rsl } from '../../protocol/rsl/rsl.ts';
import { counter, INCREMENT } from '../../spec/apps/counter.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';

/** How long a round takes, in milliseconds. */
const ROUND = 5;

export class RslService {
  readonly hosts: readonly EndPoint[];
  readonly states: Replica[];
  /** Every packet that has been sent, in order, delivered or not. */
  readonly sent: Packet<Message>[] = [];
  /** How often each action has been taken, by its name. */
  readonly taken = new Map<string, number>();
  /** Whether a packet gets lost; tests may change this at any time. */
  loses: (packet: Packet<Message>) => boolean = () => false;
  /** How long a packet is under way, in milliseconds, beside waiting for the next round. */
  latency = 0;
  readonly #protocol: Protocol<Replica, Message>;
  /** Packets under way, in the order in which they will arrive while the latency is the same. */
  #underWay: { readonly packet: Packet<Message>; readonly due: number }[] = [];
  #time: number;

  /** A service of replicas in given states, or as they are at the beginning, from a time on. */
  constructor(
    hosts: readonly EndPoint[],
    parameters: Parameters,
    states?: readonly Replica[],
    time = 0,
  ) {
    this.hosts = hosts;
    this.#protocol = rsl(counter, hosts, parameters);
    this.states = states === undefined ? hosts.map((me) => this.#protocol.init(me)) : [...states];
    this.#time = time;
  }

  get time(): number {
    return this.#time;
  }

  /** A client says the same to all replicas, or to some of them. */
  ask(client: EndPoint, seqno: number, replicas = this.hosts): void {
    for (const dst of replicas) {
      this.#send({ src: client, dst, msg: { type: 'request', seqno, request: INCREMENT } });
    }
  }

  restart(host: number): void {
    const { restart } = this.#protocol;
    if (restart === undefined) throw new Error('these replicas do not start again');
    this.states[host] = restart(this.states[host] as Replica);
  }

  /** Whether a replica has said to this client that this request, or a later one, is executed. */
  hasAnswered(client: EndPoint, seqno: number): boolean {
    return this.sent.some(
      ({ dst, msg }) => dst === client && msg.type === 'reply' && msg.seqno >= seqno,
    );
  }

  /** Rounds, until something is so; throws if it is not so within so many milliseconds. */
  runUntil(what: string, isSo: () => boolean, within: number): void {
    const end = this.#time + within;
    while (!isSo()) {
      if (this.#time >= end) throw new Error(`within ${within} ms it is not so that ${what}`);
      this.round();
    }
  }

  runFor(milliseconds: number): void {
    for (const end = this.#time + milliseconds; this.#time < end; ) this.round();
  }

  round(): void {
    const arrived = this.#underWay.filter(({ due }) => due <= this.#time);
    this.#underWay = this.#underWay.filter(({ due }) => due > this.#time);
    for (const { packet } of arrived) {
      const host = this.hosts.indexOf(packet.dst);
      if (host >= 0) this.#take(host, packet);
    }
    for (const host of this.hosts.keys()) {
      // Every action, as often as it can be taken now.
      while (this.#take(host, undefined));
    }
    this.#time += ROUND;
  }

  /** Takes the first action that can be taken, and of its choices one after the other. */
  #take(host: number, packet: Packet<Message> | undefined): boolean {
    const state = this.states[host] as Replica;
    for (const action of this.#protocol.actions) {
      if ((action.takes === 'packet') !== (packet !== undefined)) continue;
      const steps = [...stepsOf(action, state, { packet, now: this.#time })];
      if (steps.length === 0) continue;
      const count = this.taken.get(action.name) ?? 0;
      this.taken.set(action.name, count + 1);
      this.#move(host, steps[count % steps.length] as Step<Replica, Message>);
      return true;
    }
    return false;
  }

  #move(host: number, { state, sends }: Step<Replica, Message>): void {
    this.states[host] = state;
    for (const packet of sends) this.#send(packet);
  }

  #send(packet: Packet<Message>): void {
    this.sent.push(packet);
    if (!this.loses(packet)) this.#underWay.push({ packet, due: this.#time + this.latency });
  }
}
