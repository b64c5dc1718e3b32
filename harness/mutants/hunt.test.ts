import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SystemRefusal } from '../../refinement/framework/refusal.ts';
import type { Behaviours, Outcome } from '../campaign/behaviour.ts';
import { type AnyCampaignService, serviceNamed } from '../campaign/services.ts';
import { NO_FAULTS } from '../simulation/faults.ts';
import { hunt } from './hunt.ts';

const ORDER = { options: {}, seed: 1, limit: 10, shrinking: 10 };

const refusal = new SystemRefusal(
  { host: 'a', step: 0, action: 'begins' },
  { failed: 'R1', because: [{ failed: 'all is well' }] },
);

/** Whatever a behaviour of the lock comes to, changed as `change` says. */
function service(change: (outcome: Outcome, seed: number) => Outcome): AnyCampaignService {
  const lock = serviceNamed('lock');
  const config = { hosts: 2, retryPeriod: 10, compatible: false, hold: 0, maxEpoch: 100 };
  const behaviours: Behaviours = lock.behaviours(config);
  return {
    ...lock,
    shapes: () =>
      fc.nat().map((seed) => ({ config, plan: { seed, steps: 40, faults: NO_FAULTS } })),
    behaviours: () => ({
      ...behaviours,
      run: (plan, keep) => change(behaviours.run(plan, keep), plan.seed),
      replay: (schedule, keep) => {
        const outcome = behaviours.replay(schedule, keep);
        return schedule.events.length >= 5 ? change(outcome, 0) : outcome;
      },
    }),
  };
}

describe('a hunt', () => {
  test('ends with the first refusal, and how few events still lead to one', () => {
    const found = hunt(
      service((outcome) => ({ ...outcome, refusal })),
      ORDER,
    );
    expect(found).toMatchObject({
      refusal: { boundary: 'B3', clause: 'R1: all is well' },
      length: 5,
    });
    expect(found.steps).toBeGreaterThanOrEqual(40);
  });

  test('ends when its time is over, with nothing', () => {
    const { refusal, steps, seconds } = hunt(
      service((outcome) => outcome),
      { ...ORDER, limit: 0.2 },
    );
    expect(refusal).toBeUndefined();
    expect(steps).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThanOrEqual(0.2);
  });

  test('finds what is different when it is done again', () => {
    let times = 0;
    const found = hunt(
      service((outcome) => ({ ...outcome, digest: String(times++) })),
      ORDER,
    );
    expect(found.refusal?.boundary).toBe('determinism');
  });

  test('lets errors through that are no refusals', () => {
    const broken = service(() => {
      throw new Error('a bug of the harness');
    });
    expect(() => hunt(broken, ORDER)).toThrow('a bug of the harness');
  });

  test('leaves the behaviour as it is when there is no time to cut it down', () => {
    const found = hunt(
      service((outcome) => ({ ...outcome, refusal })),
      { ...ORDER, shrinking: 0 },
    );
    expect(found.length).toBeUndefined();
  });
});
