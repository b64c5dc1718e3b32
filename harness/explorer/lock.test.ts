import { describe, expect, test } from 'vitest';
import { explore } from './breadthFirst.ts';
import { checkLiveness } from './liveness.ts';
import { type LockInstance, type LockLaws, lockGoesAround, lockLaws, lockModel } from './lock.ts';

const without = (laws: LockLaws, ...names: string[]): LockLaws => ({
  ...laws,
  protocol: {
    ...laws.protocol,
    actions: laws.protocol.actions.filter(({ name }) => !names.includes(name)),
  },
});

const live = (instance: LockInstance, laws = lockLaws(instance), fair = true) => {
  const model = lockModel(instance, { laws, separate: true });
  const property = lockGoesAround(instance, model);
  const { holds, lasso } = checkLiveness(
    model,
    fair ? property : { ...property, asksFor: () => [] },
  );
  return {
    holds,
    stem: lasso?.stem.steps.map(({ label }) => model.showLabel(label)),
    cycle: lasso?.cycle.map(({ label }) => model.showLabel(label)),
  };
};

const INSTANCES: readonly LockInstance[] = [
  { hosts: 1, epochs: 3, compatible: false },
  { hosts: 2, epochs: 5, compatible: false },
  { hosts: 3, epochs: 7, compatible: false },
  { hosts: 5, epochs: 6, compatible: false },
];

describe('the lock protocol', () => {
  test.each([...INSTANCES, ...INSTANCES.map((of) => ({ ...of, compatible: true }))])(
    'keeps every law in every state and step: %o',
    (instance) => {
      const found = explore(lockModel(instance), { refuseDeadlocks: true });
      expect(found.counterexample).toBeUndefined();
      expect(found.complete).toBe(true);
      expect(found.coverage['accept']).toBeGreaterThan(0);
      expect(found.coverage['ignore']).toBeGreaterThan(0);
    },
  );

  test('takes every action', () => {
    const { coverage } = explore(lockModel({ hosts: 3, epochs: 7, compatible: false }));
    expect(Object.keys(coverage)).toHaveLength(6);
    expect(Math.min(...Object.values(coverage))).toBeGreaterThan(0);
  });

  test('has one state an epoch and one a transfer, if nothing is repeated', () => {
    for (const epochs of [1, 2, 9]) {
      const { distinctStates } = explore(lockModel({ hosts: 3, epochs, compatible: true }));
      expect(distinctStates).toBe(2 * epochs - 1);
    }
  });
});

describe('the lock goes around', () => {
  test.each(INSTANCES)('because offers are repeated: %o', (instance) => {
    expect(live(instance).holds).toBe(true);
  });

  test('but not in the original, which a lost transfer stops', () => {
    expect(live({ hosts: 3, epochs: 4, compatible: true })).toEqual({
      holds: false,
      stem: ['a grant → b: transfer(2)'],
      cycle: [],
    });
  });

  test('but not where whoever is never answered gives up', () => {
    const instance = { hosts: 3, epochs: 4, compatible: false };
    const { holds, stem } = live(instance, without(lockLaws(instance), 'offer'));
    expect(holds).toBe(false);
    expect(stem).toEqual(['a grant → b: transfer(2)']);
  });

  test('but not on a network that never delivers', () => {
    const instance = { hosts: 3, epochs: 4, compatible: false };
    expect(live(instance, lockLaws(instance), false)).toEqual({
      holds: false,
      stem: ['a grant → b: transfer(2)'],
      cycle: ['a offer → b: transfer(2)'],
    });
  });
});
