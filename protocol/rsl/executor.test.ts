import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfTaking,
  PARAMETERS,
  type Parts,
  replica,
  request,
  take,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import { counter } from '../../spec/apps/counter.ts';
import { u64 } from '../../spec/framework/bytes.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { advertised, decide, execute, initExecutor, takeCheckpoint } from './executor.ts';
import type { Batch } from './messages.ts';
import type { Replica } from './replica.ts';
import type { Forget } from './replyCache.ts';

const NOBODY: Forget = { forget: [] };
const BALLOT = ballot(2, 0);
const BATCH = [request('x', 5), request('y', 1)];

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

const decided = (batch: Batch, seqno = 2) => ({ batch, ballot: ballot(seqno, 0) });

/** Replica a, in whose ballot the batch was decided, unless someone else is to be. */
const executing = (
  batch: Batch,
  parameters = PARAMETERS,
  parts: Parts = {},
  me: EndPoint = 'a',
): Replica =>
  replica({ executor: { ...EXECUTED, decided: decided(batch) }, ...parts }, parameters, me);

const run = execute(counter);

describe('an executor', () => {
  test('begins with a fresh application, and that is its checkpoint if it is durable', () => {
    const nothing = {
      app: 0n,
      operationsComplete: 0,
      maxBallotReflected: ballot(0, 0),
      replyCache: new Map(),
    };
    const initial = { ...nothing, decided: undefined };
    expect(initExecutor(counter, PARAMETERS)).toEqual({ ...initial, checkpoint: nothing });
    expect(initExecutor(counter, COMPATIBLE)).toEqual({ ...initial, checkpoint: undefined });
  });

  test('tells others only what a crash cannot undo', () => {
    const { executor } = replica({ executor: EXECUTED });
    expect(advertised(executor)).toBe(0);
    expect(advertised(replica({ executor: EXECUTED }, COMPATIBLE).executor)).toBe(3);
  });
});

const tallies = (...voters: number[]) => ({
  maxBallotSeen: BALLOT,
  tallies: new Map([
    [3, { voters: new Set(voters), batch: BATCH }],
    [4, { voters: new Set([0, 1, 2]), batch: [] }],
  ]),
});

type Row = readonly [because: string, r: Replica];

const DECIDE_REFUSES: readonly Row[] = [
  ['the operation before is executed', executing([], PARAMETERS, { learner: tallies(0, 1) })],
  ['a quorum has voted for the operation', replica({ executor: EXECUTED, learner: tallies(2) })],
  ['a quorum has voted for the operation', replica({ executor: EXECUTED })],
];

describe('rsl: decide', () => {
  test.each(DECIDE_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(decide, r)).toEqual({ failed: because });
  });

  test.each([
    [0, 2],
    [0, 1, 2],
  ])('takes what the quorum %j, %j has voted for, and its ballot', (...voters) => {
    const r = replica({ executor: EXECUTED, learner: tallies(...voters) });
    const { state, sends } = take(decide, r);
    expect(state).toEqual(withPart(r, 'executor', { decided: decided(BATCH) }));
    expect(sends).toEqual([]);
  });
});

const EXECUTE_REFUSES: readonly (readonly [...Row, choice: Forget])[] = [
  ['the next operation is decided', replica({ executor: EXECUTED }), NOBODY],
  ['it can be counted', executing(BATCH, { ...PARAMETERS, maxInteger: 3 }), NOBODY],
  ['replies are forgotten at will only as the original does', executing(BATCH), { forget: ['x'] }],
  ...[NOBODY, { forget: ['stranger'] }].map(
    (choice) =>
      [
        'the replies that are kept are not too many',
        executing([request('z', 1)], COMPATIBLE),
        choice,
      ] as const,
  ),
];

const replyTo = (dst: string, seqno: number, count: number) => ({
  src: 'a',
  dst,
  msg: { type: 'reply', seqno, reply: u64(count) },
});

