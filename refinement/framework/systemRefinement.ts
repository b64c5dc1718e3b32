/**
 * # How a protocol refines its specification
 *
 * What is known of a system of hosts besides their states: the *ghost*, in which the checker
 * remembers whatever it needs of the packets sent and the steps taken so far, and the state of the
 * specification that all of this stands for. And the laws that hold of them, each under its number.
 *
 * The ghost is the checker's own. Hosts never see it, and it decides nothing.
 */
import type { Protocol, Step } from '../../protocol/framework/action.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import type { Laws } from './laws.ts';

/** A step that a host has taken. */
export interface Act<State, Message> {
  /** The host's place in the configuration. */
  readonly host: number;
  /**
   * The action's name; {@link RESTART} for a host that stopped and started again, `idle` for one
   * that did nothing.
   */
  readonly action: string;
  readonly before: State;
  readonly packet: Packet<Message> | undefined;
  /** What the host's clock read, where it was read and whoever shows the step knows. */
  readonly now?: number | undefined;
  readonly step: Step<State, Message>;
}

/** The name under which a restart is reported, which is no action of a protocol. */
export const RESTART = 'restart';

/** The system as a law sees it. */
export interface Whole<State, Ghost> {
  readonly states: readonly State[];
  readonly ghost: Ghost;
}

export interface SystemRefinement<State, Message, Ghost, Spec> {
  readonly protocol: Protocol<State, Message>;
  /** The ghost at the beginning, when nothing has been sent. */
  begin(): Ghost;
  /** A ghost that shares nothing that {@link act} or {@link hear} change. */
  copy(ghost: Ghost): Ghost;
  /**
   * The ghost after a step of a host. It may be the same object, changed in place: whoever still
   * needs the one before makes a copy first.
   */
  act(ghost: Ghost, act: Act<State, Message>): Ghost;
  /** The ghost after someone who is not a host has sent a packet. */
  hear(ghost: Ghost, packet: Packet<Message>): Ghost;
  /**
   * The state of the specification that a ghost stands for; the same object as before if the step
   * was a stutter.
   */
  spec(ghost: Ghost): Spec;
  readonly init: (s: Spec) => Verdict;
  readonly next: (s: Spec, t: Spec) => Verdict;
  /** B4, asked of every packet that has not been sent before. */
  readonly correspondence: (packet: Packet<Message>, ghost: Ghost) => Verdict;
  /** Of every packet that has not been sent before, once it has been sent. */
  readonly packetInvariants: Laws<[packet: Packet<Message>, whole: Whole<State, Ghost>]>;
  /** Of the host that stepped; of every host when the specification moved. */
  readonly hostInvariants: Laws<[state: State, whole: Whole<State, Ghost>, host: number]>;
  /** Of a host's state and the next, unless the host has started again in between. */
  readonly stepInvariants: Laws<[before: State, after: State]>;
  /** Of the whole, after every step that changed something. */
  readonly systemInvariants: Laws<[whole: Whole<State, Ghost>]>;
  /** Of the whole, now and then, because they take long. */
  readonly sampledInvariants: Laws<[whole: Whole<State, Ghost>]>;
}
