import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from './parameters.ts';
import { parse } from './parse.ts';
import { MAX_LOG_BYTES } from './proposing.ts';

const request = (seqno: number, bytes = 8): Message => ({
  type: 'request',
  seqno,
  request: new Uint8Array(bytes),
});

/** Three replicas of which the first leads. */
function led(parameters: Parameters = DEFAULT) {
  const cluster = new RunningReplicas(3, parameters, CounterService);
  cluster.settle();
  return { cluster, leader: cluster.replica(0) };
}

/** The replica takes all packets that wait for it; does it then propose? */
function takeAll(cluster: RunningReplicas, packets: number): string {
  for (let packet = 0; packet < packets; packet++) cluster.step(0);
  return cluster.step(0);
}

/** The requests of each batch that is proposed from now on. */
function watchBatches(cluster: RunningReplicas): string[][] {
  const batches: string[][] = [];
  cluster.isLost = ({ dst, bytes }) => {
    const msg = dst === 'a0' ? parse(bytes, false) : undefined;
    if (msg?.type !== '2a') return false;
    batches.push(msg.batch.requests.map(({ client, seqno }) => `${client}#${seqno}`));
    return false;
  };
  return batches;
}

test('a lone request is proposed at once, and in the original after a delay', () => {
  const { cluster } = led();
  cluster.send('01', 'a0', request(1));
  cluster.settle();
  expect(cluster.replies().length).toBe(1);

  const original = led(COMPATIBLE).cluster;
  original.pass(200);
  original.send('01', 'a0', request(1));
  original.settle();
  original.pass(COMPATIBLE.maxBatchDelay - 1);
  expect(original.replies().length).toBe(0);
  original.pass(1);
  expect(original.replies().length).toBe(3);
});

test('requests that come while an operation is under way are proposed together', () => {
  const { cluster } = led();
  const batches = watchBatches(cluster);
  for (const client of ['01', '02', '03']) cluster.send(client, 'a0', request(1));
  expect(takeAll(cluster, 3)).toBe('proposeBatch');
  for (const client of ['04', '05']) cluster.send(client, 'a0', request(1));
  cluster.send('06', 'a0', request(1));
  cluster.settle();
  expect(batches).toEqual([
    ['01#1', '02#1', '03#1'],
    ['04#1', '05#1', '06#1'],
  ]);
});

test('a batch that is full does not wait for what is under way', () => {
  const { cluster, leader } = led({ ...DEFAULT, maxBatchSize: 2 });
  for (let client = 10; client < 16; client++) cluster.send(`${client}`, 'a0', request(1));
  cluster.settle([0]);
  expect([leader.proposer.proposed.size, leader.executor.operationsComplete]).toEqual([3, 0]);
  cluster.settle();
  expect(cluster.replies().length).toBe(6);
});

test('a batch that is not full waits no longer than its delay for what is under way', () => {
  const { cluster, leader } = led();
  cluster.send('01', 'a0', request(1));
  takeAll(cluster, 1);
  cluster.isLost = () => true;
  cluster.send('02', 'a0', request(1));
  cluster.isLost = ({ src }) => src !== '02';
  cluster.send('02', 'a0', request(1));
  cluster.settle([0]);
  expect(leader.proposer.proposed.size).toBe(1);
  expect(cluster.count('startBatchTimer')).toBe(1);
  cluster.pass(DEFAULT.maxBatchDelay, [0]);
  expect(leader.proposer.proposed.size).toBe(2);
});

