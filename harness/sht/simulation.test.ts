import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Behaviours, type Outcome, protocolBehavioursOf } from '../campaign/behaviour.ts';
import type { Schedule } from '../campaign/schedule.ts';
import type { CampaignOptions, Shape } from '../campaign/services.ts';
import { shrink } from '../campaign/shrink.ts';
import type { Change } from '../testing/shtChanges.ts';
import { WRONG } from '../testing/shtVariants.ts';
import { shtCampaign } from './campaign.ts';
import { shtService } from './service.ts';
import type { ShtSettings } from './settings.ts';
import { isEndless, type ShtShape } from './shape.ts';

const NOTHING: Schedule = { events: [] };

const shapesOf = (options: CampaignOptions<ShtSettings>, seed: number, runs: number) =>
  fc.sample(shtCampaign.shapes(options), { seed, numRuns: runs });

const run = ({ config, plan }: Shape<ShtShape>, keep = {}): Outcome =>
  shtCampaign.behaviours(config).run(plan, keep);

/** Behaviours of hosts that all follow another protocol. */
function changed(shape: ShtShape, change: Change): Behaviours {
  const service = shtService(shape);
  const protocol = change(service.refinement.protocol);
  return protocolBehavioursOf({ ...service, refinement: { ...service.refinement, protocol } });
}

const TIMEOUT = { timeout: 60_000 };

describe('the protocol of the hash table, simulated', TIMEOUT, () => {
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
      const again = shtCampaign
        .behaviours(shape.config)
        .replay(paper, { schedule: true, story: true });
      expect(again.refusal).toBeUndefined();
      expect(again.story).toEqual(found.story);
      expect(again.schedule).toEqual(found.schedule);
      expect(again.seen).toEqual(found.seen);
    }
  });

  test.each([[true], [false]])(
    'lands all keys and serves clients once the network works (compatible: %s)',
    (compatible) => {
      const shapes = shapesOf({ steps: 400, compatible }, 5, 40);
      const promised = shapes.filter(({ config }) => isEndless(config));
      expect(promised.length).toBeGreaterThan(20);
      for (const shape of promised) {
        const { refusal, promise } = run(shape);
        expect({ refusal, promise }).toEqual({ refusal: undefined, promise: 'kept' });
      }
    },
  );
});

describe('a wrong protocol of the hash table', TIMEOUT, () => {
  test('that never sends anything again is not live', () => {
    const mute: Change = (protocol) => ({
      ...protocol,
      actions: protocol.actions.filter(({ name }) => name !== 'resend'),
    });
    const found = firstRefused(mute, { hosts: 2, compatible: false });
    expect(found.refusal.boundary).toBe('liveness');
    expect(found.refusal.clause).toContain('all that hosts hand on lands in time');
    const behaviours = changed(found.config, mute);
    expect(behaviours.replay(found.schedule).refusal?.message).toBe(found.refusal.message);
  });

  test.each([
    'takes orders to hand keys to itself',
    'does not adopt what it should',
    'adopts a key less',
  ])('that %s is refused, and cut down to what breaks the same law', (what) => {
    const [, , change] = WRONG.find(([name]) => name === what) ?? [];
    if (change === undefined) throw new Error(`nothing ${what}`);
    const found = firstRefused(change, { hosts: 2, compatible: false });
    const behaviours = changed(found.config, change);
    const { schedule, outcome } = shrink(behaviours, found.schedule, found.refusal);
    expect(lawOf(outcome)).toBe(lawOf(found));
    expect(schedule.events.length).toBeLessThan(25);
    expect(behaviours.replay(schedule).refusal?.message).toBe(outcome.refusal?.message);
  });
});

const lawOf = ({ refusal }: Pick<Outcome, 'refusal'>): string | undefined =>
  refusal?.clause.split(': ')[0];

function firstRefused(change: Change, options: CampaignOptions<ShtSettings>) {
  for (const { config, plan } of shapesOf(options, 4, 300)) {
    const { refusal, schedule } = changed(config, change).run(plan, { schedule: true });
    if (refusal !== undefined && schedule !== undefined) return { config, refusal, schedule };
  }
  throw new Error('nothing is refused');
}
