/**
 * # What servers of a replicated service record
 *
 * Of replicas of the two services that are known here, the counter and the key-value store. Whoever
 * has a service of his own gives its class and the application that it is meant to be.
 */
import { z } from 'zod';
import { CounterService } from '../../impl/apps/counter.ts';
import { KeyValueService } from '../../impl/apps/keyValue.ts';
import type { Parameters } from '../../impl/rsl/parameters.ts';
import { serviceTypeOf } from '../../impl/rsl/server.ts';
import type { ReplicaSummary } from '../../impl/rsl/summary.ts';
import type { Replicated } from '../../refinement/rsl/host.ts';
import { summaryRefinement } from '../../refinement/rsl/summary.ts';
import { counter } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { type TracedService, tracedService } from '../trace/service.ts';

const count = z.int().min(0);
const time = z.number();
const ballot = z.tuple([count, count]).readonly();

const state = z
  .strictObject({
    nextHeartbeat: time,
    retryTime: time,
    retryView: ballot,
    retryOperation: count,
    retryTries: count,
    phase: z.literal([0, 1, 2]),
    queue: count,
    ballot,
    nextOperation: count,
    promises: count,
    requested: count,
    batchDeadline: time.optional(),
    proposed: count,
    view: ballot,
    suspectors: z.array(count).readonly(),
    epochEnd: time,
    epochLength: time,
    waiting: count,
    waitingLonger: count,
    promised: ballot,
    votes: count,
    checkpoints: z.array(count).readonly(),
    truncationPoint: count,
    seen: ballot,
    tallies: count,
    complete: count,
    reflected: ballot,
    replies: count,
    decided: z.boolean(),
  })
  .transform(
    ({ batchDeadline, ...others }): ReplicaSummary =>
      batchDeadline === undefined ? others : { ...others, batchDeadline },
  );

const atLeastOne = z.int().min(1);

const parameters = z.strictObject({
  maxLogLength: atLeastOne,
  maxBatchSize: atLeastOne,
  maxBatchBytes: atLeastOne,
  maxBatchDelay: count,
  baselineViewTimeout: atLeastOne,
  heartbeatPeriod: atLeastOne,
  retryPeriod: atLeastOne,
  maxInteger: atLeastOne,
  maxCachedReplies: atLeastOne,
  compatible: z.boolean(),
}) satisfies z.ZodType<Parameters>;

/** The traces of servers of a replicated service. */
export const replicaTrace = (replicated: Replicated): TracedService =>
  tracedService({ state, parameters }, (replicas, given: Parameters) =>
    summaryRefinement(replicated, replicas, given),
  );

/** By the types of the services. */
export const REPLICA_TRACES: Readonly<Record<string, TracedService>> = {
  [serviceTypeOf(CounterService)]: replicaTrace({
    service: CounterService,
    application: counter,
  }),
  [serviceTypeOf(KeyValueService)]: replicaTrace({
    service: KeyValueService,
    application: keyValue,
  }),
};
