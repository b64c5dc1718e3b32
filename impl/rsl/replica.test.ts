import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import { marshal } from './marshal.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from './parameters.ts';
import { Replica } from './replica.ts';

const increment = (seqno: number): Message => ({
  type: 'request',
  seqno,
  request: new Uint8Array(8),
});

const countIn = (msg: Message): number =>
  msg.type === 'reply' ? Number(Buffer.from(msg.reply).readBigUInt64BE()) : Number.NaN;

test.each([
  ['compatible', COMPATIBLE],
  ['by default', DEFAULT],
])('three replicas, %s, count what clients ask, each request once', (_, parameters) => {
  const cluster = new RunningReplicas(3, parameters, CounterService);
  cluster.settle();
  expect(cluster.replicas.map(({ proposer }) => proposer.phase)).toEqual([2, 0, 0]);
  const counts: number[] = [];
  for (let seqno = 0; seqno < 20; seqno++) {
    for (const client of ['01', '02', '03']) cluster.send(client, 'a0', increment(seqno));
    cluster.pass(150);
    const replies = cluster.replies();
    const first = new Map(replies.map(({ client, msg }) => [client, countIn(msg)]));
    expect(first.size).toBe(3);
    expect(replies.length).toBe(parameters.compatible ? 9 : 3);
    counts.push(...first.values());
  }
  expect(counts).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  const states = cluster.replicas.map(({ executor }) => executor.app.serialize());
  expect(states).toEqual([states[0], states[0], states[0]]);
  expect(cluster.replicas.map(({ counters }) => counters.malformed)).toEqual([0, 0, 0]);
});

test('a replica that has nothing to do sleeps', () => {
  const cluster = new RunningReplicas(3, DEFAULT, CounterService);
  cluster.settle();
  cluster.pass(1_000);
  // In a second: ten heartbeats and what they bring, ten looks for progress, an epoch.
  const steps = cluster.taken.length;
  cluster.pass(1_000);
  expect(cluster.taken.length - steps).toBeLessThan(3 * 60);
  expect(cluster.count('idle')).toBe(0);
  for (const replica of cluster.replicas) {
    expect(replica.nextDeadline()).toBeGreaterThan(cluster.now);
    expect(replica.nextDeadline()).toBeLessThanOrEqual(cluster.now + DEFAULT.heartbeatPeriod);
  }
});

test('what strangers say is not read, and what means nothing is counted', () => {
  const cluster = new RunningReplicas(3, DEFAULT, CounterService);
  const hear = (src: string, bytes: Uint8Array): string => {
    cluster.send(src, 'a0', bytes);
    return cluster.step(0);
  };
  const prepare = marshal({ type: '1a', ballot: { seqno: 9, proposer: 0 } });
  const reply = marshal({ type: 'reply', seqno: 1, reply: new Uint8Array(0) });
  expect(hear('01', prepare)).toBe('ignore');
  expect(cluster.replica(0).counters).toMatchObject({ malformed: 0, uncalledFor: 1 });
  expect(hear('01', new Uint8Array(8))).toBe('ignore');
  expect(hear('b0', new Uint8Array(3))).toBe('ignore');
  expect(hear('b0', reply)).toBe('ignore');
  expect(cluster.replica(0).counters).toMatchObject({ malformed: 2, uncalledFor: 1 });
  expect(hear('b0', prepare)).toBe('promise');
});

test('the window moves without waiting for heartbeats, but in the original', () => {
  const perSecond = (parameters: Parameters): number => {
    const cluster = new RunningReplicas(3, { ...parameters, maxLogLength: 4 }, CounterService);
    cluster.pass(100);
    for (let seqno = 1; cluster.now < 1_100; seqno++) {
      cluster.send('01', 'a0', increment(seqno));
      const before = cluster.now;
      do cluster.pass(1);
      while (cluster.replies().length === 0 && cluster.now < before + 200);
    }
    return cluster.replica(0).executor.operationsComplete;
  };
  expect(perSecond(DEFAULT)).toBe(1_000);
  expect(perSecond(COMPATIBLE)).toBeLessThan(90);
});

test('who is no replica cannot be one', () => {
  const make = (me: string, replicas: readonly string[]) => () =>
    new Replica(me, replicas, DEFAULT, CounterService);
  expect(make('d0', ['a0', 'b0'])).toThrow('d0 is no replica');
  expect(make('a0', ['a0', 'a0'])).toThrow(RangeError);
});

test('a summary is plain data that JSON carries', () => {
  const cluster = new RunningReplicas(3, DEFAULT, CounterService);
  cluster.send('01', 'a0', increment(0));
  cluster.pass(50);
  const summary = cluster.replica(0).snapshot();
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  expect(summary).toMatchObject({
    phase: 2,
    view: [1, 0],
    complete: 1,
    replies: 1,
    decided: false,
  });
});
