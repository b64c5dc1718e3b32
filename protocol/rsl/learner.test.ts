import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfReceiving,
  receive,
  replica,
  request,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { forgetBefore, initLearner, learn } from './learner.ts';
import type { Batch, Message, Operation } from './messages.ts';

const FIRST = [request('x', 1)];
const SECOND = [request('y', 2)];

const voted = (
  seqno: number,
  operation: Operation,
  batch: Batch = FIRST,
): Extract<Message, { type: '2b' }> => ({
  type: '2b',
  ballot: ballot(seqno, 0),
  operation,
  batch,
});

const tally = (voters: readonly number[], batch: Batch = FIRST) => ({
  voters: new Set(voters),
  batch,
});

/** Has executed all before 5, and counts votes of ballot 2.0 for 5 and 7. */
const COUNTING = {
  learner: {
    maxBallotSeen: ballot(2, 0),
    tallies: new Map([
      [5, tally([0])],
      [7, tally([0, 2])],
    ]),
  },
  executor: { operationsComplete: 5 },
};

const r = replica(COUNTING);

const decided = replica({
  ...COUNTING,
  executor: { operationsComplete: 5, decided: { batch: FIRST, ballot: ballot(2, 0) } },
});

test('a learner begins with no votes, and with no ballot seen', () => {
  expect(initLearner()).toEqual({ maxBallotSeen: ballot(0, 0), tallies: new Map() });
});

type Row = readonly [because: string, of: typeof r, src: EndPoint, msg: Message];

const REFUSES: readonly Row[] = [
  ['its operation is undecided', r, 'b', voted(2, 4)],
  ['its operation is undecided', r, 'b', voted(3, 0)],
  ['its operation is undecided', decided, 'b', voted(2, 5)],
  ['its operation is not too far ahead', r, 'b', voted(2, 13)],
  ['its operation is not too far ahead', r, 'a', voted(3, 99)],
  ['its ballot is not below one seen before', r, 'b', voted(1, 5)],
  ['its ballot is not below one seen before', r, 'b', voted(1, 6)],
  ['the vote is not counted yet', r, 'a', voted(2, 5)],
  ['the vote is not counted yet', r, 'c', voted(2, 7)],
];

describe('rsl: learn', () => {
  test.each(REFUSES)('refuses, because ✗ %s', (because, of, src, msg) => {
    expect(guardOfReceiving(learn, of, src, msg)).toEqual({ failed: because });
  });

  test.each([
    [
      'one more vote for an operation',
      'b',
      voted(2, 5),
      [
        [5, [0, 1]],
        [7, [0, 2]],
      ],
    ],
    [
      'a first vote for an operation',
      'c',
      voted(2, 6),
      [
        [5, [0]],
        [7, [0, 2]],
        [6, [2]],
      ],
    ],
    [
      'a replica’s vote for another operation',
      'a',
      voted(2, 6),
      [
        [5, [0]],
        [7, [0, 2]],
        [6, [0]],
      ],
    ],
  ] as const)('counts %s', (_, src, msg, expected) => {
    const { state, sends } = receive(learn, r, src, msg);
    const tallies = new Map(
      expected.map(([operation, voters]) => [operation as number, tally(voters)]),
    );
    expect(state).toEqual(withPart(r, 'learner', { tallies }));
    expect(sends).toEqual([]);
  });

  test.each([
    ['for the same operation by the same replica', 'a', voted(3, 5, SECOND)],
    ['for another operation', 'c', voted(3, 9, SECOND)],
  ])('begins anew with a vote of a higher ballot %s', (_, src, msg) => {
    const { state } = receive(learn, r, src, msg);
    const voters = [r.constants.replicas.indexOf(src)];
    const tallies = new Map([[msg.operation, tally(voters, SECOND)]]);
    expect(state).toEqual(withPart(r, 'learner', { maxBallotSeen: ballot(3, 0), tallies }));
  });

  test.each([
    ['the last operation before two windows are over', r, 12],
    ['any later operation, in the compatible preset', replica(COUNTING, COMPATIBLE), 99],
  ])('counts a vote for %s', (_, of, operation) => {
    const { state } = receive(learn, of, 'b', voted(2, operation));
    expect(state.learner.tallies.get(operation)).toEqual(tally([1]));
  });

  test('counts votes for later operations while the next one is decided', () => {
    const { state } = receive(learn, decided, 'b', voted(2, 6));
    expect(state.learner.tallies.get(6)).toEqual(tally([1]));
  });

  test('does not compare what is voted for: of one ballot it is the same', () => {
    const { state } = receive(learn, replica(COUNTING, COMPATIBLE), 'b', voted(2, 5, SECOND));
    expect(state.learner.tallies.get(5)).toEqual(tally([0, 1], FIRST));
  });
});

test.each([
  [5, [5, 7]],
  [6, [7]],
  [7, [7]],
  [8, []],
])('before %i it forgets all tallies, and keeps those for %j', (from, kept) => {
  const after = forgetBefore(r.learner, from);
  expect(after.maxBallotSeen).toEqual(ballot(2, 0));
  expect([...after.tallies]).toEqual([...r.learner.tallies].filter(([op]) => kept.includes(op)));
});

test('every clause of the learner has a row in which it fails', () => {
  const rows = REFUSES.map(([because]) => because);
  expect(untried(clausesOf(new URL('./learner.ts', import.meta.url)), rows)).toEqual([]);
});
