/** # Campaigns on the lock: which configurations are tried. */
import fc from 'fast-check';
import { z } from 'zod';
import { behavioursOf, protocolBehavioursOf } from '../campaign/behaviour.ts';
import { DEFAULT_STEPS, plans } from '../campaign/plans.ts';
import type { CampaignService } from '../campaign/services.ts';
import { lockProtocol } from './protocol.ts';
import { type LockShape, lockService } from './service.ts';

/** More hosts than there are letters to name them would be no ring of this harness. */
export const MAX_HOSTS = 26;

export const lockCampaign: CampaignService<LockShape> = {
  name: 'lock',
  level: 'impl',
  runs: 10_000,
  settings: {},
  objections: () => [],
  remarks: () => [],
  config: z.strictObject({
    hosts: z.int().min(1).max(MAX_HOSTS),
    retryPeriod: z.int().min(1),
    compatible: z.boolean(),
    hold: z.int().min(0),
    maxEpoch: z.int().min(1),
  }),
  shapes: ({ hosts, compatible = false, steps = DEFAULT_STEPS }) =>
    fc.record({
      config: fc.record({
        hosts: hosts === undefined ? fc.integer({ min: 1, max: 7 }) : fc.constant(hosts),
        retryPeriod: fc.constantFrom(10, 50, 200, 1_000),
        compatible: fc.constant(compatible),
        hold: fc.constantFrom(0, 0, 0, 25),
        maxEpoch: fc.oneof(
          { weight: 7, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }) },
        ),
      }),
      plan: plans(steps),
    }),
  behaviours: (config) => behavioursOf(lockService(config)),
};

/** The protocol alone: how long a host keeps the lock is not its concern. */
export const lockProtocolCampaign: CampaignService<LockShape> = {
  ...lockCampaign,
  level: 'protocol',
  behaviours: (config) => protocolBehavioursOf(lockProtocol(config)),
};
