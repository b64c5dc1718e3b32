import { describe, expect, test } from 'vitest';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';
import { arrange, type Overseer } from './shtArranging.ts';
import { KEY_INF, type KeyRange, type Reason } from './shtMessages.ts';
import { type HostReport, putTogether, type Survey } from './shtSurvey.ts';

const range = (low: number, high: number): KeyRange => ({ low: BigInt(low), high: BigInt(high) });

/** A host with 100 keys from 0 on, as far as they are its own. */
function host(own: readonly KeyRange[], orders: HostReport['orders'] = []): HostReport {
  const all = Array.from({ length: 100 }, (_, key) => BigInt(key));
  const samples = all.filter((key) => own.some(({ low, high }) => low <= key && key < high));
  return { keys: samples.length, own, orders, samples };
}

const rest = { low: 100n, high: KEY_INF };

/** What hosts say at one time after another; then the last for ever. */
function scene(pictures: readonly (readonly HostReport[])[], reasons: (Reason | undefined)[] = []) {
  const timers = new VirtualTimers();
  const orders: string[] = [];
  let at = 0;
  const overseer: Overseer = {
    async survey() {
      const picture = pictures[Math.min(at++, pictures.length - 1)] ?? [];
      return putTogether(picture) as Survey;
    },
    async order(from, { low, high }, recipient) {
      orders.push(`${from}: ${low} to ${high} → ${recipient}`);
      return reasons.shift();
    },
    nameOf: (number) => `host ${number}`,
    now: () => timers.now(),
    async pause(ms) {
      timers.pass(ms);
    },
  };
  return { overseer, orders, surveys: () => at };
}

const target = [{ range: range(10, 60), recipient: 1 }];

describe('having keys moved', () => {
  const before = [host([range(0, 50), rest]), host([]), host([range(50, 100)])];
  const done = [host([range(0, 10), rest]), host([range(10, 60)]), host([range(60, 100)])];

  test('orders each host to hand on what it has, until all is there', async () => {
    const onTheWay = [host([range(0, 10), rest]), host([range(30, 60)]), host([range(60, 100)])];
    const { overseer, orders } = scene([before, onTheWay, done]);
    const left: number[] = [];
    const arrangement = await arrange(overseer, target, {
      progress: ({ keysLeft, keysToMove }) => left.push(keysLeft, keysToMove),
    });
    expect(orders).toEqual(['0: 10 to 50 → 1', '2: 50 to 60 → 1']);
    expect(left).toEqual([50, 50, 0, 50, 0, 50]);
    expect(arrangement).toMatchObject({ moved: 50, wasNothing: false });
  });

  test('gives no order twice, and none against what others have ordered', async () => {
    const ordered = [
      host([range(0, 50), rest], [{ range: range(5, 30), recipient: 2 }]),
      host([]),
      host([range(50, 100)], [{ range: range(50, 60), recipient: 1 }]),
    ];
    const { overseer, orders } = scene([ordered, done]);
    await arrange(overseer, target, {});
    expect(orders).toEqual(['0: 30 to 50 → 1']);
  });

  test('does nothing where all is there', async () => {
    const { overseer, orders } = scene([done]);
    expect(await arrange(overseer, target, {})).toMatchObject({ moved: 0, wasNothing: true });
    expect(orders).toEqual([]);
  });

  test.each([
    'the keys are not all here',
    'some of the keys are on the move already',
    'there are too many orders',
  ] as const)('tries again where a host says that %s', async (reason) => {
    const { overseer, orders } = scene([before, before, done], [reason]);
    await arrange(overseer, target, {});
    expect(orders.length).toBe(4);
  });

  test('gives up where a host refuses for good', async () => {
    const { overseer } = scene([before], ['only an administrator may move keys']);
    await expect(arrange(overseer, target, {})).rejects.toMatchObject({
      name: 'OrderRefusedError',
      message: 'host 0 refused the order: only an administrator may move keys',
    });
  });

  test('gives up where nothing moves for too long, but not while something does', async () => {
    const moving = Array.from({ length: 40 }, (_, step) => [
      host([range(0, 50 - step), rest]),
      host([range(50 - step, 50)].filter(({ low, high }) => low < high)),
      host([range(50, 100)], [{ range: range(50, 60), recipient: 1 }]),
    ]);
    const { overseer, surveys } = scene(moving);
    const stuck = arrange(overseer, target, { patience: 1000 });
    await expect(stuck).rejects.toMatchObject({ name: 'StuckError' });
    await expect(stuck).rejects.toThrow(/^Nothing has moved for 1 s: /);
    expect(surveys()).toBe(50);
  });

  test('stops when it is told to', async () => {
    const { overseer } = scene([before]);
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(arrange(overseer, target, { signal: stop })).rejects.toThrow('enough');
  });
});
