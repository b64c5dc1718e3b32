/**
 * # The monitor
 *
 * Follows one behaviour of a running service, step by step, and checks each step at every boundary:
 * what one host did on its own against its protocol, and what the system did by it against the
 * specification.
 *
 *     implementation ──B2──▶ one atomic step ──B0──▶ messages ──B1──▶ protocol step ──B3, B4──▶ specification
 *
 * The first thing that does not fit is thrown as a BoundaryRefusal; after that the monitor is of no
 * further use.
 */
import { IDLE } from '../../protocol/framework/action.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { type HostRefinement, HostStepChecker, type ObservedStep } from './hostStep.ts';
import type { Place } from './refusal.ts';
import { HostRefusal } from './refusal.ts';
import { SystemMonitor, type SystemSeen } from './systemMonitor.ts';
import type { Act, SystemRefinement } from './systemRefinement.ts';

/** How a service's implementation refines its protocol, and the protocol its specification. */
export type Refinement<Impl, State, Message, Ghost, Spec> = HostRefinement<Impl, State, Message> &
  SystemRefinement<State, Message, Ghost, Spec>;

/** What a monitor has seen so far. */
export interface Seen extends SystemSeen {
  /** Byte strings that were read as messages. */
  messages: number;
}

export class Monitor<Impl, State, Message, Ghost, Spec> {
  readonly seen: Seen;
  readonly #refinement: Refinement<Impl, State, Message, Ghost, Spec>;
  readonly #checker: HostStepChecker<Impl, State, Message>;
  readonly #system: SystemMonitor<State, Message, Ghost, Spec>;

  /** Of `sampleEvery` steps, the laws that take long are asked after one. */
  constructor(refinement: Refinement<Impl, State, Message, Ghost, Spec>, sampleEvery?: number) {
    this.#refinement = refinement;
    this.#checker = new HostStepChecker(refinement);
    this.#system = new SystemMonitor(refinement, sampleEvery);
    this.seen = Object.assign(this.#system.seen, { messages: 0 });
    this.seen.actions[IDLE] = 0;
  }

  get states(): readonly State[] {
    return this.#system.states;
  }

  get spec(): Spec {
    return this.#system.spec;
  }

  /** Checks that an implementation host begins as the protocol says. */
  observeStart(host: number, impl: Impl): void {
    this.#checker.checkStart(this.#place(host, 'begins'), impl, this.states[host] as State);
  }

  /** Records a packet that was sent by someone who is not a host. */
  observeStranger(src: EndPoint, dst: EndPoint, bytes: Uint8Array): void {
    this.#system.hear({ src, dst, msg: this.#checker.read(bytes) });
  }

  /** Checks that a frame on a stream carries `payload`, and nothing else (B0). */
  observeFrame(host: number, frame: Uint8Array, payload: Uint8Array): void {
    this.#checker.checkFrame(this.#place(host, 'sends'), frame, payload);
  }

  get ghost(): Ghost {
    return this.#system.ghost;
  }

  /**
   * Checks one step of a host at every boundary; `impl` is the host as it is after the step. Gives
   * what the step was.
   */
  observe({ host, action, io }: ObservedStep, impl: Impl): Act<State, Message> {
    const place = this.#place(host, action);
    const before = this.states[host];
    if (before === undefined) {
      throw new HostRefusal(place, { failed: 'whoever steps is a host of the configuration' });
    }
    const { packet, now, step } = this.#checker.check(place, place.host, before, io, impl);
    this.#system.act(host, action, packet, step, now);
    this.seen.messages = this.#checker.messages;
    return { host, action, before, packet, now, step };
  }

  /** Asks every law that speaks of hosts or of the whole, those that take long among them. */
  checkAll(): void {
    this.#system.checkAll();
  }

  #place(host: number, action: string): Place {
    const name = this.#refinement.protocol.hosts[host] ?? `host ${host}`;
    return { host: name, step: this.seen.steps, action };
  }
}
