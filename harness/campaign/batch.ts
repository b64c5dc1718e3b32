/**
 * # A batch of behaviours
 *
 * The unit of work of a campaign: a number of behaviours drawn from one seed, run one after the
 * other on one core. fast-check draws the shape of each behaviour and, when one fails, looks for a
 * simpler shape that fails too; what is left is written down as a schedule and cut to the events
 * that matter.
 */
import fc from 'fast-check';
import type { Behaviours, Outcome } from './behaviour.ts';
import { type Coverage, cover, noCoverage } from './coverage.ts';
import type { Failure } from './failure.ts';
import type { AnyCampaignService, CampaignOptions, Shape } from './services.ts';
import { shrink } from './shrink.ts';

export interface BatchRequest {
  readonly options: CampaignOptions;
  readonly seed: number;
  readonly runs: number;
}

/**
 * What a batch saw. Plain data: it crosses from thread to thread, and sums up with others of its
 * kind.
 */
export interface Tally extends Coverage {
  behaviours: number;
  steps: number;
  /** Single steps from arbitrary states. */
  anyStateSteps: number;
  specSteps: number;
  messages: number;
  packets: number;
  /** Behaviours that were run twice to see whether they come out the same. */
  repeated: number;
  /** Requests that were compared by what the hosts run. */
  requests: number;
  /** Calls of clients whose answers were compared, of how many behaviours. */
  calls: number;
  histories: number;
  /** Behaviours of which nobody could tell whether clients may have seen what they saw. */
  unclear: number;
  /** Behaviours in which progress was promised and came in time, or was given up on. */
  kept: number;
  undecided: number;
}

export interface BatchResult {
  readonly tally: Tally;
  readonly failure: Failure | undefined;
}

/** One behaviour in so many is run twice. */
const REPEAT = 16;

export const emptyTally = (): Tally => ({
  behaviours: 0,
  steps: 0,
  anyStateSteps: 0,
  specSteps: 0,
  messages: 0,
  packets: 0,
  repeated: 0,
  requests: 0,
  calls: 0,
  histories: 0,
  unclear: 0,
  kept: 0,
  undecided: 0,
  ...noCoverage(),
});

/** Raised inside a property so that fast-check sees it fail. */
class Failed extends Error {}

export function runBatch(service: AnyCampaignService, request: BatchRequest): BatchResult {
  const { options, seed, runs } = request;
  const tally = emptyTally();
  let counting = true;
  const details = fc.check(
    fc.property(service.shapes(options), (shape) => {
      const { outcomes, failed, never } = runShape(service, shape);
      if (counting) {
        tally.behaviours++;
        if (outcomes.length > 1) tally.repeated++;
        for (const outcome of outcomes) count(tally, outcome, never);
      }
      // What follows a failure is shrinking, which is no new ground.
      if (failed) counting = false;
      if (failed) throw new Failed();
    }),
    { seed, numRuns: runs, includeErrorInReport: false },
  );
  // Whatever else was thrown is a bug of the harness, and no verdict.
  if (details.failed && !(details.errorInstance instanceof Failed)) throw details.errorInstance;
  const shape = details.counterexample?.[0];
  return { tally, failure: shape && writeFailure(service, shape) };
}

/** Runs a behaviour, some of them twice. */
function runShape(service: AnyCampaignService, { config, plan }: Shape<unknown>) {
  const behaviours = service.behaviours(config);
  const { never } = behaviours;
  const twice = (plan.seed >>> 0) % REPEAT === 0;
  const outcome = behaviours.run(plan, { digest: twice });
  if (outcome.refusal !== undefined || !twice) {
    return { outcomes: [outcome], failed: outcome.refusal !== undefined, never };
  }
  const again = behaviours.run(plan, { digest: true });
  return { outcomes: [outcome, again], failed: outcome.digest !== again.digest, never };
}

/** Writes down why a shape fails, as briefly as can be. */
function writeFailure(service: AnyCampaignService, shape: Shape<unknown>): Failure {
  const { config, plan } = shape;
  const behaviours = service.behaviours(config);
  const { refusal, schedule, seen, anyState } = behaviours.run(plan, { schedule: true });
  const { name, level } = service;
  const common = { version: 1, service: name, level, config, plan } as const;
  if (refusal === undefined || schedule === undefined) {
    return { ...common, refusal: firstDifference(behaviours, shape), length: seen.steps };
  }
  if (anyState) return { ...common, refusal: describeRefusal(refusal), length: 1 };
  const short = shrink(behaviours, schedule, refusal);
  const final = short.outcome.refusal;
  // A schedule cannot always go on to the refusal that the plan led to; then the plan alone must
  // do.
  if (final === undefined) {
    return { ...common, refusal: describeRefusal(refusal), length: seen.steps };
  }
  return {
    ...common,
    schedule: short.schedule,
    refusal: describeRefusal(final),
    length: short.schedule.events.length,
  };
}

const describeRefusal = (refusal: NonNullable<Outcome['refusal']>): Failure['refusal'] => ({
  boundary: refusal.boundary,
  clause: refusal.clause,
  message: refusal.message,
});

/** Where two runs of the same shape part. */
function firstDifference(behaviours: Behaviours, { plan }: Shape<unknown>): Failure['refusal'] {
  const boundary = 'determinism';
  const clause = 'the same seed leads to the same behaviour';
  const [one, two] = [0, 1].map(() => behaviours.run(plan, { schedule: true, story: true }));
  const lines = (outcome: Outcome | undefined): readonly string[] =>
    (outcome?.story ?? []).map((step) => JSON.stringify(step));
  const [a, b] = [lines(one), lines(two)];
  const at = a.findIndex((line, index) => line !== b[index]);
  const detail =
    at < 0
      ? 'two more runs were the same'
      : `two runs part at step ${at}:\n    ${a[at] ?? 'nothing'}\n    ${b[at] ?? 'nothing'}`;
  return { boundary, clause, message: `determinism refuses\n  ✗ ${clause}\n  ${detail}` };
}

/** What cannot happen in a configuration is not counted as not having happened. */
function count(tally: Tally, outcome: Outcome, never: readonly string[]): void {
  const { seen, promise, testimony } = outcome;
  tally.anyStateSteps += outcome.anyStateSteps;
  tally.requests += outcome.requests;
  for (const key of ['steps', 'specSteps', 'messages', 'packets'] as const) tally[key] += seen[key];
  if (promise !== undefined) tally[promise]++;
  if (testimony !== undefined) {
    tally.histories++;
    tally.calls += testimony.calls;
    if (testimony.undecided > 0) tally.unclear++;
  }
  const { faults, refused, clauses } = outcome;
  const sometimes = Object.fromEntries(
    Object.entries(outcome.sometimes).map(([name, happened]) => [name, happened ? 1 : 0]),
  );
  cover(tally, { actions: seen.actions, refused, clauses, faults, sometimes }, never);
}

const NUMBERS = [
  'behaviours',
  'steps',
  'anyStateSteps',
  'specSteps',
  'messages',
  'packets',
  'repeated',
  'requests',
  'calls',
  'histories',
  'unclear',
  'kept',
  'undecided',
] as const satisfies readonly (keyof Tally)[];

/** Adds what another batch saw. */
export function addTally(into: Tally, from: Tally): void {
  for (const key of NUMBERS) into[key] += from[key];
  cover(into, from);
}
