/**
 * # The monitor
 *
 * Follows one behaviour of a running service, step by step, and checks each step at every boundary.
 * It keeps the state that the protocol says each host must be in, the packets sent so far, and the
 * state of the specification that all of this stands for. What a step leaves alone it does not look
 * at again.
 *
 *     implementation ──B2──▶ one atomic step ──B0──▶ messages ──B1──▶ protocol step ──B3, B4──▶ specification
 *
 * The first thing that does not fit is thrown as a {@link BoundaryRefusal}; after that the monitor
 * is of no further use.
 */
import type { Step } from '../../protocol/framework/action.ts';
import { IDLE } from '../../protocol/framework/action.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause, type Refusal, type Verdict } from '../../spec/framework/verdict.ts';
import { type HostRefinement, HostStepChecker, type ObservedStep } from './hostStep.ts';
import { PacketSet } from './packetSet.ts';
import type { Place } from './refusal.ts';
import { HostRefusal, PacketRefusal, SystemRefusal } from './refusal.ts';

type Laws<Subject extends readonly unknown[]> = Readonly<
  Record<string, (...subject: Subject) => Verdict>
>;

/** How a service's implementation refines its protocol, and the protocol its specification. */
export interface Refinement<Impl, State, Message, Spec>
  extends HostRefinement<Impl, State, Message> {
  /** The state of the specification at the beginning, and whether it may begin so. */
  readonly initial: Spec;
  readonly init: (s: Spec) => Verdict;
  /**
   * The state of the specification after a step of a host; the same object if the step is a
   * stutter.
   */
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
  readonly #checker: HostStepChecker<Impl, State, Message>;
  readonly #states: State[];
  readonly #sent = new PacketSet();
  #spec: Spec;
  readonly #packetInvariants;
  readonly #hostInvariants;
  readonly #systemInvariants;
  readonly #stepInvariants;

  constructor(refinement: Refinement<Impl, State, Message, Spec>) {
    const { protocol } = refinement;
    this.#refinement = refinement;
    this.#checker = new HostStepChecker(refinement);
    this.#states = protocol.hosts.map((host) => protocol.init(host));
    this.#spec = refinement.initial;
    this.#packetInvariants = Object.entries(refinement.packetInvariants);
    this.#hostInvariants = Object.entries(refinement.hostInvariants);
    this.#systemInvariants = Object.entries(refinement.systemInvariants);
    this.#stepInvariants = Object.entries(refinement.stepInvariants);
    const names = [...protocol.actions.map(({ name }) => name), IDLE];
    const actions = Object.fromEntries(names.map((name) => [name, 0]));
    this.seen = { steps: 0, specSteps: 0, messages: 0, packets: 0, actions };
    const place = { host: 'the system', step: 0, action: 'begins' };
    const refusal = refinement.init(this.#spec);
    if (refusal !== undefined) throw new SystemRefusal(place, refusal);
    this.#checkHosts(place);
    this.#checkSystem(place);
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
    this.#checker.checkStart(place, impl, this.#states[host] as State);
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
    const place = { host: this.#nameOf(host), step: this.seen.steps, action: 'sends' };
    this.#checker.checkFrame(place, frame, payload);
  }

  /** Checks one step of a host at every boundary; `impl` is the host as it is after the step. */
  observe(observed: ObservedStep, impl: Impl): void {
    const place = {
      host: this.#nameOf(observed.host),
      step: this.seen.steps,
      action: observed.action,
    };
    const before = this.#states[observed.host];
    if (before === undefined) {
      throw new HostRefusal(place, { failed: 'whoever steps is a host of the configuration' });
    }
    const { packet, step } = this.#checker.check(place, place.host, before, observed.io, impl);
    if (packet !== undefined) this.#checkSent(place, packet);
    this.#advance(place, observed.host, before, step);
    this.seen.steps++;
    this.seen.messages = this.#checker.messages;
    this.seen.actions[observed.action] = (this.seen.actions[observed.action] ?? 0) + 1;
  }

  /** Packets may come late, twice, out of turn or never, but not from nowhere. */
  #checkSent(place: Place, packet: Packet<Message>): void {
    const key = this.#keyOf(packet);
    if (this.#sent.has(key)) return;
    const because = [{ failed: key }];
    throw new PacketRefusal(place, {
      failed: 'a packet is received only after it was sent',
      because,
    });
  }

  /**
   * B3 and B4: the system's step is a stutter or a step of the specification, and contradicts
   * nothing.
   */
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
    if (moved) this.#checkHosts(place);
    else if (step.state !== before) this.#checkHost(place, host);
    if (moved || step.state !== before) this.#checkSystem(place);
    for (const packet of step.sends) this.#send(place, packet);
  }

  #checkHosts(place: Place): void {
    for (let host = 0; host < this.#states.length; host++) this.#checkHost(place, host);
  }

  #checkHost(place: Place, host: number): void {
    const broken = firstBroken(this.#hostInvariants, this.#states[host] as State, this.#spec);
    if (broken === undefined) return;
    throw new SystemRefusal({ ...place, about: this.#nameOf(host) }, broken);
  }

  #checkSystem(place: Place): void {
    const broken = firstBroken(this.#systemInvariants, this.#states, this.#spec);
    if (broken !== undefined) throw new SystemRefusal(place, broken);
  }

  /** A packet enters the network. If it was sent before, it was checked then. */
  #send(place: Place, packet: Packet<Message>): void {
    const key = this.#keyOf(packet);
    if (!this.#sent.add(key)) return;
    this.seen.packets++;
    const refusal = this.#refinement.correspondence(packet, this.#spec);
    if (refusal) throw new PacketRefusal({ ...place, about: key }, refusal);
    const broken = firstBroken(this.#packetInvariants, packet, this.#spec);
    if (broken !== undefined) throw new SystemRefusal({ ...place, about: key }, broken);
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
