/**
 * # What the harness needs to know of a service
 *
 * Enough to run its implementation hosts in a simulated world and to follow them with a monitor.
 * Everything in the harness is generic in this.
 */
import type { Host } from '../../impl/framework/io.ts';
import type { Refinement } from '../../refinement/framework/monitor.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { AnyStates } from './anyState.ts';
import type { Client } from './client.ts';
import type { Expect } from './expectation.ts';
import type { Watcher } from './protocolService.ts';
import type { Random } from './random.ts';
import type { Witness } from './witness.ts';

/** One configuration of a service, ready to be simulated. */
export interface SimulatedService<Impl extends Host, State, Message, Ghost, Spec> {
  readonly name: string;
  readonly refinement: Refinement<Impl, State, Message, Ghost, Spec>;
  createHost(me: EndPoint): Impl;
  /**
   * The actions of which a host in this state takes one before it receives the packet that wakes
   * it. Such a packet is left where it is, and wakes the host again at once; then it is received.
   * Nothing, or absent, where nothing is more urgent than a packet.
   */
  urgent?(state: State): readonly string[] | undefined;
  /**
   * Hosts in arbitrary states, reachable or not, each with something to do, to be checked along with
   * a behaviour, or nothing this time; absent where hosts can only be what they have become.
   */
  anyStates?(random: Random): AnyStates<Impl, State, Message> | undefined;
  /** Who uses the service; absent where nobody does. */
  clients?(random: Random): readonly Client<Uint8Array>[];
  /** Under which names strangers speak, if not under those that they use everywhere. */
  readonly strangers?: readonly EndPoint[];
  /** What a liar might say, who has heard this; without it, strangers send rubbish only. */
  lie?(random: Random, heard: readonly Uint8Array[]): Uint8Array;
  watch(): Watcher<State, Message, Ghost>;
  /** How many requests were compared by what the hosts run (B6); absent where they run nothing. */
  requestsOf?(hosts: readonly Impl[]): number;
  /** Who sees the service from outside, for one behaviour; absent where nothing can be said. */
  witness?(): Witness<Uint8Array>;
  /** Actions and faults that this configuration cannot have. */
  readonly never: readonly string[];
  /**
   * What is promised once the network works, given where the protocol has the hosts then; absent
   * where nothing is.
   */
  expect?(states: readonly State[]): Expect<Uint8Array>;
  /** The service's specification state in a few words, for a reader. */
  showSpec(s: Spec): string;
}
