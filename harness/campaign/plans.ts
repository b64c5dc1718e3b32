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

export const faultPlans: fc.Arbitrary<FaultPlan> = fc.record({
  loss: rate(0.5),
  duplication: rate(0.5),
  latency: fc.constantFrom(1, 5, 20, 100),
  straggling: rate(0.1),
  partition: rate(0.1),
  pause: rate(0.1),
  skew: fc.constantFrom(0, 10, 100_000),
  drift: rate(0.2),
  jump: rate(0.1),
  stranger: rate(0.3),
  restart: rate(0.05),
});

export const plans = (maxSteps: number): fc.Arbitrary<Plan> =>
  fc.record({
    seed: fc.noShrink(fc.integer()),
    steps: fc.integer({ min: Math.min(10, maxSteps), max: maxSteps }),
    faults: faultPlans,
  });

/** How many steps of chaos a behaviour has at most, unless the user says otherwise. */
export const DEFAULT_STEPS = 1_000;
