import { describe, expect, test } from 'vitest';
import { replicaIn } from '../../harness/rsl/replicaIn.ts';
import { PARAMETERS, type Parts, replica } from '../../harness/testing/rslReplicas.ts';
import { CounterService } from '../../impl/apps/counter.ts';
import type { Promise1b } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { counter } from '../../spec/apps/counter.ts';
import { u64 } from '../../spec/framework/bytes.ts';
import { replicaComparison } from './replica.ts';

const REPLICAS = ['a0', 'b0', 'c0'];
const REPLICATED = { service: CounterService, application: counter };

const ballot = (seqno: number) => ({ seqno, proposer: 1 });
const ask = (client: string, seqno: number) => ({ client, seqno, request: u64(0) });
const [X, Y, Z] = [ask('01', 1), ask('02', 2), ask('03', 3)];
const VOTE = { ballot: ballot(2), batch: [X] };
const PROMISE: Promise1b = {
  type: '1b',
  ballot: ballot(3),
  logTruncationPoint: 4,
  votes: new Map([[5, VOTE]]),
};

/** A replica of which every part has something in it. */
const RICH = {
  nextHeartbeat: 7,
  retry: { time: 8, view: ballot(1), operation: 3, tries: 2 },
  proposer: {
    phase: 2,
    requestQueue: [X, Y],
    maxBallotSent1a: ballot(3),
    nextOperation: 6,
    received1bs: new Map([['a0', PROMISE]]),
    highestRequested: new Map([['01', 1]]),
    batchDeadline: 9,
    proposed: new Map([[5, [X]]]),
  },
  election: {
    view: ballot(3),
    suspectors: new Set([2]),
    epochEnd: 10,
    epochLength: 11,
    receivedThisEpoch: [X],
    receivedEarlier: [Y, Z],
  },
  acceptor: {
    maxBallot: ballot(3),
    votes: new Map([[5, VOTE]]),
    lastCheckpointed: [4, 3, 2],
    logTruncationPoint: 4,
  },
  learner: {
    maxBallotSeen: ballot(3),
    tallies: new Map([[5, { voters: new Set([0, 1]), batch: [X] }]]),
  },
  executor: {
    app: 5n,
    operationsComplete: 5,
    maxBallotReflected: ballot(2),
    replyCache: new Map([
      ['02', { seqno: 1, reply: u64(4) }],
      ['01', { seqno: 1, reply: u64(5) }],
    ]),
    decided: { batch: [X], ballot: ballot(3) },
  },
} satisfies Parts;

const stateOf = (parts: Parts): Replica =>
  replica(parts, { ...PARAMETERS, durable: false }, 'b0', REPLICAS);

/** The replica with other things in one of its parts. */
const having = <Part extends keyof typeof RICH>(part: Part, other: Parts[Part]): Parts => ({
  ...RICH,
  [part]: typeof other === 'object' ? { ...(RICH[part] as object), ...other } : other,
});

const LATE = { ...X, seqno: 2 };
const OTHER_VOTE = new Map([[5, { ...VOTE, batch: [Y] }]]);
const told = (promise: Partial<Promise1b>) => new Map([['a0', { ...PROMISE, ...promise }]]);
const tally = (voters: readonly number[], batch = [X]) =>
  new Map([[5, { voters: new Set(voters), batch }]]);
const [SECOND, FIRST] = RICH.executor.replyCache;

