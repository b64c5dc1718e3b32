import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfTaking,
  PARAMETERS,
  type Parts,
  promised,
  replica,
  request,
  take,
  toAll,
  votesOf,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import type { Parameters } from './configuration.ts';
import type { Request, Votes } from './messages.ts';
import { fillGap, proposeBatch, proposeVoted, startBatchTimer } from './proposing.ts';
import type { Replica } from './replica.ts';

const BALLOT = ballot(4, 1);
const NOW = 100;

/** Requests 1, 2, 3, … of one client. */
const requests = (count: number): Request[] =>
  Array.from({ length: count }, (_, index) => request('x', index + 1));

/** Requests of so many bytes. */
const long = (...lengths: readonly number[]): Request[] =>
  lengths.map((length, index) => ({ ...request('x', index + 1), request: 'x'.repeat(length) }));

/** What was proposed for operation 5. */
const UNDER_WAY = new Map([[5, [request('o', 1)]]]);

/**
 * Leads in 4.1, next proposes operation 6, and has been told of these votes by a and by c. Its log
 * begins at 5 and its window is of 4 operations; operation 5 is under way.
 */
function leader(
  told: readonly [Votes, Votes],
  proposer: Parts['proposer'] = {},
  parameters: Parameters = PARAMETERS,
  parts: Parts = {},
): Replica {
  const received1bs = new Map([
    ['a', promised(BALLOT, 4, told[0])],
    ['c', promised(BALLOT, 5, told[1])],
  ]);
  return replica(
    {
      election: { view: BALLOT },
      acceptor: { logTruncationPoint: 5 },
      executor: { operationsComplete: 5 },
      ...parts,
      proposer: {
        phase: 2,
        maxBallotSent1a: BALLOT,
        nextOperation: 6,
        received1bs,
        proposed: UNDER_WAY,
        ...proposer,
      },
    },
    parameters,
  );
}

const NOTHING: readonly [Votes, Votes] = [votesOf([5, 1, 'o']), votesOf()];
const VOTED: readonly [Votes, Votes] = [votesOf([6, 1, 'p'], [7, 1, 'q']), votesOf([6, 2, 'r'])];
const LATER: readonly [Votes, Votes] = [votesOf([5, 1, 'o']), votesOf([8, 1, 's'])];

type Row = readonly [because: string, r: Replica];

/** Why nothing may be proposed, whatever it is. */
const mayNot = (
  told: readonly [Votes, Votes],
  proposer: Parts['proposer'] = {},
): readonly Row[] => [
  ['the replica proposes', leader(told, { ...proposer, phase: 1 })],
  ['the replica proposes', leader(told, { ...proposer, phase: 0 })],
  ['its view lasts', leader(told, proposer, PARAMETERS, { election: { view: ballot(4, 2) } })],
  [
    'a quorum has promised',
    leader(told, { ...proposer, received1bs: new Map([['a', promised(BALLOT, 4, told[0])]]) }),
  ],
  ['no promise is silent about the operation', leader(told, { ...proposer, nextOperation: 4 })],
  ['the operation is in the window', leader(told, { ...proposer, nextOperation: 9 })],
  ['the operation is in the window', leader(told, proposer, { ...PARAMETERS, maxInteger: 6 })],
];

const PROPOSE_VOTED_REFUSES: readonly Row[] = [
  ...mayNot(VOTED),
  ['a promise tells of a vote for it', leader(NOTHING)],
  ['a promise tells of a vote for it', leader(LATER, { requestQueue: requests(3) })],
];

describe('rsl: proposeVoted', () => {
  test.each(PROPOSE_VOTED_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(proposeVoted, r)).toEqual({ failed: because });
  });

  test.each([
    ['of two votes that of the higher ballot', VOTED, 'r'],
    ['of two votes that of the higher ballot, whoever cast it', [VOTED[1], VOTED[0]], 'r'],
    ['the only vote', [VOTED[0], votesOf()], 'p'],
  ] as const)('proposes %s again, and leaves the queue alone', (_, told, client) => {
    const r = leader(told, { requestQueue: requests(3), batchDeadline: NOW });
    const { state, sends } = take(proposeVoted, r);
    const batch = [request(client, 1)];
    const proposed = new Map(UNDER_WAY).set(6, batch);
    expect(state).toEqual(withPart(r, 'proposer', { nextOperation: 7, proposed }));
    expect(sends).toEqual(toAll({ type: '2a', ballot: BALLOT, operation: 6, batch }));
  });
});

