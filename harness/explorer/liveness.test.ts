import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLiveness, type LivenessProperty } from './liveness.ts';
import type { Model } from './model.ts';
import { getsIn, peterson } from './models/peterson.ts';

interface Step {
  readonly from: number;
  readonly label: string;
  readonly to: number;
}

/** A graph on numbers that begins in 0, from text such as `0 a 1`. */
const graph = (steps: readonly Step[]): Model<number> => ({
  name: 'graph',
  initial: () => [0],
  successors: (s, visit) => {
    for (const { from, label, to } of steps) if (from === s) visit(label, to);
  },
});

const read = (text: string): Step => {
  const [from, label = '', to] = text.split(' ');
  return { from: Number(from), label, to: Number(to) };
};

const GOAL = 9;

/** A label that begins with `+` is progress, `w` is weakly fair as a whole, `?k` asks for k, `!k` grants it. */
const property: LivenessProperty<number, string> = {
  name: 'good things happen',
  isProgress: (_s, label) => label.startsWith('+'),
  isGoal: (s) => s === GOAL,
  weakFairness: (label) => (label.startsWith('w') ? label : undefined),
  asksFor: (label) => label.match(/(?<=\?)./g) ?? [],
  grants: (label) => label.match(/(?<=!)./g) ?? [],
};

const names = (steps: readonly { readonly action: string }[] = []) =>
  steps.map(({ action }) => action).join(' ');

describe('liveness', () => {
  test.each<[string, string, ...string[]]>([
    ['nothing need happen', ' / ', '0 + 0'],
    ['a fair step must happen', 'holds', '0 w 9'],
    ['fair steps in a circle are no progress', ' / w1 w2', '0 w1 1', '1 w2 0'],
    ['a fair step that changes nothing is no progress', ' / w', '0 w 0'],
    ['a step that can happen now and then may starve', ' / w1 w2', '0 w1 1', '1 w2 0', '1 w 9'],
    ['a step that can always happen may not', 'holds', '0 a 1', '1 b 0', '0 w 9', '1 w 9'],
    ['a state without steps is a dead end', 'a / ', '0 w 9', '0 a 1'],
    ['what is asked for once need not be granted', '?k / ', '0 ?k 1', '1 !k 9', '0 w 9'],
    ['what is asked for for ever is granted', 'holds', '0 w?k 0', '0 +!k 9'],
    ['if there is no other way, asking ends', 'w1 / ', '0 w1 1', '1 ?k 1', '1 +!k 9'],
    ['granting without progress is fair', ' / w?k !k', '0 w?k 0', '0 !k 0'],
    ['in the goal nothing is owed', 'holds', '0 w 9', '9 a 9'],
    ['outside of it something is again', 'w a / ', '0 w 9', '9 a 1'],
  ])('%s', (_, expected, ...steps) => {
    const { holds, lasso } = checkLiveness(graph(steps.map(read)), property);
    expect(holds ? 'holds' : `${names(lasso?.stem.steps)} / ${names(lasso?.cycle)}`).toBe(expected);
  });

  const step: fc.Arbitrary<Step> = fc.record({
    from: fc.nat(3),
    to: fc.oneof({ weight: 5, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.constant(GOAL) }),
    label: fc.constantFrom(
      'a',
      'w',
      'w',
      'w2',
      '+',
      '?k',
      '?l',
      '!k',
      '!l',
      'w?k',
      'w?k?l',
      '?k!l',
    ),
  });

  test('is decided as by trying every part of the graph', () => {
    const seen = { holds: 0, fails: 0, cycles: 0 };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 9 }), (steps) => {
        const { holds, lasso } = checkLiveness(graph(steps), property);
        expect(holds).toBe(!failsSomewhere(steps));
        seen[holds ? 'holds' : 'fails']++;
        if (lasso === undefined) return;
        if (lasso.cycle.length > 0) seen.cycles++;
        const start = lasso.stem.steps.at(-1)?.state ?? 0;
        expect(lasso.cycle.at(-1)?.state ?? start).toBe(start);
        let at = start;
        const cycle = lasso.cycle.map(({ label, state }) => {
          const taken = { from: at, label, to: state };
          expect(steps).toContainEqual(taken);
          at = state;
          return taken;
        });
        expect(isBad(steps, [start, ...cycle.map(({ to }) => to)], cycle)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.holds, seen.fails, seen.cycles)).toBeGreaterThan(50);
  });

  test('Peterson’s processes get in, if they are treated fairly', () => {
    for (const process of [0, 1] as const) {
      expect(checkLiveness(peterson, getsIn(process))).toMatchObject({ holds: true, states: 42 });
      const { weakFairness: _, ...unfair } = getsIn(process);
      expect(checkLiveness(peterson, unfair).holds).toBe(false);
    }
  });

  test('a bound that cuts the search is reported, and leaves the question open', () => {
    const counting: Model<number> = {
      name: 'counting',
      initial: () => [0],
      successors: (s, visit) => visit('w', s + 1),
    };
    const cut = checkLiveness(counting, property, { maxStates: 100 });
    expect(cut).toMatchObject({ holds: undefined, states: 100, lasso: undefined });
    expect(cut.bounds).toEqual([{ bound: 'maxStates', unexpanded: 1 }]);
    let seconds = 0;
    const late = checkLiveness(counting, property, { maxSeconds: 5, clock: () => seconds++ });
    expect(late.bounds[0]?.bound).toBe('maxSeconds');
  });

  test('what is found before a bound is a counterexample all the same', () => {
    const model: Model<number> = {
      name: 'counting or stopping',
      initial: () => [0],
      successors: (s, visit) => {
        if (s < 0) return;
        visit('w', s + 1);
        visit('stop', -1);
      },
    };
    const { holds, lasso } = checkLiveness(model, property, { maxStates: 50 });
    expect(holds).toBe(false);
    expect(names(lasso?.stem.steps)).toBe('stop');
  });
});

/** Whether staying in these states by these steps for ever is fair and without progress. */
function isBad(all: readonly Step[], states: readonly number[], steps: readonly Step[]): boolean {
  const labels = steps.map(({ label }) => label);
  const classesAt = (state: number) =>
    all.filter(({ from, label }) => from === state && label.startsWith('w')).map((s) => s.label);
  const always = classesAt(states[0] as number).filter((fairly) =>
    states.every((state) => classesAt(state).includes(fairly)),
  );
  const asked = labels.flatMap((label) => label.match(/(?<=\?)./g) ?? []);
  return (
    !states.includes(GOAL)
    && !labels.some((label) => label.startsWith('+'))
    && always.every((fairly) => labels.includes(fairly))
    && asked.every((key) => labels.some((label) => label.includes(`!${key}`)))
  );
}

/** Tries every reachable state alone and every set of steps that hangs together. */
function failsSomewhere(all: readonly Step[]): boolean {
  const reachable = reachableFrom(0, all);
  if (reachable.some((state) => isBad(all, [state], []))) return true;
  const steps = all.filter(({ from }) => reachable.includes(from));
  for (let set = 1; set < 1 << steps.length; set++) {
    const chosen = steps.filter((_, index) => (set >> index) & 1);
    const states = [...new Set(chosen.flatMap(({ from, to }) => [from, to]))];
    const together = states.every((state) => {
      const reach = reachableFrom(state, chosen);
      return states.every((other) => reach.includes(other));
    });
    if (together && isBad(all, states, chosen)) return true;
  }
  return false;
}

function reachableFrom(start: number, steps: readonly Step[]): number[] {
  const found = new Set([start]);
  for (const state of found) for (const { from, to } of steps) if (from === state) found.add(to);
  return [...found];
}
