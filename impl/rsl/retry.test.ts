import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import { batchOf } from './batch.ts';
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
  cluster.pass(300 * DEFAULT.retryPeriod, [3]);
  expect(cluster.count('askForVotes', 3)).toBeGreaterThan(3);
  expect(asked.slice(0, 5)).toEqual(['a0', 'b0', 'c0', 'a0', 'b0']);
});

test('a lone replica has nobody to ask', () => {
  const cluster = new RunningReplicas(1, DEFAULT, CounterService);
  cluster.settle();
  cluster.isLost = ({ bytes }) => bytes[7] === 4;
  cluster.send('01', 'a0', request(1));
  cluster.pass(9 * DEFAULT.retryPeriod);
  expect(cluster.count('askForState')).toBe(0);
  expect(cluster.count('repeat2a')).toBeGreaterThan(2);
  cluster.isLost = () => false;
  cluster.pass(32 * DEFAULT.retryPeriod);
  expect(cluster.replies().map(({ msg }) => msg)).toContainEqual(
    expect.objectContaining({ type: 'reply', seqno: 1 }),
  );
});

test('the original says nothing again', () => {
  const cluster = new RunningReplicas(3, COMPATIBLE, CounterService);
  cluster.isLost = ({ bytes }) => bytes[7] === 1;
  cluster.pass(500);
  expect(cluster.count('repeat1a') + cluster.count('noteProgress')).toBe(0);
});

const PERIOD = DEFAULT.retryPeriod;
const TRIES = ['askForVotes', 'askForState', 'repeat1a', 'repeat2a'];

const heartbeat = (checkpoint: number): Message => ({
  type: 'heartbeat',
  view: { seqno: 1, proposer: 0 },
  suspicious: false,
  checkpoint,
});

const supply = (operation: number, reply: number): Message => ({
  type: 'appStateSupply',
  ballot: { seqno: 1, proposer: 0 },
  operation,
  app: new Uint8Array(8),
  replyCache: [['01', { seqno: 1, reply: new Uint8Array(reply) }]],
});

/** The last of three replicas, who hears nothing but what the test tells. */
function alone() {
  const cluster = new RunningReplicas(3, DEFAULT, CounterService);
  cluster.isLost = ({ src }) => src === 'c0';
  const hear = (msg: Message): void => {
    cluster.send('a0', 'c0', msg);
    cluster.settle([2]);
  };
  /** When it tried what, until the end. */
  const tries = (until: number, kinds = TRIES): number[] => {
    const times: number[] = [];
    while (cluster.now < until) {
      const before = cluster.taken.length;
      cluster.pass(1, [2]);
      const taken = cluster.taken.slice(before);
      if (taken.some(({ action }) => kinds.includes(action))) times.push(cluster.now);
    }
    return times;
  };
  return { cluster, hear, tries };
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / PERIOD);

test('who tries again in vain waits twice as long each time, up to a bound', () => {
  const { hear, tries } = alone();
  hear(heartbeat(9));
  // 10 periods between two states are less than the second and the fourth try are apart.
  expect(gaps(tries(200 * PERIOD)).slice(0, 8)).toEqual([2, 4, 8, 16, 32, 32, 32, 32]);
});

test('who has moved looks after the usual time, and tries as soon as at first', () => {
  const { cluster, hear, tries } = alone();
  hear(heartbeat(9));
  tries(20 * PERIOD);
  const { retry } = cluster.replica(2);
  expect(retry.tries).toBeGreaterThan(3);
  hear(supply(5, 1));
  cluster.pass(1, [2]);
  expect(retry.tries).toBe(0);
  const start = cluster.now;
  const [first = 0, second = 0] = tries(start + 20 * PERIOD);
  expect(first - start).toBeLessThanOrEqual(PERIOD);
  expect(second - first).toBeLessThanOrEqual(10 * PERIOD);
});

test('between two states that are asked for there is time for the last one to come', () => {
  const { cluster, hear, tries } = alone();
  const bytes = 60_000_000; // 6 seconds.
  hear(heartbeat(99));
  const asked = ['askForState'];
  const [first = 0] = tries(5 * PERIOD, asked);
  hear(supply(5, 1));
  const [second = 0, ...more] = tries(30 * PERIOD, asked);
  expect(second - first).toBe(10 * PERIOD);
  const latest = more.at(-1) ?? second;
  hear(supply(6, bytes));
  const [third = 0] = tries(latest + 100 * PERIOD, asked);
  expect(third - latest).toBeGreaterThanOrEqual(6_000);
  expect(third - latest).toBeLessThan(6_010);
  expect(cluster.replica(2).nextDeadline()).toBeGreaterThan(cluster.now);
});

test('a clock that was set back does not keep anybody from asking', () => {
  const { cluster, hear, tries } = alone();
  hear(heartbeat(9));
  cluster.now = 1_000_000;
  const [asked = 0] = tries(1_001_000, ['askForState']);
  expect(asked).toBeGreaterThan(1_000_000);
  cluster.now = 0;
  const { retry } = cluster.replica(2);
  retry.time = 0; // As after a start from there.
  retry.tries = 1;
  cluster.replica(2).nextHeartbeat = 0;
  expect(tries(2 * PERIOD, ['askForState'])).toEqual([PERIOD]);
});

test('long batches are repeated later than short ones', () => {
  const firstTry = (bytes: number): number => {
    const { hear, tries } = alone();
    const requests = [{ client: '01', seqno: 1, request: new Uint8Array(bytes) }];
    const ballot = { seqno: 1, proposer: 0 };
    hear({ type: '2b', ballot, operation: 0, batch: batchOf(requests) });
    return tries(60 * PERIOD)[0] ?? Number.NaN;
  };
  const short = firstTry(8);
  const later = firstTry(20_000_000) - short;
  expect(later).toBeGreaterThanOrEqual(1_999);
  expect(later).toBeLessThanOrEqual(2_001);
});
