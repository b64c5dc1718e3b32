import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfTaking,
  type Parts,
  replica,
  request,
  take,
  toAll,
  votesOf,
} from '../../harness/testing/rslReplicas.ts';
import type { LocalAction } from '../framework/action.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';
import {
  type Ask,
  askForState,
  askForVotes,
  initRetry,
  noteProgress,
  repeat1a,
  repeat2a,
} from './retry.ts';

const VIEW = ballot(2, 0);
const NOW = 500;

/** Looked last at 450, in the view in which it is, when it had executed 3 operations as it has now. */
const SEEN = { time: NOW, view: VIEW, operation: 3, tries: 0 };

const stuck = (parts: Parts = {}, retry: Parts['retry'] = {}, of = replica().constants): Replica =>
  replica(
    {
      ...parts,
      election: { view: VIEW },
      executor: { operationsComplete: 3 },
      retry: { ...SEEN, ...retry },
    },
    of.parameters,
    of.me,
    of.replicas,
  );

const PROMISES = { proposer: { phase: 1, maxBallotSent1a: VIEW } } as const;

const BATCH = [request('x', 5)];

const PROPOSALS = {
  proposer: {
    phase: 2,
    maxBallotSent1a: VIEW,
    proposed: new Map([
      [3, BATCH],
      [4, []],
    ]),
  },
} as const;

const VOTES = { acceptor: { votes: votesOf([3, 1, 'x']) } };

const tried = (r: Replica): Replica => ({
  ...r,
  retry: { ...r.retry, time: NOW + 50, tries: r.retry.tries + 1 },
});

const idle = stuck();
const compatible = replica({}, COMPATIBLE).constants;
const alone = replica({}, idle.constants.parameters, 'a', ['a']).constants;

type Row<Choice = undefined> = readonly [
  because: string,
  r: Replica,
  now?: number | undefined,
  choice?: Choice,
];

/** Why nothing is tried yet, whatever it would be. */
const notYet = (parts: Parts, retry: Parts['retry'] = {}): readonly Row[] => [
  ['lost messages are repeated', stuck(parts, retry, compatible)],
  ['a retry period has passed', stuck(parts, retry), NOW - 1],
  ['the replica is stuck', stuck(parts, { ...retry, view: ballot(1, 2) })],
  ['the replica is stuck', stuck(parts, { ...retry, operation: 2 })],
];

function refuses<Choice>(
  action: LocalAction<Replica, Message, Choice>,
  rows: readonly Row<Choice>[],
): void {
  for (const [because, r, now = NOW, choice] of rows) {
    test(`refuses, because ✗ ${because}`, () => {
      expect(guardOfTaking(action, r, now, choice as Choice)).toEqual({ failed: because });
    });
  }
}

test('a replica that has not looked yet is not stuck, whatever it waits for', () => {
  const r = replica({ ...VOTES, retry: initRetry() });
  expect(guardOfTaking(noteProgress, r, 0)).toBeUndefined();
});

const NOTE_PROGRESS_REFUSES: readonly Row[] = [
  ['lost messages are repeated', stuck({}, {}, compatible)],
  ['a retry period has passed', idle, NOW - 1],
  ['the replica is not stuck', stuck(VOTES)],
];

describe('rsl: noteProgress', () => {
  refuses(noteProgress, NOTE_PROGRESS_REFUSES);

  test.each([
    ['it waits for nothing', idle],
    ['the view is another', stuck(VOTES, { view: ballot(1, 0), tries: 3 })],
    ['it has executed something', stuck(VOTES, { operation: 2, tries: 3 })],
  ])('looks again later where %s', (_, r) => {
    const { state, sends } = take(noteProgress, r, NOW);
    expect(state).toEqual({ ...r, retry: { time: NOW + 50, view: VIEW, operation: 3, tries: 0 } });
    expect(sends).toEqual([]);
  });

  test.each([
    ['promises', PROMISES],
    ['its own proposals', PROPOSALS],
    ['an operation that it has voted for', VOTES],
    [
      'an operation that others have voted for',
      { learner: { tallies: new Map([[4, { voters: new Set([0]), batch: [] }]]) } },
    ],
    ['what others have executed', { acceptor: { lastCheckpointed: [0, 0, 4] } }],
  ])('a replica can be stuck waiting for %s', (_, parts) => {
    expect(guardOfTaking(noteProgress, stuck(parts), NOW)).toBeDefined();
  });

  test.each([
    ['votes', { acceptor: { votes: votesOf([2, 1, 'x']) } }],
    ['tallies', { learner: { tallies: new Map([[2, { voters: new Set([0]), batch: [] }]]) } }],
    ['checkpoints', { acceptor: { lastCheckpointed: [3, 3, 3] } }],
  ])('but not for %s of what it has executed', (_, parts) => {
    expect(guardOfTaking(noteProgress, stuck(parts), NOW)).toBeUndefined();
  });
});

const REPEAT_1A_REFUSES: readonly Row[] = [
  ...notYet(PROMISES),
  ['promises are being collected', stuck(PROPOSALS)],
];

