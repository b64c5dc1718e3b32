import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from './parameters.ts';

const request = (seqno: number): Message => ({
  type: 'request',
  seqno,
  request: new Uint8Array(8),
});

const views = (cluster: RunningReplicas): string[] =>
  cluster.replicas.map(({ election: { view } }) => `${view.seqno}.${view.proposer}`);

test.each([
  ['by default', DEFAULT],
  ['compatible', COMPATIBLE],
])('when the leader is gone, the next one serves those who ask the others, %s', (_, parameters) => {
  const cluster = new RunningReplicas(3, parameters, CounterService);
  cluster.settle();
  cluster.send('01', 'a0', request(1));
  cluster.pass(200);
  expect(cluster.replies().length).toBeGreaterThan(0);
  cluster.isLost = ({ src, dst }) => src === 'a0' || dst === 'a0';
  for (const id of ['b0', 'c0']) cluster.send('01', id, request(2));
  cluster.pass(4 * parameters.baselineViewTimeout, [1, 2]);
  expect(views(cluster)).toEqual(['1.0', '1.1', '1.1']);
  const [reply] = cluster.replies();
  expect([reply?.src, reply?.msg]).toMatchObject(['b0', { type: 'reply', seqno: 2 }]);
  // The old leader comes back, follows, and has executed as much as all others.
  cluster.isLost = () => false;
  cluster.pass(3 * parameters.baselineViewTimeout);
  expect(views(cluster)).toEqual(['1.1', '1.1', '1.1']);
  expect(cluster.replica(0).proposer.phase).toBe(0);
});

test('a leader who does well is not suspected, however long', () => {
  const cluster = new RunningReplicas(3, DEFAULT, CounterService);
  for (let seqno = 1; seqno <= 50; seqno++) {
    cluster.send('01', 'a0', request(seqno));
    cluster.pass(100);
  }
  expect(views(cluster)).toEqual(['1.0', '1.0', '1.0']);
  expect(cluster.count('suspect')).toBe(0);
});

test('epochs are twice as long in each new view, and short again when all is well', () => {
  const parameters: Parameters = { ...DEFAULT, baselineViewTimeout: 100 };
  const cluster = new RunningReplicas(3, parameters, CounterService);
  cluster.isLost = ({ bytes }) => bytes[7] !== 5 && bytes[7] !== 0; // Heartbeats alone get through.
  for (const id of ['a0', 'b0', 'c0']) cluster.send('01', id, request(1));
  cluster.pass(2_000);
  const lengths = cluster.replicas.map(({ election }) => election.epochLength);
  const view = cluster.replica(0).election.view;
  const passed = 3 * (view.seqno - 1) + view.proposer;
  expect(passed).toBeGreaterThan(1);
  expect(lengths).toEqual([100 * 2 ** passed, 100 * 2 ** passed, 100 * 2 ** passed]);
  cluster.isLost = () => false;
  cluster.pass(10_000);
  expect(cluster.replicas.map(({ election }) => election.epochLength)).toEqual([100, 100, 100]);
});
