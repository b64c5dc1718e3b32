import { describe, expect, test } from 'vitest';
import { COMPATIBLE } from '../../harness/testing/runningShtHosts.ts';
import { ME, shtClientScene as scene } from '../../harness/testing/shtClientScene.ts';
import type { RequestError } from './errors.ts';

describe('a client of the hash table that has much to ask, or bad luck', () => {
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

  test('counts what it has taken rightly, also when an answer comes too late', async () => {
    const { timers, hosts, client, settled } = scene({ timeout: 500, maxRequestBytes: 35 });
    for (let round = 0; round < 3; round++) {
      hosts.pause(0, true);
      const late = settled(client.get(1));
      expect(await late).toMatchObject({ name: 'RequestTimeoutError' });
      hosts.pause(0, false);
      timers.pass(2000);
      const both = [client.get(1), client.get(2)];
      await expect(client.get(3)).rejects.toMatchObject({ name: 'QueueFullError' });
      for (const each of both) expect(await settled(each)).toBeUndefined();
    }
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