describe('rsl: execute', () => {
  test.each(EXECUTE_REFUSES)('refuses, because ✗ %s', (because, r, choice) => {
    expect(guardOfTaking(run, r, undefined, choice)).toEqual({ failed: because });
  });

  test('executes every request in turn, answers it, and forgets what is done', () => {
    const proposed = new Map([
      [3, BATCH],
      [4, []],
    ]);
    const highestRequested = new Map([
      ['x', 6],
      ['y', 1],
    ]);
    const r = executing(BATCH, PARAMETERS, {
      learner: tallies(0, 1),
      election: { receivedEarlier: [request('x', 5), request('z', 1)] },
      proposer: { proposed, highestRequested, phase: 2 },
    });
    const { state, sends } = take(run, r, undefined, NOBODY);
    expect(sends).toEqual([replyTo('x', 5, 11), replyTo('y', 1, 12)]);
    const executor = {
      ...EXECUTED,
      app: 12n,
      operationsComplete: 4,
      replyCache: new Map([
        ['x', { seqno: 5, reply: u64(11) }],
        ['y', { seqno: 1, reply: u64(12) }],
      ]),
      decided: undefined,
    };
    const later = new Map([...tallies().tallies].slice(1));
    const learnt = withPart(r, 'learner', { tallies: later });
    const settled = withPart(learnt, 'election', { receivedEarlier: [request('z', 1)] });
    const kept = withPart(settled, 'proposer', {
      proposed: new Map([[4, []]]),
      highestRequested: new Map([['x', 6]]),
    });
    expect(state).toEqual(withPart(kept, 'executor', executor));
  });

  test.each(['b', 'c'])(
    'leaves it to the proposer to answer, and remembers the replies: %s',
    (me) => {
      const [leader, other] = ['a', me].map((each) =>
        take(run, executing(BATCH, PARAMETERS, {}, each), undefined, NOBODY),
      );
      expect(other?.sends).toEqual([]);
      expect(other?.state.executor).toEqual(leader?.state.executor);
      expect(other?.state.executor.replyCache.get('x')).toEqual({ seqno: 5, reply: u64(11) });
    },
  );

  test.each([
    [1, BALLOT],
    [3, ballot(3, 0)],
  ])('of a value decided in ballot %i.0 reflects the higher ballot', (seqno, reflected) => {
    const r = replica({ executor: { ...EXECUTED, decided: decided([], seqno) } });
    const { state, sends } = take(run, r, undefined, NOBODY);
    const executor = { operationsComplete: 4, maxBallotReflected: reflected, decided: undefined };
    expect(state).toEqual(withPart(r, 'executor', executor));
    expect(sends).toEqual([]);
  });

  test('executes nothing twice: the latest is answered again, an older one is not', () => {
    const batch = [request('x', 4), request('x', 3), request('y', 0), request('z', 1)];
    const { state, sends } = take(run, executing(batch), undefined, NOBODY);
    expect(sends).toEqual([replyTo('x', 4, 9), replyTo('y', 0, 10), replyTo('z', 1, 11)]);
    expect(state.executor.app).toBe(11n);
  });

  test('executes nothing twice that is twice in one batch', () => {
    const batch = [request('x', 5), request('x', 5)];
    const { state, sends } = take(run, executing(batch), undefined, NOBODY);
    expect(sends).toEqual([replyTo('x', 5, 11), replyTo('x', 5, 11)]);
    expect(state.executor.app).toBe(11n);
  });

  test.each([
    ['whoever was served last comes last', [request('x', 5)], ['y', 'x']],
    ['whoever is only answered again stays where it was', [request('x', 4)], ['x', 'y']],
    ['the one served longest ago is forgotten', [request('z', 1)], ['y', 'z']],
  ])('of the clients, %s', (_, batch, clients) => {
    const { state } = take(run, executing(batch), undefined, NOBODY);
    expect([...state.executor.replyCache.keys()]).toEqual(clients);
  });

  test('nothing is left to choose', () => {
    expect(run.choices?.(executing([request('z', 1)]), 0)).toEqual([NOBODY]);
    expect(run.choices?.(replica(), 0)).toEqual([NOBODY]);
  });
});

describe('rsl: execute, in the compatible preset', () => {
  test('answers, whoever has proposed it, and forgets nothing that it has queued', () => {
    const highestRequested = new Map([['x', 5]]);
    const r = executing(BATCH, COMPATIBLE, { proposer: { highestRequested } }, 'c');
    const { state, sends } = take(run, r, undefined, NOBODY);
    const replies = [replyTo('x', 5, 11), replyTo('y', 1, 12)];
    expect(sends).toEqual(replies.map((reply) => ({ ...reply, src: 'c' })));
    expect(state.proposer).toBe(r.proposer);
  });

  test('executes again what was executed before, and remembers the reply', () => {
    const batch = [request('x', 3), request('y', 0)];
    const { state, sends } = take(run, executing(batch, COMPATIBLE), undefined, NOBODY);
    expect(sends).toEqual([replyTo('x', 3, 11), replyTo('y', 0, 12)]);
    expect(state.executor.replyCache).toEqual(
      new Map([
        ['x', { seqno: 3, reply: u64(11) }],
        ['y', { seqno: 0, reply: u64(12) }],
      ]),
    );
  });

  test('forgets whom it chooses to, so that not too many are kept', () => {
    const r = executing([request('z', 1)], COMPATIBLE);
    const choices = [...(run.choices?.(r, 0) ?? [])];
    const kept = choices.map((choice) =>
      [...take(run, r, undefined, choice).state.executor.replyCache.keys()].sort().join(''),
    );
    expect(kept.sort()).toEqual(['xy', 'xz', 'yz']);
  });

  test('may forget more than it must', () => {
    const r = executing([], COMPATIBLE);
    const { state } = take(run, r, undefined, { forget: ['x', 'y'] });
    expect(state.executor.replyCache.size).toBe(0);
  });
});

const DURABLE = { ...EXECUTED, decided: decided(BATCH) };

const CHECKPOINT_REFUSES: readonly Row[] = [
  ['the replica is durable', replica({ executor: DURABLE }, COMPATIBLE)],
  [
    'there is progress since the last checkpoint',
    replica({ executor: { ...DURABLE, checkpoint: EXECUTED } }),
  ],
];

describe('rsl: takeCheckpoint', () => {
  test.each(CHECKPOINT_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(takeCheckpoint, r)).toEqual({ failed: because });
  });

  test('writes down all that is executed, but not what is only decided', () => {
    const r = replica({ executor: DURABLE });
    const { state, sends } = take(takeCheckpoint, r);
    expect(state).toEqual(withPart(r, 'executor', { checkpoint: EXECUTED }));
    expect(sends).toEqual([]);
    expect(advertised(state.executor)).toBe(3);
  });
});

test('every clause of the executor has a row in which it fails', () => {
  const rows = [...DECIDE_REFUSES, ...EXECUTE_REFUSES, ...CHECKPOINT_REFUSES].map(
    ([because]) => because,
  );
  expect(untried(clausesOf(new URL('./executor.ts', import.meta.url)), rows)).toEqual([]);
});
