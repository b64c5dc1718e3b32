import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import { marshal } from './marshal.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from './parameters.ts';

const request = (seqno: number): Message => ({
  type: 'request',
  seqno,
  request: new Uint8Array(8),
});

/** What is done about these requests of a client whose request `latest` was executed. */
function after(parameters: Parameters, latest: number, ...asked: readonly number[]): string[] {
  const cluster = new RunningReplicas(1, parameters, CounterService);
  cluster.settle();
  cluster.send('01', 'a0', request(latest));
  cluster.pass(20);
  return asked.map((seqno) => {
    cluster.send('01', 'a0', request(seqno));
    return cluster.step(0);
  });
}

test('whatever is settled is answered', () => {
  expect(after(DEFAULT, 30, 0, 20, 30, 31)).toEqual([
    'answerFromCache',
    'answerFromCache',
    'answerFromCache',
    'receiveRequest',
  ]);
});

test('the original answers what is less than ten behind', () => {
  const receive = 'receiveRequest';
  const answer = 'answerFromCache';
  expect(after(COMPATIBLE, 30, 20, 21, 30, 31)).toEqual([receive, answer, answer, receive]);
  expect(after(COMPATIBLE, 10, 0, 1)).toEqual([receive, answer]);
  expect(after(COMPATIBLE, 9, 0, 1)).toEqual([answer, answer]);
});

test('a request that came with much else is kept without that', () => {
  const cluster = new RunningReplicas(1, DEFAULT, CounterService);
  const kept = (around: number): number => {
    const msg = marshal(request(around));
    const chunk = new Uint8Array(around + msg.length);
    chunk.set(msg, around);
    cluster.send('01', 'a0', chunk.subarray(around));
    expect(cluster.step(0)).toBe('receiveRequest');
    const [...all] = cluster.replica(0).election.receivedThisEpoch;
    const last = all.at(-1)?.request;
    expect(last).toEqual(new Uint8Array(8));
    return last?.buffer === chunk.buffer ? chunk.length : 0;
  };
  expect([kept(100), kept(64 * 1024)]).toEqual([132, 0]);
});

test('a client who floods is held, whoever leads, and released when it is served', () => {
  const calls: string[] = [];
  const flow = {
    hold: (src: string) => calls.push(`hold ${src}`),
    release: (src: string) => calls.push(`release ${src}`),
  };
  const cluster = new RunningReplicas(3, DEFAULT, CounterService, () => ({ flow }));
  cluster.settle();
  for (let seqno = 1; seqno <= 256; seqno++) cluster.send('01', 'a0', request(seqno));
  for (let packet = 0; packet < 256; packet++) cluster.step(0);
  expect(calls).toEqual(['hold 01']);
  expect(cluster.replica(0).counters.clientsHeld).toBe(1);
  cluster.settle();
  expect(calls).toEqual(['hold 01', 'release 01']);
});

test('another replica is never held', () => {
  const calls: string[] = [];
  const flow = { hold: (src: string) => calls.push(src), release() {} };
  const cluster = new RunningReplicas(3, DEFAULT, CounterService, () => ({ flow }));
  for (let seqno = 1; seqno <= 300; seqno++) cluster.send('b0', 'c0', request(seqno));
  for (let packet = 0; packet < 300; packet++) cluster.step(2);
  expect(cluster.replica(2).election.receivedThisEpoch.length).toBe(300);
  expect(calls).toEqual([]);
});

test('whoever watches is told of requests and replies', () => {
  const seen: string[] = [];
  const observer = {
    requestReceived: (client: string, seqno: number) => seen.push(`? ${client} ${seqno}`),
    replySent: (client: string, seqno: number) => seen.push(`! ${client} ${seqno}`),
    cachedReplySent: (client: string, seqno: number) => seen.push(`!! ${client} ${seqno}`),
  };
  const cluster = new RunningReplicas(1, DEFAULT, CounterService, () => ({ observer }));
  cluster.settle();
  for (const seqno of [4, 4, 3]) {
    cluster.send('01', 'a0', request(seqno));
    cluster.settle();
  }
  expect(seen).toEqual(['? 01 4', '! 01 4', '? 01 4', '!! 01 4', '? 01 3', '!! 01 4']);
  expect(cluster.replica(0).counters.answeredFromCache).toBe(2);
});
