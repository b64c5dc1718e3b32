import { describe, expect, test } from 'vitest';
import { emptyTally } from './batch.ts';
import {
  type Coverage,
  cover,
  neverHappened,
  noCoverage,
  refusing,
  refusingClause,
} from './coverage.ts';
import type { Failure } from './failure.ts';
import { verdictOf } from './report.ts';

const COLD = refusingClause('sing', 'it is warm');

const SEEN: Coverage = {
  actions: { dance: 2, sing: 0 },
  refused: { dance: 0, sing: 5 },
  clauses: { [COLD]: 0, [refusingClause('sing', 'it is day')]: 5 },
  faults: { 'it rained': 1, 'it snowed': 0 },
  sometimes: { 'all were happy': 0 },
};

const covered = (...never: readonly string[]): Coverage => {
  const all = noCoverage();
  cover(all, SEEN, never);
  cover(all, SEEN, never);
  return all;
};

describe('what a campaign has come across', () => {
  test('adds up, and what never happened is named', () => {
    expect(covered()).toMatchObject({ actions: { dance: 4, sing: 0 }, refused: { sing: 10 } });
    expect(neverHappened(covered())).toEqual([
      'a host takes sing',
      'dance is not allowed',
      'sing is not allowed, for this is not so: it is warm',
      'it snowed',
      'all were happy',
    ]);
  });

  test('leaves out what cannot happen, unless it can elsewhere', () => {
    const impossible = ['sing', refusing('dance'), COLD, 'it snowed', 'all were happy'];
    expect(neverHappened(covered(...impossible))).toEqual([]);
    const both = covered(...impossible);
    cover(both, SEEN, []);
    expect(neverHappened(both)).toHaveLength(5);
  });

  test('does not mix up an action that is never taken with one that is always allowed', () => {
    expect(neverHappened(covered('dance'))).toContain('dance is not allowed');
    expect(neverHappened(covered(refusing('sing')))).toContain('a host takes sing');
  });
});

describe('the verdict', () => {
  const refusal = { boundary: 'B3', clause: 'a law', message: 'refused' } as const;
  const failure = { refusal } as Failure;
  const stepped = { ...emptyTally(), specSteps: 1 };
  const [missing, strict, lax] = [['rain'], { requireCoverage: true }, { requireCoverage: false }];

  test.each([
    ['green', lax, { failure: undefined, never: [], tally: stepped }],
    ['green', strict, { failure: undefined, never: [], tally: stepped }],
    ['green', lax, { failure: undefined, never: missing, tally: stepped }],
    ['incomplete', strict, { failure: undefined, never: missing, tally: stepped }],
    ['green', lax, { failure: undefined, never: [], tally: { ...stepped, undecided: 7 } }],
    ['incomplete', strict, { failure: undefined, never: [], tally: { ...stepped, undecided: 7 } }],
    [
      'incomplete',
      strict,
      { failure: undefined, never: [], tally: { ...stepped, kept: 98, undecided: 2 } },
    ],
    [
      'green',
      strict,
      { failure: undefined, never: [], tally: { ...stepped, kept: 99, undecided: 1 } },
    ],
    ['vacuous', lax, { failure: undefined, never: [], tally: emptyTally() }],
    ['vacuous', strict, { failure: undefined, never: missing, tally: emptyTally() }],
    ['refused', lax, { failure, never: [], tally: stepped }],
    ['refused', strict, { failure, never: missing, tally: emptyTally() }],
  ])('is %s, given %j and %j', (verdict, request, result) => {
    expect(verdictOf(request, result)).toBe(verdict);
  });
});
