/** # Campaigns on the hash table: which configurations are tried. */
import fc from 'fast-check';
import { z } from 'zod';
import {
  COMPATIBLE,
  DEFAULT,
  objections,
  type Parameters,
} from '../../protocol/sht/configuration.ts';
import { protocolBehavioursOf } from '../campaign/behaviour.ts';
import { DEFAULT_STEPS, longPlans } from '../campaign/plans.ts';
import type { CampaignOptions, CampaignService } from '../campaign/services.ts';
import { namesOf } from '../simulation/names.ts';
import { MAX_KEYS } from './keys.ts';
import { shtService } from './service.ts';
import { SHT_SETTINGS, type ShtSettings } from './settings.ts';
import { MAX_CLIENTS, MAX_HOSTS, type ShtShape } from './shape.ts';

const atLeast = (least: number) => z.int().min(least);

const parameters = z.strictObject({
  maxValueBytes: atLeast(0),
  maxDelegationKeys: atLeast(1),
  maxDelegationBytes: atLeast(1),
  maxDelegationsUnderWay: atLeast(1),
  maxOrders: atLeast(1),
  maxRanges: atLeast(1),
  maxUnacked: atLeast(1),
  maxUnackedBytes: atLeast(1),
  maxPeers: atLeast(1),
  resendPeriod: atLeast(1),
  maxResent: atLeast(1),
  maxSeqno: atLeast(1),
  maxDelegations: atLeast(1),
  compatible: z.boolean(),
}) satisfies z.ZodType<Parameters>;

/** The parameters that settings fix. */
const FIXING = {
  valueBytes: 'maxValueBytes',
  delegationKeys: 'maxDelegationKeys',
  delegationBytes: 'maxDelegationBytes',
  underWay: 'maxDelegationsUnderWay',
  orders: 'maxOrders',
  ranges: 'maxRanges',
  unacked: 'maxUnacked',
  unackedBytes: 'maxUnackedBytes',
  peers: 'maxPeers',
  resend: 'resendPeriod',
  resent: 'maxResent',
  maxSeqno: 'maxSeqno',
  maxDelegations: 'maxDelegations',
} as const satisfies Partial<Record<keyof ShtSettings, keyof Parameters>>;

/** The parameters that the options fix. */
function fixedIn({ settings = {}, compatible }: CampaignOptions<ShtSettings>): Partial<Parameters> {
  const fixed = Object.entries(FIXING).flatMap(([setting, parameter]) => {
    const value = settings[setting as keyof typeof FIXING];
    return value === undefined ? [] : [[parameter, value]];
  });
  return { ...Object.fromEntries(fixed), ...(compatible !== undefined && { compatible }) };
}

