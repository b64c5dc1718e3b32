import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import { EMPTY_BATCH } from './batch.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT } from './parameters.ts';

const vote = (seqno: number, operation: number): Message => ({
  type: '2b',
  ballot: { seqno, proposer: 0 },
  operation,
  batch: EMPTY_BATCH,
});

/** Replica 0 of five hears nothing but what the test tells it. */
function lone(parameters: typeof DEFAULT) {
  const cluster = new RunningReplicas(5, parameters, CounterService);
  cluster.isLost = ({ src, dst }) => src === 'a0' || dst !== 'a0';
  const hear = (src: string, msg: Message): string => {
    cluster.isLost = ({ dst }) => dst !== 'a0';
    cluster.send(src, 'a0', msg);
    cluster.isLost = () => true;
    return cluster.step(0);
  };
  return { cluster, replica: cluster.replica(0), hear };
}

test('a vote counts once, and a higher ballot begins a new count', () => {
  const { replica, hear } = lone(DEFAULT);
  expect(hear('b0', vote(1, 0))).toBe('learn');
  expect(hear('b0', vote(1, 0))).toBe('ignore');
  expect(hear('c0', vote(1, 0))).toBe('learn');
  expect(hear('c0', vote(1, 3))).toBe('learn');
  expect(replica.learner.tallies.get(0)?.voters).toEqual(new Set([1, 2]));
  expect(hear('d0', vote(2, 0))).toBe('learn');
  expect(replica.learner.tallies.get(0)?.voters).toEqual(new Set([3]));
  expect(replica.learner.tallies.size).toBe(1);
  expect(hear('e0', vote(1, 0))).toBe('ignore');
});

test('votes of those who are no replicas do not count', () => {
  const { hear } = lone(DEFAULT);
  expect(hear('01', vote(1, 0))).toBe('ignore');
});

test('once an operation is decided, its votes are of no more use', () => {
  const { cluster, replica, hear } = lone(DEFAULT);
  for (const src of ['b0', 'c0', 'd0']) hear(src, vote(1, 0));
  cluster.isLost = () => true;
  const actions = [cluster.step(0), cluster.step(0)];
  expect(actions).toEqual(['startPhase1', 'decide']);
  expect(hear('e0', vote(1, 0))).toBe('ignore');
  expect(cluster.step(0)).toBe('execute');
  expect(hear('e0', vote(1, 0))).toBe('ignore');
  expect([replica.executor.operationsComplete, replica.learner.tallies.size]).toEqual([1, 0]);
});

test('votes two windows ahead are not counted, but by the original', () => {
  const far = 2 * DEFAULT.maxLogLength;
  expect(lone(DEFAULT).hear('b0', vote(1, far))).toBe('ignore');
  expect(lone(DEFAULT).hear('b0', vote(1, far - 1))).toBe('learn');
  expect(lone(COMPATIBLE).hear('b0', vote(1, far))).toBe('learn');
});