const MUST_WAIT = 'the batch is full or old, or a later operation waits, or none is under way';

const PROPOSE_BATCH_REFUSES: readonly Row[] = [
  ['requests are queued', leader(LATER)],
  ...mayNot(NOTHING, { requestQueue: requests(3) }),
  ['no promise tells of a vote for it', leader(VOTED, { requestQueue: requests(3) })],
  [MUST_WAIT, leader(NOTHING, { requestQueue: requests(2), batchDeadline: NOW + 1 })],
  [MUST_WAIT, leader(NOTHING, { requestQueue: requests(2) })],
  [MUST_WAIT, leader(NOTHING, { requestQueue: long(10, 19) })],
  [MUST_WAIT, leader(NOTHING, { requestQueue: long(29) })],
  [MUST_WAIT, leader(NOTHING, { requestQueue: requests(2), proposed: new Map() }, COMPATIBLE)],
  [MUST_WAIT, leader(NOTHING, { requestQueue: long(99), proposed: new Map() }, COMPATIBLE)],
];

describe('rsl: proposeBatch', () => {
  test.each(PROPOSE_BATCH_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(proposeBatch, r, NOW)).toEqual({ failed: because });
  });

  test.each([
    ['a full batch at once', NOTHING, 3, undefined, 3, undefined],
    ['a full batch of more, and the others wait from now on', NOTHING, 5, undefined, 3, NOW + 10],
    ['a full batch of more, before the others’ time', NOTHING, 4, NOW + 5, 3, NOW + 10],
    ['what has waited long enough', NOTHING, 2, NOW, 2, undefined],
    ['what has waited too long', NOTHING, 1, 0, 1, undefined],
    ['whatever there is if a later operation waits', LATER, 1, undefined, 1, undefined],
    ['whatever there is if one waits, before its time', LATER, 1, NOW + 5, 1, undefined],
  ] as const)('proposes %s', (_, told, queued, deadline, count, batchDeadline) => {
    const requestQueue = requests(queued);
    const r = leader(told, { requestQueue, batchDeadline: deadline });
    const { state, sends } = take(proposeBatch, r, NOW);
    const batch = requestQueue.slice(0, count);
    expect(state).toEqual(
      withPart(r, 'proposer', {
        nextOperation: 7,
        requestQueue: requestQueue.slice(count),
        batchDeadline,
        proposed: new Map(UNDER_WAY).set(6, batch),
      }),
    );
    expect(sends).toEqual(toAll({ type: '2a', ballot: BALLOT, operation: 6, batch }));
  });

  test.each([
    ['as many bytes as may be', [10, 20], 2],
    ['a request of no bytes more than that', [30, 0], 2],
    ['what fits, and leaves what does not', [10, 20, 1], 2],
    ['what comes before one that does not fit, and nothing after it', [5, 26, 1], 1],
    ['a first request however long it is, alone', [31, 1], 1],
    ['a request that is as long as may be', [30], 1],
    ['no more requests than may be, if they are short', [1, 1, 1, 0], 3],
  ])('proposes at once %s', (_, lengths, count) => {
    const requestQueue = long(...lengths);
    const { state, sends } = take(proposeBatch, leader(NOTHING, { requestQueue }), NOW);
    const rest = requestQueue.slice(count);
    expect(state.proposer.requestQueue).toEqual(rest);
    expect(state.proposer.batchDeadline).toBe(rest.length > 0 ? NOW + 10 : undefined);
    expect(sends[0]?.msg).toMatchObject({ operation: 6, batch: requestQueue.slice(0, count) });
  });

  test('proposes a lone request at once if nothing is under way, and the next one not', () => {
    const r = leader(NOTHING, { requestQueue: requests(1), proposed: new Map() });
    const { state } = take(proposeBatch, r, NOW);
    const next = withPart(state, 'proposer', { requestQueue: requests(1) });
    expect(guardOfTaking(proposeBatch, next, NOW)).toEqual({ failed: MUST_WAIT });
  });
});

const FILL_GAP_REFUSES: readonly Row[] = [
  ['no request is queued', leader(LATER, { requestQueue: requests(1) })],
  ...mayNot(LATER),
  ['no promise tells of a vote for it', leader(VOTED)],
  ['a promise tells of a vote for a later one', leader(NOTHING)],
];

