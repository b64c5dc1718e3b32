import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfReceiving,
  receive,
  replica,
  request,
  toAll,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import { u64 } from '../../spec/framework/bytes.ts';
import type { CachedReply, Message } from './messages.ts';
import type { Replica } from './replica.ts';
import { adoptState, requestState, supplyState } from './stateTransfer.ts';

const BALLOT = ballot(2, 0);

/** Has executed 3 operations with 10 requests, and remembers replies to x and y. */
const EXECUTED = {
  app: 10n,
  operationsComplete: 3,
  maxBallotReflected: BALLOT,
  replyCache: new Map([
    ['x', { seqno: 4, reply: u64(9) }],
    ['y', { seqno: 0, reply: u64(10) }],
  ]),
};

const r = replica({ executor: EXECUTED });

const phase2 = (logTruncationPoint: number): Message => ({
  type: 'startingPhase2',
  ballot: ballot(3, 2),
  logTruncationPoint,
});

const asks = (operation: number, of = BALLOT): Message => ({
  type: 'appStateRequest',
  ballot: of,
  operation,
});

/** In the order in which the clients were served. */
const REPLIES: readonly (readonly [string, CachedReply])[] = [
  ['y', { seqno: 2, reply: u64(15) }],
  ['x', { seqno: 6, reply: u64(16) }],
];

const supply = (operation: number, replyCache: typeof REPLIES | undefined = REPLIES): Message => ({
  type: 'appStateSupply',
  ballot: ballot(1, 2),
  operation,
  app: 16n,
  replyCache,
});

type Row = readonly [because: string, of: Replica, msg: Message];

const REQUEST_REFUSES: readonly Row[] = [
  ['it starts beyond what this replica has executed', r, phase2(3)],
  ['it starts beyond what this replica has executed', r, phase2(0)],
];

describe('rsl: requestState', () => {
  test.each(REQUEST_REFUSES)('refuses, because ✗ %s', (because, of, msg) => {
    expect(guardOfReceiving(requestState, of, 'c', msg)).toEqual({ failed: because });
  });

  test('asks all for a state where the new leader begins, in its ballot', () => {
    const { state, sends } = receive(requestState, r, 'c', phase2(4));
    expect(state).toBe(r);
    expect(sends).toEqual(toAll(asks(4, ballot(3, 2))));
  });
});

const SUPPLY_REFUSES: readonly Row[] = [
  ['the state is of no ballot above the one named', r, asks(3, ballot(1, 2))],
  ['this replica has come as far', r, asks(4)],
];

describe('rsl: supplyState', () => {
  test.each(SUPPLY_REFUSES)('refuses, because ✗ %s', (because, of, msg) => {
    expect(guardOfReceiving(supplyState, of, 'c', msg)).toEqual({ failed: because });
  });

  test.each([asks(3), asks(0), asks(3, ballot(7, 0))])('gives its state to whoever %j', (msg) => {
    const { state, sends } = receive(supplyState, r, 'c', msg);
    expect(state).toBe(r);
    const { app } = EXECUTED;
    const replyCache = [...EXECUTED.replyCache];
    const given = { type: 'appStateSupply', ballot: BALLOT, operation: 3, app, replyCache };
    expect(sends).toEqual([{ src: 'b', dst: 'c', msg: given }]);
  });

  test('says nothing of the replies in the compatible preset', () => {
    const { sends } = receive(
      supplyState,
      replica({ executor: EXECUTED }, COMPATIBLE),
      'c',
      asks(3),
    );
    expect(sends[0]?.msg).toEqual({
      type: 'appStateSupply',
      ballot: BALLOT,
      operation: 3,
      app: 10n,
      replyCache: undefined,
    });
  });
});

const ADOPT_REFUSES: readonly Row[] = [
  ['it is ahead of this replica’s own', r, supply(3)],
  ['it is ahead of this replica’s own', r, supply(0)],
  [
    'it brings the replies as well, where they are part of the state',
    r,
    { ...supply(6), replyCache: undefined } as Message,
  ],
];

/** Has decided the next operation, counts votes, waits for requests, and leads. */
const BUSY = {
  executor: { ...EXECUTED, decided: { batch: [request('x', 5)], ballot: BALLOT } },
  learner: {
    maxBallotSeen: BALLOT,
    tallies: new Map([3, 5, 6, 7].map((op) => [op, { voters: new Set([0]), batch: [] }])),
  },
  election: {
    receivedEarlier: [request('x', 5), request('x', 7)],
    receivedThisEpoch: [request('y', 2), request('z', 1)],
  },
  proposer: {
    phase: 2,
    proposed: new Map([5, 6].map((op) => [op, [request('x', 5)]])),
    highestRequested: new Map([
      ['x', 7],
      ['y', 2],
    ]),
  },
  acceptor: { lastCheckpointed: [3, 3, 0] },
} as const;

const LATER_TALLIES = new Map([...BUSY.learner.tallies].slice(2));

describe('rsl: adoptState', () => {
  test.each(ADOPT_REFUSES)('refuses, because ✗ %s', (because, of, msg) => {
    expect(guardOfReceiving(adoptState, of, 'c', msg)).toEqual({ failed: because });
  });

  test('takes over everything, and forgets what the state has settled', () => {
    const busy = replica(BUSY);
    const { state, sends } = receive(adoptState, busy, 'c', supply(6));
    const learnt = withPart(busy, 'learner', { tallies: LATER_TALLIES });
    const settled = withPart(learnt, 'election', {
      receivedEarlier: [request('x', 7)],
      receivedThisEpoch: [request('z', 1)],
    });
    const kept = withPart(settled, 'proposer', {
      proposed: new Map([[6, [request('x', 5)]]]),
      highestRequested: new Map([['x', 7]]),
    });
    expect(state).toEqual(
      withPart(kept, 'executor', {
        app: 16n,
        operationsComplete: 6,
        maxBallotReflected: ballot(1, 2),
        replyCache: new Map(REPLIES),
        decided: undefined,
      }),
    );
    expect([...state.executor.replyCache]).toEqual(REPLIES);
    expect(sends).toEqual([]);
  });

  test('what is taken over is no checkpoint yet', () => {
    const { state } = receive(adoptState, r, 'c', supply(6));
    expect(state.executor.checkpoint).toEqual(r.executor.checkpoint);
  });

  test('keeps its own replies, and lets requests wait, in the compatible preset', () => {
    const { proposer: _, ...parts } = BUSY;
    const busy = replica(parts, COMPATIBLE);
    const { state } = receive(adoptState, busy, 'c', {
      ...supply(6),
      replyCache: undefined,
    } as Message);
    const learnt = withPart(busy, 'learner', { tallies: LATER_TALLIES });
    expect(state).toEqual(
      withPart(learnt, 'executor', {
        app: 16n,
        operationsComplete: 6,
        maxBallotReflected: ballot(1, 2),
        decided: undefined,
      }),
    );
  });

  test('takes what supplyState gives', () => {
    const { sends } = receive(supplyState, r, 'c', asks(3));
    const { state } = receive(adoptState, replica(), 'c', sends[0]?.msg as Message);
    expect(state.executor).toEqual({ ...replica().executor, ...EXECUTED });
  });
});

test('every clause of state transfer has a row in which it fails', () => {
  const rows = [...REQUEST_REFUSES, ...SUPPLY_REFUSES, ...ADOPT_REFUSES].map(
    ([because]) => because,
  );
  expect(untried(clausesOf(new URL('./stateTransfer.ts', import.meta.url)), rows)).toEqual([]);
});
