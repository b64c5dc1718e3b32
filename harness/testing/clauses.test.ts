import { describe, expect, test } from 'vitest';
import { clausesIn, clausesOfActions, untried } from './clauses.ts';

const SOURCE = `
  const law = (s) =>
    clause('there is one', s.one)
    ?? clause(
      "there is the host's other",
      s.other,
    )
    ?? either('one or the other', {});
  const again = () => clause('there is one', true);
  const law = 'there is no other law';
  if (!s.one) refuse('what is not one', because);
  throw new Refusal({ failed: 'nothing else' });
`;

describe('the clauses of a module', () => {
  test('are found wherever they are written, as often as they are written', () => {
    expect(clausesIn(SOURCE)).toEqual([
      'there is one',
      "there is the host's other",
      'one or the other',
      'there is one',
      'there is no other law',
      'what is not one',
      'nothing else',
    ]);
  });

  test('must have names that can be looked for', () => {
    expect(() => clausesIn('clause(name, true)')).toThrow('1 of 1 clauses');
    expect(() => clausesIn('clause(`all held`, true)')).toThrow('no literal');
    expect(() => clausesIn('const nothing = 1;')).toThrow('no clauses');
  });

  test('are untried where there are fewer rows than clauses', () => {
    const clauses = ['a', 'b', 'a'];
    expect(untried(clauses, ['a', 'b', 'a', 'c'])).toEqual([]);
    expect(untried(clauses, ['a', 'b'])).toEqual(['a']);
    expect(untried(clauses, ['a', 'a'])).toEqual(['b']);
    expect(untried(clauses, [])).toEqual(clauses);
  });

  test('are found for each action, with those that actions share', () => {
    const source = `
const isTime = (r: Replica, now: number): Verdict =>
  clause('it is time', now > 0)
  ?? clause('there is time', now < 9);
export const act = {
  name: 'act',
  guard: (r, { now }) => isTime(r, now) ?? clause('it acts', r.acts),
  step: (r) => r,
};
export const rest = {
  name: 'rest',
  guard: () => undefined,
  step: (r) => clause('this is no guard', r),
};
`;
    expect(clausesOfActions(source)).toEqual({
      act: ['it is time', 'there is time', 'it acts'],
      rest: [],
    });
  });
});
