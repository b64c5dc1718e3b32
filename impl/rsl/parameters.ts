/**
 * # What replicas go by
 *
 * The numbers that all replicas of a service must agree on.
 *
 * Follows Impl/RSL/ParametersState.i.dfy of IronFleet, whose values are those of `COMPATIBLE`.
 */

export interface Parameters {
  /** The window: how many operations may be voted on beyond the log's truncation point. */
  readonly maxLogLength: number;
  /** How many requests are proposed together at most, and how many bytes of requests. */
  readonly maxBatchSize: number;
  readonly maxBatchBytes: number;
  /** How long a request waits for others to join its batch, in milliseconds. */
  readonly maxBatchDelay: number;
  /** The length of a first epoch: how long a leader may leave a request alone, in milliseconds. */
  readonly baselineViewTimeout: number;
  /** How often a replica says that it is alive and how far it is, in milliseconds. */
  readonly heartbeatPeriod: number;
  /** After how long without progress a replica repeats or asks for something, in milliseconds. */
  readonly retryPeriod: number;
  /** No counter grows beyond this. */
  readonly maxInteger: number;
  /** How many clients' latest replies a replica keeps at most. */
  readonly maxCachedReplies: number;
  /** Whether to do only what the original does. */
  readonly compatible: boolean;
}

/** What the original does, with its values: for clusters of which some replicas are originals. */
export const COMPATIBLE: Parameters = {
  maxLogLength: 7,
  maxBatchSize: 32,
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  maxBatchDelay: 10,
  baselineViewTimeout: 1_000,
  heartbeatPeriod: 100,
  retryPeriod: 100,
  maxInteger: Number.MAX_SAFE_INTEGER,
  maxCachedReplies: 255,
  compatible: true,
};

/** What is recommended where all replicas are of this kind. */
export const DEFAULT: Parameters = {
  ...COMPATIBLE,
  maxLogLength: 256,
  maxBatchSize: 100,
  maxBatchBytes: 1024 * 1024,
  maxCachedReplies: 1_024,
  compatible: false,
};
