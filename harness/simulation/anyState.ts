/**
 * # Steps from any state
 *
 * An implementation host must do what its protocol does in every state, not only in those that a
 * behaviour reaches: some bugs are hidden only because no packet that would show them can ever be
 * sent. So hosts are put into arbitrary states, given arbitrary packets, and take one step, which
 * is checked at B0, B1 and B2.
 */
import type { Host, Received } from '../../impl/framework/io.ts';
import type { Step } from '../../protocol/framework/action.ts';
import {
  type HostRefinement,
  HostStepChecker,
  type ObservedIo,
} from '../../refinement/framework/hostStep.ts';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import { show } from '../../spec/framework/difference.ts';
import { SimulatedIo, takeStep } from './simulatedIo.ts';

/** A host in some state, on the point of taking a step. */
export interface Situation<Impl, State, Message = unknown> {
  readonly host: number;
  readonly impl: Impl;
  readonly state: State;
  /** What wakes it; its deadline if there is none. */
  readonly packet: Received | undefined;
  readonly clock: number;
  /** Told what the step was, when it has passed, where others are to follow it. */
  readonly passed?: (step: Step<State, Message>) => void;
}

/** Called with a step before it is checked. */
export type OnStep = (
  host: number,
  action: string,
  clock: number,
  io: readonly ObservedIo[],
) => void;

/** Some hosts on the point of taking a step, one after the other, and what it must refine. */
export interface AnyStates<Impl, State, Message> {
  readonly refinement: HostRefinement<Impl, State, Message>;
  /** What is more urgent to a host than the packet that wakes it, as a service says it. */
  readonly urgent?: ((state: State) => readonly string[] | undefined) | undefined;
  readonly situations: Iterable<Situation<Impl, State, Message>>;
}

/** Checks steps from arbitrary states, and gives how many; throws the first refusal. */
export function checkAnyStates<Impl extends Host, State, Message>(
  { refinement, urgent, situations }: AnyStates<Impl, State, Message>,
  onStep?: OnStep,
): number {
  const { protocol } = refinement;
  const checker = new HostStepChecker(refinement);
  const io = new SimulatedIo();
  let step = 0;
  for (const { host, impl, state, packet, clock, passed } of situations) {
    const name = protocol.hosts[host] as string;
    try {
      const place = { host: name, step, clock };
      const action = takeStep(impl, io, packet, place, urgent?.(state));
      onStep?.(host, action, clock, io.done);
      const checked = checker.check({ host: name, step, action }, name, state, io.done, impl);
      passed?.(checked.step);
    } catch (error) {
      if (!(error instanceof BoundaryRefusal)) throw error;
      throw error.about(`a step from the state ${show(state)}`);
    }
    step++;
  }
  return step;
}
