import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Network, type Recorder, type RunOptions, runHost } from './hostRunner.ts';
import type { Host, Io, Received, Wake } from './io.ts';
import { IoOrderViolation } from './orderedIo.ts';

/** What happened, in order, whoever did it. */
let events: string[];
let now: number;
let stopper: AbortController;

beforeEach(() => {
  events = [];
  now = 0;
  stopper = new AbortController();
});

afterEach(() => {
  stopper.abort();
  vi.useRealTimers();
});

class FakeNetwork implements Network {
  readonly packets: Received[] = [];
  onWaiting = (): void => {};
  /** Whether a flush brings what was sent straight back. */
  echoes = false;
  #sent = 0;

  get waiting(): number {
    return this.packets.length;
  }

  arrive(count = 1): void {
    const wereWaiting = this.packets.length;
    for (let i = 0; i < count; i++) this.packets.push({ src: 'a', bytes: Uint8Array.of(i) });
    if (wereWaiting === 0) this.onWaiting();
  }

  receive(): Received | undefined {
    return this.packets.shift();
  }

  send(): void {
    this.#sent++;
  }

  flush(): void {
    const count = this.#sent;
    this.#sent = 0;
    events.push(`release ${count}`);
    if (this.echoes && count > 0) this.arrive(count);
  }
}

const RECORDER: Recorder = {
  watch: (io) => io,
  endStep: (action) => void events.push(action),
  flush: () => void events.push('record'),
};

class ScriptedHost implements Host {
  deadline = Number.POSITIVE_INFINITY;
  onStep: (io: Io, wake: Wake) => void = (io, wake) => {
    if (wake === 'packet') io.receive();
  };

  step(io: Io, wake: Wake): string {
    this.onStep(io, wake);
    return wake;
  }

  nextDeadline(): number {
    return this.deadline;
  }

  snapshot(): unknown {
    return {};
  }
}

const run = (host: Host, network: Network, options: Partial<RunOptions> = {}) =>
  runHost(host, network, {
    recorder: RECORDER,
    signal: stopper.signal,
    clock: () => now,
    ...options,
  });

/** Lets the event loop go round a few times. */
async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('running a host', () => {
  test('one batch serves all that waits: steps, then the record, then the release', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    host.onStep = (io) => {
      io.receive();
      io.send('b', Uint8Array.of(1));
    };
    network.arrive(3);
    const done = run(host, network);
    await turns();
    expect(events).toEqual(['packet', 'packet', 'packet', 'record', 'release 3']);
    stopper.abort();
    expect(await done).toEqual({
      steps: 3,
      actions: new Map([['packet', 3]]),
      counters: {},
      wakeUps: 1,
    });
  });

  test('packets and deadlines take turns when there are always both', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    host.deadline = Number.NEGATIVE_INFINITY;
    network.arrive(6);
    host.onStep = (io, wake) => {
      if (wake === 'packet') io.receive();
      else if (network.waiting === 0) host.deadline = Number.POSITIVE_INFINITY;
    };
    void run(host, network);
    await turns();
    const steps = events.slice(0, 12);
    expect(steps.filter((event) => event === 'packet')).toHaveLength(6);
    expect(steps.every((step, index) => step !== steps[index + 1])).toBe(true);
  });

  test('a host that is never done does not keep the event loop from others', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    host.deadline = Number.NEGATIVE_INFINITY;
    const done = run(host, network);
    await turns(3);
    stopper.abort();
    const { steps } = await done;
    const batches = events.filter((event) => event === 'record').length;
    expect(batches).toBeGreaterThan(1);
    expect(steps / batches).toBe(256);
  });

  test('what a host sends to itself is served without being woken from outside', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    network.echoes = true;
    let left = 3;
    host.onStep = (io) => {
      io.receive();
      if (left-- > 0) io.send('me', Uint8Array.of(1));
    };
    network.arrive();
    void run(host, network);
    await turns(10);
    expect(events.filter((event) => event === 'packet')).toHaveLength(4);
  });

  test('with nothing to do it sets no timer and takes no step', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    const timer = vi.spyOn(globalThis, 'setTimeout');
    const done = run(host, network);
    await turns(3);
    events = [];
    await turns(50);
    expect(events).toEqual([]);
    expect(timer).not.toHaveBeenCalled();
    timer.mockRestore();
    stopper.abort();
    expect(await done).toMatchObject({ steps: 0, wakeUps: 1 });
  });

  test('a stopped run takes no further step', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    const done = run(host, network);
    await turns();
    network.arrive();
    stopper.abort();
    network.arrive();
    await turns();
    expect(await done).toMatchObject({ steps: 0 });
  });

  test('a run that is told to stop before it begins does not begin', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    network.arrive();
    stopper.abort();
    expect(await run(host, network)).toMatchObject({ steps: 0, wakeUps: 0 });
  });
});

