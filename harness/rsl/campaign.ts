/** # Campaigns on the replicated service: which configurations are tried. */
import fc from 'fast-check';
import { z } from 'zod';
import {
  COMPATIBLE,
  DEFAULT,
  objections,
  type Parameters,
  remarks,
} from '../../protocol/rsl/configuration.ts';
import { protocolBehavioursOf } from '../campaign/behaviour.ts';
import { DEFAULT_STEPS, longPlans } from '../campaign/plans.ts';
import type { CampaignOptions, CampaignService } from '../campaign/services.ts';
import { APPLICATIONS } from './requests.ts';
import { rslService } from './service.ts';
import { RSL_SETTINGS, type RslSettings } from './settings.ts';
import { MAX_REPLICAS, type RslShape, replicasOf } from './shape.ts';

const MAX_CLIENTS = 100;

const atLeast = (least: number) => z.int().min(least);

const parameters = z.strictObject({
  maxLogLength: atLeast(1),
  maxBatchSize: atLeast(1),
  maxBatchBytes: atLeast(1),
  maxBatchDelay: atLeast(0),
  baselineViewTimeout: atLeast(1),
  heartbeatPeriod: atLeast(1),
  retryPeriod: atLeast(1),
  maxInteger: atLeast(1),
  maxCachedReplies: atLeast(1),
  durable: z.boolean(),
  compatible: z.boolean(),
}) satisfies z.ZodType<Parameters>;

/** The parameters that settings fix. */
const FIXING = {
  window: 'maxLogLength',
  batch: 'maxBatchSize',
  batchBytes: 'maxBatchBytes',
  batchDelay: 'maxBatchDelay',
  viewTimeout: 'baselineViewTimeout',
  heartbeat: 'heartbeatPeriod',
  retry: 'retryPeriod',
  cachedReplies: 'maxCachedReplies',
  maxInteger: 'maxInteger',
  durable: 'durable',
} as const satisfies Partial<Record<keyof RslSettings, keyof Parameters>>;

/** The parameters that the options fix. */
function fixedIn({ settings = {}, compatible }: CampaignOptions<RslSettings>): Partial<Parameters> {
  const fixed = Object.entries(FIXING).flatMap(([setting, parameter]) => {
    const value = settings[setting as keyof typeof FIXING];
    return value === undefined ? [] : [[parameter, value]];
  });
  return { ...Object.fromEntries(fixed), ...(compatible !== undefined && { compatible }) };
}

const often = <T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) });

/** Parameters at random; what is fixed is not drawn. */
function parametersWith(fixed: Partial<Parameters>): fc.Arbitrary<Parameters> {
  const drawn = fc.record({
    maxLogLength: fc.constantFrom(1, 2, 3, 5, 7, 7, 7),
    maxBatchSize: fc.constantFrom(1, 1, 2, 4, 16),
    maxBatchBytes: fc.oneof(often(2, DEFAULT.maxBatchBytes), {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: 40 }),
    }),
    maxBatchDelay: fc.constantFrom(0, 10, 30),
    // The shorter ones leave no leader the time that it needs, unless they are doubled.
    baselineViewTimeout: fc.constantFrom(5, 25, 25, 50, 100, 1_000),
    heartbeatPeriod: fc.constantFrom(10, 50, 50, 100),
    retryPeriod: fc.constantFrom(20, 100),
    maxInteger: fc.oneof(often(11, Number.MAX_SAFE_INTEGER), {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: 12 }),
    }),
    maxCachedReplies: fc.oneof(often(3, COMPATIBLE.maxCachedReplies), {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: 3 }),
    }),
    durable: fc.boolean(),
    compatible: fc.constantFrom(true, false, false),
  });
  // As people will run it, now and then: the original's only where all are like the original.
  const presets = fixed.compatible
    ? [often(1, COMPATIBLE)]
    : [often(1, COMPATIBLE), often(1, DEFAULT)];
  const parameters = fc.oneof({ weight: fixed.compatible ? 2 : 10, arbitrary: drawn }, ...presets);
  // The original is not durable, has no wide windows, and counts no bytes: whoever wants any of that
  // has it, and otherwise chance.
  const original = objections(replicasOf(3), { ...COMPATIBLE, ...fixed, compatible: true });
  return parameters
    .map((parameters) => ({ ...parameters, ...fixed }))
    .map((parameters) => {
      const compatible = fixed.compatible ?? (parameters.compatible && original.length === 0);
      const { maxBatchBytes } = compatible ? COMPATIBLE : parameters;
      const durable = parameters.durable && !compatible;
      return { ...parameters, compatible, durable, maxBatchBytes };
    });
}

const replicaCounts = fc.oneof(often(1, 1), often(2, 2), often(6, 3), often(2, 4), often(4, 5));

export const rslCampaign: CampaignService<RslShape, RslSettings> = {
  name: 'rsl',
  level: 'protocol',
  runs: 10_000,
  settings: RSL_SETTINGS,
  objections: (options) => {
    const fixed = fixedIn(options);
    const preset = fixed.compatible ? COMPATIBLE : { ...DEFAULT, durable: false };
    const { application, clients = 1 } = options.settings ?? {};
    const known: readonly string[] = APPLICATIONS;
    return [
      ...objections(replicasOf(options.hosts ?? 3), { ...preset, ...fixed }),
      ...(application === undefined || known.includes(application)
        ? []
        : [`there is no application "${application}"; choose one of: ${known.join(', ')}`]),
      ...(clients >= 1 && clients <= MAX_CLIENTS
        ? []
        : [`clients must be from 1 to ${MAX_CLIENTS}, not ${clients}`]),
    ];
  },
  remarks: ({ hosts }) => (hosts === undefined ? [] : remarks(replicasOf(hosts))),
  config: z.strictObject({
    replicas: z.int().min(1).max(MAX_REPLICAS),
    application: z.enum(APPLICATIONS),
    parameters,
    clients: z.int().min(1).max(MAX_CLIENTS),
  }),
  shapes: (options) => {
    const { hosts, steps = DEFAULT_STEPS, settings = {} } = options;
    const { clients, application } = settings;
    return fc.record({
      config: fc.record({
        replicas: hosts === undefined ? replicaCounts : fc.constant(hosts),
        application: fc.constantFrom(
          ...APPLICATIONS.filter((each) => each === (application ?? each)),
        ),
        parameters: parametersWith(fixedIn(options)),
        clients: clients === undefined ? fc.constantFrom(1, 2, 4, 6, 6) : fc.constant(clients),
      }),
      plan: longPlans(steps),
    });
  },
  behaviours: (config) => protocolBehavioursOf(rslService(config)),
};
