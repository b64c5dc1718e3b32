import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Ballot,
  compareBallots,
  FIRST_VIEW,
  higherOf,
  isBelow,
  isSame,
  NO_BALLOT,
  showBallot,
  successorOf,
} from './ballot.ts';

const ballots = fc.record<Ballot>({ seqno: fc.nat({ max: 4 }), proposer: fc.nat({ max: 3 }) });

describe('ballots', () => {
  test.each([
    ['1.0', { seqno: 1, proposer: 0 }, '1.1', { seqno: 1, proposer: 1 }],
    ['1.2', { seqno: 1, proposer: 2 }, '2.0', { seqno: 2, proposer: 0 }],
    ['1.2', { seqno: 1, proposer: 2 }, '2.1', { seqno: 2, proposer: 1 }],
  ])('%s is below %s', (shown, a, shownToo, b) => {
    expect([showBallot(a), showBallot(b)]).toEqual([shown, shownToo]);
    expect([isBelow(a, b), isBelow(b, a), isSame(a, b)]).toEqual([true, false, false]);
  });

  test('of any two one is below the other, unless they are the same', () => {
    fc.assert(
      fc.property(ballots, ballots, (a, b) => {
        const relations = [isBelow(a, b), isSame(a, b), isBelow(b, a)];
        expect(relations.filter(Boolean)).toHaveLength(1);
        expect(Math.sign(compareBallots(a, b))).toBe(0 - Math.sign(compareBallots(b, a)));
        expect(isSame(a, b)).toBe(showBallot(a) === showBallot(b));
      }),
    );
  });

  test('what is below one is below all that are above it', () => {
    fc.assert(
      fc.property(ballots, ballots, ballots, (a, b, c) => {
        fc.pre(isBelow(a, b) && isBelow(b, c));
        expect(isBelow(a, c)).toBe(true);
      }),
    );
  });

  test('the higher of two is one of them, and not below the other', () => {
    fc.assert(
      fc.property(ballots, ballots, (a, b) => {
        const higher = higherOf(a, b);
        expect([a, b]).toContain(higher);
        expect(isBelow(higher, a) || isBelow(higher, b)).toBe(false);
      }),
    );
  });

  test('none is below that of a replica which has attempted nothing; all views are above it', () => {
    expect(NO_BALLOT).toEqual({ seqno: 0, proposer: 0 });
    expect(FIRST_VIEW).toEqual({ seqno: 1, proposer: 0 });
    expect(isBelow(NO_BALLOT, FIRST_VIEW)).toBe(true);
  });
});

describe('the view after a view', () => {
  test.each([
    ['1.0', 3, '1.1'],
    ['1.1', 3, '1.2'],
    ['1.2', 3, '2.0'],
    ['4.0', 1, '5.0'],
    ['1.1', 2, '2.0'],
  ])('%s is, of %i replicas, %s', (shown, replicas, after) => {
    const [seqno = 0, proposer = 0] = shown.split('.').map(Number);
    expect(showBallot(successorOf({ seqno, proposer }, replicas))).toBe(after);
  });

  test('is above it, and lets every replica lead in turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), (replicas) => {
        const leaders: number[] = [];
        let view = FIRST_VIEW;
        for (let count = 0; count < replicas; count++) {
          leaders.push(view.proposer);
          const next = successorOf(view, replicas);
          expect(isBelow(view, next)).toBe(true);
          view = next;
        }
        expect(leaders).toEqual(Array.from({ length: replicas }, (_, index) => index));
      }),
    );
  });
});
