import { describe, expect, test } from 'vitest';
import { clause } from '../../spec/framework/verdict.ts';
import { type ExploreOptions, explore } from './breadthFirst.ts';
import { invariants, type Model } from './model.ts';
import { dieHard, type Jugs } from './models/dieHard.ts';
import { peterson } from './models/peterson.ts';
import { readersWriters } from './models/readersWriters.ts';
import { twoPhase } from './models/twoPhase.ts';

/** What is published counts initial states as generated, and levels from one. */
const count = (model: Model<never, never>, options?: ExploreOptions) => {
  const found = explore(model, options);
  return {
    states: found.distinctStates,
    generated: found.transitions + 1,
    levels: found.depth + 1,
    complete: found.complete,
    refusal: found.counterexample?.refusal,
  };
};

describe('the explorer reproduces published counts', () => {
  test.each<[string, Model<never, never>, number, number | undefined, number | undefined]>([
    ['Die Hard', dieHard as never, 16, 97, undefined],
    ['Peterson', peterson as never, 42, 77, 11],
    ['two-phase commit, 3', twoPhase(3) as never, 288, 1146, 11],
    ['two-phase commit, 5', twoPhase(5) as never, 8832, undefined, undefined],
    ['readers and writers', readersWriters(3) as never, 21527, 59674, 13],
  ])('%s: %#', (_, model, states, generated, levels) => {
    const counted = count(model);
    expect(counted.states).toBe(states);
    if (generated !== undefined) expect(counted.generated).toBe(generated);
    if (levels !== undefined) expect(counted.levels).toBe(levels);
    expect(counted.complete).toBe(true);
    expect(counted.refusal).toBeUndefined();
  });
});

const wants4: Model<Jugs> = {
  ...dieHard,
  checkState: invariants({
    'not 4': ({ big }) => clause('the big jug does not hold 4 gallons', big !== 4),
  }),
};

describe('a counterexample', () => {
  test('is a shortest one: six steps to four gallons', () => {
    const { counterexample, complete, bounds } = explore(wants4);
    expect(counterexample?.refusal).toEqual({
      failed: 'not 4',
      because: [{ failed: 'the big jug does not hold 4 gallons' }],
    });
    expect(counterexample?.behaviour.initial).toEqual({ small: 0, big: 0 });
    expect(counterexample?.behaviour.steps.map(({ action, state }) => [action, state])).toEqual([
      ['fill the big jug', { small: 0, big: 5 }],
      ['pour from big to small', { small: 3, big: 2 }],
      ['empty the small jug', { small: 0, big: 2 }],
      ['pour from big to small', { small: 2, big: 0 }],
      ['fill the big jug', { small: 2, big: 5 }],
      ['pour from big to small', { small: 3, big: 4 }],
    ]);
    expect(complete).toBe(false);
    expect(bounds).toEqual([]);
  });

  test('of a step ends with that step, although its end is a known state', () => {
    const { counterexample } = explore({
      ...dieHard,
      checkStep: (s, action) =>
        clause('no full jug is emptied', !(action === 'empty the big jug' && s.big === 5)),
    });
    expect(counterexample?.refusal.failed).toBe('no full jug is emptied');
    expect(counterexample?.behaviour.steps.map(({ action }) => action)).toEqual([
      'fill the big jug',
      'empty the big jug',
    ]);
  });

  test('may be an initial state', () => {
    const { counterexample, distinctStates } = explore({
      ...wants4,
      initial: () => [
        { small: 0, big: 0 },
        { small: 0, big: 4 },
      ],
    });
    expect(counterexample?.behaviour).toEqual({ initial: { small: 0, big: 4 }, steps: [] });
    expect(distinctStates).toBe(2);
  });

  test('may be a state without any step', () => {
    const counting: Model<number> = {
      name: 'counting to 3',
      initial: () => [0],
      successors: (s, visit) => {
        if (s < 3) visit('count', s + 1);
      },
    };
    expect(explore(counting)).toMatchObject({ deadlocks: 1, complete: true, distinctStates: 4 });
    const { counterexample } = explore(counting, { refuseDeadlocks: true });
    expect(counterexample?.refusal.failed).toBe('some step is possible');
    expect(counterexample?.behaviour.steps).toHaveLength(3);
  });

  test('is sought in vain where the model does not answer the same again', () => {
    let asked = 0;
    const fickle: Model<number> = {
      name: 'fickle',
      initial: () => [0],
      successors: (s, visit) => {
        if (asked++ < 3) visit('count', s + 1);
      },
      checkState: invariants({ small: (s) => clause('s < 3', s < 3) }),
    };
    expect(() => explore(fickle)).toThrow('not the same successors');
  });
});

