import { isDeepStrictEqual as equals } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPATIBLE, DEFAULT, type Parameters } from '../../protocol/sht/configuration.ts';
import { anyService, type CampaignOptions } from '../campaign/services.ts';
import { shtCampaign } from './campaign.ts';
import type { ShtSettings } from './settings.ts';

type Options = CampaignOptions<ShtSettings>;

const configs = (options: Options) =>
  fc.sample(shtCampaign.shapes(options), { seed: 1, numRuns: 300 }).map(({ config }) => config);

describe('campaigns on the hash table', () => {
  test('try configurations of every kind, each of which makes a service', () => {
    const tried = configs({});
    for (const config of tried) {
      expect(shtCampaign.config.parse(config)).toEqual(config);
      expect(() => shtCampaign.behaviours(config)).not.toThrow();
    }
    const parameters = tried.map((config) => config.parameters);
    expect(new Set(tried.map(({ hosts }) => hosts))).toEqual(new Set([1, 2, 3, 4, 5, 7]));
    for (const some of [
      tried.filter(({ administrators }) => administrators),
      tried.filter(({ keys }) => keys < 4),
      parameters.filter(({ compatible }) => compatible),
      parameters.filter(({ maxDelegationKeys }) => maxDelegationKeys === 1),
      parameters.filter(({ maxDelegationBytes }) => maxDelegationBytes < 10),
      parameters.filter(({ maxOrders }) => maxOrders < 3),
      parameters.filter(({ maxRanges }) => maxRanges < 9),
      parameters.filter(({ maxUnacked }) => maxUnacked < 3),
      parameters.filter(({ maxPeers }) => maxPeers < 13),
      parameters.filter(({ maxSeqno }) => maxSeqno < 31),
      parameters.filter(({ maxDelegations }) => maxDelegations < 13),
    ]) {
      expect(some.length).toBeGreaterThan(10);
      expect(some.length).toBeLessThan(tried.length);
    }
  });

  test('try what people will run, as it is', () => {
    const [any = [], compatible = []] = [{}, { compatible: true }].map((options) =>
      configs(options).map(({ parameters }) => parameters),
    );
    const count = (all: readonly Parameters[], preset: Parameters) =>
      all.filter((each) => equals(each, preset)).length;
    expect(count(any, COMPATIBLE)).toBeGreaterThan(5);
    expect(count(any, DEFAULT)).toBeGreaterThan(5);
    expect(count(compatible, COMPATIBLE)).toBeGreaterThan(50);
    expect(count(compatible, DEFAULT)).toBe(0);
  });

  test('leave to chance only what is not fixed', () => {
    const settings = {
      clients: 3,
      keys: 5,
      administrators: true,
      valueBytes: 7,
      delegationKeys: 9,
      delegationBytes: 11,
      underWay: 3,
      orders: 5,
      ranges: 6,
      unacked: 13,
      unackedBytes: 77,
      peers: 17,
      resend: 33,
      resent: 4,
      maxSeqno: 44,
      maxDelegations: 55,
    };
    for (const config of configs({ hosts: 4, compatible: false, settings })) {
      expect(config).toEqual({
        hosts: 4,
        clients: 3,
        keys: 5,
        administrators: true,
        parameters: {
          maxValueBytes: 7,
          maxDelegationKeys: 9,
          maxDelegationBytes: 11,
          maxDelegationsUnderWay: 3,
          maxOrders: 5,
          maxRanges: 6,
          maxUnacked: 13,
          maxUnackedBytes: 77,
          maxPeers: 17,
          resendPeriod: 33,
          maxResent: 4,
          maxSeqno: 44,
          maxDelegations: 55,
          compatible: false,
        },
      });
    }
    // The original moves no more keys at a time, so nobody who wants that is given it.
    for (const { parameters } of configs({ settings: { delegationKeys: 62 } })) {
      expect(parameters).toMatchObject({ maxDelegationKeys: 62, compatible: false });
    }
    // Fewer peers leave room for fewer hosts only.
    for (const { hosts } of configs({ settings: { peers: 2 } })) expect(hosts).toBeLessThan(3);
  });

  test.each<[Options, string]>([
    [{ settings: { orders: 0 } }, 'maxOrders must be a whole number of at least 1, not 0'],
    [{ settings: { valueBytes: -1 } }, 'maxValueBytes must be a whole number of at least 0'],
    [{ settings: { clients: 91 } }, 'clients must be from 1 to 90, not 91'],
    [{ settings: { keys: 0 } }, 'keys must be from 1 to 10000, not 0'],
    [{ hosts: 5, settings: { peers: 4 } }, 'maxPeers must leave room for all 5 hosts, not 4'],
    [
      { compatible: true, settings: { delegationKeys: 62 } },
      'the original moves at most 61 keys at a time',
    ],
  ])('object to %j', (options, reason) => {
    expect(shtCampaign.objections(options).join('; ')).toContain(reason);
  });

  test('object to nothing else, and remark on nothing', () => {
    expect(shtCampaign.objections({})).toEqual([]);
    expect(shtCampaign.objections({ hosts: 26, settings: { keys: 10_000 } })).toEqual([]);
    expect(shtCampaign.remarks({ hosts: 4 })).toEqual([]);
  });

  test('know no settings of other services', () => {
    const service = anyService(shtCampaign);
    expect(() => service.shapes({ settings: { window: 3 } })).toThrow(
      'sht has no setting "window"',
    );
  });
});
