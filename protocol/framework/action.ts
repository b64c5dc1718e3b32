/**
 * # Hosts and their actions
 *
 * A host is a state machine whose steps are called actions. An action is a pure function: it is
 * given the host's state and everything else it may depend on, such as the packet it receives and
 * what the clock says, and it gives the state that follows and the packets to send. What the host
 * leaves to chance is part of its input, so the same input always leads to the same step.
 *
 * Both directions come from this one definition. To *enumerate*, try every action on every input
 * whose guard holds. To *check* an observed step, look its action up by name, ask its guard, and
 * compare.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';

/** What an action may learn from the world. */
export interface Input<Message> {
  /** The packet that the action receives; only for actions that take one. */
  readonly packet: Packet<Message> | undefined;
  /** What the host's clock reads, in milliseconds; only for actions that read it. */
  readonly now: number | undefined;
}

/**
 * What an action does: the state that the host moves to, and the packets that it sends, in order.
 */
export interface Step<State, Message> {
  readonly state: State;
  readonly sends: readonly Packet<Message>[];
}

/** An action that the host takes of its own accord, at a time of its choosing. */
export interface LocalAction<State, Message> {
  readonly name: string;
  readonly takes: 'nothing';
  /** Whether it reads the clock; `now` means nothing otherwise. */
  readonly readsClock: boolean;
  /** When the action may be taken. */
  guard(state: State, now: number): Verdict;
  /** What it does; asked only where the guard holds. */
  step(state: State, now: number): Step<State, Message>;
}

/** An action with which the host takes one packet from the network. */
export interface PacketAction<State, Message> {
  readonly name: string;
  readonly takes: 'packet';
  /** Whether it reads the clock after it has received the packet. */
  readonly readsClock: boolean;
  guard(state: State, packet: Packet<Message>, now: number): Verdict;
  step(state: State, packet: Packet<Message>, now: number): Step<State, Message>;
}

export type Action<State, Message> = LocalAction<State, Message> | PacketAction<State, Message>;

/** All that there is to say about the hosts of one service, in one configuration. */
export interface Protocol<State, Message> {
  readonly name: string;
  /** The hosts, in the order of the configuration. */
  readonly hosts: readonly EndPoint[];
  readonly actions: readonly Action<State, Message>[];
  init(me: EndPoint): State;
  /**
   * What a host that stops without warning still knows when it starts again; absent where it must
   * not.
   */
  readonly restart?: (state: State) => State;
  /**
   * A message as one word, equal for equal messages only: it names packets in sets and in reports.
   */
  describe(msg: Message): string;
}

/** The step in which nothing happens at all is called idle; every host may take it. */
export const IDLE = 'idle';

const NOTHING: readonly never[] = [];

/** The step that changes nothing and sends nothing. */
export const unchanged = <State>(state: State): Step<State, never> => ({ state, sends: NOTHING });
