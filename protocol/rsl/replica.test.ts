import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfReceiving,
  guardOfTaking,
  PARAMETERS,
  promised,
  receive,
  replica,
  request,
  take,
  toAll,
  votesOf,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Ballot } from './ballot.ts';
import type { Message } from './messages.ts';
import {
  hearHeartbeat,
  initReplica,
  type Replica,
  restartReplica,
  sendHeartbeat,
} from './replica.ts';
import { constantsOf } from './rsl.ts';

const heartbeat = (view: Ballot, suspicious = false, checkpoint = 0): Message => ({
  type: 'heartbeat',
  view,
  suspicious,
  checkpoint,
});

const EXECUTED = {
  app: 10n,
  operationsComplete: 3,
  maxBallotReflected: ballot(2, 0),
  replyCache: new Map([['x', { seqno: 4, reply: 'nine' }]]),
};

const CHECKPOINT = { ...EXECUTED, app: 4n, operationsComplete: 2 };

/** In everything different from the beginning. */
const BUSY = {
  nextHeartbeat: 700,
  retry: { time: 30, view: ballot(3, 0), operation: 3, tries: 1 },
  proposer: {
    phase: 2,
    requestQueue: [request('x', 5)],
    maxBallotSent1a: ballot(2, 1),
    nextOperation: 5,
    received1bs: new Map([['a', promised(ballot(2, 1))]]),
    highestRequested: new Map([['x', 5]]),
    batchDeadline: 40,
    proposed: new Map([[4, []]]),
  },
  election: {
    view: ballot(9, 2),
    suspectors: new Set([1, 2]),
    epochEnd: 800,
    epochLength: 4_000,
    receivedThisEpoch: [request('x', 5)],
    receivedEarlier: [request('y', 5)],
  },
  acceptor: {
    maxBallot: ballot(3, 0),
    votes: votesOf([3, 3, 'x']),
    lastCheckpointed: [2, 1, 2],
    logTruncationPoint: 2,
  },
  learner: {
    maxBallotSeen: ballot(3, 0),
    tallies: new Map([[3, { voters: new Set([0]), batch: [] }]]),
  },
  executor: {
    ...EXECUTED,
    decided: { batch: [], ballot: ballot(3, 0) },
    checkpoint: CHECKPOINT,
  },
} as const;

const busy = replica(BUSY);

test('a replica begins at once to say that it is there, in the first view, with nothing done', () => {
  const { constants } = busy;
  const r = initReplica(constants, counter);
  expect(r.constants).toBe(constants);
  expect(r.nextHeartbeat).toBe(0);
  expect(r.election.view).toEqual(ballot(1, 0));
  expect(r.executor.operationsComplete).toBe(0);
});

describe('a replica that starts again', () => {
  const r = restartReplica(busy);
  const fresh = initReplica(busy.constants, counter);

  test('keeps promise, votes, log, attempts and checkpoint, and knows nothing else', () => {
    const { maxBallot, votes, logTruncationPoint } = busy.acceptor;
    expect(r).toEqual({
      ...fresh,
      proposer: { ...fresh.proposer, maxBallotSent1a: ballot(2, 1) },
      election: { ...fresh.election, view: ballot(3, 0) },
      acceptor: { ...fresh.acceptor, maxBallot, votes, logTruncationPoint },
      executor: { ...CHECKPOINT, decided: undefined, checkpoint: CHECKPOINT },
    });
    expect(r.constants).toBe(busy.constants);
  });

  test('is at the beginning, if it has done nothing before', () => {
    expect(restartReplica(replica())).toEqual(replica());
  });

  test('has what it had, if it stops again at once', () => {
    expect(restartReplica(r)).toEqual(r);
  });

  test.each([
    ['that of its promise', ballot(4, 0), ballot(2, 1), ballot(4, 0)],
    ['the first, if it has promised nothing', ballot(0, 0), ballot(0, 1), ballot(1, 0)],
    ['the next after its own attempt', ballot(4, 0), ballot(4, 1), ballot(4, 2)],
    [
      'the next after its own attempt that it has promised',
      ballot(4, 1),
      ballot(4, 1),
      ballot(4, 2),
    ],
    ['its own last one, if there is no next', ballot(0, 0), ballot(9, 1), ballot(9, 1)],
  ])('is in the latest view that it is sure of: %s', (_, maxBallot, maxBallotSent1a, view) => {
    const parts = { acceptor: { maxBallot }, proposer: { maxBallotSent1a } };
    const restarted = restartReplica(replica(parts, { ...PARAMETERS, maxInteger: 9 }));
    expect(restarted.election.view).toEqual(view);
  });

  test('goes on in a new ballot at once, where it is alone', () => {
    const constants = constantsOf(['a'], PARAMETERS, 'a');
    const alone = initReplica(constants, counter);
    const led = { ...alone, proposer: { ...alone.proposer, maxBallotSent1a: ballot(1, 0) } };
    expect(restartReplica(deepFreeze(led)).election.view).toEqual(ballot(2, 0));
  });
});

