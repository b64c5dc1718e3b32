/**
 * # Applications
 *
 * An application is what a replicated service replicates: a deterministic machine that begins in
 * one state and answers requests one after another, each of which may move it to another state.
 * It knows nothing of clients, replicas or time. Whoever runs it from the same state on the same
 * requests gets the same replies, and that is all that replication needs.
 *
 * Requests, replies and the state at rest are byte strings. While it runs, its state is whatever
 * plain data suits it, and is never changed in place.
 *
 * Follows Services/RSL/AppStateMachine.s.dfy of IronFleet.
 */
import type { Bytes } from '../framework/bytes.ts';

/** Plain data, known only to its application. */
export type AppState = unknown;

/** The longest request that may be executed, and the longest reply: 128 MiB. */
export const MAX_REQUEST_BYTES = 0x800_0000;
export const MAX_REPLY_BYTES = 0x800_0000;

/** A deterministic machine. All its functions are pure. */
export interface Application<State = AppState> {
  readonly name: string;
  readonly initial: State;

  /** Where a request of any bytes leads, and what is answered: at most 128 MiB. */
  handle(state: State, request: Bytes): Handled<State>;

  /** A state at rest. Canonical: equal states have equal bytes. */
  serialize(state: State): Bytes;

  /**
   * The state that was serialized; nothing where it was none. What a state is at rest may have
   * other spellings, which are read as well.
   */
  deserialize(bytes: Bytes): State | undefined;
}

/** What one request does. */
export interface Handled<State = AppState> {
  readonly state: State;
  readonly reply: Bytes;
}

/**
 * Forgets the type of an application's state, so that it can be run by who knows nothing of it:
 * such a one only hands back states that it got from the application itself.
 */
export const application = <State>(typed: Application<State>): Application => typed;
