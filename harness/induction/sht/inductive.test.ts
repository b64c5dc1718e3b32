import { describe, expect, test } from 'vitest';
import { WRONG } from '../../testing/shtVariants.ts';
import { nameOf } from '../happening.ts';
import { aloneWith, type Claim, everything, Induction } from '../induction.ts';
import { needsOf } from '../needs.ts';
import { search } from '../search.ts';
import { shrink } from '../shrink.ts';
import { tell } from '../tell.ts';
import { type ShtModel, shtModel } from './model.ts';
import { UNIVERSES } from './universe.ts';
import { writeShort } from './writer.ts';

/** How long a test may take on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

const MODELS = UNIVERSES.map((universe) => shtModel(universe));

const look = (models: readonly ShtModel[], claim: typeof everything, states: number, seed = 1) =>
  search(models, claim, { seed, states, enough: 1, strange: 2 });

describe('the invariants of the hash table', () => {
  test(
    'are inductive, as far as is seen here',
    () => {
      const found = look(MODELS, everything, 200);
      expect(found.counterexamples).toEqual([]);
      expect(found.states).toBe(200);
      expect(found.distinct).toBeGreaterThan(190);
      expect(found.unreachable).toBeGreaterThan(150);
      const taken = Object.entries(found.actions).filter(([, { changing }]) => changing > 0);
      expect(taken.length).toBeGreaterThan(12);
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

  test('are all that there are, but B4, of which scenes do not tell', () => {
    const { numbers, laws } = new Induction(MODELS[0] as ShtModel);
    expect(numbers).toEqual(laws.numbers.filter((number) => number !== 'B4'));
    expect(numbers.slice(0, 3)).toEqual(['S1', 'S2', 'S3']);
    expect(numbers.length).toBeGreaterThan(25);
  });

  test.each([
    ['S26', 'S4', 'delegate'],
    ['S27', 'S20', 'get'],
    ['S4', 'S26', 'accept'],
    ['S10', 'S6', 'acceptAgain'],
    ['S12', 'S11', 'redirect'],
    ['S18', 'S4', 'delegate'],
  ])(
    'are not without %s: then %s is broken by %s',
    (missing, broken, action) => {
      const claim = (all: readonly string[]): Claim => ({
        hypothesis: all.filter((other) => other !== missing),
        conclusion: [broken],
      });
      const { counterexamples } = search(MODELS, claim, {
        seed: 1,
        states: 1_500,
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
    const claim = aloneWith('S20');
    const [found] = look(MODELS, claim, 500).counterexamples;
    if (found === undefined) throw new Error('there is one');
    const model = MODELS[found.model] as ShtModel;
    const induction = new Induction(model, claim);
    const simple = shrink(induction, model, found.counterexample);
    expect(induction.distance(simple.scene)).toBe(0);
    expect(induction.broken(induction.view(simple.scene), simple.happening)?.law).toBe('S20');
    const told = tell(model.refinement.protocol, simple, writeShort).join('\n');
    expect(told).toContain('S20 no longer holds:');
  });

  test('is told with ranges and tables as they are written', () => {
    const [model] = MODELS as [ShtModel];
    const [h] = model.source.begin({ below: () => 0 } as never).hosts;
    expect(writeShort({ low: -1n, high: 1n << 64n })).toBe('[−∞,∞)');
    expect(writeShort(h?.table.with(3n, 'v'))).toBe('{3: "v"}');
    expect([writeShort(3), writeShort({ low: 1n, owner: 'a' })]).toEqual([undefined, undefined]);
  });
});

test('what a law needs is nothing, for one that is inductive on its own', {
  timeout: PATIENCE,
}, () => {
  const { numbers } = new Induction(MODELS[0] as ShtModel);
  const options = { seed: 1, states: 80, strange: 1, enough: 1 };
  expect(needsOf(MODELS, 'S25', numbers, options)).toMatchObject({
    needs: [],
    remaining: undefined,
  });
});

/** Those that it takes more states to see than a test should draw. */
const SLOW = [
  'takes orders to hand keys to itself',
  'takes orders to hand keys to nobody',
  'tells everybody which keys there are',
  'stores values that are too long',
  'takes an acknowledgement for that of one number',
  'hands on too much at a time',
  'knows too many clients',
  'adopts from strangers',
  'forgets orders',
];

describe('a protocol that is wrong is seen to be, within a step', () => {
  test.each(WRONG.filter(([what]) => !SLOW.includes(what)))(
    'if it %s',
    (_what, _law, change) => {
      const models = UNIVERSES.map((universe) =>
        shtModel(universe, (right) => ({ ...right, protocol: change(right.protocol) })),
      );
      const searches = [1, 2].map((seed) => look(models, everything, 400, seed).counterexamples);
      expect(searches.flat()).not.toEqual([]);
    },
    PATIENCE,
  );
});
