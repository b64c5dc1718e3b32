/**
 * # The steps of a host
 *
 * The one place where actions are applied. Whoever enumerates what a host may do, and whoever
 * checks what it did, comes here.
 */
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import type { Action, Step } from './action.ts';

/** What the world gives to an action; what is left open beyond that is for {@link choicesOf}. */
export interface Given<Message> {
  /** What is received, for an action that takes a packet; nothing for one that does not. */
  readonly packet: Packet<Message> | undefined;
  readonly now: number;
}

const NO_CHOICE: readonly undefined[] = [undefined];

/** Everything that may be chosen in an action; one choice, of nothing, where nothing is open. */
export function choicesOf<State, Message>(
  action: Action<State, Message>,
  state: State,
  { packet, now }: Given<Message>,
): Iterable<unknown> {
  if (action.choices === undefined) return NO_CHOICE;
  if (action.takes === 'nothing') return action.choices(state, now);
  return packet === undefined ? [] : action.choices(state, now, packet);
}

/** Why an action may not be taken with this input; nothing if it may. */
export function guardOf<State, Message>(
  action: Action<State, Message>,
  state: State,
  { packet, now }: Given<Message>,
  choice: unknown,
): Verdict {
  if (action.takes === 'nothing') {
    return packet === undefined
      ? action.guard(state, { now, choice })
      : { failed: 'the action receives nothing' };
  }
  return packet === undefined
    ? { failed: 'the action receives a packet' }
    : action.guard(state, { packet, now, choice });
}

/** What an action does with this input; asked only where {@link guardOf} has no objection. */
export function stepOf<State, Message>(
  action: Action<State, Message>,
  state: State,
  { packet, now }: Given<Message>,
  choice: unknown,
): Step<State, Message> {
  if (action.takes === 'nothing') return action.step(state, { now, choice });
  if (packet === undefined) throw new Error(`${action.name} without a packet`);
  return action.step(state, { packet, now, choice });
}

/** Every step that an action may take, given this: one for each choice that its guard allows. */
export function* stepsOf<State, Message>(
  action: Action<State, Message>,
  state: State,
  given: Given<Message>,
): Iterable<Step<State, Message>> {
  for (const choice of choicesOf(action, state, given)) {
    if (guardOf(action, state, given, choice) === undefined) {
      yield stepOf(action, state, given, choice);
    }
  }
}