describe('rsl: fillGap', () => {
  test.each(FILL_GAP_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(fillGap, r)).toEqual({ failed: because });
  });

  test.each([undefined, NOW + 5])('proposes nothing, and stops the timer, if it is %s', (at) => {
    const r = leader(LATER, { batchDeadline: at });
    const { state, sends } = take(fillGap, r);
    const proposed = new Map<number, Request[]>(UNDER_WAY).set(6, []);
    const changes = { nextOperation: 7, batchDeadline: undefined, proposed };
    expect(state).toEqual(withPart(r, 'proposer', changes));
    expect(sends).toEqual(toAll({ type: '2a', ballot: BALLOT, operation: 6, batch: [] }));
  });

  test('fills every gap before the later operation, and no more', () => {
    const first = take(fillGap, leader(LATER)).state;
    const second = take(fillGap, first).state;
    expect(guardOfTaking(fillGap, second)).toBeDefined();
    const { sends } = take(proposeVoted, second);
    expect(sends[0]?.msg).toMatchObject({ operation: 8, batch: [request('s', 1)] });
  });
});

const START_BATCH_TIMER_REFUSES: readonly Row[] = [
  ['requests are queued', leader(NOTHING)],
  ['no batch is waiting', leader(NOTHING, { requestQueue: requests(1), batchDeadline: NOW })],
  ...mayNot(NOTHING, { requestQueue: requests(1) }),
  ['the batch is not full', leader(NOTHING, { requestQueue: requests(3) })],
  ['the batch is not full', leader(NOTHING, { requestQueue: long(30) })],
  ['the batch is not full', leader(NOTHING, { requestQueue: long(29, 2) })],
  [
    'no promise tells of a vote for the operation',
    leader([votesOf([6, 1, 'p']), votesOf()], { requestQueue: requests(1) }),
  ],
  ['no later operation waits', leader(LATER, { requestQueue: requests(1) })],
];

describe('rsl: startBatchTimer', () => {
  test.each(START_BATCH_TIMER_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(startBatchTimer, r, NOW)).toEqual({ failed: because });
  });

  test('lets a batch that is not full wait a little', () => {
    const r = leader(NOTHING, { requestQueue: requests(2) });
    const { state, sends } = take(startBatchTimer, r, NOW);
    expect(state).toEqual(withPart(r, 'proposer', { batchDeadline: NOW + 10 }));
    expect(sends).toEqual([]);
    expect(guardOfTaking(proposeBatch, state, NOW + 9)).toBeDefined();
    expect(guardOfTaking(proposeBatch, state, NOW + 10)).toBeUndefined();
  });
});

describe('what is proposed', () => {
  const propose = (r: Replica) => take(proposeBatch, r, NOW).state.proposer.proposed;
  const queue = { requestQueue: requests(3) };

  test('is remembered with what was proposed before', () => {
    const earlier = new Map([[5, requests(1)]]);
    expect(propose(leader(NOTHING, { ...queue, proposed: earlier }))).toEqual(
      new Map([...earlier, [6, requests(3)] as const]),
    );
  });

  test('is not remembered where it is executed already', () => {
    const none = { ...queue, proposed: new Map() };
    const executed = { executor: { operationsComplete: 7 } };
    expect(propose(leader(NOTHING, none, PARAMETERS, executed))).toEqual(new Map());
    const next = { executor: { operationsComplete: 6 } };
    expect(propose(leader(NOTHING, none, PARAMETERS, next))).toEqual(new Map([[6, requests(3)]]));
  });

  test('is not remembered in the compatible preset, where it is never repeated', () => {
    expect(propose(leader(NOTHING, { ...queue, proposed: new Map() }, COMPATIBLE))).toEqual(
      new Map(),
    );
  });
});

test('every clause of proposing has a row in which it fails', () => {
  const rows = [
    ...PROPOSE_VOTED_REFUSES,
    ...PROPOSE_BATCH_REFUSES,
    ...FILL_GAP_REFUSES,
    ...START_BATCH_TIMER_REFUSES,
  ].map(([because]) => because);
  expect(untried(clausesOf(new URL('./proposing.ts', import.meta.url)), rows)).toEqual([]);
});
