import { describe, expect, test } from 'vitest';
import {
  COMPATIBLE,
  HOST_NAMES,
  type RunningOptions,
  RunningShtHosts,
} from '../../harness/testing/runningShtHosts.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';

import type { RequestError } from './errors.ts';
import { ShtClient, type ShtClientOptions } from './shtClient.ts';
import { ShtHosts } from './shtHosts.ts';
import { type Bound, KEY_INF, KEY_ZERO, shardOrder } from './shtMessages.ts';

const ME = '01';

function scene(options: ShtClientOptions = {}, running: RunningOptions = {}) {
  const timers = new VirtualTimers();
  const hosts = new RunningShtHosts(timers, running);
  const client = ShtClient.over(HOST_NAMES, hosts.network(ME), timers, options);
  const settings = { inFlight: 9, inFlightBytes: 1000, retryMs: 100 };
  const administrator = new ShtHosts(HOST_NAMES, hosts.network('ad'), timers, settings);
  timers.pass(1);
  /** Lets time pass until a request is settled. */
  const settled = async <T>(request: Promise<T>): Promise<T | RequestError> => {
    let isSettled = false;
    const ended = request
      .catch((error: RequestError) => error)
      .finally(() => {
        isSettled = true;
      });
    for (let round = 0; round < 1000 && !isSettled; round++) {
      timers.pass(5);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    return ended;
  };
  const get = async (key: bigint | number) => {
    const value = await settled(client.get(key));
    return value instanceof Error ? value : value && Buffer.from(value).toString();
  };
  const set = (key: bigint | number, value: string | undefined) =>
    settled(client.set(key, value === undefined ? undefined : Buffer.from(value)));
  /** Has a host give a range to another. */
  const move = (low: Bound, high: Bound, from: number, to: number): void => {
    administrator.conversations[from]?.ask({
      content: shardOrder({ low, high }, HOST_NAMES[to] ?? ''),
      isWanted: true,
      sent: () => {},
      answered: (answer) => expect(answer).toBeUndefined(),
      passedOver: () => {},
      lost: () => {},
    });
    timers.pass(1000);
  };
  return { timers, hosts, client, settled, get, set, move };
}

describe('a client of the hash table', () => {
  test('sets, gets and deletes', async () => {
    const { get, set } = scene();
    expect(await get(5)).toBeUndefined();
    expect(await set(5, 'five')).toBeUndefined();
    expect(await get(5n)).toBe('five');
    await set(5, '');
    expect(await get(5)).toBe('');
    await set(5, undefined);
    expect(await get(5)).toBeUndefined();
    const last = (1n << 64n) - 1n;
    await set(last, 'last');
    expect(await get(last)).toBe('last');
  });

  test('follows keys that have moved, and remembers ranges where hosts tell of them', async () => {
    const { client, get, set, move } = scene();
    for (const key of [1, 2, 3, 1000]) await set(key, `${key}`);
    move(KEY_ZERO, 100n, 0, 1);
    expect(await get(1)).toBe('1');
    expect(client.counters.redirects).toBe(1);
    // Only now it is known whether the host tells of ranges; so it tells of them the next time.
    expect(await get(2)).toBe('2');
    expect(client.counters.redirects).toBe(2);
    expect(await get(3)).toBe('3');
    expect(await get(99)).toBeUndefined();
    expect(await get(1000)).toBe('1000');
    expect(client.counters).toMatchObject({ redirects: 2, statuses: 1, strays: 0 });
    expect(client.known).toEqual({ ranges: 2, keys: 0 });
  });

  test('remembers single keys where hosts run in the way of the original', async () => {
    const { client, get, set, move } = scene({}, { parameters: COMPATIBLE });
    for (const key of [1, 2, 3]) await set(key, `${key}`);
    move(KEY_ZERO, 100n, 0, 1);
    for (const key of [1, 2, 3, 1, 2, 3]) expect(await get(key)).toBe(`${key}`);
    expect(client.counters).toMatchObject({ redirects: 3, statuses: 0, strays: 0 });
    expect(client.known).toEqual({ ranges: 1, keys: 3 });
  });

  test('believes a host in what is its own, and nobody else in what that host gave away', async () => {
    const { client, get, move } = scene();
    move(KEY_ZERO, 100n, 0, 1);
    move(50n, 100n, 1, 2);
    for (const key of [60, 61, 62, 63]) expect(await get(key)).toBeUndefined();
    const { redirects } = client.counters;
    for (const key of [70, 71, 10, 11, 99, 100]) expect(await get(key)).toBeUndefined();
    expect(client.counters.redirects).toBeLessThanOrEqual(redirects + 2);
    expect(client.known.ranges).toBe(3);
  });

  test('waits while a key is on its way', async () => {
    const { timers, hosts, settled, client, set, move } = scene();
    await set(7, 'seven');
    hosts.pause(1, true);
    move(KEY_ZERO, KEY_INF, 0, 1);
    const value = client.get(7);
    timers.pass(3000);
    hosts.pause(1, false);
    expect(Buffer.from((await settled(value)) as Uint8Array).toString()).toBe('seven');
    expect(client.counters.timeouts).toBe(0);
  });

  test('says of a value that is too long what the host says', async () => {
    const { client, set, get } = scene({}, { parameters: { maxValueBytes: 3 } });
    const error = await set(1, 'four');
    expect(error).toMatchObject({ name: 'RefusedError', fate: 'not executed' });
    expect(String(error)).toMatch(/host a0 refused .*: the value is too long/);
    expect(await get(1)).toBeUndefined();
    expect(client.unsettled).toBe(0);
  });

  test('finds out that the original says nothing to a value that is too long', async () => {
    const { client, settled } = scene({}, { parameters: COMPATIBLE });
    const long = client.set(1, Buffer.alloc(1024));
    const other = client.set(1, Buffer.from('short'));
    expect(await settled(long)).toMatchObject({ name: 'UnansweredError', fate: 'not executed' });
    expect(await settled(other)).toBeUndefined();
    // Also where nothing comes after it.
    const alone = await settled(client.set(1, Buffer.alloc(1024)));
    expect(alone).toMatchObject({ name: 'UnansweredError' });
  });

  test('has a limited number of requests under way with each host, and takes a limited number', async () => {
    const { timers, hosts, client, settled } = scene({ inFlight: 3, maxRequests: 5 });
    hosts.pause(0, true);
    const asked = Array.from({ length: 5 }, (_, key) => client.get(key));
    expect(await settled(client.get(9))).toMatchObject({
      name: 'QueueFullError',
      fate: 'never sent',
    });
    timers.pass(100);
    const numbers = new Set(
      hosts.sent.flatMap(({ message }) => (message?.type === 'single' ? message.seqno : [])),
    );
    expect([...numbers]).toEqual([1, 2, 3]);
    hosts.pause(0, false);
    for (const each of asked) expect(await settled(each)).toBeUndefined();
  });

  test('gives up when time is up, says so, and leaves no gap in the numbers', async () => {
    const { timers, hosts, client, settled, get } = scene({ inFlight: 1, timeout: 500 });
    hosts.pause(0, true);
    const errors = [settled(client.set(1, Buffer.from('x'))), settled(client.get(1))];
    expect((await Promise.all(errors)).map((each) => (each as RequestError).fate)).toEqual([
      'unknown',
      'never sent',
    ]);
    hosts.pause(0, false);
    timers.pass(1000);
    // It took effect after all.
    expect(await get(1)).toBe('x');
    expect(client.counters.timeouts).toBe(2);
  });

  test('can be told to stop waiting, and to close', async () => {
    const { hosts, client, settled } = scene({ inFlight: 1 });
    hosts.pause(0, true);
    const stop = new AbortController();
    const [sent, waiting, closed] = [
      settled(client.get(1, { signal: stop.signal })),
      settled(client.get(2, { signal: stop.signal })),
      settled(client.get(3)),
    ];
    stop.abort('enough');
    expect(await sent).toMatchObject({ name: 'AbortError', fate: 'unknown', cause: 'enough' });
    expect(await waiting).toMatchObject({ name: 'AbortError', fate: 'never sent' });
    client.close();
    expect(await closed).toMatchObject({ name: 'ClientClosedError', fate: 'never sent' });
    await expect(client.get(1)).rejects.toMatchObject({ name: 'ClientClosedError' });
  });

  test('sends what is unanswered again as soon as it is connected again', async () => {
    const { timers, hosts, client, settled } = scene({ retry: 1_000_000 });
    const sets = Array.from({ length: 20 }, (_, key) => client.set(key, Buffer.from(`${key}`)));
    timers.pass(5); // Some have arrived, and no answer has.
    hosts.disconnect(ME, 0);
    timers.pass(50);
    hosts.connect(ME, 0);
    for (const each of sets) expect(await settled(each)).toBeUndefined();
    expect(hosts.effects).toHaveLength(20);
    expect(client.counters).toMatchObject({ retries: 0, connectionsLost: 1 });
    expect(client.counters.resent).toBeGreaterThan(0);
  });

  test('asks again at once where answers are missing', async () => {
    const { timers, hosts, client, settled } = scene({}, { parameters: { maxResent: 2 } });
    const sets = Array.from({ length: 9 }, (_, key) => client.set(key, Buffer.from(`${key}`)));
    timers.pass(11);
    hosts.disconnect(ME, 0);
    hosts.connect(ME, 0);
    const more = client.get(1);
    const before = timers.now();
    for (const each of sets) await settled(each);
    await settled(more);
    expect(timers.now() - before).toBeLessThan(500);
    expect(client.counters.gaps).toBeGreaterThan(0);
  });

  test('goes on where the original does not send an answer again that was lost', async () => {
    const never = { parameters: COMPATIBLE, neverAgain: true };
    const { timers, hosts, client, settled, get } = scene({}, never);
    const sets = Array.from({ length: 5 }, (_, key) =>
      client.set(key, Buffer.from('x')).catch((error: RequestError) => error),
    );
    timers.pass(11);
    hosts.disconnect(ME, 0);
    expect(hosts.effects).toHaveLength(5);
    expect(client.counters.answers).toBeLessThan(5);
    hosts.connect(ME, 0);
    timers.pass(20_000);
    const lost = [];
    for (const each of sets) {
      const outcome = await settled(each);
      if (outcome !== undefined) lost.push(outcome);
    }
    expect(lost.length).toBeGreaterThan(0);
    for (const error of lost)
      expect(error).toMatchObject({ name: 'AnswerLostError', fate: 'unknown' });
    expect(await get(4)).toBe('x');
    expect(await get(5)).toBeUndefined();
    expect(client.counters.timeouts).toBe(0);
  });

  test('refuses what is no key', async () => {
    const { client } = scene();
    for (const key of [-1, 1.5, 2 ** 53, -1n, 1n << 64n]) {
      await expect(client.get(key)).rejects.toThrow(/is no key/);
    }
    await expect(client.submit(Buffer.alloc(17))).rejects.toThrow(/no get and no set/);
  });

  test('acknowledges what it is answered, so that hosts need not keep it', async () => {
    const { timers, hosts, client, get } = scene();
    for (let key = 0; key < 200; key++) await get(key);
    expect(hosts.hosts[0]?.peers.get(ME)?.unacked.length).toBeLessThanOrEqual(64);
    timers.pass(200);
    expect(hosts.hosts[0]?.peers.get(ME)?.unacked.length).toBe(0);
    const acks = hosts.sent.filter(({ message }) => message?.type === 'ack').length;
    expect(acks).toBeLessThan(30);
    await get(1);
    client.close();
    timers.pass(20);
    expect(hosts.hosts[0]?.peers.get(ME)?.unacked.length).toBe(0);
  });

  test('gets large values without ever waiting for a retry', async () => {
    const { client, settled } = scene(
      { inFlight: 128 },
      { parameters: { maxUnackedBytes: 8_000_000 } },
    );
    await settled(client.set(1, Buffer.alloc(1_000_000)));
    const all = Array.from({ length: 40 }, () => client.get(1));
    for (const each of all) expect(await settled(each)).toHaveLength(1_000_000);
    expect(client.counters).toMatchObject({ retries: 0, resent: 0 });
  });
});
