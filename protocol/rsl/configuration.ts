/**
 * # Replicas and parameters
 *
 * What every replica knows from the start and never changes: who the replicas are, how many of them
 * make a quorum, and the numbers by which they go.
 *
 * Follows Protocol/RSL/{Configuration,Parameters,Constants}.i.dfy of IronFleet; departs from it in
 * the limit on a batch's bytes, the retry period, and what `durable` and `compatible` say. The
 * values of `COMPATIBLE` are those of Impl/RSL/ParametersState.i.dfy.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

export interface Parameters {
  /** The window: how many operations may be voted on beyond the log's truncation point. */
  readonly maxLogLength: number;
  /** How many requests are proposed together at most. */
  readonly maxBatchSize: number;
  /** How many bytes of requests are proposed together at most, unless one alone has more. */
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
  /**
   * Whether a replica writes down what must survive a crash, and so may be started again. Without
   * it, a replica that has stopped must never be started again.
   */
  readonly durable: boolean;
  /** Whether to do only what the original does. */
  readonly compatible: boolean;
}

/** What the original does, with its values. */
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
  durable: false,
  compatible: true,
};

/** What is recommended where all replicas are of this kind. */
export const DEFAULT: Parameters = {
  ...COMPATIBLE,
  maxLogLength: 256,
  maxBatchSize: 100,
  maxBatchBytes: 1024 * 1024,
  maxCachedReplies: 1_024,
  durable: true,
  compatible: false,
};

/** What a replica knows from the start and never changes. */
export interface Constants {
  readonly me: EndPoint;
  /** This replica's place among the replicas, counting from 0. */
  readonly index: number;
  readonly replicas: readonly EndPoint[];
  /** How many replicas make a quorum: any two quorums have a replica in common. */
  readonly quorum: number;
  readonly parameters: Parameters;
}

export const quorumOf = (replicas: number): number => Math.floor(replicas / 2) + 1;

export const isReplica = ({ replicas }: Constants, id: EndPoint): boolean => replicas.includes(id);

/** A replica's place among the replicas, counting from 0. */
export const placeOf = ({ replicas }: Constants, id: EndPoint): number => replicas.indexOf(id);

/** a ⊕ b: addition that stops at the greatest integer there is. */
export const boundedSum = (a: number, b: number, { maxInteger }: Parameters): number =>
  Math.min(a + b, maxInteger);

/** The beginning of a sequence that is longer than the greatest integer there is. */
export const bounded = <T>(items: readonly T[], { maxInteger }: Parameters): readonly T[] =>
  items.length <= maxInteger ? items : items.slice(0, maxInteger);

const AT_LEAST_ONE = [
  'maxLogLength',
  'maxBatchSize',
  'maxBatchBytes',
  'baselineViewTimeout',
  'heartbeatPeriod',
  'retryPeriod',
  'maxInteger',
  'maxCachedReplies',
] as const satisfies readonly (keyof Parameters)[];

/** How many requests a batch may hold on the wire. */
const MAX_BATCH_ON_WIRE = 100;
/** How many votes a promise may hold on the wire for the original to accept it. */
const MAX_COMPATIBLE_LOG = 7;

/** Why no service can run with these replicas and parameters, each reason in a sentence. */
export function objections(replicas: readonly EndPoint[], parameters: Parameters): string[] {
  const found: string[] = [];
  if (replicas.length === 0) found.push('there must be at least one replica');
  for (const [index, replica] of replicas.entries()) {
    if (replicas.indexOf(replica) < index) found.push(`${replica} is a replica twice`);
  }
  const atLeast = (name: keyof Parameters, least: number): void => {
    const value = parameters[name];
    if (Number.isSafeInteger(value) && (value as number) >= least) return;
    found.push(`${name} must be a whole number of at least ${least}, not ${value}`);
  };
  for (const name of AT_LEAST_ONE) atLeast(name, 1);
  atLeast('maxBatchDelay', 0);
  const { maxBatchSize, maxBatchBytes, maxLogLength, compatible, durable } = parameters;
  if (maxBatchSize > MAX_BATCH_ON_WIRE) {
    found.push(`maxBatchSize must be at most ${MAX_BATCH_ON_WIRE}, not ${maxBatchSize}`);
  }
  if (compatible && maxLogLength > MAX_COMPATIBLE_LOG) {
    found.push(`the original accepts a maxLogLength of at most ${MAX_COMPATIBLE_LOG}`);
  }
  if (compatible && maxBatchBytes < Number.MAX_SAFE_INTEGER) {
    found.push('the original does not count the bytes of a batch');
  }
  if (compatible && durable) found.push('the original cannot be durable');
  return found;
}

/** What is legal but seldom meant, each in a sentence. */
export function remarks(replicas: readonly EndPoint[]): string[] {
  const count = replicas.length;
  if (count === 0 || count % 2 === 1) return [];
  return [`of ${count} replicas no more may fail than of ${count - 1}: ${count - quorumOf(count)}`];
}
