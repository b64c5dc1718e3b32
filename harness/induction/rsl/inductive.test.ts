import { describe, expect, test } from 'vitest';
import { nameOf } from '../happening.ts';
import { aloneWith, type Claim, everything, Induction } from '../induction.ts';
import { needsOf } from '../needs.ts';
import { search } from '../search.ts';
import { shrink } from '../shrink.ts';
import { tell } from '../tell.ts';
import { type RslModel, rslModel } from './model.ts';
import { RSL_MUTANTS } from './mutants.ts';
import { UNIVERSES } from './universe.ts';
import { writeShort } from './writer.ts';

/** How long a test may take on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

const MODELS = UNIVERSES.map((universe) => rslModel(universe));

const look = (models: readonly RslModel[], claim: typeof everything, states: number, seed = 1) =>
  search(models, claim, { seed, states, enough: 1, strange: 2 });

describe('the invariants of the replicated service', () => {
  test(
    'are inductive, as far as is seen here',
    () => {
      const found = look(MODELS, everything, 120);
      expect(found.counterexamples).toEqual([]);
      expect(found.states).toBe(120);
      expect(found.distinct).toBeGreaterThan(110);
      expect(found.unreachable).toBeGreaterThan(100);
      const taken = Object.entries(found.actions).filter(([, { changing }]) => changing > 0);
      expect(taken.length).toBeGreaterThan(25);
    },
    PATIENCE,
  );

  test('are tried the same from the same seed, and otherwise not', () => {
    const figures = (seed: number) => {
      const { steps, changing, actions } = look(MODELS, everything, 40, seed);
      return { steps, changing, actions };
    };
    expect(figures(3)).toEqual(figures(3));
    expect(figures(4)).not.toEqual(figures(3));
  });

  test.each([
    ['R31', 'R29', 'hearHeartbeat'],
    ['R24', 'B4', 'execute'],
    ['R25', 'B4', 'answerFromCache'],
    ['R18', 'R19', 'promise'],
    ['R23', 'R24', 'decide'],
    ['R3', 'R8', 'vote'],
    ['R4', 'R3', 'proposeBatch'],
  ])(
    'are not without %s: then %s is broken by %s',
    (missing, broken, action) => {
      const claim = (all: readonly string[]): Claim => ({
        hypothesis: all.filter((other) => other !== missing),
        conclusion: [broken],
      });
      const { counterexamples } = search(MODELS, claim, {
        seed: 1,
        states: 700,
        enough: 6,
        strange: 0,
      });
      const steps = counterexamples.map(({ counterexample: { law, happening } }) =>
        [law, nameOf(happening)].join(),
      );
      expect(steps).toContain([broken, action].join());
    },
    PATIENCE,
  );
});

describe('a counterexample', () => {
  test('is made simple, and stays one', () => {
    const claim = aloneWith('R29');
    const [found] = look(MODELS, claim, 500).counterexamples;
    if (found === undefined) throw new Error('there is one');
    const model = MODELS[found.model] as RslModel;
    const induction = new Induction(model, claim);
    const simple = shrink(induction, model, found.counterexample);
    const { protocol } = model.refinement;
    expect(simple.scene.hosts).toEqual(protocol.hosts.map((me) => protocol.init(me)));
    expect(simple.scene.sent.map(({ msg }) => msg.type)).toEqual(['heartbeat']);
    expect(induction.distance(simple.scene)).toBe(0);
    expect(induction.broken(induction.view(simple.scene), simple.happening)?.law).toBe('R29');
    expect(tell(protocol, simple, writeShort).join('\n')).toMatch(
      /as at the beginning[\s\S]*heartbeat\(view \d\.\d[\s\S]*takes hearHeartbeat on [\s\S]*R29 no longer/,
    );
  });
});

describe('what a law needs', () => {
  const { numbers } = new Induction(MODELS[0] as RslModel).laws;
  const options = { seed: 1, states: 150, strange: 1, enough: 1 };

  test('is nothing, for one that is inductive on its own', () => {
    expect(needsOf(MODELS, 'R17', numbers, options)).toMatchObject({
      needs: [],
      remaining: undefined,
    });
  });

  test(
    'is found, each with a counterexample that only it excludes',
    () => {
      const { needs, because, remaining } = needsOf(MODELS, 'R24', numbers, options);
      expect([needs, remaining]).toEqual([['R23'], undefined]);
      expect([...because.keys()]).toEqual(['R23']);
    },
    PATIENCE,
  );

  test('is not to be had, where nothing excludes a counterexample', () => {
    const rest = numbers.filter((number) => number !== 'R31');
    const { remaining } = needsOf(MODELS, 'R29', rest, options);
    expect(remaining?.counterexample.law).toBe('R29');
  });
});

describe('from a scene that is drawn, a wrong service breaks a law: it', () => {
  // These take too long for a test.
  const SLOW = [
    'does not raise its promise at a 2a',
    'keeps the promise of anybody',
    'takes over a state without its replies',
    'loses a vote too many at truncation',
    'does not truncate with whoever promises',
    'proposes what a promise is silent about',
    'counts votes of lower ballots',
    'mixes votes of different ballots',
    'repeats what it proposed in another ballot',
  ];

  test.each(RSL_MUTANTS.filter(({ name }) => !SLOW.includes(name)))(
    '$name',
    ({ of, change }) => {
      const universes = UNIVERSES.filter(
        ({ parameters: { durable, compatible } }) =>
          of === 'all' || (of === 'durable' ? durable : !compatible),
      );
      const models = universes.map((universe) =>
        rslModel(universe, (sound) => ({ ...sound, protocol: change(sound.protocol) })),
      );
      expect(look(models, everything, 1_000).counterexamples).toHaveLength(1);
    },
    PATIENCE,
  );
});
