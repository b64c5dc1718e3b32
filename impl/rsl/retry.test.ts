import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT } from './parameters.ts';

const request = (seqno: number): Message => ({
  type: 'request',
  seqno,
  request: new Uint8Array(8),
});

test('what is lost is said again, and no leader is replaced for it', () => {
  const losses = fc.tuple(fc.constantFrom(1, 2, 3, 4), fc.constantFrom('a0', 'b0', 'c0'));
  fc.assert(
    fc.property(fc.array(losses, { maxLength: 4 }), (lost) => {
      const cluster = new RunningReplicas(3, DEFAULT, CounterService);
      // Each is lost once: a message of a kind on its way to a replica.
      const toLose = new Set(lost.map(([kind, dst]) => `${kind} ${dst}`));
      cluster.isLost = ({ dst, bytes }) => toLose.delete(`${bytes[7]} ${dst}`);
      cluster.settle();
      cluster.pass(4 * DEFAULT.retryPeriod);
      cluster.send('01', 'a0', request(1));
      cluster.pass(4 * DEFAULT.retryPeriod);
      expect(cluster.replies().map(({ msg }) => msg)).toMatchObject([{ seqno: 1 }]);
      expect(cluster.count('changeView')).toBe(0);
      expect(cluster.replicas.map(({ executor }) => executor.operationsComplete)).toEqual([
        1, 1, 1,
      ]);
    }),
    { numRuns: 60 },
  );
});

test('whoever is stuck asks the others for votes and for their states, in turn', () => {
  const cluster = new RunningReplicas(4, DEFAULT, CounterService);
  const asked: string[] = [];
  cluster.isLost = ({ src, dst, bytes }) => {
    if (src === 'd0' && bytes[7] === 7) asked.push(dst);
    return src === 'd0';
  };
  cluster.send('a0', 'd0', {
    type: 'heartbeat',
    view: { seqno: 1, proposer: 0 },
    suspicious: false,
    checkpoint: 9,
  });
  cluster.pass(12 * DEFAULT.retryPeriod, [3]);
  expect(cluster.count('askForVotes', 3)).toBeGreaterThan(3);
  expect(asked.slice(0, 5)).toEqual(['a0', 'b0', 'c0', 'a0', 'b0']);
});

test('a lone replica has nobody to ask', () => {
  const cluster = new RunningReplicas(1, DEFAULT, CounterService);
  cluster.settle();
  cluster.isLost = ({ bytes }) => bytes[7] === 4;
  cluster.send('01', 'a0', request(1));
  cluster.pass(5 * DEFAULT.retryPeriod);
  expect(cluster.count('askForState')).toBe(0);
  expect(cluster.count('repeat2a')).toBeGreaterThan(2);
  cluster.isLost = () => false;
  cluster.pass(2 * DEFAULT.retryPeriod);
  expect(cluster.replies().length).toBe(1);
});

test('the original says nothing again', () => {
  const cluster = new RunningReplicas(3, COMPATIBLE, CounterService);
  cluster.isLost = ({ bytes }) => bytes[7] === 1;
  cluster.pass(500);
  expect(cluster.count('repeat1a') + cluster.count('noteProgress')).toBe(0);
});
