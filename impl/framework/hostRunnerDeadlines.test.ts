import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type ListedNetwork,
  type ScriptedHost,
  Stage,
  turns,
} from '../../harness/testing/scriptedHosts.ts';

let stage: Stage;
let host: ScriptedHost;
let network: ListedNetwork;
let events: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  stage = new Stage();
  ({ host, network, events } = stage);
});

afterEach(() => {
  stage.stop();
  vi.useRealTimers();
});

/** Advances the clock, and the timers with it. */
async function advance(ms: number): Promise<void> {
  await turns();
  stage.now += ms;
  vi.advanceTimersByTime(ms);
  await turns();
}

describe('deadlines', () => {
  test('the host steps when its deadline comes, and not before', async () => {
    host.deadline = 5000;
    host.onStep = () => {
      host.deadline = Number.POSITIVE_INFINITY;
    };
    void stage.run();
    await advance(4999);
    expect(events).not.toContain('deadline');
    await advance(1);
    expect(stage.count('deadline')).toBe(1);
    await advance(1e6);
    expect(stage.count('deadline')).toBe(1);
  });

  test('a deadline that a packet brings nearer is kept', async () => {
    host.deadline = 5000;
    host.onStep = (io, wake) => {
      if (wake === 'packet') io.receive();
      host.deadline = wake === 'packet' ? 100 : Number.POSITIVE_INFINITY;
    };
    void stage.run();
    await advance(10);
    network.arrive();
    await advance(89);
    expect(events).not.toContain('deadline');
    await advance(1);
    expect(events).toContain('deadline');
  });

  test('a deadline that is put off is kept, however early the timer fires', async () => {
    host.deadline = 100;
    host.onStep = (io, wake) => {
      if (wake === 'packet') io.receive();
      host.deadline = wake === 'packet' ? 300 : Number.POSITIVE_INFINITY;
    };
    void stage.run();
    await advance(50);
    network.arrive();
    for (let ms = 50; ms < 299; ms++) await advance(1);
    expect(events).not.toContain('deadline');
    await advance(1);
    expect(events).toContain('deadline');
  });

  test('a deadline further away than any timer reaches does not fire at once', async () => {
    host.deadline = 1e12;
    const done = stage.run();
    await advance(10_000);
    expect(events).not.toContain('deadline');
    expect(vi.getTimerCount()).toBe(1);
    stage.stop();
    expect(await done).toMatchObject({ wakeUps: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});
