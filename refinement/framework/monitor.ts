/**
 * # The monitor
 *
 * Follows one behaviour of a running service, step by step, and checks each step at every boundary. It
 * keeps the state that the protocol says each host must be in, the packets sent so far, and the state of the
 * specification that all of this stands for. What a step leaves alone it does not look at again.
 *
 *     implementation ──B2──▶ one atomic step ──B0──▶ messages ──B1──▶ protocol step ──B3, B4──▶ specification
 *
 * The first thing that does not fit is thrown as a {@link BoundaryRefusal}; after that the monitor is of no
 * further use.
 */
import type { Action, Input, Protocol, Step } from '../../protocol/framework/action.ts';
import { IDLE } from '../../protocol/framework/action.ts';
import { type Difference, difference } from '../../spec/framework/difference.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { IoOperation } from '../../spec/framework/ioOrder.ts';
import { isLegalOrder } from '../../spec/framework/ioOrder.ts';
import { clause, type Refusal, type Verdict } from '../../spec/framework/verdict.ts';
import type { Place } from './refusal.ts';
import {
  HostRefusal,
  IoOrderRefusal,
  PacketRefusal,
  SystemRefusal,
  WireRefusal,
} from './refusal.ts';
import { isFrameOf } from './wire.ts';

/** One operation that a host was seen to do. */
export type ObservedIo =
  | { readonly type: 'receive'; readonly src: EndPoint; readonly bytes: Uint8Array }
  | { readonly type: 'timeout' }
  | { readonly type: 'clock'; readonly now: number }
  | { readonly type: 'send'; readonly dst: EndPoint; readonly bytes: Uint8Array };

/** One step that a host was seen to take. */
export interface ObservedStep {
  /** The host's place in the configuration. */
  readonly host: number;
  /** The action that the host says it took. */
  readonly action: string;
  /** Its operations, in the order in which it did them. */
  readonly io: readonly ObservedIo[];
}

type Laws<Subject extends readonly unknown[]> = Readonly<
  Record<string, (...subject: Subject) => Verdict>
>;

/** How a service's implementation refines its protocol, and the protocol its specification. */
export interface Refinement<Impl, State, Message, Spec> {
  readonly protocol: Protocol<State, Message>;
  /** What bytes mean by the definition of the wire format, and what the implementation takes them for. */
  readonly read: (bytes: Uint8Array) => Message;
  readonly readAsImpl: (bytes: Uint8Array) => Message;
  /** Where the implementation's state is not the protocol's, compared in place. */
  readonly compare: (impl: Impl, state: State) => Difference | undefined;
  /** The state of the specification at the beginning, and whether it may begin so. */
  readonly initial: Spec;
  readonly init: (s: Spec) => Verdict;
  /** The state of the specification after a step of a host; the same object if the step is a stutter. */
  readonly advance: (s: Spec, action: string, before: State, step: Step<State, Message>) => Spec;
  readonly next: (s: Spec, t: Spec) => Verdict;
  readonly correspondence: (packet: Packet<Message>, s: Spec) => Verdict;
  /** Invariants by their number; those of packets are stable as the specification advances. */
  readonly packetInvariants: Laws<[packet: Packet<Message>, s: Spec]>;
  readonly hostInvariants: Laws<[state: State, s: Spec]>;
  readonly systemInvariants: Laws<[states: readonly State[], s: Spec]>;
  readonly stepInvariants: Laws<[before: State, after: State]>;
}

/** What a monitor has seen so far. */
export interface Seen {
  /** Steps of hosts, and how many of them were steps of the specification. */
  steps: number;
  specSteps: number;
  /** Byte strings that were read as messages, and different packets that were sent. */
  messages: number;
  packets: number;
  /** How often each action was taken. */
  readonly actions: Record<string, number>;
}

const OPERATION = { receive: 'R', timeout: 'T', clock: 'C', send: 'S' } as const satisfies Record<
  ObservedIo['type'],
  IoOperation
>;

/** The first law that does not hold, under its number. */
function firstBroken<Subject extends readonly unknown[]>(
  laws: readonly (readonly [string, (...subject: Subject) => Verdict])[],
  ...subject: Subject
): Refusal | undefined {
  for (const [number, law] of laws) {
    const refusal = law(...subject);
    if (refusal !== undefined) return { failed: number, because: [refusal] };
  }
  return undefined;
}

export class Monitor<Impl, State, Message, Spec> {
  readonly seen: Seen;
  readonly #refinement: Refinement<Impl, State, Message, Spec>;
  readonly #actions: ReadonlyMap<string, Action<State, Message>>;
  readonly #states: State[];
  readonly #sent = new Set<string>();
  #spec: Spec;
  readonly #packetInvariants;
  readonly #hostInvariants;
  readonly #systemInvariants;
  readonly #stepInvariants;

