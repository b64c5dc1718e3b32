/**
 * # Plans at random
 *
 * Draws what the adversary may do. Every kind of fault is absent in some behaviours, for a bug may
 * need a calm network, and frequent in others.
 */
import fc from 'fast-check';
import type { FaultPlan } from '../simulation/faults.ts';
import type { Plan } from '../simulation/plan.ts';

const rate = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 100 }).map((share) => (share * max) / 100) },
  );

/** How often, at most, each kind of fault happens that happens at a rate. */
type Rates = Omit<FaultPlan, 'latency' | 'skew'>;

const HARSH: Rates = {
  loss: 0.5,
  duplication: 0.5,
  straggling: 0.1,
  partition: 0.1,
  pause: 0.1,
  drift: 0.2,
  jump: 0.1,
  stranger: 0.3,
  restart: 0.2,
};

const faultPlansUpTo = (most: Rates): fc.Arbitrary<FaultPlan> =>
  fc.record({
    loss: rate(most.loss),
    duplication: rate(most.duplication),
    latency: fc.constantFrom(1, 5, 20, 100),
    straggling: rate(most.straggling),
    partition: rate(most.partition),
    pause: rate(most.pause),
    skew: fc.constantFrom(0, 10, 100_000),
    drift: rate(most.drift),
    jump: rate(most.jump),
    stranger: rate(most.stranger),
    restart: rate(most.restart),
  });

export const faultPlans = faultPlansUpTo(HARSH);

const milder = faultPlansUpTo({
  ...HARSH,
  loss: 0.2,
  duplication: 0.2,
  partition: 0.05,
  pause: 0.05,
  jump: 0.05,
});

const plansWith = (
  faults: fc.Arbitrary<FaultPlan>,
  steps: fc.Arbitrary<number>,
): fc.Arbitrary<Plan> => fc.record({ seed: fc.noShrink(fc.integer()), steps, faults });

const upTo = (maxSteps: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.min(10, maxSteps), max: maxSteps });

export const plans = (maxSteps: number): fc.Arbitrary<Plan> =>
  plansWith(faultPlans, upTo(maxSteps));

/** For services in which many messages must come through before anything comes of it. */
export const longPlans = (maxSteps: number): fc.Arbitrary<Plan> =>
  plansWith(milder, fc.oneof(upTo(maxSteps), fc.constant(maxSteps)));

/** How many steps of chaos a behaviour has at most, unless the user says otherwise. */
export const DEFAULT_STEPS = 1_000;