/** Has said at its last heartbeat that it has come to operation 1, and has come to another. */
const cameTo = (operation: number, parameters = PARAMETERS): Replica =>
  replica(
    {
      ...BUSY,
      executor: { ...EXECUTED, checkpoint: { ...CHECKPOINT, operationsComplete: operation } },
    },
    parameters,
  );

const WIDE = { ...PARAMETERS, maxLogLength: 9 };

const NOT_DUE = 'a heartbeat is due, or there is news';

const SEND_REFUSES: readonly (readonly [because: string, r: Replica])[] = [
  [NOT_DUE, cameTo(1)],
  [NOT_DUE, cameTo(3, WIDE)],
  [NOT_DUE, replica({ ...BUSY, executor: { ...EXECUTED, operationsComplete: 9 } }, COMPATIBLE)],
];

describe('rsl: sendHeartbeat', () => {
  test.each(SEND_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(sendHeartbeat, r, 699)).toEqual({ failed: because });
  });

  test.each([
    ['when it is due', busy, 700, 2],
    ['when it is overdue', cameTo(3, WIDE), 905, 3],
    ['before, with news of a quarter of the window', cameTo(4, WIDE), 600, 4],
    ['before, with news of an operation if the window is small', cameTo(2), 600, 2],
  ])('tells all of its view, suspicion and checkpoint %s', (_, r, now, checkpoint) => {
    const { state, sends } = take(sendHeartbeat, r, now);
    const noted = withPart(r, 'acceptor', { lastCheckpointed: [2, checkpoint, 2] });
    expect(state).toEqual({ ...noted, nextHeartbeat: now + 100 });
    expect(sends).toEqual(toAll(heartbeat(ballot(9, 2), true, checkpoint)));
    expect(guardOfTaking(sendHeartbeat, state, now + 99)).toBeDefined();
  });

  test('waits to hear its own heartbeat in the compatible preset', () => {
    const r = replica({ executor: EXECUTED }, COMPATIBLE);
    const { state } = take(sendHeartbeat, r, 700);
    expect(state.acceptor).toBe(r.acceptor);
  });

  test('tells how far it has executed, if it is not durable, and that it suspects nobody', () => {
    const suspectors = new Set([0, 2]);
    const r = replica({ ...BUSY, election: { suspectors }, executor: EXECUTED }, COMPATIBLE);
    expect(take(sendHeartbeat, r, 700).sends).toEqual(toAll(heartbeat(ballot(1, 0), false, 3)));
  });
});

describe('rsl: hearHeartbeat', () => {
  const hear = (msg: Message, from: EndPoint = 'a') => receive(hearHeartbeat, busy, from, msg, 600);

  test('takes it from every replica, itself included', () => {
    for (const src of ['a', 'b', 'c']) {
      expect(guardOfReceiving(hearHeartbeat, busy, src, heartbeat(ballot(9, 2)))).toBeUndefined();
    }
  });

  test.each([heartbeat(ballot(9, 2), false, 2), heartbeat(ballot(9, 1), true, 1)])(
    'changes nothing where it hears nothing new: %j',
    (msg) => {
      expect(hear(msg)).toEqual({ state: busy, sends: [] });
      expect(hear(msg).state).toBe(busy);
    },
  );

  test.each([[ballot(9, 2)], [ballot(1, 0)]])(
    'notes a later checkpoint, whatever the view: %j',
    (view) => {
      const { state, sends } = hear(heartbeat(view, false, 7), 'c');
      expect(state).toEqual(withPart(busy, 'acceptor', { lastCheckpointed: [2, 1, 7] }));
      expect(sends).toEqual([]);
    },
  );

  test('notes a suspicion', () => {
    const { state } = hear(heartbeat(ballot(9, 2), true));
    expect(state).toEqual(withPart(busy, 'election', { suspectors: new Set([0, 1, 2]) }));
  });

  test('follows into a later view, leads no more, and begins an epoch by the clock', () => {
    const { state, sends } = hear(heartbeat(ballot(10, 0), true, 4));
    const left = withPart(busy, 'proposer', { phase: 0, requestQueue: [], proposed: new Map() });
    const noted = withPart(left, 'acceptor', { lastCheckpointed: [4, 1, 2] });
    expect(state).toEqual(
      withPart(noted, 'election', {
        view: ballot(10, 0),
        suspectors: new Set([0]),
        epochEnd: 8_600,
        epochLength: 8_000,
        receivedThisEpoch: [],
        receivedEarlier: [request('y', 5), request('x', 5)],
      }),
    );
    expect(sends).toEqual([]);
    expect(hearHeartbeat.readsClock).toBe(true);
  });
});

test('every clause of the replica has a row in which it fails', () => {
  const rows = SEND_REFUSES.map(([because]) => because);
  expect(untried(clausesOf(new URL('./replica.ts', import.meta.url)), rows)).toEqual([]);
});
