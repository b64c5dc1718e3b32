/**
 * # Campaigns
 *
 * Runs a great many behaviours of a service on all cores and sums up what they saw. The behaviours,
 * and so the verdict, depend only on the seed and the number of runs: not on how many cores there
 * are or how fast they are. With a limit in time, only how far the campaign comes depends on the
 * machine.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { addTally, type BatchResult, emptyTally, type Tally } from './batch.ts';
import { neverHappened } from './coverage.ts';
import type { Failure } from './failure.ts';
import type { Level } from './level.ts';
import type { CampaignOptions } from './services.ts';
import type { Order } from './worker.ts';

export interface CampaignRequest {
  readonly service: string;
  readonly level: Level;
  readonly options: CampaignOptions;
  readonly seed: number;
  /** How many behaviours to run; without it, until the time is over. */
  readonly runs: number | undefined;
  /** How many seconds to go on; without it, until the runs are done. */
  readonly seconds: number | undefined;
  /** How many threads; without it, one for each core. */
  readonly jobs: number | undefined;
  /** Whether it fails where anything that should happen at some time never did. */
  readonly requireCoverage: boolean;
}

/** Who watches a campaign. */
export interface Watch {
  /** Told what has been seen so far. */
  readonly onProgress?: (tally: Tally) => void;
  /** Ends the campaign early: it still sums up what it saw. */
  readonly signal?: AbortSignal;
}

export interface CampaignResult {
  readonly tally: Tally;
  readonly failure: Failure | undefined;
  /** What should have happened at some time and never did. */
  readonly never: readonly string[];
  readonly seconds: number;
  readonly jobs: number;
}

/** How many behaviours a thread runs between two reports. */
const BATCH = 100;

/**
 * How long a batch may take, in seconds, with all the shrinking that may follow: hundreds of times
 * as long as it does. One that takes longer hangs in a single step, which nothing else would end.
 */
const PATIENCE = 900;

/** Batches have seeds of their own, far apart whatever the campaign's seed is. */
const seedOf = (seed: number, batch: number): number =>
  Math.imul((seed | 0) ^ Math.imul(batch + 1, 0x9e3779b1), 0x85ebca6b) | 0;

export async function runCampaign(
  request: CampaignRequest,
  { onProgress, signal }: Watch = {},
): Promise<CampaignResult> {
  const { service, level, options, seed, runs = Number.POSITIVE_INFINITY, seconds } = request;
  const jobs = request.jobs ?? availableParallelism();
  const pool = new Piscina<Order, BatchResult>({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: jobs,
    maxThreads: jobs,
  });
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1_000;
  const sofar = emptyTally();
  const parts: Tally[] = [];
  const failures = new Map<number, Failure>();
  let next = 0;
  const goesOn = (): boolean =>
    !signal?.aborted
    && next * BATCH < runs
    && failures.size === 0
    && (seconds === undefined || elapsed() < seconds);
  const work = async (): Promise<void> => {
    while (goesOn()) {
      const batch = next++;
      const count = Math.min(BATCH, runs - batch * BATCH);
      const order = { service, level, options, seed: seedOf(seed, batch), runs: count };
      const { tally: part, failure } = await patiently(pool, order);
      addTally(sofar, part);
      parts[batch] = part;
      if (failure) failures.set(batch, failure);
      onProgress?.(sofar);
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    await pool.destroy();
  }
  // Summed up in their order, so that nothing depends on which thread was the first to report.
  const tally = emptyTally();
  for (const part of parts) if (part !== undefined) addTally(tally, part);
  // The earliest batch decides.
  const failure = failures.get(Math.min(...failures.keys()));
  return { tally, failure, never: neverHappened(tally), seconds: elapsed(), jobs };
}

/** Throws an Error that names the seed if the batch does not come to an end. */
async function patiently(pool: Piscina<Order, BatchResult>, order: Order): Promise<BatchResult> {
  const signal = AbortSignal.timeout(PATIENCE * 1_000);
  try {
    return await pool.run(order, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    const { service, seed, runs } = order;
    throw new Error(`${service}: one of ${runs} behaviours from batch seed ${seed} never ends`);
  }
}
