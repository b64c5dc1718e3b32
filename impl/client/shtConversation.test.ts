import { describe, expect, test } from 'vitest';
import { HOST_NAMES, marshal, RunningShtHosts } from '../../harness/testing/runningShtHosts.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';
import { type Asked, askOne } from './shtAsking.ts';
import { ShtHosts } from './shtHosts.ts';
import {
  getRequest,
  KEY_INF,
  KEY_ZERO,
  keyOf,
  setRequest,
  shardOrder,
  statusRequest,
} from './shtMessages.ts';

const ME = 'ad';
const SETTINGS = { inFlight: 9, inFlightBytes: 1000, retryMs: 100 };

function scene(administrators?: readonly string[]) {
  const timers = new VirtualTimers();
  const running = new RunningShtHosts(timers, { ...(administrators && { administrators }) });
  /** Somebody with a key; one that was used before if there is a nonce. */
  const come = (nonce?: bigint): ShtHosts => {
    const hosts = new ShtHosts(HOST_NAMES, running.network(ME), timers, { ...SETTINGS, nonce });
    timers.pass(1);
    return hosts;
  };
  const ask = async (hosts: ShtHosts, host: number, content: Uint8Array): Promise<Asked> => {
    const answer = askOne(hosts, host, content, 60_000);
    for (let round = 0; round < 200; round++) {
      timers.pass(20);
      await Promise.resolve();
    }
    timers.pass(60_000);
    return answer;
  };
  return { timers, running, come, ask };
}

describe('somebody whose key was used before', () => {
  test('goes on where he left off', async () => {
    const { come, ask, running } = scene();
    for (let round = 0n; round < 5n; round++) {
      const hosts = come(1000n + round);
      const answer = await ask(hosts, 0, getRequest(round));
      expect(answer.type === 'reply' && keyOf(answer.content)).toBe(round);
      hosts.close();
    }
    expect(running.hosts[0]?.peers.get(ME)?.accepted).toBe(10);
    expect(running.hosts[0]?.peers.get(ME)?.unacked.length).toBe(0);
  });

  test('takes no old answer for that to his question', async () => {
    const { timers, come, ask, running } = scene();
    const before = come();
    for (const key of [1n, 2n]) void askOne(before, 0, setRequest(key, Buffer.from('x')), 1e9);
    void askOne(before, 0, statusRequest(KEY_ZERO, 0), 1e9);
    timers.pass(11);
    running.disconnect(ME, 0); // What was answered is lost, and kept by the host.
    before.close();
    timers.pass(1000);
    expect(running.hosts[0]?.peers.get(ME)?.unacked.length).toBe(3);
    expect(running.hosts[0]?.table.size).toBe(2);
    const hosts = come(99n);
    await ask(hosts, 0, setRequest(3n, Buffer.from('y')));
    const status = await ask(hosts, 0, statusRequest(KEY_ZERO, 0));
    expect(status).toMatchObject({ type: 'status', keys: 3 });
    expect(hosts.counters.strays).toBe(3);
  });

  test('acknowledges nothing before he knows which numbers are next', async () => {
    const { timers, come, ask, running } = scene();
    const before = come();
    for (const key of [1n, 2n]) void askOne(before, 0, getRequest(key), 1e9);
    timers.pass(11);
    running.disconnect(ME, 0);
    before.close();
    timers.pass(1000);
    const hosts = come(99n);
    // An old answer, and once more: that would be acknowledged at once.
    const [old] = running.hosts[0]?.peers.get(ME)?.unacked ?? [];
    for (let each = 0; each < 2; each++) {
      if (old) running.babble(ME, 0, marshal(old));
      timers.pass(1);
    }
    expect(await ask(hosts, 0, getRequest(3n))).toMatchObject({ type: 'reply' });
  });

  test('would be answered nothing at all if he began anew', async () => {
    const { come, ask } = scene();
    const before = come();
    await ask(before, 0, getRequest(1n));
    before.close();
    expect(await ask(come(), 0, getRequest(2n))).toEqual({ type: 'silence' });
  });
});

describe('an order', () => {
  const order = shardOrder({ low: KEY_ZERO, high: KEY_INF }, HOST_NAMES[1] ?? '');

  test('is passed over by the next answer, if it was not refused', async () => {
    const { come, ask } = scene();
    const hosts = come();
    const ordered = ask(hosts, 0, order);
    expect(await ask(hosts, 0, statusRequest(KEY_ZERO, 0))).toMatchObject({ type: 'status' });
    expect(await ordered).toEqual({ type: 'passedOver' });
  });

  test('is refused to those who are no administrators', async () => {
    const { come, ask } = scene(['somebody']);
    expect(await ask(come(), 0, order)).toEqual({
      type: 'refusal',
      reason: 'only an administrator may move keys',
    });
  });
});
