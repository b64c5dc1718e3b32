import { describe, expect, test } from 'vitest';
import { RslClient } from '../../impl/client/rslClient.ts';
import { Random } from '../simulation/random.ts';
import { FakeReplicas } from '../testing/fakeReplicas.ts';
import { VirtualTimers } from '../testing/virtualTimers.ts';
import { Load, type LoadSettings } from './load.ts';
import type { Call } from './workload.ts';

/** How long a message takes, at most; a request takes one way and back. */
const DELAY = 8;

const call: Call = {
  request: Buffer.from('question'),
  describe: () => [],
  judge: (reply) => (Buffer.from(reply).toString() === 'right' ? undefined : 'it is not right'),
};

/** A load on one client of one replica, which answers as told. */
function scene(settings: Partial<LoadSettings> = {}, inFlight = 1, answer = () => 'right') {
  const timers = new VirtualTimers();
  const replicas = new FakeReplicas(
    { servers: 1, allReply: false, delay: DELAY, answer },
    timers,
    3,
  );
  const client = RslClient.over(replicas.network, timers, { timeout: 1000 });
  replicas.connect(0);
  const failures: unknown[] = [];
  const load = new Load({
    workload: { next: () => call },
    timers,
    inFlight,
    onFailure: (error) => failures.push(error),
    ...settings,
  });
  const drive = (thread = 0): void => load.drive({ thread, client, random: new Random(thread) });
  /** Lets time pass, and everybody act as soon as there is something to act on. */
  const pass = async (ms: number): Promise<void> => {
    for (let each = 0; each < ms; each++) {
      timers.pass(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { timers, replicas, client, load, drive, pass, failures };
}

describe('a load', () => {
  test('keeps so many requests of each client under way', async () => {
    const { client, load, drive, pass, replicas } = scene({}, 5);
    drive();
    expect(client.inFlight).toBe(5);
    await pass(200);
    expect(client.inFlight).toBe(5);
    expect(load.answered).toBe(replicas.sent.length - 5);
    expect(load.latencies.totalCount).toBe(load.answered);
    expect(load.latencies.maxValue).toBeLessThan((2 * DELAY + 3) * 1000);
    expect(load.spread.reduce((sum, times) => sum + times, 0)).toBe(load.answered);
    expect(load.lasted).toBe(200);
  });

  test('makes requests at a rate, however slow the answers are', async () => {
    const { load, drive, pass, replicas } = scene({ ratePerClient: 100 });
    drive();
    await pass(1000);
    expect(replicas.sent.length).toBeGreaterThanOrEqual(99);
    expect(replicas.sent.length).toBeLessThanOrEqual(101);
    replicas.pause(0, true);
    await pass(500);
    replicas.pause(0, false);
    await pass(100);
    expect(load.answered).toBeGreaterThanOrEqual(155);
    // Of those that were due in the pause, some waited for all of it and others not at all.
    expect(load.latencies.getValueAtPercentile(100)).toBeGreaterThan(480_000);
    expect(load.latencies.getValueAtPercentile(70)).toBeGreaterThan(20_000);
    expect(load.latencies.getValueAtPercentile(50)).toBeLessThan(20_000);
  });

  test('knows when nobody was answered for longest', async () => {
    const { load, drive, pass, replicas } = scene();
    drive(0);
    drive(1);
    await pass(300);
    replicas.pause(0, true);
    await pass(400);
    replicas.pause(0, false);
    await pass(100);
    const { from, lengthMs } = load.longestGap;
    expect(from).toBeGreaterThan(280);
    expect(from).toBeLessThan(310);
    expect(from + lengthMs).toBeGreaterThan(700);
    expect(from + lengthMs).toBeLessThan(720);
  });

  test('counts a silence at the end as well', async () => {
    const { load, drive, pass, replicas, timers } = scene();
    drive();
    await pass(100);
    replicas.pause(0, true);
    await pass(200);
    const stopping = load.stop(50);
    timers.pass(50);
    await stopping;
    expect(load.longestGap.lengthMs).toBeGreaterThan(180);
    expect(load.lasted).toBe(300);
  });

  test('counts failures by their kind, and goes on', async () => {
    const { client, load, drive, pass, replicas } = scene({}, 2);
    drive();
    await pass(100);
    replicas.pause(0, true);
    await pass(1100);
    replicas.pause(0, false);
    const answered = load.answered;
    await pass(300);
    expect([...load.errors]).toEqual([['RequestTimeoutError', 2]]);
    expect(load.failed).toBe(2);
    expect(load.answered).toBeGreaterThan(answered);
    client.close();
    await pass(100);
    // Where nothing can be sent any more, it does not try without a pause.
    expect(load.errors.get('ClientClosedError')).toBeGreaterThan(10);
    expect(load.errors.get('ClientClosedError')).toBeLessThan(30);
  });

  test('counts wrong answers and remembers the first', async () => {
    let answers = 0;
    const { load, drive, pass } = scene({}, 1, () => (answers++ < 3 ? 'right' : 'wrong'));
    drive();
    await pass(1000);
    expect(load.wrongAnswers).toBe(load.answered - 3);
    expect(load.wrong).toEqual(Array.from({ length: 10 }, () => 'it is not right'));
  });

  test('stops, and waits for what is under way, but not for ever', async () => {
    const { client, load, drive, pass, replicas, timers } = scene({}, 3);
    drive();
    await pass(50);
    const { answered } = load;
    let stopped = false;
    void load.stop(1000).then(() => {
      stopped = true;
    });
    await pass(3 * DELAY);
    expect({ stopped, inFlight: client.inFlight }).toEqual({ stopped: true, inFlight: 0 });
    expect(load.answered).toBe(answered);

    const other = scene({}, 3);
    other.drive();
    other.replicas.pause(0, true);
    const patient = other.load.stop(100);
    other.timers.pass(100);
    await patient;
    expect(other.client.inFlight).toBe(3);
    expect(replicas.sent.length).toBeGreaterThan(0);
    expect(timers.now()).toBeLessThan(100);
  });

  test('tells its observer of every request', async () => {
    const seen: (number | string)[] = [];
    const { drive, pass } = scene({
      observer: {
        began: (thread) => seen.push(`begins ${thread}`),
        answered: (thread, count) => seen.push(`${thread} ends ${count}`),
      },
    });
    drive(4);
    await pass(2 * DELAY + 2);
    expect(seen.slice(0, 3)).toEqual(['begins 4', '4 ends 1', 'begins 4']);
  });

  test('ends when something else than a request fails', async () => {
    const failure = new Error('no space');
    const { load, client, drive, pass, failures } = scene({
      observer: {
        answered: () => {
          throw failure;
        },
      },
    });
    drive();
    await pass(100);
    expect(failures).toEqual([failure]);
    expect({ stopped: load.isStopped, inFlight: client.inFlight }).toEqual({
      stopped: true,
      inFlight: 0,
    });
  });
});
