/**
 * # What a lock server records
 */
import { z } from 'zod';
import { lockRefinement } from '../../refinement/lock/service.ts';
import { type TracedService, tracedService } from '../trace/service.ts';

const milliseconds = z.number().min(0);
const epoch = z.int().min(0);

const state = z
  .strictObject({ held: z.boolean(), epoch, offeredAt: milliseconds.optional() })
  .transform(({ held, epoch, offeredAt }) => ({ held, epoch, offeredAt }));

const parameters = z.strictObject({
  maxEpoch: epoch,
  retryPeriod: milliseconds,
  compatible: z.boolean(),
});

export const lockTrace: TracedService = tracedService({ state, parameters }, lockRefinement);