const ROWS: readonly (readonly [path: string, Parts])[] = [
  ['.nextHeartbeat', having('nextHeartbeat', 8)],
  ['.retry.time', having('retry', { time: 9 })],
  ['.retry.view.seqno', having('retry', { view: ballot(2) })],
  ['.retry.operation', having('retry', { operation: 4 })],
  ['.retry.tries', having('retry', { tries: 1 })],
  ['.proposer.phase', having('proposer', { phase: 1 })],
  ['.proposer.requestQueue[0].client', having('proposer', { requestQueue: [Y, X] })],
  ['.proposer.requestQueue.length', having('proposer', { requestQueue: [X] })],
  [
    '.proposer.maxBallotSent1a.proposer',
    having('proposer', { maxBallotSent1a: { ...ballot(3), proposer: 0 } }),
  ],
  ['.proposer.nextOperation', having('proposer', { nextOperation: 7 })],
  [
    '.proposer.received1bs.get(a0).ballot.seqno',
    having('proposer', { received1bs: told({ ballot: ballot(4) }) }),
  ],
  [
    '.proposer.received1bs.get(a0).logTruncationPoint',
    having('proposer', { received1bs: told({ logTruncationPoint: 5 }) }),
  ],
  [
    '.proposer.received1bs.get(a0).votes.get(5).batch[0].client',
    having('proposer', { received1bs: told({ votes: OTHER_VOTE }) }),
  ],
  [
    '.proposer.received1bs.get(c0)',
    having('proposer', { received1bs: new Map([['c0', PROMISE]]) }),
  ],
  [
    '.proposer.highestRequested.get(01)',
    having('proposer', { highestRequested: new Map([['01', 2]]) }),
  ],
  ['.proposer.batchDeadline', having('proposer', { batchDeadline: undefined })],
  ['.proposer.proposed.get(5)[0].seqno', having('proposer', { proposed: new Map([[5, [LATE]]]) })],
  ['.election.view.seqno', having('election', { view: ballot(4) })],
  ['.election.suspectors.has(1)', having('election', { suspectors: new Set([1]) })],
  ['.election.epochEnd', having('election', { epochEnd: 11 })],
  ['.election.epochLength', having('election', { epochLength: 12 })],
  ['.election.receivedThisEpoch[0].seqno', having('election', { receivedThisEpoch: [LATE] })],
  ['.election.receivedEarlier[0].client', having('election', { receivedEarlier: [Z, Y] })],
  ['.acceptor.maxBallot.seqno', having('acceptor', { maxBallot: ballot(4) })],
  ['.acceptor.votes.get(5).batch[0].client', having('acceptor', { votes: OTHER_VOTE })],
  ['.acceptor.votes.get(6)', having('acceptor', { votes: new Map([[6, VOTE]]) })],
  ['.acceptor.lastCheckpointed[2]', having('acceptor', { lastCheckpointed: [4, 3, 3] })],
  ['.acceptor.logTruncationPoint', having('acceptor', { logTruncationPoint: 5 })],
  ['.learner.maxBallotSeen.seqno', having('learner', { maxBallotSeen: ballot(2) })],
  ['.learner.tallies.get(5).voters.has(2)', having('learner', { tallies: tally([0, 2]) })],
  ['.learner.tallies.get(5).batch[0].client', having('learner', { tallies: tally([0, 1], [Y]) })],
  ['.executor.app', having('executor', { app: 6n })],
  ['.executor.operationsComplete', having('executor', { operationsComplete: 6 })],
  ['.executor.maxBallotReflected.seqno', having('executor', { maxBallotReflected: ballot(1) })],
  [
    '.executor.replyCache[0]',
    having('executor', { replyCache: new Map([FIRST, SECOND] as never) }),
  ],
  [
    '.executor.replyCache[0].reply',
    having('executor', {
      replyCache: new Map([['02', { seqno: 1, reply: u64(3) }], FIRST] as never),
    }),
  ],
  [
    '.executor.replyCache[0].seqno',
    having('executor', {
      replyCache: new Map([['02', { seqno: 2, reply: u64(4) }], FIRST] as never),
    }),
  ],
  ['.executor.decided', having('executor', { decided: undefined })],
  [
    '.executor.decided.batch[0].client',
    having('executor', { decided: { batch: [Y], ballot: ballot(3) } }),
  ],
  [
    '.executor.checkpoint',
    having('executor', {
      checkpoint: {
        app: 0n,
        operationsComplete: 0,
        maxBallotReflected: ballot(0),
        replyCache: new Map(),
      },
    }),
  ],
];

describe('a running replica', () => {
  const compare = replicaComparison(counter);
  const fresh = (parts: Parts) =>
    replicaIn(stateOf(parts), REPLICATED, stateOf(parts).constants.parameters);

  test('is in the state that it was put in, again and again', () => {
    const running = fresh(RICH);
    for (let times = 0; times < 200; times++)
      expect(compare(running, stateOf(RICH))).toBeUndefined();
    expect(compare(fresh({}), stateOf({}))).toBeUndefined();
  });

  test.each(ROWS)('is not in a state with another %s', (path, other) => {
    expect(compare(fresh(RICH), stateOf(other))?.path).toBe(path);
    // Nor is it once it was found to be in its own.
    const running = fresh(RICH);
    expect(compare(running, stateOf(RICH))).toBeUndefined();
    expect(compare(running, stateOf(other))?.path).toBe(path);
  });

  test('is compared in every field that a state has', () => {
    const state = stateOf(RICH);
    const fields = Object.entries(state).flatMap(([part, content]) =>
      typeof content === 'number'
        ? [`.${part}`]
        : Object.keys(content).map((field) => `.${part}.${field}`),
    );
    const missing = fields.filter(
      (field) => !field.startsWith('.constants.') && !ROWS.some(([path]) => path.startsWith(field)),
    );
    expect(missing).toEqual([]);
  });

  test('is found out sooner or later if it changes what must not be changed', () => {
    const running = fresh(RICH);
    const state = stateOf(RICH);
    expect(compare(running, state)).toBeUndefined();
    running.executor.app.handleRequest(new Uint8Array(8));
    (running.acceptor.votes.get(5)?.batch.requests as unknown[])[0] = {
      ...X,
      request: new Uint8Array(7),
    };
    const found = Array.from({ length: 100 }, () => compare(running, state)?.path);
    expect(found.filter((path) => path === undefined).length).toBeGreaterThan(10);
    expect(found).toContain('.acceptor.votes.get(5).batch[0].request');
  });
});
