/** # A thread in which one mutant lives until a boundary refuses it, or its time is over. */
import { register } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type * as exploredModule from './explored.ts';
import type * as groundsModule from './grounds.ts';
import type * as huntModule from './hunt.ts';
import type { Mutant } from './mutant.ts';
import type { HookData } from './sourceHooks.ts';

export interface MutantOrder {
  readonly root: string;
  readonly mutant: Mutant;
  readonly seed: number;
  /** How long the mutant may live, in seconds. */
  readonly limit: number;
  /** How long to go on cutting down the behaviour that is refused, in seconds. */
  readonly shrinking: number;
}

export interface MutantEnd extends huntModule.Quarry {
  /**
   * How many steps the explorer's shortest counterexample has; nothing where the bug is not in what
   * it explores, or where it finds none.
   */
  readonly shortest: number | undefined;
}

/** The levels that the explorer explores. */
const EXPLORED = /^(spec|protocol|refinement)\//;

async function live({ root, mutant, ...order }: MutantOrder): Promise<MutantEnd> {
  const data: HookData = { root, patches: mutant.patches };
  register('./sourceHooks.js', import.meta.url, { data });
  const load = (file: string): Promise<unknown> => import(new URL(file, root).href);
  const { hunt } = (await load('harness/mutants/hunt.ts')) as typeof huntModule;
  const { groundsOf } = (await load('harness/mutants/grounds.ts')) as typeof groundsModule;
  const quarry = hunt(groundsOf(mutant), { options: mutant.options ?? {}, ...order });
  const explored = mutant.patches.some(({ file }) => EXPLORED.test(file));
  const { shortestRefusal } = (await load('harness/mutants/explored.ts')) as typeof exploredModule;
  return { ...quarry, shortest: explored ? shortestRefusal(mutant.service) : undefined };
}

parentPort?.postMessage(await live(workerData as MutantOrder));
