/** # What becomes of a mutant, in a thread of its own, and whether that is as it should be. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { complaintOf, type Mutant } from './mutant.ts';
import type { MutantEnd, MutantOrder } from './worker.ts';

/** The project's root: the compiled form of this module lies in dist/harness/mutants. */
const ROOT = new URL('../../../', import.meta.url).href;

/** How long a mutant may take to be loaded, in seconds. */
const PATIENCE = 30;

export interface Result extends MutantEnd {
  readonly mutant: Mutant;
  /** Why the command fails because of this mutant; nothing if all is as it should be. */
  readonly complaint: string | undefined;
}

export type Trial = Pick<MutantOrder, 'seed' | 'limit' | 'shrinking'>;

export async function judge(mutant: Mutant, trial: Trial): Promise<Result> {
  const workerData: MutantOrder = { root: ROOT, mutant, ...trial };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
  const patience = new AbortController();
  const { signal } = patience;
  const outcomes = [
    once(worker, 'message', { signal }).then(([end]) => end as MutantEnd),
    once(worker, 'exit', { signal }).then(() => 'ends without a word'),
    sleep((PATIENCE + 2 * trial.limit) * 1_000, 'hangs', { signal }),
  ];
  try {
    const end = await Promise.race(outcomes).catch((error) => `cannot run: ${error}`);
    if (typeof end !== 'string') {
      return { ...end, mutant, complaint: complaintOf(mutant, end.refusal) };
    }
    const nothing = { refusal: undefined, steps: 0, seconds: 0, length: undefined };
    return { ...nothing, shortest: undefined, mutant, complaint: end };
  } finally {
    patience.abort();
    await Promise.allSettled([worker.terminate(), ...outcomes]);
  }
}
