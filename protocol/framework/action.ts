/**
 * # Hosts and their actions
 *
 * A host is a state machine whose steps are called actions. An action is a pure function: it is
 * given the host's state and everything else that it may depend on, and it gives the state that
 * follows and the packets to send. What else it may depend on is its *input*: the packet that it
 * receives, what the clock says, and whatever the protocol leaves open, which is called a choice.
 * So the same state and the same input always lead to the same step.
 *
 * Both directions come from this one definition. To *enumerate*, try every action on every input
 * whose guard holds. To *check* an observed step, look its action up by name and see whether some
 * input that agrees with what was observed explains it.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';

/** What an action that takes no packet may depend on besides the host's state. */
export interface LocalInput<Choice = unknown> {
  /** What the host's clock reads, in milliseconds; means nothing to actions that do not read it. */
  readonly now: number;
  /** What the protocol leaves open, for actions that leave something open. */
  readonly choice: Choice;
}

/** What an action that takes a packet may depend on besides the host's state. */
export interface PacketInput<Message, Choice = unknown> extends LocalInput<Choice> {
  readonly packet: Packet<Message>;
}

/**
 * What an action does: the state that the host moves to, and the packets that it sends, in order.
 */
export interface Step<State, Message> {
  readonly state: State;
  readonly sends: readonly Packet<Message>[];
}

/** An action that the host takes of its own accord, at a time of its choosing. */
export interface LocalAction<State, Message, Choice = unknown> {
  readonly name: string;
  readonly takes: 'nothing';
  readonly readsClock: boolean;
  /** What may be chosen; absent where nothing is left open. The guard has the last word. */
  choices?(state: State, now: number): Iterable<Choice>;
  /** When the action may be taken. */
  guard(state: State, input: LocalInput<Choice>): Verdict;
  /** What it does; asked only where the guard holds. */
  step(state: State, input: LocalInput<Choice>): Step<State, Message>;
}

/** An action with which the host takes one packet from the network. */
export interface PacketAction<State, Message, Choice = unknown> {
  readonly name: string;
  readonly takes: 'packet';
  /** Whether it reads the clock after it has received the packet. */
  readonly readsClock: boolean;
  choices?(state: State, now: number, packet: Packet<Message>): Iterable<Choice>;
  guard(state: State, input: PacketInput<Message, Choice>): Verdict;
  step(state: State, input: PacketInput<Message, Choice>): Step<State, Message>;
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
  /** A message in a few words, for a reader. Different messages may read the same. */
  describe(msg: Message): string;
}

/** The step in which nothing happens at all is called idle; every host may take it. */
export const IDLE = 'idle';

const NOTHING: readonly never[] = [];

/** The step that changes nothing and sends nothing. */
export const unchanged = <State>(state: State): Step<State, never> => ({ state, sends: NOTHING });