describe('rsl: repeat1a', () => {
  refuses(repeat1a, REPEAT_1A_REFUSES);

  test.each([0, 1, 2])('asks for promises again, after %i tries', (tries) => {
    const r = stuck(PROMISES, { tries });
    const { state, sends } = take(repeat1a, r, NOW);
    expect(state).toEqual(tried(r));
    expect(sends).toEqual(toAll({ type: '1a', ballot: VIEW }));
  });
});

const REPEAT_2A_REFUSES: readonly Row[] = [
  ...notYet(PROPOSALS),
  ['its own proposals are not executed', stuck(VOTES)],
  ['it is a first try', stuck(PROPOSALS, { tries: 1 })],
  ['it is a first try', stuck(PROPOSALS, { tries: 3 })],
];

describe('rsl: repeat2a', () => {
  refuses(repeat2a, REPEAT_2A_REFUSES);

  test.each([0, 2])('proposes the same again, after %i tries', (tries) => {
    const r = stuck(PROPOSALS, { tries });
    const { state, sends } = take(repeat2a, r, NOW);
    expect(state).toEqual(tried(r));
    expect(sends).toEqual([
      ...toAll({ type: '2a', ballot: VIEW, operation: 3, batch: BATCH }),
      ...toAll({ type: '2a', ballot: VIEW, operation: 4, batch: [] }),
    ]);
  });

  test('is all that can be tried by one who is alone', () => {
    for (const tries of [0, 1, 2, 3]) {
      const r = stuck(PROPOSALS, { tries }, alone);
      expect(guardOfTaking(repeat2a, r, NOW)).toBeUndefined();
    }
  });
});

const ASK_FOR_VOTES_REFUSES: readonly Row[] = [
  ...notYet(VOTES),
  ['no promises are being collected', stuck({ ...VOTES, ...PROMISES })],
  ['it has no proposals of its own to repeat', stuck({ ...VOTES, ...PROPOSALS })],
  ['it is a first try', stuck(VOTES, { tries: 1 })],
];

describe('rsl: askForVotes', () => {
  refuses(askForVotes, ASK_FOR_VOTES_REFUSES);

  test.each([0, 2])('asks all for votes from the next operation on, after %i tries', (tries) => {
    const r = stuck(VOTES, { tries });
    const { state, sends } = take(askForVotes, r, NOW);
    expect(state).toEqual(tried(r));
    expect(sends).toEqual(toAll({ type: 'voteRequest', operation: 3 }));
  });
});

const ANY: Ask = { ask: 'a' };

const ASK_FOR_STATE_REFUSES: readonly Row<Ask>[] = [
  ...notYet(VOTES, { tries: 1 }).map(([because, r, now]): Row<Ask> => [because, r, now, ANY]),
  ['no promises are being collected', stuck(PROMISES, { tries: 1 }), NOW, ANY],
  ['it is a second try', stuck(VOTES), NOW, ANY],
  ['it is a second try', stuck(VOTES, { tries: 2 }), NOW, ANY],
  ['it is a second try', stuck(VOTES, { tries: 1 }, alone), NOW, ANY],
  ['it asks another replica', stuck(VOTES, { tries: 1 }), NOW, { ask: 'b' }],
  ['it asks another replica', stuck(VOTES, { tries: 1 }), NOW, { ask: 'mallory' }],
];

describe('rsl: askForState', () => {
  refuses(askForState, ASK_FOR_STATE_REFUSES);

  test.each([
    ['a', VOTES],
    ['c', PROPOSALS],
  ])('asks %s for a state that is further than its own', (ask, parts) => {
    const r = stuck(parts, { tries: 1 });
    const { state, sends } = take(askForState, r, NOW, { ask });
    expect(state).toEqual(tried(r));
    const msg = { type: 'appStateRequest', ballot: VIEW, operation: 4 };
    expect(sends).toEqual([{ src: 'b', dst: ask, msg }]);
  });

  test('may choose any replica, once it is time', () => {
    expect(askForState.choices?.(idle, NOW)).toEqual(['a', 'b', 'c'].map((ask) => ({ ask })));
    expect(askForState.choices?.(idle, NOW - 1)).toEqual([]);
  });
});

test('once it is time there is exactly one thing to do', () => {
  const actions = [noteProgress, repeat1a, repeat2a, askForVotes];
  for (const parts of [{}, VOTES, PROMISES, PROPOSALS, { ...VOTES, ...PROPOSALS }]) {
    for (const tries of [0, 1, 2]) {
      const r = stuck(parts, { tries });
      const refusals = [
        ...actions.map((action) => guardOfTaking(action, r, NOW)),
        guardOfTaking(askForState, r, NOW, ANY),
      ];
      expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(1);
    }
  }
});

test('every clause about trying again has a row in which it fails', () => {
  const rows = [
    ...NOTE_PROGRESS_REFUSES,
    ...REPEAT_1A_REFUSES,
    ...REPEAT_2A_REFUSES,
    ...ASK_FOR_VOTES_REFUSES,
    ...ASK_FOR_STATE_REFUSES,
  ].map(([because]) => because);
  expect(untried(clausesOf(new URL('./retry.ts', import.meta.url)), rows)).toEqual([]);
});
