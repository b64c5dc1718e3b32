import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { behavioursOf, type Outcome, protocolBehavioursOf } from '../campaign/behaviour.ts';
import { faultPlans } from '../campaign/plans.ts';
import { type LockShape, lockService } from '../lock/service.ts';
import { greeterService } from '../testing/greeterService.ts';
import { STEADY } from '../testing/greeters.ts';
import { everyHostTakes } from './expectation.ts';
import { type FaultPlan, NO_FAULTS } from './faults.ts';

const SHAPE: LockShape = {
  hosts: 3,
  retryPeriod: 50,
  compatible: false,
  hold: 0,
  maxEpoch: Number.MAX_SAFE_INTEGER,
};

const run = (faults: Partial<FaultPlan>, seed = 1, shape: Partial<LockShape> = {}): Outcome =>
  behavioursOf(lockService({ ...SHAPE, ...shape })).run(
    { seed, steps: 2_000, faults: { ...NO_FAULTS, ...faults } },
    { digest: true },
  );

/** Enough on a busy machine, in milliseconds. */
const TIMEOUT = 30_000;

describe('the simulator', () => {
  test.prop([faultPlans, fc.integer()], { numRuns: 15 })(
    'makes the same behaviour of the same plan, to the last byte',
    (faults, seed) => {
      expect(run(faults, seed).digest).toBe(run(faults, seed).digest);
    },
    TIMEOUT,
  );

  test('makes another behaviour of another seed', () => {
    const digests = Array.from({ length: 20 }, (_, seed) => run({ loss: 0.1 }, seed).digest);
    expect(new Set(digests).size).toBe(20);
  });

  test('does no harm without faults: every step is one of passing the lock on', () => {
    const { faults, seen, refusal } = run({ latency: 0 });
    expect(refusal).toBeUndefined();
    expect(Object.values(faults).filter((count) => count > 0)).toEqual([]);
    expect(seen.specSteps).toBeGreaterThan(600);
    expect(seen.actions).toMatchObject({ offer: 0, answer: 0 });
  });

  test.each<[keyof Outcome['faults'], Partial<FaultPlan>]>([
    ['a packet was lost', { loss: 0.3 }],
    ['a packet was repeated', { duplication: 0.3 }],
    ['a packet overtook another', { duplication: 0.3, latency: 100 }],
    ['a packet was late', { straggling: 0.3 }],
    ['a link was cut one way', { partition: 0.3 }],
    ['a host was cut off', { partition: 0.3 }],
    ['a packet met a cut link', { partition: 0.3 }],
    ['a host paused', { pause: 0.3 }],
    ['a clock was set forward', { jump: 0.3 }],
    ['a clock was set back', { jump: 0.3 }],
    ['a stranger sent rubbish', { stranger: 0.5 }],
    ['a stranger repeated a host', { stranger: 0.5 }],
    ['a stranger sent something huge', { stranger: 0.5 }],
  ])('%s, where the plan says so', (fault, faults) => {
    const outcome = run(faults);
    expect(outcome.refusal).toBeUndefined();
    expect(outcome.faults[fault]).toBeGreaterThan(0);
  });

  test.each<[keyof Outcome['faults'], Partial<FaultPlan>]>([
    ['a stranger lied', { stranger: 0.5 }],
    ['a host was started again', { restart: 0.5 }],
    ['a packet met a host that was down', { restart: 0.5, latency: 100, duplication: 0.5 }],
  ])('%s, where the plan says so, to the hosts of a protocol', (fault, faults) => {
    const greeters = protocolBehavioursOf(greeterService());
    const plan = { seed: 1, steps: 300, faults: { ...NO_FAULTS, ...faults } };
    const outcome = greeters.run(plan);
    expect(outcome.refusal).toBeUndefined();
    expect(outcome.faults[fault]).toBeGreaterThan(0);
    expect(greeters.never).not.toContain(fault);
  });

  test('never starts a host again that must not be', () => {
    const greeters = protocolBehavioursOf(greeterService(STEADY));
    const plan = { seed: 1, steps: 300, faults: { ...NO_FAULTS, restart: 0.9, stranger: 0.5 } };
    const { faults } = greeters.run(plan);
    expect(faults['a host was started again']).toBe(0);
    expect(greeters.never).toContain('a host was started again');
  });

  test('comes to an end although the service has nothing more to do', () => {
    const { refusal, seen } = run({}, 1, { maxEpoch: 1 });
    expect(refusal).toBeUndefined();
    expect(seen.specSteps).toBe(0);
  });

  test.prop([faultPlans, fc.integer(), fc.integer({ min: 1, max: 7 })])(
    'lets every host make progress after healing, whatever happened before',
    (faults, seed, hosts) => {
      expect(run(faults, seed, { hosts }).refusal).toBeUndefined();
    },
    TIMEOUT,
  );

  test('finds that the original is not live: one lost transfer stops it for ever', () => {
    const service = lockService({ ...SHAPE, compatible: true });
    const { hosts } = service.refinement.protocol;
    const promise = everyHostTakes('accept', hosts, () => 10_000);
    const promising = { ...service, expect: () => promise };
    const plan = { seed: 1, steps: 100, faults: { ...NO_FAULTS, loss: 0.5 } };
    const { refusal } = behavioursOf(promising).run(plan);
    expect(refusal?.boundary).toBe('liveness');
  });
});