describe('deadlines', () => {
  /** Runs a host on a clock that the test advances, and the timers with it. */
  function start(host: Host) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const network = new FakeNetwork();
    const done = run(host, network);
    const advance = async (ms: number) => {
      await turns();
      now += ms;
      vi.advanceTimersByTime(ms);
      await turns();
    };
    return { network, done, advance };
  }

  test('the host steps when its deadline comes, and not before', async () => {
    const host = new ScriptedHost();
    host.deadline = 5000;
    host.onStep = () => {
      host.deadline = Number.POSITIVE_INFINITY;
    };
    const { advance } = start(host);
    await advance(4999);
    expect(events).not.toContain('deadline');
    await advance(1);
    expect(events.filter((event) => event === 'deadline')).toHaveLength(1);
    await advance(1e6);
    expect(events.filter((event) => event === 'deadline')).toHaveLength(1);
  });

  test('a deadline that a packet brings nearer is kept', async () => {
    const host = new ScriptedHost();
    host.deadline = 5000;
    host.onStep = (io, wake) => {
      if (wake === 'packet') io.receive();
      host.deadline = wake === 'packet' ? 100 : Number.POSITIVE_INFINITY;
    };
    const { network, advance } = start(host);
    await advance(10);
    network.arrive();
    await advance(89);
    expect(events).not.toContain('deadline');
    await advance(1);
    expect(events).toContain('deadline');
  });

  test('a deadline that is put off is kept, however early the timer fires', async () => {
    const host = new ScriptedHost();
    host.deadline = 100;
    host.onStep = (io, wake) => {
      if (wake === 'packet') io.receive();
      host.deadline = wake === 'packet' ? 300 : Number.POSITIVE_INFINITY;
    };
    const { network, advance } = start(host);
    await advance(50);
    network.arrive();
    for (let ms = 50; ms < 299; ms++) await advance(1);
    expect(events).not.toContain('deadline');
    await advance(1);
    expect(events).toContain('deadline');
  });

  test('a deadline further away than any timer reaches does not fire at once', async () => {
    const host = new ScriptedHost();
    host.deadline = 1e12;
    const { done, advance } = start(host);
    await advance(10_000);
    expect(events).not.toContain('deadline');
    expect(vi.getTimerCount()).toBe(1);
    stopper.abort();
    expect(await done).toMatchObject({ wakeUps: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a run that goes wrong', () => {
  test('ends with what the host throws; finished steps are recorded, nothing is sent', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    const trouble = new Error('out of order');
    host.onStep = (io) => {
      io.receive();
      io.send('b', Uint8Array.of(1));
      if (network.waiting === 0) throw trouble;
    };
    network.arrive(2);
    await expect(run(host, network)).rejects.toBe(trouble);
    expect(events).toEqual(['packet', 'record']);
  });

  test('ends rather than let a host break the order of IO', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    host.onStep = (io) => {
      io.send('b', Uint8Array.of(1));
      io.receive();
    };
    network.arrive();
    await expect(run(host, network)).rejects.toThrow(IoOrderViolation);
    expect(network.waiting).toBe(1);
    expect(events).not.toContain('release 1');
  });

  test('releases nothing that could not be recorded', async () => {
    const [host, network] = [new ScriptedHost(), new FakeNetwork()];
    const full = new Error('no space');
    const flush = () => {
      throw full;
    };
    network.arrive();
    await expect(run(host, network, { recorder: { ...RECORDER, flush } })).rejects.toBe(full);
    expect(events).toEqual(['packet']);
  });
});
