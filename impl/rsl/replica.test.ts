import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT } from './parameters.ts';

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
