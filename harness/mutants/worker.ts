/** # A thread in which one mutant lives until a boundary refuses it, or its time is over. */
import { register } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type * as batch from '../campaign/batch.ts';
import type { Failure } from '../campaign/failure.ts';
import type * as services from '../campaign/services.ts';
import type * as exploredModule from './explored.ts';
import type { Mutant } from './mutant.ts';
import type { HookData } from './sourceHooks.ts';

export interface MutantOrder {
  readonly root: string;
  readonly mutant: Mutant;
  readonly seed: number;
  /** How long the mutant may live, in seconds. */
  readonly limit: number;
}

export interface MutantEnd {
  readonly failure: Failure | undefined;
  /** Steps that were checked before the refusal, and how long that took. */
  readonly steps: number;
  readonly seconds: number;
  /**
   * How many steps the explorer's shortest counterexample has; nothing where the bug is not in what
   * it explores, or where it finds none.
   */
  readonly shortest: number | undefined;
}

/** Behaviours at a time. */
const BATCH = 10;

/** The levels that the explorer explores. */
const EXPLORED = /^(spec|protocol|refinement)\//;

async function live({ root, mutant, seed, limit }: MutantOrder): Promise<MutantEnd> {
  const data: HookData = { root, patches: mutant.patches };
  register('./sourceHooks.js', import.meta.url, { data });
  const load = (file: string): Promise<unknown> => import(new URL(file, root).href);
  const { runBatch } = (await load('harness/campaign/batch.ts')) as typeof batch;
  const { serviceNamed } = (await load('harness/campaign/services.ts')) as typeof services;
  const service = serviceNamed(mutant.service);
  const explored = mutant.patches.some(({ file }) => EXPLORED.test(file));
  const { shortestRefusal } = (await load('harness/mutants/explored.ts')) as typeof exploredModule;
  const shortest = explored ? shortestRefusal(mutant.service) : undefined;
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  let steps = 0;
  for (let at = 0; seconds() < limit; at++) {
    const options = { compatible: mutant.compatible };
    const { tally, failure } = runBatch(service, { options, seed: seed + at, runs: BATCH });
    steps += tally.steps;
    if (failure) return { failure, steps, seconds: seconds(), shortest };
  }
  return { failure: undefined, steps, seconds: seconds(), shortest };
}

parentPort?.postMessage(await live(workerData as MutantOrder));
