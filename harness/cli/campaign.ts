import type { Command } from 'commander';
import { wholeNumber } from './wholeNumber.ts';

interface Options {
  readonly runs?: number;
  readonly time?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly hosts?: number;
  readonly steps?: number;
  readonly compatible?: boolean;
  readonly failureFile?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ ironfleet campaign lock                     10,000 behaviours
  $ ironfleet campaign lock --time 600          as many as ten minutes allow
  $ ironfleet campaign lock --seed 7 --runs 500 the same 500 behaviours every time
  $ ironfleet replay lock.failure.json          see a refused behaviour again

The exit code is 0 if every step was allowed and everything that should happen at some time did,
1 if not, and 2 for wrong usage.`;

export function register(program: Command): void {
  program
    .command('campaign')
    .description('run many random behaviours of a service and check every step at every boundary')
    .argument('<service>', 'what to check: lock')
    .option('--runs <count>', 'how many behaviours (default: 10000)', wholeNumber(1))
    .option('--time <seconds>', 'how long, instead of how many', wholeNumber(1))
    .option(
      '--seed <number>',
      'start from this seed (default: a new one)',
      wholeNumber(-(2 ** 31), 2 ** 32),
    )
    .option('--jobs <count>', 'how many threads (default: one a core)', wholeNumber(1, 1_024))
    .option('--hosts <count>', 'how many hosts (default: 1 to 7, at random)', wholeNumber(1, 26))
    .option(
      '--steps <count>',
      'steps of chaos in a behaviour, at most (default: 1000)',
      wholeNumber(1),
    )
    .option('--compatible', 'check the behaviour of the original: nothing is repeated')
    .option(
      '--failure-file <path>',
      'where to write a refused behaviour (default: SERVICE.failure.json)',
    )
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, options: Options) => {
      const { campaignCommand } = await import('./campaignCommand.ts');
      process.exitCode = await campaignCommand(service, options);
    });
}

export type { Options as CampaignCommandOptions };
