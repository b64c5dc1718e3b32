/**
 * # Replicas that run in memory
 *
 * The replicas of a service and a network between them in one process, with a clock that goes only
 * when it is told to. Every packet travels as bytes, in the order in which it was sent, unless the
 * test takes it away. What is sent to whoever is no replica is kept for the test to look at.
 */

import type { ServiceClass } from '../../impl/apps/service.ts';
import type { Received } from '../../impl/framework/io.ts';
import { OrderedIo } from '../../impl/framework/orderedIo.ts';
import { marshal } from '../../impl/rsl/marshal.ts';
import type { Message } from '../../impl/rsl/messages.ts';
import type { Parameters } from '../../impl/rsl/parameters.ts';
import { parse } from '../../impl/rsl/parse.ts';
import { Replica, type ReplicaOptions } from '../../impl/rsl/replica.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

/** A packet on its way, as it is known to a test. */
export interface Travelling {
  readonly src: EndPoint;
  readonly dst: EndPoint;
  readonly bytes: Uint8Array;
}

/** What a step did. */
export interface Taken {
  readonly host: EndPoint;
  readonly action: string;
}

/** More steps than this in one instant are steps for ever. */
const MAX_STEPS = 100_000;

export class RunningReplicas {
  now = 0;
  readonly ids: readonly EndPoint[];
  readonly replicas: readonly Replica[];
  /** All steps that were taken. */
  readonly taken: Taken[] = [];
  /** What was sent to clients, and not looked at yet. */
  readonly outside: Travelling[] = [];
  /** Which packets are lost. */
  isLost: (packet: Travelling) => boolean = () => false;
  readonly #parameters: Parameters;
  readonly #inboxes = new Map<EndPoint, Received[]>();

  constructor(
    count: number,
    parameters: Parameters,
    service: ServiceClass,
    optionsOf: (id: EndPoint) => ReplicaOptions = () => ({}),
  ) {
    this.#parameters = parameters;
    this.ids = Array.from({ length: count }, (_, place) => `${(10 + place).toString(16)}0`);
    for (const id of this.ids) this.#inboxes.set(id, []);
    this.replicas = this.ids.map(
      (id) => new Replica(id, this.ids, parameters, service, optionsOf(id)),
    );
  }

  replica(place: number): Replica {
    const found = this.replicas[place];
    if (found === undefined) throw new RangeError(`there is no replica ${place}`);
    return found;
  }

  /** Puts a packet on its way. */
  send(src: EndPoint, dst: EndPoint, msg: Message | Uint8Array): void {
    this.#post({ src, dst, bytes: msg instanceof Uint8Array ? msg : marshal(msg) });
  }

  /** Lets one replica take one step, and returns the action. */
  step(place: number): string {
    const replica = this.replica(place);
    const { me } = replica.constants;
    const inbox = this.#inboxes.get(me) ?? [];
    const io = new OrderedIo({
      receive: () => inbox.shift(),
      readClock: () => this.now,
      send: (dst, bytes) => this.#post({ src: me, dst, bytes }),
    });
    const action = replica.step(io, inbox.length > 0 ? 'packet' : 'deadline');
    this.taken.push({ host: me, action });
    return action;
  }

  /** Lets all replicas, or those at some places, do all that there is to do in this instant. */
  settle(places: readonly number[] = [...this.replicas.keys()]): void {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const place = places.find((each) => this.#isAwake(each));
      if (place === undefined) return;
      this.step(place);
    }
    throw new RangeError('the replicas are busy for ever');
  }

  /** Lets time pass, a millisecond at a time, and all replicas do what there is to do in each. */
  pass(milliseconds: number, places?: readonly number[]): void {
    for (let passed = 0; passed < milliseconds; passed++) {
      this.now++;
      this.settle(places);
    }
  }

  /** The messages for clients since the last look, by whom. */
  replies(): { readonly client: EndPoint; readonly src: EndPoint; readonly msg: Message }[] {
    return this.outside.splice(0).map(({ src, dst, bytes }) => {
      const msg = parse(bytes, this.#parameters.compatible);
      if (msg === undefined) throw new RangeError('a replica sent bytes that are no message');
      return { client: dst, src, msg };
    });
  }

  /** How often each action was taken, by all or by one. */
  count(action: string, place?: number): number {
    const host = place === undefined ? undefined : this.ids[place];
    return this.taken.filter(
      (step) => step.action === action && (host === undefined || host === step.host),
    ).length;
  }

  #isAwake(place: number): boolean {
    const replica = this.replica(place);
    const waiting = this.#inboxes.get(replica.constants.me)?.length ?? 0;
    return waiting > 0 || replica.nextDeadline() <= this.now;
  }

  #post(packet: Travelling): void {
    if (this.isLost(packet)) return;
    const inbox = this.#inboxes.get(packet.dst);
    if (inbox === undefined) this.outside.push(packet);
    else inbox.push({ src: packet.src, bytes: packet.bytes });
  }
}
