/**
 * # Hunting a mutant
 *
 * Runs behaviours of a service, whose source has been changed or not, until one is refused or the
 * time is over. How long that takes is what is measured; cutting down what was found comes after
 * it, and does not go on for ever.
 */
import fc from 'fast-check';
import type { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import type { Behaviours, Outcome } from '../campaign/behaviour.ts';
import type { Failure } from '../campaign/failure.ts';
import type { CampaignOptions, Shape } from '../campaign/services.ts';
import { shrink } from '../campaign/shrink.ts';
import type { Grounds } from './grounds.ts';

export interface HuntRequest {
  readonly options: CampaignOptions;
  readonly seed: number;
  /** How long the mutant may live, in seconds. */
  readonly limit: number;
  /** How long to go on cutting down what was found, in seconds. */
  readonly shrinking: number;
}

export interface Quarry {
  /** Why the mutant is refused; nothing if it is not. */
  readonly refusal: Pick<Failure['refusal'], 'boundary' | 'clause'> | undefined;
  /** Steps that were checked, and how long that took. */
  readonly steps: number;
  readonly seconds: number;
  /** How many events of the behaviour are left; nothing if it was not cut down. */
  readonly length: number | undefined;
}

/** Shapes drawn at a time. */
const BATCH = 10;

/** One behaviour in so many is run twice, as in a campaign. */
const REPEAT = 16;

const seconds = (): number => performance.now() / 1_000;

export function hunt(service: Grounds, request: HuntRequest): Quarry {
  const { options, seed, limit, shrinking } = request;
  const shapes = service.shapes(options);
  const began = seconds();
  let steps = 0;
  for (let at = 0; ; at++) {
    for (const shape of fc.sample(shapes, { seed: seed + at, numRuns: BATCH })) {
      const time = seconds() - began;
      if (time >= limit) return { refusal: undefined, steps, seconds: time, length: undefined };
      const behaviours = service.behaviours(shape.config);
      const found = refusalOf(behaviours, shape);
      steps += found.steps;
      const { refusal } = found;
      if (refusal === undefined) continue;
      const taken = seconds() - began;
      return { refusal, steps, seconds: taken, length: lengthOf(behaviours, shape, shrinking) };
    }
  }
}

/** What a behaviour of this shape is refused for, if it is. */
function refusalOf(behaviours: Behaviours, { plan }: Shape<unknown>) {
  const twice = (plan.seed >>> 0) % REPEAT === 0;
  const { refusal, seen, digest } = behaviours.run(plan, { digest: twice });
  if (refusal !== undefined) return { steps: seen.steps, refusal: reasonOf(refusal) };
  if (!twice || behaviours.run(plan, { digest: true }).digest === digest) {
    return { steps: seen.steps, refusal: undefined };
  }
  const clause = 'the same seed leads to the same behaviour';
  return { steps: seen.steps, refusal: { boundary: 'determinism' as const, clause } };
}

const reasonOf = ({ boundary, clause }: BoundaryRefusal) => ({ boundary, clause });

/** How many events remain when a refused behaviour has been cut down for so many seconds. */
function lengthOf(
  behaviours: Behaviours,
  { plan }: Shape<unknown>,
  limit: number,
): number | undefined {
  const found = behaviours.run(plan, { schedule: true });
  const { refusal, schedule, anyState } = found;
  if (anyState) return 1;
  if (limit === 0 || refusal === undefined || schedule === undefined) return undefined;
  const end = seconds() + limit;
  const passed: Outcome = { ...found, refusal: undefined };
  // When the time is over, nothing shorter is found any more.
  const impatient: Behaviours = {
    ...behaviours,
    replay: (shorter, keep) => (seconds() < end ? behaviours.replay(shorter, keep) : passed),
  };
  return shrink(impatient, schedule, refusal).schedule.events.length;
}
