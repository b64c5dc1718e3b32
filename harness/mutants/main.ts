/**
 * # `npm run mutants`
 *
 * Lets every mutant live until a boundary refuses it, and says which, after how many steps, and how
 * short the behaviour is that shows it. A mutant that survives, or that another boundary than its
 * own refuses, fails the command.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import Table from 'cli-table3';
import { lockMutants } from './lock.ts';
import type { Mutant } from './mutant.ts';
import type { MutantEnd, MutantOrder } from './worker.ts';

const MUTANTS: readonly Mutant[] = [...lockMutants];

/** The project's root: the compiled form of this module lies in dist/harness/mutants. */
const ROOT = new URL('../../../', import.meta.url).href;

/** How long a mutant may take to be loaded, in seconds. */
const PATIENCE = 30;

interface Result extends MutantEnd {
  readonly mutant: Mutant;
  /** Why the command fails because of this mutant; nothing if all is as it should be. */
  readonly complaint: string | undefined;
}

async function judge(mutant: Mutant, seed: number, limit: number): Promise<Result> {
  const workerData: MutantOrder = { root: ROOT, mutant, seed, limit };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
  const patience = new AbortController();
  const outcomes = [
    once(worker, 'message', { signal: patience.signal }).then(([end]) => end as MutantEnd),
    once(worker, 'exit', { signal: patience.signal }).then(() => 'ends without a word'),
    sleep((PATIENCE + 2 * limit) * 1_000, 'hangs', { signal: patience.signal }),
  ];
  const end = await Promise.race(outcomes);
  patience.abort();
  await Promise.allSettled([worker.terminate(), ...outcomes]);
  if (typeof end === 'string') {
    const nothing = { failure: undefined, steps: 0, seconds: 0, shortest: undefined };
    return { ...nothing, mutant, complaint: end };
  }
  return { ...end, mutant, complaint: complaintOf(mutant, end) };
}

function complaintOf(mutant: Mutant, { failure }: MutantEnd): string | undefined {
  const { refusedBy, clauses, survives } = mutant;
  const { boundary, clause = '' } = failure?.refusal ?? {};
  if (survives !== undefined) {
    return boundary === undefined ? undefined : `was to survive, but ${boundary} refuses it`;
  }
  if (boundary === undefined) return 'survives';
  if (boundary !== refusedBy) return `is refused by ${boundary}, not ${refusedBy}`;
  return clauses.some((law) => clause.startsWith(law))
    ? undefined
    : `is refused because of "${clause}", not "${clauses.join('" or "')}"`;
}

const rowOf = ({ mutant, failure, steps, seconds, shortest, complaint }: Result): string[] => [
  complaint === undefined ? '' : '✗',
  mutant.name,
  failure?.refusal.boundary ?? mutant.survives?.class ?? 'survives',
  failure?.refusal.clause ?? mutant.survives?.reason ?? '',
  steps.toLocaleString('en-US'),
  seconds.toFixed(1),
  String(failure?.length ?? ''),
  String(shortest ?? ''),
];

function print(results: readonly Result[]): void {
  const head = ['', 'mutant', 'refused by', 'clause', 'steps', 'seconds', 'shrunk to', 'explorer'];
  const table = new Table({
    head,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [3, 34, 13, 46, 11, 9, 11, 10],
  });
  table.push(...results.map(rowOf));
  process.stdout.write(`${table.toString()}\n`);
  const failed = results.filter(({ complaint }) => complaint !== undefined);
  for (const { mutant, complaint } of failed) {
    process.stdout.write(`✗ ${mutant.service}: "${mutant.name}" ${complaint}\n`);
  }
  process.stdout.write(
    `${results.length - failed.length} as they should be, ${failed.length} not\n`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
    },
  });
  const queue = MUTANTS.filter(({ name }) => name.includes(values.only)).entries();
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    for (const [index, mutant] of queue) {
      results[index] = await judge(mutant, Number(values.seed), Number(values.seconds));
      process.stderr.write(results[index].complaint === undefined ? '.' : '✗');
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  process.stderr.write('\n');
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else print(results);
  process.exitCode = results.some(({ complaint }) => complaint !== undefined) ? 1 : 0;
}

await main();
