/**
 * # Peterson's mutual exclusion
 *
 * Two processes, a flag each, and whose turn it is. A process raises its flag, lets the other go first, and waits
 * until the other's flag is down or the turn is its own.
 *
 * The grain of the steps is that of Peterson.tla (locks_auxiliary_vars) in the TLA+ Examples: 42 states, 77
 * generated, 11 levels.
 */
import { clause } from '../../../spec/framework/verdict.ts';
import type { LivenessProperty } from '../liveness.ts';
import { invariants, type Model } from '../model.ts';

type Place = 'idle' | 'raise' | 'yield' | 'wait' | 'critical' | 'lower';
type Pair<T> = readonly [T, T];
type Process = 0 | 1;

export interface Peterson {
  readonly at: Pair<Place>;
  readonly flags: Pair<boolean>;
  readonly turn: Process;
}

export interface PetersonStep {
  readonly process: Process;
  readonly from: Place;
}

const PROCESSES: readonly Process[] = [0, 1];
const other = (process: Process): Process => (process === 0 ? 1 : 0);
const put = <T>(pair: Pair<T>, process: Process, value: T): Pair<T> =>
  process === 0 ? [value, pair[1]] : [pair[0], value];

/** What a process does next; nothing while it must wait. */
function after({ at, flags, turn }: Peterson, process: Process): Peterson | undefined {
  const go = (place: Place) => put(at, process, place);
  switch (at[process]) {
    case 'idle':
      return { at: go('raise'), flags, turn };
    case 'raise':
      return { at: go('yield'), flags: put(flags, process, true), turn };
    case 'yield':
      return { at: go('wait'), flags, turn: other(process) };
    case 'wait':
      return !flags[other(process)] || turn === process
        ? { at: go('critical'), flags, turn }
        : undefined;
    case 'critical':
      return { at: go('lower'), flags, turn };
    case 'lower':
      return { at: go('idle'), flags: put(flags, process, false), turn };
  }
}

export const peterson: Model<Peterson, PetersonStep> = {
  name: 'Peterson',
  initial: () => [{ at: ['idle', 'idle'], flags: [false, false], turn: 0 }],
  successors(s, visit) {
    for (const process of PROCESSES) {
      const next = after(s, process);
      if (next !== undefined) visit({ process, from: s.at[process] }, next);
    }
  },
  actionOf: ({ from }) => from,
  checkState: invariants({
    'mutual exclusion': ({ at }) =>
      clause(
        'one process at a time is critical',
        !at.every((place) => place === 'critical' || place === 'lower'),
      ),
  }),
};

/** A process that has raised its flag becomes critical, if both are treated fairly. */
export const getsIn = (process: Process): LivenessProperty<Peterson, PetersonStep> => ({
  name: `process ${process} gets in`,
  isProgress: (_s, step) => step.process === process && step.from === 'wait',
  isGoal: ({ at }) => at[process] === 'idle' || at[process] === 'raise',
  weakFairness: (step) => `process ${step.process}`,
});
