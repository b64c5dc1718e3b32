import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { runBatch } from '../campaign/batch.ts';
import { type Behaviours, type Outcome, protocolBehavioursOf } from '../campaign/behaviour.ts';
import type { Schedule, ScheduledEvent } from '../campaign/schedule.ts';
import { type AnyCampaignService, anyService, type Shape } from '../campaign/services.ts';
import { shrink } from '../campaign/shrink.ts';
import { type Change, WRONG } from '../testing/rslVariants.ts';
import { rslCampaign } from './campaign.ts';
import { rslService } from './service.ts';
import type { RslShape } from './shape.ts';

const RSL = anyService(rslCampaign);
const NOTHING: Schedule = { events: [] };

/** Campaigns on a replicated service with another protocol. */
const rslWith = (change: Change): AnyCampaignService =>
  anyService({ ...rslCampaign, behaviours: (shape) => changed(shape, change) });

function changed(shape: RslShape, change: Change): Behaviours {
  const service = rslService(shape);
  const protocol = change(service.refinement.protocol);
  return protocolBehavioursOf({ ...service, refinement: { ...service.refinement, protocol } });
}

const shapesOf = (options: Parameters<typeof rslCampaign.shapes>[0], seed: number, runs: number) =>
  fc.sample(rslCampaign.shapes(options), { seed, numRuns: runs });

const run = ({ config, plan }: Shape<RslShape>, keep = {}): Outcome =>
  RSL.behaviours(config).run(plan, keep);

const never = (events: readonly ScheduledEvent[], kind: string): boolean =>
  !events.some((event) => kind in event);

const TIMEOUT = { timeout: 30_000 };

describe('the protocol of a replicated service, simulated', TIMEOUT, () => {
  test('does the same, to the last message, for the same plan', () => {
    const shapes = shapesOf({ steps: 300 }, 1, 20);
    const digests = shapes.map((shape) => run(shape, { digest: true }).digest);
    expect(shapes.map((shape) => run(shape, { digest: true }).digest)).toEqual(digests);
    expect(new Set(digests).size).toBe(shapes.length);
  });

  test('goes through the very same behaviour again from its schedule, on paper, too', () => {
    for (const shape of shapesOf({ steps: 300 }, 2, 20)) {
      const found = run(shape, { schedule: true, story: true });
      const paper: Schedule = JSON.parse(JSON.stringify(found.schedule ?? NOTHING));
      const again = RSL.behaviours(shape.config).replay(paper, { schedule: true, story: true });
      expect(again.refusal).toBeUndefined();
      expect(again.story).toEqual(found.story);
      expect(again.schedule).toEqual(found.schedule);
      expect(again.seen).toEqual(found.seen);
    }
  });

  test('lets clients speak in events that can be left out', () => {
    const [shape] = shapesOf({ steps: 300, hosts: 3 }, 3, 1);
    if (shape === undefined) throw new Error('no shape');
    const { schedule = NOTHING } = run(shape, { schedule: true });
    const said = schedule.events.filter((event) => 'from' in event);
    expect(said.some((event) => event.from.startsWith('client'))).toBe(true);
    const silent = schedule.events.filter((event) => !('from' in event));
    const { seen, refusal } = RSL.behaviours(shape.config).replay({ events: silent });
    expect(refusal).toBeUndefined();
    expect(seen.actions).toMatchObject({ receiveRequest: 0, execute: 0 });
  });

  test('stops replicas and starts them again where they are durable, and nowhere else', () => {
    const faults = { restart: 0.5 };
    const restarts = [true, false].map((durable) => {
      const [shape] = shapesOf({ settings: { durable }, steps: 300 }, 4, 1);
      if (shape === undefined) throw new Error('no shape');
      const plan = { ...shape.plan, steps: 300, faults: { ...shape.plan.faults, ...faults } };
      const found = run({ ...shape, plan }, { schedule: true, story: true });
      expect(found.refusal).toBeUndefined();
      expect(found.story.some(({ action }) => action === 'restart')).toBe(durable);
      expect(never(found.schedule?.events ?? [], 'restart')).toBe(!durable);
      return found.faults['a host was started again'];
    });
    expect(restarts[0]).toBeGreaterThan(3);
    expect(restarts[1]).toBe(0);
  });

  test.each([[true], [false]])(
    'answers once the network works, whatever came before (compatible: %s)',
    (compatible) => {
      const shapes = shapesOf({ steps: 400, compatible }, 5, 40);
      const promised = shapes.filter(
        ({ config }) => config.parameters.maxInteger === Number.MAX_SAFE_INTEGER,
      );
      expect(promised.length).toBeGreaterThan(20);
      for (const shape of promised) {
        const { refusal, promise } = run(shape);
        expect({ refusal, promise }).toEqual({ refusal: undefined, promise: 'kept' });
      }
    },
  );
});

