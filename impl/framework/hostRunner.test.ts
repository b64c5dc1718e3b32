import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type ListedNetwork,
  type ScriptedHost,
  Stage,
  turns,
} from '../../harness/testing/scriptedHosts.ts';
import { IoOrderViolation } from './orderedIo.ts';

let stage: Stage;
let host: ScriptedHost;
let network: ListedNetwork;
let events: string[];

beforeEach(() => {
  stage = new Stage();
  ({ host, network, events } = stage);
});

afterEach(() => {
  stage.stop();
});

describe('running a host', () => {
  test('one batch serves all that waits: steps, then the record, then the release', async () => {
    host.onStep = (io) => {
      io.receive();
      io.send('b', Uint8Array.of(1));
    };
    network.arrive(3);
    const done = stage.run();
    await turns();
    expect(events).toEqual(['packet', 'packet', 'packet', 'record', 'release 3']);
    stage.stop();
    expect(await done).toEqual({
      steps: 3,
      actions: new Map([['packet', 3]]),
      counters: {},
      wakeUps: 1,
    });
  });

  test('a turn hands over what waits, and then does all that is due', async () => {
    host.deadline = Number.NEGATIVE_INFINITY;
    network.arrive(3);
    let due = 2;
    host.onStep = (io, wake) => {
      if (wake === 'packet') io.receive();
      else if (--due === 0) host.deadline = Number.POSITIVE_INFINITY;
    };
    void stage.run();
    await turns();
    expect(events).toEqual([
      ...['packet', 'packet', 'packet'],
      ...['deadline', 'deadline', 'record', 'release 0'],
    ]);
  });

  test('neither a flood nor a host that is always busy starves the other', async () => {
    host.deadline = Number.NEGATIVE_INFINITY;
    network.arrive(1000);
    host.onStep = (io, wake) => {
      if (wake === 'packet') io.receive();
    };
    void stage.run();
    await turns(3);
    const steps = events.filter((event) => event === 'packet' || event === 'deadline');
    const runs = steps.join(' ').match(/(packet ?)+|(deadline ?)+/g) ?? [];
    const lengths = runs.map((same) => same.trim().split(' ').length);
    // From then on there are deadlines only.
    expect(lengths.slice(0, 3)).toEqual([512, 512, 488]);
  });

  test('a packet that is left where it is comes in the next step', async () => {
    const taken: string[] = [];
    let kept = false;
    host.onStep = (io) => {
      taken.push(kept ? 'deal with it' : `receive ${io.receive()?.bytes[0]}`);
      kept = !kept;
      host.deadline = kept ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    };
    network.arrive(2);
    void stage.run();
    await turns();
    expect(taken).toEqual(['receive 0', 'deal with it', 'receive 1', 'deal with it']);
    expect(events).toEqual(['packet', 'packet', 'packet', 'deadline', 'record', 'release 0']);
  });

  test('what becomes due while a turn is taken is done at once, without a timer', async () => {
    const timer = vi.spyOn(globalThis, 'setTimeout');
    host.deadline = Number.NEGATIVE_INFINITY;
    host.onStep = () => {
      host.deadline = host.deadline < 0 ? stage.now + 5 : Number.POSITIVE_INFINITY;
      stage.now += 10;
    };
    void stage.run();
    await turns();
    expect(stage.count('deadline')).toBe(2);
    expect(timer).not.toHaveBeenCalled();
    timer.mockRestore();
  });

  test('a host that is never done does not keep the event loop from others', async () => {
    host.deadline = Number.NEGATIVE_INFINITY;
    const done = stage.run();
    await turns(3);
    stage.stop();
    const { steps } = await done;
    const batches = stage.count('record');
    expect(batches).toBeGreaterThan(1);
    expect(steps / batches).toBe(512);
  });

  test('what a host sends to itself is served without being woken from outside', async () => {
    network.echoes = true;
    let left = 3;
    host.onStep = (io) => {
      io.receive();
      if (left-- > 0) io.send('me', Uint8Array.of(1));
    };
    network.arrive();
    void stage.run();
    await turns(10);
    expect(stage.count('packet')).toBe(4);
  });

  test('with nothing to do it sets no timer and takes no step', async () => {
    const timer = vi.spyOn(globalThis, 'setTimeout');
    const done = stage.run();
    await turns(3);
    events.length = 0;
    await turns(50);
    expect(events).toEqual([]);
    expect(timer).not.toHaveBeenCalled();
    timer.mockRestore();
    stage.stop();
    expect(await done).toMatchObject({ steps: 0, wakeUps: 1 });
  });

  test('a stopped run takes no further step', async () => {
    const done = stage.run();
    await turns();
    network.arrive();
    stage.stop();
    network.arrive();
    await turns();
    expect(await done).toMatchObject({ steps: 0 });
  });

  test('a run that is told to stop before it begins does not begin', async () => {
    network.arrive();
    stage.stop();
    expect(await stage.run()).toMatchObject({ steps: 0, wakeUps: 0 });
  });
});

describe('a run that goes wrong', () => {
  test('ends with what the host throws; finished steps are recorded, nothing is sent', async () => {
    const trouble = new Error('out of order');
    host.onStep = (io) => {
      io.receive();
      io.send('b', Uint8Array.of(1));
      if (network.waiting === 0) throw trouble;
    };
    network.arrive(2);
    await expect(stage.run()).rejects.toBe(trouble);
    expect(events).toEqual(['packet', 'record']);
  });

  test('ends rather than let a host break the order of IO', async () => {
    host.onStep = (io) => {
      io.send('b', Uint8Array.of(1));
      io.receive();
    };
    network.arrive();
    await expect(stage.run()).rejects.toThrow(IoOrderViolation);
    expect(network.waiting).toBe(1);
    expect(events).not.toContain('release 1');
  });

  test('releases nothing that could not be recorded', async () => {
    const full = new Error('no space');
    const flush = () => {
      throw full;
    };
    network.arrive();
    await expect(stage.run({ recorder: { ...stage.recorder, flush } })).rejects.toBe(full);
    expect(events).toEqual(['packet']);
  });
});
