import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { FakeReplicas, replyTo } from '../../harness/testing/fakeReplicas.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';
import { RequestAbortedError, type RequestError } from './errors.ts';
import { RslClient } from './rslClient.ts';

const DELAY = 10;

function scene() {
  const timers = new VirtualTimers();
  const replicas = new FakeReplicas({ servers: 3, allReply: false, delay: DELAY }, timers, 7);
  const client = RslClient.over(replicas.network, timers, { inFlight: 20 });
  const stop = new AbortController();
  const listeners = (): number => getEventListeners(stop.signal, 'abort').length;
  const ask = (count: number): Promise<string | RequestError>[] =>
    Array.from({ length: count }, (_, index) =>
      client.submit(Buffer.from(`${index}`), { signal: stop.signal }).then(
        (reply) => Buffer.from(reply).toString(),
        (error: RequestError) => error,
      ),
    );
  return { timers, replicas, client, stop, listeners, ask };
}

describe('a signal', () => {
  test('can be shared by many requests, some of them answered', async () => {
    const { timers, replicas, client, stop, listeners, ask } = scene();
    replicas.connect(0);
    const answers = ask(30);
    expect(listeners()).toBe(1);
    timers.pass(2 * DELAY - 1);
    const { replies } = client.counters;
    expect(replies).toBeGreaterThan(0);
    expect(replies).toBeLessThan(30);
    stop.abort();
    const outcomes = await Promise.all(answers);
    expect(outcomes.slice(0, replies)).toEqual(
      Array.from({ length: replies }, (_, index) => replyTo(`${index}`)),
    );
    for (const outcome of outcomes.slice(replies)) {
      expect(outcome).toBeInstanceOf(RequestAbortedError);
    }
    expect([client.inFlight, client.waiting, listeners()]).toEqual([0, 0, 0]);
  });

  test('is not listened to any more once all its requests have an end', async () => {
    const { timers, replicas, listeners, ask } = scene();
    replicas.connect(0);
    const answers = ask(3);
    timers.pass(1000);
    await Promise.all(answers);
    expect(listeners()).toBe(0);
  });
});
