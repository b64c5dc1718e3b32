/**
 * # What the harness needs to know of a protocol
 *
 * Enough to simulate the hosts of a protocol on their own, without an implementation, and to follow
 * them with a monitor. Everything that moves such hosts is generic in this.
 */
import type { Act, SystemRefinement } from '../../refinement/framework/systemRefinement.ts';
import type { Client } from './client.ts';
import type { Expect } from './expectation.ts';
import type { Random } from './random.ts';

/** For each action the clauses of its guard. */
export type Clauses = Readonly<Record<string, readonly string[]>>;

/** Looks at every step of one behaviour for what a campaign hopes to see. */
export interface Watcher<State, Message, Ghost> {
  /** A step has passed, and this is what is now known of the system. */
  step(act: Act<State, Message>, ghost: Ghost): void;
  /** What has happened at some time so far. */
  sometimes(): Readonly<Record<string, boolean>>;
}

/** One configuration of a protocol, ready to be simulated. */
export interface SimulatedProtocol<State, Message, Ghost, Spec> {
  readonly name: string;
  readonly refinement: SystemRefinement<State, Message, Ghost, Spec>;
  /** Whether something is a message at all, as far as anyone looks who passes it on. */
  isMessage(said: unknown): said is Message;
  /**
   * The names of the actions that a message concerns; the others are not asked whether they take
   * it. The same array for messages of the same type.
   */
  receivers(msg: Message): readonly string[];
  /**
   * The actions of which a host in this state may take one before it is given a packet, which then
   * waits for it, as running hosts do it. Without that a packet comes as it may, and some hosts have
   * no room for it. Nothing, or absent, where nothing is more urgent; the same array for the same
   * actions.
   */
  urgent?(state: State): readonly string[] | undefined;
  /**
   * The earliest time after `clock`, by the host's clock, at which an action may be allowed that is
   * not allowed before; infinity if time makes no difference.
   */
  nextDeadline(state: State, clock: number): number;
  /** What a liar might say, who has heard this. */
  lie(random: Random, heard: readonly Message[]): Message;
  clients(random: Random): readonly Client<Message>[];
  watch(): Watcher<State, Message, Ghost>;
  /** What is promised once the network works, given who the hosts then are. */
  expect?(states: readonly State[]): Expect<Message>;
  /** Actions, faults and refusals of actions that this configuration cannot have. */
  readonly never: readonly string[];
  /** The clauses that may be the ones that refuse an action here; a campaign names those that never do. */
  readonly clauses?: Clauses;
  /** The service's specification state in a few words, for a reader. */
  showSpec(s: Spec): string;
}
