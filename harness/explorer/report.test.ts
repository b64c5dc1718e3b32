import { describe, expect, test } from 'vitest';
import { clause } from '../../spec/framework/verdict.ts';
import { explore } from './breadthFirst.ts';
import { checkLiveness } from './liveness.ts';
import { lockGoesAround, lockLaws, lockModel } from './lock.ts';
import { invariants, type Model } from './model.ts';
import { dieHard, type Jugs } from './models/dieHard.ts';
import { getsIn, peterson } from './models/peterson.ts';
import { livenessReport, report, reportJson } from './report.ts';

const clock = () => 0;
const LOCK = { hosts: 3, epochs: 5, compatible: false };
const never4 = {
  ...dieHard,
  checkState: invariants({ 'not 4': ({ big }: Jugs) => clause('big ≠ 4', big !== 4) }),
};
const lines = (text: string) => text.split('\n');

describe('the report', () => {
  test('of all there is says so', () => {
    const model = { ...dieHard, actions: ['break a jug'] };
    expect(lines(report(model, explore(model, { clock })))).toEqual([
      expect.stringMatching(/^Explored Die Hard: 16 distinct states and 96 steps.* 7 deep/),
      '  fill the small jug      16',
      '  fill the big jug        16',
      '  empty the small jug     16',
      '  empty the big jug       16',
      '  pour from small to big  16',
      '  pour from big to small  16',
      '  never taken: break a jug',
      'This is all of it: nothing was cut.',
      expect.stringContaining('a chance of'),
    ]);
  });

  test('of a search that was cut names every bound and what it left', () => {
    const model = { ...dieHard, constraint: ({ small }: Jugs) => small < 3 };
    const text = report(model, explore(model, { maxDepth: 2, clock }));
    expect(text).toMatch(
      /This is not all of it: the constraint left \d+ states unexpanded, the bound on depth left \d+/,
    );
  });

  test('of a model with dead ends counts them', () => {
    const end: Model<number> = { name: 'end', initial: () => [0], successors: () => {} };
    expect(report(end, explore(end))).toContain('States from which no step leads: 1.');
  });

  test('of a refusal is a numbered list of steps', () => {
    const shown = lines(report(never4, explore(never4, { clock })));
    expect(shown).toContain('The search stopped at the first refusal.');
    expect(shown.slice(shown.indexOf('REFUSED'))).toEqual([
      'REFUSED',
      '  ✗ not 4',
      '    ✗ big ≠ 4',
      '',
      '    0  begin',
      '       {small: 0, big: 0}',
      '    1  fill the big jug',
      ...[
        '       {small: 0, big: 5}',
        '    2  pour from big to small',
        '       {small: 3, big: 2}',
      ],
      ...['    3  empty the small jug', '       {small: 0, big: 2}'],
      ...['    4  pour from big to small', '       {small: 2, big: 0}'],
      ...['    5  fill the big jug', '       {small: 2, big: 5}'],
      ...['    6  pour from big to small', '       {small: 3, big: 4}'],
    ]);
  });

  test('of the lock names what is checked, and tells of hosts, packets and history', () => {
    const laws = lockLaws(LOCK);
    const model = lockModel(LOCK, {
      laws: { ...laws, correspondence: ({ msg }) => clause('nobody locks', msg.type !== 'locked') },
      strangers: [],
    });
    const text = report(model, explore(model, { clock }));
    expect(text).toContain('Checked in every state and step: B3 B4 L1 L2 L3 L4 L5 L6 L7.');
    expect(lines(text).slice(-9)).toEqual([
      '  ✗ B4 (packets to specification)',
      '    ✗ nobody locks',
      '',
      '    0  begin',
      '       history ⟨a⟩',
      '    1  a grant → b: transfer(2)',
      '       history ⟨a b⟩',
      '    2  b accept ← a: transfer(2) → a: locked(2)',
      '       history ⟨a b⟩',
    ]);
  });

  test('of liveness tells of the way there and of the cycle', () => {
    const instance = { hosts: 2, epochs: 3, compatible: false };
    const model = lockModel(instance, { separate: true });
    const property = lockGoesAround(instance, model);
    const deaf = { ...property, asksFor: () => [] };
    expect(lines(livenessReport(model, checkLiveness(model, deaf, { clock })))).toEqual([
      expect.stringMatching(/^REFUSED: .*every host gets the lock again and again/),
      '',
      '    0  begin',
      '       history ⟨a⟩',
      '    1  a grant → b: transfer(2)',
      '       history ⟨a b⟩',
      '  and then again and again, for ever, which is fair:',
      '    2  a offer → b: transfer(2)',
      '       history ⟨a b⟩',
    ]);
    expect(livenessReport(model, checkLiveness(model, property, { clock }))).toMatch(
      /^Liveness: every host gets the lock again and again, in every fair behaviour/,
    );
    expect(
      livenessReport(peterson, checkLiveness(peterson, getsIn(0), { maxStates: 3, clock })),
    ).toMatch(/^Liveness: not decided; the bound on states cut the search/);
  });

  test('for a program holds the same, and is JSON', () => {
    const through = (value: unknown) => JSON.parse(JSON.stringify(value));
    const found = through(reportJson(never4, explore(never4, { clock })));
    expect(found).toMatchObject({ distinctStates: expect.any(Number), complete: false });
    expect(found.counterexample.refusal).toEqual(['not 4', 'big ≠ 4']);
    expect(found.counterexample.steps).toHaveLength(6);
    expect(found.counterexample.steps[0].action).toBe('fill the big jug');

    const instance = { hosts: 2, epochs: 3, compatible: true };
    const model = lockModel(instance, { separate: true });
    const live = checkLiveness(model, lockGoesAround(instance, model), { clock });
    expect(through(reportJson(model, explore(model, { clock }), live)).liveness).toMatchObject({
      holds: false,
      lasso: { initial: 'history ⟨a⟩', stem: [{ action: 'grant' }], cycle: [] },
    });
  });
});
