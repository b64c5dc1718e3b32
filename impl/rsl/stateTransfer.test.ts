import { expect, test, vi } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT } from './parameters.ts';

const request = (seqno: number): Message => ({
  type: 'request',
  seqno,
  request: new Uint8Array(8),
});

const supply = (app: Uint8Array, replyCache: 'with' | 'without'): Message => ({
  type: 'appStateSupply',
  ballot: { seqno: 1, proposer: 0 },
  operation: 5,
  app,
  replyCache:
    replyCache === 'with' ? [['01', { seqno: 3, reply: Uint8Array.of(1, 2) }]] : undefined,
});

const FIVE = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5);

test('a replica that has missed more than the log remembers catches up', () => {
  const cluster = new RunningReplicas(3, { ...DEFAULT, maxLogLength: 4 }, CounterService);
  cluster.isLost = ({ src, dst }) => src === 'c0' || dst === 'c0';
  cluster.settle();
  for (let seqno = 1; seqno <= 50; seqno++) {
    cluster.send('01', 'a0', request(seqno));
    cluster.pass(5);
  }
  const [, , behind] = cluster.replicas;
  expect(behind?.executor.operationsComplete).toBe(0);
  cluster.isLost = () => false;
  cluster.pass(500);
  expect(cluster.count('adoptState', 2)).toBe(1);
  expect(cluster.count('changeView')).toBe(0);
  expect(behind?.executor.operationsComplete).toBe(50);
  expect(behind?.executor.app.serialize()).toEqual(cluster.replica(0).executor.app.serialize());
  // It answers from its memory now, and does not execute again.
  cluster.replies();
  cluster.send('01', 'c0', request(50));
  cluster.settle();
  expect(cluster.replies().map(({ src, msg }) => [src, msg.type])).toEqual([['c0', 'reply']]);
});

test('a state comes with the memory of clients, and settles what waits', () => {
  const cluster = new RunningReplicas(3, DEFAULT, CounterService);
  const hear = (src: string, msg: Message): string => {
    cluster.isLost = ({ dst }) => dst !== 'a0';
    cluster.send(src, 'a0', msg);
    return cluster.step(0);
  };
  const replica = cluster.replica(0);
  for (const seqno of [2, 3, 4]) hear('01', request(seqno));
  const told = supply(FIVE, 'with');
  expect(hear('b0', told)).toBe('adoptState');
  expect(replica.executor.operationsComplete).toBe(5);
  expect([...replica.election.receivedThisEpoch].map(({ seqno }) => seqno)).toEqual([4]);
  expect(replica.executor.replyCache.get('01')?.reply).toEqual(Uint8Array.of(1, 2));
  expect(hear('01', request(3))).toBe('answerFromCache');
  expect(hear('b0', told)).toBe('ignore');
});

test.each([
  ['a state that is none', DEFAULT, 'b0', supply(Uint8Array.of(1), 'with'), 1],
  ['a state without replies', DEFAULT, 'b0', supply(FIVE, 'without'), 0],
  ['a state with replies, for an original', COMPATIBLE, 'b0', supply(FIVE, 'with'), 1],
  ['a state of a stranger', DEFAULT, '01', supply(FIVE, 'with'), 0],
])('%s is not taken', (_, parameters, src, msg, malformed) => {
  const cluster = new RunningReplicas(3, parameters, CounterService);
  cluster.send(src, 'a0', msg);
  expect(cluster.step(0)).toBe('ignore');
  expect(cluster.replica(0).executor.operationsComplete).toBe(0);
  expect(cluster.replica(0).counters.malformed).toBe(malformed);
});

test('the original takes over a state and keeps its own memory of clients', () => {
  const cluster = new RunningReplicas(3, COMPATIBLE, CounterService);
  cluster.send('b0', 'a0', supply(FIVE, 'without'));
  expect(cluster.step(0)).toBe('adoptState');
  const { executor } = cluster.replica(0);
  expect([executor.operationsComplete, executor.replyCache.size]).toEqual([5, 0]);
});

test('a state is written once for all who ask, until something is executed', () => {
  const cluster = new RunningReplicas(3, DEFAULT, CounterService);
  cluster.settle();
  cluster.send('01', 'a0', request(1));
  cluster.settle();
  const { executor } = cluster.replica(0);
  const serialize = vi.spyOn(executor.app, 'serialize');
  const supplied: Uint8Array[] = [];
  cluster.isLost = ({ src, bytes }) => {
    if (src === 'a0' && bytes[7] === 11) supplied.push(bytes);
    return false;
  };
  const ask = (src: string, operation: number): void => {
    cluster.send(src, 'a0', {
      type: 'appStateRequest',
      ballot: executor.maxBallotReflected,
      operation,
    });
    cluster.settle();
  };
  for (const src of ['b0', 'c0', 'b0']) ask(src, 1);
  expect([supplied.length, serialize.mock.calls.length]).toEqual([3, 1]);
  cluster.send('01', 'a0', request(2));
  cluster.settle();
  expect(executor.supply).toBeUndefined();
  const before = serialize.mock.calls.length; // Replies of a counter are its states.
  ask('b0', 2);
  expect(serialize.mock.calls.length).toBe(before + 1);
  expect(supplied.at(-1)).not.toEqual(supplied[0]);
  cluster.send('b0', 'a0', supply(FIVE, 'with'));
  cluster.settle();
  expect(executor.supply).toBeUndefined();
});
