/**
 * # How a replicated service is made wrong
 *
 * The parts that mutants are made of: a guard without a clause, a step that leaves another state or
 * says something else, a restart that keeps other things.
 */
import type { Action, Step } from '../../../protocol/framework/action.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Verdict } from '../../../spec/framework/verdict.ts';
import type { RslProtocol } from './universe.ts';

/** An action as a mutant sees it, whatever it takes. */
interface AnyInput {
  readonly now: number;
  readonly choice: unknown;
  readonly packet: { readonly src: string; readonly dst: string; readonly msg: Message };
}
type AnyStep = Step<Replica, Message>;

interface Change {
  readonly guard?: (r: Replica, input: AnyInput, original: Verdict) => Verdict;
  readonly step?: (r: Replica, input: AnyInput, original: (r?: Replica) => AnyStep) => AnyStep;
}

/** The protocol with one of its actions changed. */
function changed(protocol: RslProtocol, name: string, { guard, step }: Change): RslProtocol {
  const actions = protocol.actions.map((action) => {
    if (action.name !== name) return action;
    // One change is for actions with packets and without; which of the two this is, its name says.
    return {
      ...action,
      guard: (r: Replica, input: AnyInput) => {
        const original = action.guard(r, input as never);
        return guard === undefined ? original : guard(r, input, original);
      },
      step: (r: Replica, input: AnyInput) => {
        const original = (other = r): AnyStep => action.step(other, input as never);
        return step === undefined ? original() : step(r, input, original);
      },
    } as unknown as Action<Replica, Message>;
  });
  return { ...protocol, actions };
}

/** Without one clause of a guard and those that follow it. */
export const unless =
  (clause: string) =>
  (_: Replica, __: AnyInput, original: Verdict): Verdict =>
    original?.failed === clause ? undefined : original;

/** With something else in the state after the step. */
export const after =
  (change: (state: Replica, before: Replica) => Partial<Replica>) =>
  (before: Replica, _: AnyInput, original: () => AnyStep): AnyStep => {
    const { state, sends } = original();
    return { state: { ...state, ...change(state, before) }, sends };
  };

export interface RslMutant {
  readonly name: string;
  /** Where it can show: anywhere, where replicas restart, or where it is not as in the original. */
  readonly of: 'all' | 'durable' | 'ours';
  readonly change: (protocol: RslProtocol) => RslProtocol;
}

export const mutant = (
  name: string,
  action: string,
  change: Change,
  of: RslMutant['of'] = 'all',
): RslMutant => ({ name, of, change: (protocol) => changed(protocol, action, change) });

export const restarting = (
  name: string,
  change: (state: Replica, before: Replica) => Partial<Replica>,
): RslMutant => ({
  name,
  of: 'durable',
  change: (protocol) => {
    const { restart } = protocol;
    if (restart === undefined) return protocol;
    return {
      ...protocol,
      restart: (before) => {
        const state = restart(before);
        return { ...state, ...change(state, before) };
      },
    };
  },
});

/** The packets of a step, each changed. */
export const saying =
  (change: (msg: Message, r: Replica) => Message) =>
  (r: Replica, _: AnyInput, original: () => AnyStep): AnyStep => {
    const { state, sends } = original();
    return { state, sends: sends.map((packet) => ({ ...packet, msg: change(packet.msg, r) })) };
  };