describe('a wrong protocol of a replicated service', TIMEOUT, () => {
  test('that is busy for ever at one instant is not live', () => {
    const busy = rslWith((protocol) => ({
      ...protocol,
      actions: protocol.actions.map((action) =>
        action.name === 'startEpoch' && action.takes === 'nothing'
          ? { ...action, step: (r: Replica) => ({ state: { ...r }, sends: [] }) }
          : action,
      ),
    }));
    const { failure } = runBatch(busy, { options: { hosts: 3, steps: 20 }, seed: 1, runs: 1 });
    expect(failure?.refusal.boundary).toBe('liveness');
    expect(failure?.refusal.message).toContain('somebody is busy for ever');
  });

  test('that never executes anything is not live, which takes no chaos to see', () => {
    const idle = rslWith((protocol) => ({
      ...protocol,
      actions: protocol.actions.filter(({ name }) => name !== 'execute'),
    }));
    const { failure } = runBatch(idle, {
      options: { hosts: 1, steps: 50, settings: { maxInteger: Number.MAX_SAFE_INTEGER } },
      seed: 1,
      runs: 3,
    });
    expect(failure?.refusal.boundary).toBe('liveness');
    expect(failure?.schedule?.events).toEqual([]);
    const again = idle.behaviours(failure?.config).replay(failure?.schedule ?? NOTHING);
    expect(again.refusal?.message).toBe(failure?.refusal.message);
  });

  test.each(['votes below its promise', 'forgets its promise when it stops', 'keeps no votes'])(
    'that %s is refused, and cut down to what breaks the same law',
    (what) => {
      const [, , change] = WRONG.find(([name]) => name === what) ?? [];
      if (change === undefined) throw new Error(`nothing ${what}`);
      const wrong = rslWith(change);
      const options = { hosts: 3, settings: { durable: true } };
      const found = firstRefused(wrong, options);
      const behaviours = wrong.behaviours(found.shape.config);
      const { schedule, outcome } = shrink(behaviours, found.schedule, found.refusal);
      expect(lawOf(outcome)).toBe(lawOf(found));
      expect(schedule.events.length).toBeLessThan(70);
      expect(schedule.events.length).toBeLessThan(found.schedule.events.length);
      expect(behaviours.replay(schedule).refusal?.message).toBe(outcome.refusal?.message);
    },
  );
});

const lawOf = ({ refusal }: Pick<Outcome, 'refusal'>): string | undefined =>
  refusal?.clause.split(': ')[0];

function firstRefused(
  service: AnyCampaignService,
  options: Parameters<typeof rslCampaign.shapes>[0],
) {
  for (const shape of fc.sample(service.shapes(options), { seed: 4, numRuns: 300 })) {
    const found = service.behaviours(shape.config).run(shape.plan, { schedule: true });
    const { refusal, schedule } = found;
    if (refusal !== undefined && schedule !== undefined) return { shape, refusal, schedule };
  }
  throw new Error('nothing is refused');
}
