/**
 * # What servers of the hash table record
 */
import { z } from 'zod';
import type { Parameters } from '../../impl/sht/parameters.ts';
import type { HostSummary } from '../../impl/sht/summary.ts';
import { summaryRefinement } from '../../refinement/sht/summary.ts';
import { type TracedService, tracedService } from '../trace/service.ts';

const count = z.int().min(0);
const atLeastOne = z.int().min(1);

const state = z.strictObject({
  keys: count,
  ranges: atLeastOne,
  peers: count,
  unacked: count,
  waiting: z.boolean(),
  orders: count,
  numDelegations: atLeastOne,
  resentAt: z.number(),
  noted: count,
}) satisfies z.ZodType<HostSummary>;

const endPoint = z.string();

/** What hosts go by, and whatever else their service file says. */
const parameters = z.strictObject({
  maxValueBytes: count,
  maxDelegationKeys: atLeastOne,
  maxDelegationBytes: atLeastOne,
  maxDelegationsUnderWay: atLeastOne,
  maxOrders: atLeastOne,
  maxRanges: atLeastOne,
  maxUnacked: atLeastOne,
  maxUnackedBytes: atLeastOne,
  maxPeers: atLeastOne,
  resendPeriod: atLeastOne,
  maxResent: atLeastOne,
  maxSeqno: atLeastOne,
  maxDelegations: atLeastOne,
  compatible: z.boolean(),
  administrators: z.array(endPoint).readonly().optional(),
  aliases: z.array(z.tuple([endPoint, endPoint])).readonly(),
}) satisfies z.ZodType<Parameters>;

/** Hosts tell clients of one another, so they are called as they call each other. */
export const shtTrace: TracedService = tracedService(
  { state, parameters },
  (hosts, { administrators, aliases, ...given }) =>
    summaryRefinement({ hosts, administrators, aliases: new Map(aliases) }, given),
  'endPoint',
);
