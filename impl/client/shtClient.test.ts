import { describe, expect, test } from 'vitest';
import { COMPATIBLE, HOST_NAMES, RunningShtHosts } from '../../harness/testing/runningShtHosts.ts';
import { ME, shtClientScene as scene } from '../../harness/testing/shtClientScene.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';
import type { RequestError } from './errors.ts';
import { askOne } from './shtAsking.ts';
import { ShtClient } from './shtClient.ts';
import { ShtHosts } from './shtHosts.ts';
import { KEY_INF, KEY_ZERO, shardOrder } from './shtMessages.ts';

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

  test('learns ranges also where there are more than a status tells', async () => {
    const { client, get, move } = scene({}, { parameters: { maxOrders: 1000 } });
    for (let low = 0n; low < 300n; low++) move(10n * low, 10n * low + 5n, 0, 1);
    for (let round = 0; round < 4; round++) {
      for (const key of [2, 1002, 2992]) await get(key + round);
    }
    const { redirects } = client.counters;
    for (const key of [12, 512, 1012, 2990, 2998]) await get(key);
    expect(client.counters.redirects).toBe(redirects);
    expect(client.known.ranges).toBeGreaterThan(250);
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

  test('does not ask around all the time while a key is on its way', async () => {
    const { timers, client, settled, set, move } = scene({}, { hostDelay: 4000 });
    await set(7, 'seven');
    move(KEY_ZERO, KEY_INF, 0, 1);
    const value = client.get(7);
    timers.pass(2500);
    const { redirects } = client.counters;
    expect(redirects).toBeGreaterThan(10);
    expect(redirects).toBeLessThan(60);
    expect(Buffer.from((await settled(value)) as Uint8Array).toString()).toBe('seven');
  });

  test('cannot follow a key to a host that it was not told of', async () => {
    const timers = new VirtualTimers();
    const hosts = new RunningShtHosts(timers);
    const two = HOST_NAMES.slice(0, 2);
    const client = ShtClient.over(two, hosts.network(ME), timers);
    const settings = { inFlight: 9, inFlightBytes: 1000, retryMs: 100 };
    const administrator = new ShtHosts(two, hosts.network('ad'), timers, settings);
    timers.pass(1);
    const order = shardOrder({ low: 5n, high: 9n }, HOST_NAMES[2] ?? '');
    void askOne(administrator, 0, order, 1000);
    timers.pass(1000);
    for (let round = 0; round < 3; round++) {
      const failed = client.get(7).catch((error: RequestError) => error);
      timers.pass(100);
      expect(await failed).toMatchObject({ name: 'UnknownOwnerError', fate: 'not executed' });
      const found = client.get(9);
      timers.pass(100);
      expect(await found).toBeUndefined();
    }
    expect(client.known).toEqual({ ranges: 1, keys: 0 });
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
});
