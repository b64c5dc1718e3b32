import { isDeepStrictEqual as equals } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPATIBLE, DEFAULT, type Parameters } from '../../protocol/rsl/configuration.ts';
import type { CampaignOptions } from '../campaign/services.ts';
import { rslCampaign } from './campaign.ts';
import type { RslSettings } from './settings.ts';

const configs = (options: CampaignOptions<RslSettings>) =>
  fc.sample(rslCampaign.shapes(options), { seed: 1, numRuns: 200 }).map(({ config }) => config);

describe('campaigns on the replicated service', () => {
  test('try configurations of every kind, each of which makes a service', () => {
    const tried = configs({});
    for (const config of tried) {
      expect(rslCampaign.config.parse(config)).toEqual(config);
      expect(() => rslCampaign.behaviours(config)).not.toThrow();
    }
    const parameters = tried.map((config) => config.parameters);
    expect(new Set(tried.map(({ replicas }) => replicas))).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(new Set(tried.map(({ application }) => application))).toEqual(
      new Set(['counter', 'kv']),
    );
    for (const some of [
      parameters.filter(({ compatible }) => compatible),
      parameters.filter(({ durable }) => durable),
      parameters.filter(({ maxBatchBytes }) => maxBatchBytes < 30),
      parameters.filter(({ maxInteger }) => maxInteger < 100),
      parameters.filter(({ maxCachedReplies }) => maxCachedReplies < 4),
      parameters.filter(({ baselineViewTimeout }) => baselineViewTimeout < 10),
    ]) {
      expect(some.length).toBeGreaterThan(5);
      expect(some.length).toBeLessThan(tried.length);
    }
    expect(parameters.some(({ compatible, durable }) => compatible && durable)).toBe(false);
  });

  test('try what people will run, as it is', () => {
    const firsts = [{}, { compatible: true }].map((options) =>
      configs(options)
        .slice(0, 100)
        .map(({ parameters }) => parameters),
    );
    const counts = (preset: Parameters) =>
      firsts.map((all) => all.filter((each) => equals(each, preset)).length);
    const [seldom = 0, often = 0] = counts(COMPATIBLE);
    expect(seldom).toBeGreaterThan(2);
    expect(often).toBeGreaterThan(20);
    expect(counts(DEFAULT)[0]).toBeGreaterThan(2);
    expect(counts(DEFAULT)[1]).toBe(0);
  });

  test('leave to chance only what is not fixed', () => {
    const fixed = { window: 9, batch: 5, batchDelay: 7, viewTimeout: 77, heartbeat: 17, retry: 27 };
    const others = {
      batchBytes: 50,
      cachedReplies: 2,
      maxInteger: 99,
      durable: true,
      application: 'kv',
      clients: 3,
    };
    for (const config of configs({ hosts: 7, settings: { ...fixed, ...others } })) {
      expect(config).toMatchObject({ replicas: 7, application: 'kv', clients: 3 });
      expect(config.parameters).toEqual({
        maxLogLength: 9,
        maxBatchSize: 5,
        maxBatchBytes: 50,
        maxBatchDelay: 7,
        baselineViewTimeout: 77,
        heartbeatPeriod: 17,
        retryPeriod: 27,
        maxInteger: 99,
        maxCachedReplies: 2,
        durable: true,
        compatible: false,
      });
    }
    for (const { parameters } of configs({ compatible: false, settings: { durable: false } })) {
      expect(parameters).toMatchObject({ compatible: false, durable: false });
    }
    // The original has no such windows, so nobody who wants them is given it, nor such limits.
    for (const { parameters } of configs({ settings: { window: 64 } })) {
      expect(parameters).toMatchObject({ maxLogLength: 64, compatible: false });
    }
    for (const { parameters } of configs({ settings: { batchBytes: 9 } })) {
      expect(parameters).toMatchObject({ maxBatchBytes: 9, compatible: false });
    }
    const { maxBatchBytes } = COMPATIBLE;
    for (const { parameters } of configs({ compatible: true })) {
      expect(parameters).toMatchObject({ compatible: true, durable: false, maxBatchBytes });
    }
  });

  test.each<[CampaignOptions<RslSettings>, string]>([
    [{ settings: { window: 0 } }, 'maxLogLength must be a whole number of at least 1, not 0'],
    [{ settings: { batch: 0 } }, 'maxBatchSize must be a whole number of at least 1, not 0'],
    [
      { settings: { batchDelay: -1 } },
      'maxBatchDelay must be a whole number of at least 0, not -1',
    ],
    [{ settings: { clients: 0 } }, 'clients must be from 1 to 100, not 0'],
    [{ settings: { application: 'chess' } }, 'there is no application "chess"'],
    [
      { compatible: true, settings: { window: 8 } },
      'the original accepts a maxLogLength of at most 7',
    ],
    [{ compatible: true, settings: { durable: true } }, 'the original cannot be durable'],
    [
      { compatible: true, settings: { batchBytes: 99 } },
      'the original does not count the bytes of a batch',
    ],
  ])('object to %j', (options, reason) => {
    expect(rslCampaign.objections(options).join('; ')).toContain(reason);
  });

  test('object to nothing else, and remark on a number of replicas that is even', () => {
    expect(rslCampaign.objections({})).toEqual([]);
    expect(rslCampaign.objections({ hosts: 4, settings: { window: 64, batch: 100 } })).toEqual([]);
    expect(rslCampaign.remarks({ hosts: 4 })).toHaveLength(1);
    expect(rslCampaign.remarks({ hosts: 3 })).toEqual([]);
    expect(rslCampaign.remarks({})).toEqual([]);
  });
});
