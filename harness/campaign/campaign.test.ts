import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Io, Wake } from '../../impl/framework/io.ts';
import { LockHost } from '../../impl/lock/host.ts';
import type { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import { lockCampaign } from '../lock/campaign.ts';
import { type LockShape, lockService } from '../lock/service.ts';
import { everyHostTakes } from '../simulation/expectation.ts';
import { NO_FAULTS } from '../simulation/faults.ts';
import { addTally, emptyTally, runBatch } from './batch.ts';
import { behavioursOf } from './behaviour.ts';
import { Digest } from './digest.ts';
import { type Failure, readFailureFile, writeFailureFile } from './failure.ts';
import { tell } from './report.ts';
import { anyService, serviceNamed } from './services.ts';
import { shrink } from './shrink.ts';

const LOCK = serviceNamed('lock');

/** The lock with hosts of another class, or otherwise changed. */
type LockSimulation = ReturnType<typeof lockService>;
const lockWith = (change: (service: LockSimulation, shape: LockShape) => LockSimulation) =>
  anyService<LockShape>({
    ...lockCampaign,
    behaviours: (shape) => behavioursOf(change(lockService(shape), shape)),
  });

/** Grants to whoever is after its successor once it has held the lock a few times. */
class SkippingHost extends LockHost {
  override step(io: Io, wake: Wake): string {
    const misled = { ...io, send: (_dst: string, bytes: Uint8Array) => io.send('a', bytes) };
    const reader: Io = {
      receive: () => io.receive(),
      readClock: () => io.readClock(),
      send: misled.send,
    };
    return super.step(this.epoch > 8 ? reader : io, wake);
  }
}

const skipping = lockWith((service, { retryPeriod, compatible, maxEpoch, hold }) => ({
  ...service,
  createHost: (me) => {
    const ring = service.refinement.protocol.hosts;
    return new SkippingHost(me, ring, { retryPeriod, compatible, maxEpoch, hold });
  },
}));

describe('a batch', () => {
  test('sees the same for the same seed, and something else for another', () => {
    const batch = (seed: number) => runBatch(LOCK, { options: { steps: 100 }, seed, runs: 20 });
    expect(batch(1)).toEqual(batch(1));
    expect(batch(1).tally.steps).not.toBe(batch(2).tally.steps);
  });

  test('is green for the lock, and repeats a share of its behaviours', () => {
    const { tally, failure } = runBatch(LOCK, { options: { steps: 100 }, seed: 1, runs: 300 });
    expect(failure).toBeUndefined();
    expect(tally.repeated).toBeGreaterThan(0);
    expect(tally.behaviours).toBe(300);
    expect(tally.actions['accept']).toBeGreaterThan(1_000);
  });

  test('of a service that is wrong from the beginning is refused before any step', () => {
    const wrong = lockWith((service) => ({
      ...service,
      refinement: { ...service.refinement, init: () => ({ failed: 'nobody holds the lock' }) },
    }));
    const { tally, failure } = runBatch(wrong, { options: {}, seed: 1, runs: 5 });
    expect(tally.steps).toBe(0);
    expect(failure).toMatchObject({
      schedule: { events: [] },
      refusal: { boundary: 'B3', clause: 'nobody holds the lock' },
      length: 0,
    });
  });

  test('of the compatible lock never offers twice', () => {
    const options = { compatible: true, steps: 200 };
    const { tally, failure } = runBatch(LOCK, { options, seed: 1, runs: 50 });
    expect(failure).toBeUndefined();
    expect(Object.keys(tally.actions)).toEqual(['grant', 'accept', 'ignore', 'idle']);
  });

  test('writes down a refused behaviour, shrunk to the events that matter', () => {
    const { failure } = runBatch(skipping, { options: { hosts: 3 }, seed: 5, runs: 50 });
    expect(failure?.refusal.boundary).toBe('B1');
    expect(failure?.refusal.clause).toBe('the host sends what the protocol says');
    expect(failure?.schedule?.events.length).toBeLessThanOrEqual(20);
    const config = failure?.config as LockShape;
    const again = skipping.behaviours(config).replay(failure?.schedule ?? NOTHING);
    expect(again.refusal?.message).toBe(failure?.refusal.message);
  });

  test('refuses a host whose behaviour depends on more than its inputs', () => {
    let calls = 0;
    const moody = lockWith((service) => ({
      ...service,
      createHost: (me) => {
        const host = service.createHost(me);
        const deadline = host.nextDeadline.bind(host);
        host.nextDeadline = () => deadline() + (calls++ % 7);
        return host;
      },
    }));
    const { failure } = runBatch(moody, { options: { hosts: 3 }, seed: 1, runs: 300 });
    expect(failure?.refusal.boundary).toBe('determinism');
    expect(failure?.refusal.message).toContain('the same seed leads to the same behaviour');
  });

  test('takes a host that throws for a refused one, and a harness that throws for broken', () => {
    const throwing = lockWith((service) => ({
      ...service,
      createHost: (me) => {
        const host = service.createHost(me);
        host.step = () => {
          throw new Error('out of order');
        };
        return host;
      },
    }));
    const request = { options: {}, seed: 1, runs: 1 };
    expect(runBatch(throwing, request).failure?.refusal.message).toContain('out of order');
    const broken = lockWith((service) => ({
      ...service,
      watch: () => {
        throw new Error('no harness');
      },
    }));
    expect(() => runBatch(broken, request)).toThrow('no harness');
  });

  test('adds up with another', () => {
    const batch = (seed: number) =>
      runBatch(LOCK, { options: { steps: 50 }, seed, runs: 10 }).tally;
    const sum = emptyTally();
    addTally(sum, batch(1));
    addTally(sum, batch(2));
    expect(sum.steps).toBe(batch(1).steps + batch(2).steps);
    expect(sum.actions['grant']).toBe(
      (batch(1).actions['grant'] ?? 0) + (batch(2).actions['grant'] ?? 0),
    );
  });
});

const NOTHING = { events: [] };

describe('a schedule', () => {
  test('leads through the very behaviour that it was written from', () => {
    fc.assert(
      fc.property(lockCampaign.shapes({ steps: 200 }), ({ config, plan }) => {
        const behaviours = LOCK.behaviours(config);
        const found = behaviours.run(plan, { schedule: true, story: true });
        const again = behaviours.replay(found.schedule ?? NOTHING, { story: true });
        expect(again.story).toEqual(found.story);
        expect(again.refusal).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  test('leaves out events that make no sense', () => {
    const behaviours = LOCK.behaviours({ ...CONFIG, hosts: 2 });
    const { seen, refusal } = behaviours.replay({
      events: [
        { step: 'b', clock: 0, receives: { src: 'a', back: 0 } },
        { step: 'nobody', clock: 0 },
        { from: 'mallory', to: 'a', repeats: { src: 'a', dst: 'b', back: 3 } },
        { step: 'a', clock: 0 },
      ],
    });
    expect(refusal).toBeUndefined();
    expect(seen.steps).toBe(1);
  });
});

const CONFIG: LockShape = {
  hosts: 3,
  retryPeriod: 50,
  compatible: false,
  hold: 0,
  maxEpoch: Number.MAX_SAFE_INTEGER,
};

test('a lost transfer that is never offered again shrinks to the grant that was lost', () => {
  const lock = lockService({ ...CONFIG, compatible: true });
  const { hosts } = lock.refinement.protocol;
  const promise = everyHostTakes('accept', hosts, () => 10_000);
  const service = { ...lock, expect: () => promise };
  const behaviours = behavioursOf(service);
  const faults = { loss: 0.5, latency: 5 };
  const plan = { seed: 3, steps: 50, faults: { ...NO_FAULTS, ...faults } };
  const { schedule, refusal } = behaviours.run(plan, { schedule: true });
  expect(refusal?.boundary).toBe('liveness');
  const short = shrink(behaviours, schedule ?? NOTHING, refusal as BoundaryRefusal);
  expect(short.schedule.events).toEqual([{ step: 'a', clock: 0 }]);
});

describe('a story', () => {
  test('tells each step: who, what, when, and what it stands for', () => {
    const { story } = LOCK.behaviours(CONFIG).replay(
      {
        events: [
          { step: 'a', clock: 7 },
          { step: 'b', clock: 9, receives: { src: 'a', back: 0 } },
        ],
      },
      { story: true },
    );
    expect(
      tell(story)
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ['step', 'action', 'clock', 'packets', 'specification'],
      ['0', 'a grant', '7', 'sends transfer(2) to b', 'history ⟨a b⟩'],
      ['1', 'b accept', '9', 'receives transfer(2) from a, sends locked(2) to a', 'history ⟨a b⟩'],
    ]);
  });
});

test('the digest tells steps apart by host, action, clock and every byte', () => {
  const digest = (host: number, action: string, clock: number, byte: number): string => {
    const found = new Digest();
    const bytes = Uint8Array.of(1, byte);
    const sent = [{ src: 'a', dst: 'b', msg: bytes }];
    found.step({ host, action, clock, received: undefined, sent, detail: undefined });
    return found.value;
  };
  const all = [digest(0, 'x', 0, 0), digest(1, 'x', 0, 0), digest(0, 'y', 0, 0)];
  all.push(digest(0, 'x', 1, 0), digest(0, 'x', 0, 1));
  expect(new Set(all).size).toBe(all.length);
  expect(digest(0, 'x', 0, 0)).toBe(all[0]);
});

describe('a failure file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'failure-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('holds what was written into it', () => {
    const { failure } = runBatch(skipping, { options: { hosts: 3 }, seed: 5, runs: 50 });
    const path = join(folder, 'good.json');
    writeFailureFile(path, failure as Failure);
    expect(readFailureFile(path)).toEqual(failure);
  });

  test.each([
    ['is missing', undefined, 'could not read the failure file'],
    ['is no JSON', 'no JSON', 'it is not JSON'],
    ['is something else', '{"version":1}', 'service'],
    ['is of another version', '{"version":2}', 'version'],
  ])('that %s is a usage error that says so', (name, text, message) => {
    const path = join(folder, `${name}.json`);
    if (text !== undefined) writeFileSync(path, text);
    expect(() => readFailureFile(path)).toThrow(message);
  });
});
