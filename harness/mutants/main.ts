/**
 * # `npm run mutants`
 *
 * Lets every mutant live, each in a thread of its own, until a boundary refuses it, and says which
 * one did, after how many steps, and how short a behaviour shows it. A mutant that survives, or
 * that another boundary or law than its own refuses, fails the command.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { judge, type Result } from './judge.ts';
import { MUTANTS } from './list.ts';
import { homeOf, summaries, tables, tell } from './report.ts';

const OPTIONS = {
  /** Only mutants whose names contain this, and only those of this service, at this level. */
  only: { type: 'string', default: '' },
  service: { type: 'string', default: '' },
  level: { type: 'string', default: '' },
  seed: { type: 'string', default: '1' },
  /** How long a mutant may live, and how long to go on cutting down what was found. */
  seconds: { type: 'string', default: '60' },
  shrink: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
} as const;

function print(results: readonly Result[]): void {
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  say(tables(results));
  const failed = results.filter(({ complaint }) => complaint !== undefined);
  for (const { mutant, complaint } of failed) {
    say(`✗ ${homeOf(mutant)}: "${mutant.name}" ${complaint}`);
  }
  for (const summary of summaries(results)) say(tell(summary));
  say(`${results.length - failed.length} as they should be, ${failed.length} not`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const numberOf = (name: 'seed' | 'seconds' | 'shrink'): number => {
    const value = Number(values[name]);
    if (values[name] !== '' && Number.isFinite(value) && value >= 0) return value;
    throw new RangeError(`--${name} takes a number that is not negative, not "${values[name]}"`);
  };
  const chosen = MUTANTS.filter(
    ({ name, service, level }) =>
      name.includes(values.only)
      && (values.service === '' || service === values.service)
      && (values.level === '' || level === values.level),
  );
  if (chosen.length === 0) throw new RangeError('there is no such mutant');
  const trial = {
    seed: numberOf('seed'),
    limit: numberOf('seconds'),
    shrinking: numberOf('shrink'),
  };
  const queue = chosen.entries();
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    for (const [index, mutant] of queue) {
      results[index] = await judge(mutant, trial);
      process.stderr.write(results[index].complaint === undefined ? '.' : '✗');
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  process.stderr.write('\n');
  const report = { summaries: summaries(results), results };
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else print(results);
  process.exitCode = results.some(({ complaint }) => complaint !== undefined) ? 1 : 0;
}

try {
  await main();
} catch (error) {
  // Options that mean nothing: the one for `parseArgs`, the other for us.
  if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  process.stderr.write(`ERROR - ${error.message}\n`);
  process.exitCode = 2;
}