test('the requests of one client are never under way in two operations', () => {
  const { cluster, leader } = led({ ...DEFAULT, maxBatchSize: 4 });
  const batches = watchBatches(cluster);
  for (let seqno = 1; seqno <= 10; seqno++) cluster.send('01', 'a0', request(seqno));
  expect(takeAll(cluster, 10)).toBe('proposeBatch');
  let most = 0;
  for (let steps = 0; steps < 2_000; steps++) {
    const underWay = new Set(leader.proposer.proposed.values());
    most = Math.max(most, underWay.size);
    cluster.step(steps % 3);
    if (steps % 30 === 29) cluster.now++;
  }
  expect(most).toBe(1);
  expect(batches).toEqual([
    ['01#1', '01#2', '01#3', '01#4'],
    ['01#5', '01#6', '01#7', '01#8'],
    ['01#9', '01#10'],
  ]);
  expect(cluster.replies().map(({ msg }) => msg)).toMatchObject(
    Array.from({ length: 10 }, (_, index) => ({ seqno: index + 1 })),
  );
});

test('a leader whose next batch must wait sleeps', () => {
  const { cluster, leader } = led({ ...DEFAULT, maxBatchSize: 1 });
  cluster.isLost = ({ src }) => src !== '01';
  cluster.send('01', 'a0', request(1));
  cluster.send('01', 'a0', request(2));
  cluster.settle([0]);
  expect(leader.proposer.requestQueue.length).toBe(1);
  expect(leader.nextDeadline()).toBeGreaterThan(cluster.now);
});

test('nothing is proposed while the log holds more than its bytes', () => {
  const { cluster, leader } = led();
  const half = MAX_LOG_BYTES / 2;
  cluster.send('01', 'a0', request(1, half));
  cluster.settle();
  cluster.send('02', 'a0', request(1, half));
  cluster.settle();
  expect(cluster.replies().length).toBe(2);
  cluster.send('03', 'a0', request(1));
  cluster.settle();
  expect(leader.acceptor.voteBytes).toBeGreaterThan(MAX_LOG_BYTES);
  expect([cluster.replies().length, leader.proposer.requestQueue.length]).toEqual([0, 1]);
  // With the next heartbeats the log is truncated.
  cluster.pass(DEFAULT.heartbeatPeriod + 1);
  expect(leader.acceptor.voteBytes).toBeLessThan(MAX_LOG_BYTES);
  expect(cluster.replies().length).toBe(1);
});

test.each([
  ['with what clients ask for', 3, 'proposeBatch'],
  ['with nothing, if they ask it for nothing', 5, 'fillGap'],
])('a new leader proposes what may be chosen, and fills a gap before it %s', (_, count, action) => {
  const cluster = new RunningReplicas(count, { ...DEFAULT, maxBatchSize: 1 }, CounterService);
  cluster.settle();
  // The first of two operations is lost, and then the leader is.
  const isFirst = (bytes: Uint8Array): boolean => {
    const msg = parse(bytes, false);
    return msg?.type === '2a' && msg.operation === 0;
  };
  cluster.isLost = ({ bytes }) => isFirst(bytes);
  cluster.send('01', 'a0', request(1));
  cluster.send('02', 'a0', request(1));
  cluster.settle();
  for (const { acceptor } of cluster.replicas) expect([...acceptor.votes.keys()]).toEqual([1]);
  cluster.isLost = ({ src, dst }) => src === 'a0' || dst === 'a0';
  // It is suspected for the sake of a client that asks others: of three, the new leader as well.
  const others = cluster.ids.slice(1);
  for (const id of others.slice(-cluster.replica(0).constants.quorum)) {
    cluster.send('03', id, request(1));
  }
  cluster.settle();
  const before = cluster.taken.length;
  cluster.pass(
    3 * DEFAULT.baselineViewTimeout,
    [...others.keys()].map((place) => place + 1),
  );
  const proposals = cluster.taken
    .slice(before)
    .filter(({ host, action: taken }) => host === 'b0' && /^propose|^fill/.test(taken));
  expect(proposals[0]?.action).toBe(action);
  expect(proposals[1]?.action).toBe('proposeVoted');
  expect(cluster.replica(1).executor.replyCache.has('02')).toBe(true);
  expect(cluster.replica(1).executor.replyCache.has('01')).toBe(false);
});
