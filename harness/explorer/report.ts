/**
 * # What an exploration has to say
 *
 * The same findings for a reader and, as JSON, for a program.
 */
import { show } from '../../spec/framework/difference.ts';
import { explain, type Refusal } from '../../spec/framework/verdict.ts';
import type { Bound, Exploration } from './breadthFirst.ts';
import type { LivenessResult } from './liveness.ts';
import type { Behaviour, Model, Moment } from './model.ts';

/** A whole number for a reader. */
export const number = (value: number): string => Math.round(value).toLocaleString('en-US');

const BOUND: Readonly<Record<Bound['bound'], string>> = {
  maxStates: 'the bound on states',
  maxDepth: 'the bound on depth',
  maxSeconds: 'the bound on time',
  constraint: 'the constraint',
};

/** What was found, as lines of text. */
export function report<State, Label>(
  model: Model<State, Label>,
  found: Exploration<State, Label>,
): string {
  const { distinctStates, transitions, depth, seconds, coverage } = found;
  const never = Object.keys(coverage).filter((action) => coverage[action] === 0);
  const taken = Object.entries(coverage).filter(([, times]) => times > 0);
  const width = Math.max(0, ...taken.map(([action]) => action.length));
  const steps = Math.max(0, ...taken.map(([, times]) => number(times).length));
  return [
    `Explored ${model.name}: ${number(distinctStates)} distinct states and ${number(transitions)}`
      + ` steps between them, ${number(depth)} deep,`
      + ` in ${seconds.toFixed(1)} s (${number(found.statesPerSecond)} states/s).`,
    ...taken.map(
      ([action, times]) => `  ${action.padEnd(width)}  ${number(times).padStart(steps)}`,
    ),
    ...(never.length > 0 ? [`  never taken: ${never.join(', ')}`] : []),
    ...(model.checks ? [`Checked in every state and step: ${model.checks.join(' ')}.`] : []),
    ...(found.deadlocks > 0
      ? [`States from which no step leads: ${number(found.deadlocks)}.`]
      : []),
    extent(found),
    `That two states were taken for one has a chance of ${found.collisionProbability.toExponential(0)}.`,
    ...refusalReport(model, found),
  ].join('\n');
}

/** What was refused, if anything was, and the story of it. */
export const refusalReport = <State, Label>(
  model: Model<State, Label>,
  { counterexample }: Exploration<State, Label>,
): string[] =>
  counterexample === undefined
    ? []
    : [
        '',
        'REFUSED',
        explain(counterexample.refusal, '  '),
        '',
        ...story(model, counterexample.behaviour),
      ];

/** Whether that is all, and if not why. */
export function extent<State, Label>({
  complete,
  bounds,
  counterexample,
}: Exploration<State, Label>): string {
  if (complete) return 'This is all of it: nothing was cut.';
  if (counterexample) return 'The search stopped at the first refusal.';
  const cuts = bounds.map(
    ({ bound, unexpanded }) => `${BOUND[bound]} left ${number(unexpanded)} states unexpanded`,
  );
  return `This is not all of it: ${cuts.join(', ')}.`;
}

/** What was found about liveness, as lines of text. */
export function livenessReport<State, Label>(
  model: Model<State, Label>,
  { property, holds, states, bounds, lasso, seconds }: LivenessResult<State, Label>,
): string {
  const size = `${number(states)} states, ${seconds.toFixed(1)} s`;
  if (holds) return `Liveness: ${property}, in every fair behaviour (${size}).`;
  if (lasso === undefined) {
    const cuts = bounds.map(({ bound }) => BOUND[bound]).join(', ');
    return `Liveness: not decided; ${cuts} cut the search (${size}).`;
  }
  const shown = story(model, lasso.stem);
  return [
    `REFUSED: not in every fair behaviour does it hold that ${property} (${size}).`,
    '',
    ...shown,
    ...(lasso.cycle.length === 0
      ? ['  and then nothing happens for ever, which is fair.']
      : [
          '  and then again and again, for ever, which is fair:',
          ...moments(model, lasso.cycle, lasso.stem.steps.length + 1),
        ]),
  ].join('\n');
}

/** A behaviour as a numbered list of its steps, with the state after each. */
export const story = <State, Label>(
  model: Model<State, Label>,
  { initial, steps }: Behaviour<State, Label>,
): string[] => [
  ...moments(model, [{ action: 'begin', label: undefined, state: initial }], 0),
  ...moments(model, steps, 1),
];

function moments<State, Label>(
  model: Model<State, Label>,
  steps: readonly (Moment<State, Label> | { action: string; label: undefined; state: State })[],
  from: number,
): string[] {
  return steps.flatMap(({ action, label, state }, index) => [
    `  ${String(from + index).padStart(3)}  ${label === undefined ? action : showLabel(model, label)}`,
    `       ${showState(model, state, label)}`,
  ]);
}

const showLabel = <State, Label>(model: Model<State, Label>, label: Label): string =>
  model.showLabel?.(label) ?? (typeof label === 'string' ? label : show(label));

const showState = <State, Label>(model: Model<State, Label>, state: State, label?: Label): string =>
  model.showState?.(state, label) ?? show(state);

/** What was found, for a program: one object that JSON can hold. */
export function reportJson<State, Label>(
  model: Model<State, Label>,
  found: Exploration<State, Label>,
  liveness?: LivenessResult<State, Label>,
) {
  const { counterexample, ...figures } = found;
  const tell = (steps: readonly Moment<State, Label>[]) =>
    steps.map(({ action, label, state }) => ({
      action,
      step: showLabel(model, label),
      state: showState(model, state),
    }));
  return {
    ...figures,
    counterexample: counterexample && {
      refusal: path(counterexample.refusal),
      initial: showState(model, counterexample.behaviour.initial),
      steps: tell(counterexample.behaviour.steps),
    },
    liveness: liveness && {
      ...liveness,
      holds: liveness.holds ?? null,
      lasso: liveness.lasso && {
        initial: showState(model, liveness.lasso.stem.initial),
        stem: tell(liveness.lasso.stem.steps),
        cycle: tell(liveness.lasso.cycle),
      },
    },
  };
}

/** From the boundary to the innermost clause. */
const path = ({ failed, because = [] }: Refusal): string[] => [
  failed,
  ...(because[0] ? path(because[0]) : []),
];