const often = <T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) });
const orElse = <T>(weight: number, usual: T, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof(often(weight, usual), { weight: 1, arbitrary });

/** Parameters at random; what is fixed is not drawn. */
function parametersWith(fixed: Partial<Parameters>): fc.Arbitrary<Parameters> {
  const drawn: fc.Arbitrary<Parameters> = fc.record({
    maxValueBytes: fc.constantFrom(0, 1, 6, 6, 20, COMPATIBLE.maxValueBytes),
    maxDelegationKeys: fc.constantFrom(1, 1, 1, 2, 4, COMPATIBLE.maxDelegationKeys),
    maxDelegationBytes: fc.constantFrom(1, 6, 12, 20, DEFAULT.maxDelegationBytes),
    maxDelegationsUnderWay: fc.constantFrom(1, 1, 1, 2, 4),
    maxOrders: fc.constantFrom(1, 2, 3, 3, DEFAULT.maxOrders),
    maxRanges: fc.constantFrom(2, 4, 8, DEFAULT.maxRanges, DEFAULT.maxRanges),
    maxUnacked: fc.constantFrom(1, 2, 4, COMPATIBLE.maxUnacked, COMPATIBLE.maxUnacked),
    maxUnackedBytes: orElse(2, COMPATIBLE.maxUnackedBytes, fc.constantFrom(1, 10)),
    maxPeers: orElse(3, COMPATIBLE.maxPeers, fc.integer({ min: MAX_HOSTS_DRAWN, max: 12 })),
    resendPeriod: fc.constantFrom(20, 100, 100, 1_000),
    maxResent: fc.constantFrom(1, 2, COMPATIBLE.maxResent),
    maxSeqno: orElse(11, Number.MAX_SAFE_INTEGER, fc.integer({ min: 1, max: 30 })),
    maxDelegations: orElse(7, Number.MAX_SAFE_INTEGER, fc.integer({ min: 3, max: 12 })),
    compatible: fc.constantFrom(true, false, false),
  });
  // As people will run it, now and then.
  const presets = fixed.compatible
    ? [often(1, COMPATIBLE)]
    : [often(1, COMPATIBLE), often(1, DEFAULT)];
  const all = fc.oneof({ weight: fixed.compatible ? 2 : 10, arbitrary: drawn }, ...presets);
  // Whoever wants what the original cannot have it has it, and otherwise chance.
  const original = objections({ hosts: ['a'] }, { ...COMPATIBLE, ...fixed, compatible: true });
  return all
    .map((drawn) => ({ ...drawn, ...fixed }))
    .map((drawn) => ({
      ...drawn,
      compatible: fixed.compatible ?? (drawn.compatible && original.length === 0),
    }));
}

/** Mostly few, so that they often meet; and now and then so many that to move them takes long. */
const KEY_COUNTS = [2, 2, 3, 3, 6, 6, 12, 12, 24, 24, 150];

/** The most hosts that are drawn. */
const MAX_HOSTS_DRAWN = 7;
const hostCounts = fc.oneof(
  often(1, 1),
  often(3, 2),
  often(5, 3),
  often(2, 4),
  often(2, 5),
  often(1, MAX_HOSTS_DRAWN),
);

const between = (name: string, value: number, most: number): readonly string[] =>
  value >= 1 && value <= most ? [] : [`${name} must be from 1 to ${most}, not ${value}`];

export const shtCampaign: CampaignService<ShtShape, ShtSettings> = {
  name: 'sht',
  level: 'protocol',
  runs: 8_000,
  settings: SHT_SETTINGS,
  objections: (options) => {
    const fixed = fixedIn(options);
    const preset = fixed.compatible ? COMPATIBLE : DEFAULT;
    const { clients = 1, keys = 1 } = options.settings ?? {};
    const hosts = namesOf(options.hosts ?? 1);
    return [
      ...objections({ hosts }, { ...preset, ...fixed }),
      ...between('clients', clients, MAX_CLIENTS),
      ...between('keys', keys, MAX_KEYS),
    ];
  },
  remarks: () => [],
  config: z.strictObject({
    hosts: z.int().min(1).max(MAX_HOSTS),
    clients: z.int().min(1).max(MAX_CLIENTS),
    keys: z.int().min(1).max(MAX_KEYS),
    administrators: z.boolean(),
    parameters,
  }),
  shapes: (options) => {
    const { hosts, steps = DEFAULT_STEPS, settings = {} } = options;
    const { clients, keys, administrators } = settings;
    const fixed = fixedIn(options);
    const drawn = fc.record({
      hosts: hosts === undefined ? hostCounts : fc.constant(hosts),
      clients: clients === undefined ? fc.constantFrom(1, 2, 4, 6) : fc.constant(clients),
      keys: keys === undefined ? fc.constantFrom(...KEY_COUNTS) : fc.constant(keys),
      administrators: administrators === undefined ? fc.boolean() : fc.constant(administrators),
      parameters: parametersWith(fixed),
    });
    const config = drawn.map((shape) => {
      const { maxPeers } = shape.parameters;
      // There is always room for all hosts, unless somebody wants it otherwise.
      const room = fixed.maxPeers ?? Math.max(maxPeers, shape.hosts);
      const most = fixed.maxPeers === undefined ? shape.hosts : Math.min(shape.hosts, room);
      return { ...shape, hosts: most, parameters: { ...shape.parameters, maxPeers: room } };
    });
    return fc.record({ config, plan: longPlans(steps) });
  },
  behaviours: (config) => protocolBehavioursOf(shtService(config)),
};
