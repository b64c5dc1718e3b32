/**
 * # How soon mutants are refused
 *
 * Every mutant is let loose as by `npm run mutants`, on all cores, and what is measured is how long
 * it takes until a boundary refuses it. It is the time on the wall, for that is what was promised.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Summary } from '../mutants/report.ts';
import { type Row, row } from './figures.ts';

const MUTANTS = fileURLToPath(new URL('../mutants/main.js', import.meta.url));

/** Seconds, of which no mutant may take more, and of which half of them must not. */
const TARGET = { worst: 60, median: 3 };

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Throws an error if a mutant did not end as it should. */
export async function benchMutants(): Promise<readonly Row[]> {
  const args = [MUTANTS, '--json', '--shrink', '0'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  const { summaries } = JSON.parse(stdout) as { readonly summaries: readonly Summary[] };
  return summaries.flatMap(({ service, mutants, seconds }) =>
    seconds === undefined
      ? []
      : [
          row(
            `mutants of ${service}, ${mutants}: seconds until one is refused, median and worst`,
            `${seconds.median.toFixed(1)}, ${seconds.worst.toFixed(1)}`,
            `targets ${TARGET.median} and ${TARGET.worst}`,
          ),
        ],
  );
}