describe('what cuts the search is reported', () => {
  test('a bound on states', () => {
    const found = explore(twoPhase(3), { maxStates: 100 });
    expect(found.complete).toBe(false);
    expect(found.distinctStates).toBeGreaterThanOrEqual(100);
    expect(found.distinctStates).toBeLessThan(110);
    expect(found.bounds).toEqual([{ bound: 'maxStates', unexpanded: expect.any(Number) }]);
    expect(found.bounds[0]?.unexpanded).toBeGreaterThan(0);
  });

  test('a bound on depth, with every state that is farther away', () => {
    const found = explore(dieHard, { maxDepth: 1 });
    expect(found).toMatchObject({ complete: false, depth: 1, distinctStates: 3 });
    expect(found.bounds).toEqual([{ bound: 'maxDepth', unexpanded: 2 }]);
    expect(explore(dieHard, { maxDepth: 8 })).toMatchObject({ complete: true, bounds: [] });
  });

  test('a bound on time', () => {
    let seconds = 0;
    const found = explore(twoPhase(5), { maxSeconds: 3, clock: () => seconds++ });
    expect(found.complete).toBe(false);
    expect(found.bounds).toEqual([{ bound: 'maxSeconds', unexpanded: expect.any(Number) }]);
  });

  test('a constraint, though states that break it are still checked', () => {
    const constrained = { ...wants4, constraint: ({ big }: Jugs) => big !== 2 };
    const found = explore(constrained);
    expect(found.complete).toBe(false);
    expect(found.bounds).toEqual([{ bound: 'constraint', unexpanded: expect.any(Number) }]);
    expect(explore({ ...wants4, constraint: ({ big }: Jugs) => big !== 4 })).toMatchObject({
      counterexample: { refusal: { failed: 'not 4' } },
    });
  });

  test('states found plus transitions add up under any bound', () => {
    for (let maxDepth = 0; maxDepth < 12; maxDepth++) {
      const found = explore(twoPhase(3), { maxDepth });
      const taken = Object.values(found.coverage).reduce((sum, times) => sum + times, 0);
      expect(taken).toBe(found.transitions);
      expect(found.complete).toBe(found.bounds.length === 0);
    }
  });
});

describe('the explorer tells', () => {
  test('how often each action was taken, and which never was', () => {
    const { coverage, transitions } = explore({ ...dieHard, actions: ['break a jug'] });
    expect(coverage['break a jug']).toBe(0);
    expect(coverage['fill the big jug']).toBe(16);
    expect(transitions).toBe(96);
  });

  test('its progress', () => {
    const progress: number[] = [];
    let seconds = 0;
    explore(twoPhase(5), {
      clock: () => seconds++,
      progressEvery: 2,
      onProgress: ({ distinctStates }) => progress.push(distinctStates),
    });
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  test('how likely it is that it lost a state', () => {
    const { collisionProbability } = explore(twoPhase(3));
    expect(collisionProbability).toBeGreaterThan(0);
    expect(collisionProbability).toBeLessThan(1e-14);
  });

  test('counts alike steps as often as they are alike', () => {
    const found = explore<number>({
      name: 'alike',
      initial: () => [0],
      successors: (s, visit) => visit('stay', s, 7),
    });
    expect(found).toMatchObject({ transitions: 7, distinctStates: 1, deadlocks: 0 });
    expect(found.coverage).toEqual({ stay: 7 });
  });
});