  constructor(refinement: Refinement<Impl, State, Message, Spec>) {
    const { protocol } = refinement;
    this.#refinement = refinement;
    this.#actions = new Map(protocol.actions.map((action) => [action.name, action]));
    this.#states = protocol.hosts.map((host) => protocol.init(host));
    this.#spec = refinement.initial;
    this.#packetInvariants = Object.entries(refinement.packetInvariants);
    this.#hostInvariants = Object.entries(refinement.hostInvariants);
    this.#systemInvariants = Object.entries(refinement.systemInvariants);
    this.#stepInvariants = Object.entries(refinement.stepInvariants);
    const actions = Object.fromEntries([...this.#actions.keys(), IDLE].map((name) => [name, 0]));
    this.seen = { steps: 0, specSteps: 0, messages: 0, packets: 0, actions };
    const place = { host: 'the system', step: 0, action: 'begins' };
    const refusal = refinement.init(this.#spec);
    if (refusal !== undefined) throw new SystemRefusal(place, refusal);
    this.#checkStates(place, this.#states);
  }

  get states(): readonly State[] {
    return this.#states;
  }

  get spec(): Spec {
    return this.#spec;
  }

  /** Checks that an implementation host begins as the protocol says. */
  observeStart(host: number, impl: Impl): void {
    const place = { host: this.#nameOf(host), step: this.seen.steps, action: 'begins' };
    const found = this.#refinement.compare(impl, this.#states[host] as State);
    if (found)
      throw new HostRefusal(place, { failed: 'the host begins as the protocol says' }, found);
  }

  /** Records a packet that was sent by someone who is not a host. */
  observeStranger(src: EndPoint, dst: EndPoint, bytes: Uint8Array): void {
    const packet = { src, dst, msg: this.#refinement.read(bytes) };
    const place = { host: src, step: this.seen.steps, action: 'sends' };
    const stranger = clause('nobody sends under the name of a host', !this.#hostIs(src));
    if (stranger !== undefined) throw new PacketRefusal(place, stranger);
    this.#send(place, packet);
  }

  /** Checks that a frame on a stream carries `payload`, and nothing else (B0). */
  observeFrame(host: number, frame: Uint8Array, payload: Uint8Array): void {
    if (isFrameOf(frame, payload)) return;
    const place = { host: this.#nameOf(host), step: this.seen.steps, action: 'sends' };
    throw new WireRefusal(place, {
      failed: 'a frame is the length of its payload, then the payload',
    });
  }

  /** Checks one step of a host at every boundary; `impl` is the host as it is after the step. */
  observe(observed: ObservedStep, impl: Impl): void {
    const place = {
      host: this.#nameOf(observed.host),
      step: this.seen.steps,
      action: observed.action,
    };
    this.#checkOrder(place, observed.io);
    const { packet, now, sends } = this.#messages(place, observed);
    const before = this.#states[observed.host] as State;
    const step = this.#checkStep(place, before, { packet, now }, sends);
    const found = this.#refinement.compare(impl, step.state);
    if (found !== undefined) {
      throw new HostRefusal(
        place,
        { failed: 'the host is in the state that the protocol says' },
        found,
      );
    }
    this.#advance(place, observed.host, before, step);
    this.seen.steps++;
    this.seen.actions[observed.action] = (this.seen.actions[observed.action] ?? 0) + 1;
  }

  /** B2: the operations come in an order that makes them one atomic step. */
  #checkOrder(place: Place, io: readonly ObservedIo[]): void {
    const word = io.map(({ type }) => OPERATION[type]);
    if (isLegalOrder(word)) return;
    throw new IoOrderRefusal(place, {
      failed: 'a step receives, then learns the time at most once, then sends: R* (C|T)? S*',
      because: [{ failed: `this one did ${word.join(' ')}` }],
    });
  }

  /** B0: what the host received and sent, as messages; the implementation must take them for the same. */
  #messages(place: Place, { host, io }: ObservedStep) {
    const me = this.#nameOf(host);
    const sends: Packet<Message>[] = [];
    let packet: Packet<Message> | undefined;
    let now: number | undefined;
    for (const operation of io) {
      switch (operation.type) {
        case 'receive': {
          if (packet !== undefined) {
            throw new HostRefusal(place, { failed: 'an action receives at most one packet' });
          }
          packet = { src: operation.src, dst: me, msg: this.#read(place, operation.bytes) };
          const key = this.#keyOf(packet);
          if (!this.#sent.has(key)) {
            throw new PacketRefusal(place, {
              failed: 'a packet is received only after it was sent',
              because: [{ failed: key }],
            });
          }
          break;
        }
        case 'clock':
          now = operation.now;
          break;
        case 'send':
          sends.push({ src: me, dst: operation.dst, msg: this.#read(place, operation.bytes) });
          break;
        case 'timeout':
          break;
      }
    }
    return { packet, now, sends };
  }

  #read(place: Place, bytes: Uint8Array): Message {
    const { read, readAsImpl } = this.#refinement;
    this.seen.messages++;
    const expected = read(bytes);
    const actual = readAsImpl(bytes);
    if (!equal(expected, actual)) {
      const refusal = { failed: 'the implementation reads bytes as the wire format says' };
      throw new WireRefusal(place, refusal, difference(expected, actual));
    }
    return expected;
  }

  /** B1: the step is what the protocol's action of that name does with this input. */
  #checkStep(
    place: Place,
    before: State,
    input: Input<Message>,
    sends: readonly Packet<Message>[],
  ): Step<State, Message> {
    const step = this.#protocolStep(place, before, input);
    if (!equal(step.sends, sends)) {
      const refusal = { failed: 'the host sends what the protocol says' };
      throw new HostRefusal(place, refusal, difference(step.sends, sends));
    }
    return step;
  }

  #protocolStep(
    place: Place,
    before: State,
    { packet, now }: Input<Message>,
  ): Step<State, Message> {
    const refuse = (refusal: Refusal): never => {
      throw new HostRefusal(place, refusal);
    };
    if (place.action === IDLE) {
      if (packet !== undefined) refuse({ failed: 'an idle step receives nothing' });
      return { state: before, sends: [] };
    }
    const action = this.#actions.get(place.action);
    if (action === undefined) return refuse({ failed: 'the action is one of the protocol' });
    if (action.takes === 'packet') {
      if (packet === undefined) return refuse({ failed: 'the action receives a packet' });
      const refusal = action.guard(before, packet);
      if (refusal) refuse({ failed: 'the action may be taken', because: [refusal] });
      return action.step(before, packet);
    }
    if (packet !== undefined) refuse({ failed: 'the action receives nothing' });
    if (action.readsClock && now === undefined) refuse({ failed: 'the action reads the clock' });
    const refusal = action.guard(before, now ?? 0);
    if (refusal) refuse({ failed: 'the action may be taken', because: [refusal] });
    return action.step(before, now ?? 0);
  }

  /** B3 and B4: the system's step is a stutter or a step of the specification, and contradicts nothing. */
  #advance(place: Place, host: number, before: State, step: Step<State, Message>): void {
    const { advance, next } = this.#refinement;
    const spec = advance(this.#spec, place.action, before, step);
    if (spec !== this.#spec) {
      const refusal = next(this.#spec, spec);
      if (refusal) {
        throw new SystemRefusal(place, {
          failed: 'the step is one of the specification',
          because: [refusal],
        });
      }
      this.seen.specSteps++;
    }
    const moved = spec !== this.#spec;
    this.#spec = spec;
    if (step.state !== before) {
      const broken = firstBroken(this.#stepInvariants, before, step.state);
      if (broken !== undefined) throw new SystemRefusal(place, broken);
      this.#states[host] = step.state;
    }
    if (moved) this.#checkStates(place, this.#states);
    else if (step.state !== before) this.#checkStates(place, [step.state]);
    for (const packet of step.sends) this.#send(place, packet);
  }

  /** The invariants of `states`, which are those that may have changed, and of all hosts together. */
  #checkStates(place: Place, states: readonly State[]): void {
    for (const state of states) {
      const broken = firstBroken(this.#hostInvariants, state, this.#spec);
      if (broken !== undefined) throw new SystemRefusal(place, broken);
    }
    const broken = firstBroken(this.#systemInvariants, this.#states, this.#spec);
    if (broken !== undefined) throw new SystemRefusal(place, broken);
  }

  /** A packet enters the network. If it was sent before, it was checked then. */
  #send(place: Place, packet: Packet<Message>): void {
    const key = this.#keyOf(packet);
    if (this.#sent.has(key)) return;
    this.#sent.add(key);
    this.seen.packets++;
    const refusal = this.#refinement.correspondence(packet, this.#spec);
    if (refusal) throw new PacketRefusal(place, refusal);
    const broken = firstBroken(this.#packetInvariants, packet, this.#spec);
    if (broken !== undefined) throw new SystemRefusal(place, broken);
  }

  #keyOf({ src, dst, msg }: Packet<Message>): string {
    return `${src}>${dst}:${this.#refinement.protocol.describe(msg)}`;
  }

  #nameOf(host: number): EndPoint {
    return this.#refinement.protocol.hosts[host] ?? `host ${host}`;
  }

  #hostIs(name: EndPoint): boolean {
    return this.#refinement.protocol.hosts.includes(name);
  }
}
