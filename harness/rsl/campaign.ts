/** # Campaigns on the replicated service: which configurations are tried. */
import fc from 'fast-check';
import { z } from 'zod';
import { COMPATIBLE, type Parameters } from '../../protocol/rsl/configuration.ts';
import { protocolBehavioursOf } from '../campaign/behaviour.ts';
import { DEFAULT_STEPS, plans } from '../campaign/plans.ts';
import type { CampaignService } from '../campaign/services.ts';
import { APPLICATIONS } from './requests.ts';
import { MAX_REPLICAS, type RslShape, rslService } from './service.ts';

const atLeast = (least: number) => z.int().min(least);

const parameters = z.strictObject({
  maxLogLength: atLeast(1),
  maxBatchSize: atLeast(1),
  maxBatchDelay: atLeast(0),
  baselineViewTimeout: atLeast(1),
  heartbeatPeriod: atLeast(1),
  retryPeriod: atLeast(1),
  maxInteger: atLeast(1),
  maxCachedReplies: atLeast(1),
  durable: z.boolean(),
  compatible: z.boolean(),
}) satisfies z.ZodType<Parameters>;

const often = <T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) });

const parametersOf = (compatible: boolean | undefined): fc.Arbitrary<Parameters> =>
  fc
    .record({
      maxLogLength: fc.integer({ min: 1, max: 7 }),
      maxBatchSize: fc.integer({ min: 1, max: 4 }),
      maxBatchDelay: fc.constantFrom(0, 10, 30),
      // The shorter ones leave no leader the time that it needs, unless they are doubled.
      baselineViewTimeout: fc.constantFrom(5, 25, 100, 1_000),
      heartbeatPeriod: fc.constantFrom(5, 20, 100),
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
      compatible:
        compatible === undefined ? fc.constantFrom(true, false, false) : fc.constant(compatible),
    })
    .map((drawn) => ({ ...drawn, durable: drawn.durable && !drawn.compatible }));

export const rslCampaign: CampaignService<RslShape> = {
  name: 'rsl',
  config: z.strictObject({
    replicas: z.int().min(1).max(MAX_REPLICAS),
    application: z.enum(APPLICATIONS),
    parameters,
    clients: z.int().min(0).max(100),
  }),
  shapes: ({ hosts, compatible, steps = DEFAULT_STEPS }) =>
    fc.record({
      config: fc.record({
        replicas:
          hosts === undefined
            ? fc.oneof(often(1, 1), often(2, 2), often(6, 3), often(2, 4), often(4, 5))
            : fc.constant(hosts),
        application: fc.constantFrom(...APPLICATIONS),
        parameters: parametersOf(compatible),
        clients: fc.integer({ min: 1, max: 4 }),
      }),
      plan: plans(steps),
    }),
  behaviours: (config) => protocolBehavioursOf(rslService(config)),
};
