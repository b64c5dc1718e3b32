import { type Command, Option } from 'commander';
import type { Level } from '../campaign/level.ts';
import type { RslSettings } from '../rsl/settings.ts';
import type { ShtSettings } from '../sht/settings.ts';
import { addSettings } from './campaignSettings.ts';
import { wholeNumber } from './wholeNumber.ts';

/** As campaigns have them, which are loaded only when one begins. */
const LEVELS = ['impl', 'protocol'] as const satisfies readonly Level[];

interface Options {
  readonly level?: Level;
  readonly runs?: number;
  readonly time?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly hosts?: number;
  readonly replicas?: number;
  readonly steps?: number;
  readonly compatible?: boolean;
  readonly requireCoverage?: boolean;
  readonly failureFile?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Services, and the levels at which they can be run:
  lock  impl, protocol   hosts pass a lock around
  rsl   impl, protocol   replicas run one application for everybody
  sht   impl, protocol   hosts keep a hash table, whose keys move from one to another

Examples:
  $ ironfleet campaign lock                        10,000 behaviours
  $ ironfleet campaign lock --time 600             as many as ten minutes allow
  $ ironfleet campaign lock --seed 7 --runs 500    the same 500 behaviours every time
  $ ironfleet campaign rsl                         the replicated service, every parameter at random
  $ ironfleet campaign rsl --level protocol        its protocol alone, with replicas that start again
  $ ironfleet campaign rsl --replicas 5 --window 2 --application kv
  $ ironfleet campaign sht --keys 3 --delegation-keys 1    few keys, which move one by one
  $ ironfleet replay lock.failure.json             see a refused behaviour again

A behaviour is so many steps of hosts in a network that loses, repeats, delays and reorders, while
links are cut, hosts pause or start again, clocks are wrong, and strangers lie. Then the network
works again, and what the service promises must come about in time.

What should have happened at some time and never did is named at the end: about that the campaign
proves nothing. Usually it was too short; with --require-coverage it then fails.

The exit code is 0 if every step was allowed; 1 if one was refused, if the specification never took
a step or, with --require-coverage, if anything that should happen never did; 2 for wrong usage.`;

export function register(program: Command): void {
  const command = program
    .command('campaign')
    .description('run many random behaviours of a service and check every step at every boundary')
    .argument('<service>', 'what to check: lock, rsl or sht')
    .addOption(
      new Option(
        '--level <level>',
        "the running hosts, or the protocol's (default: the first that the service has)",
      ).choices(LEVELS),
    )
    .option(
      '--runs <count>',
      'how many behaviours (default: 10000, rsl and sht 8000)',
      wholeNumber(1),
    )
    .option('--time <seconds>', 'how long, instead of how many', wholeNumber(1))
    .option(
      '--seed <number>',
      'start from this seed (default: a new one)',
      wholeNumber(-(2 ** 31), 2 ** 32),
    )
    .option('--jobs <count>', 'how many threads (default: one a core)', wholeNumber(1, 1_024))
    .option('--hosts <count>', 'how many hosts (default: a few, at random)', wholeNumber(1, 26))
    .option('--replicas <count>', 'the same, for who calls them replicas', wholeNumber(1, 26))
    .option(
      '--steps <count>',
      'steps of chaos in a behaviour, at most (default: 1000)',
      wholeNumber(1),
    )
    .option('--compatible', 'check only what the original does (lock, rsl: nothing is repeated)')
    .option('--no-compatible', 'check no such behaviour (rsl and sht try both, unless told)')
    .option('--require-coverage', 'fail if anything that should happen never did')
    .option(
      '--failure-file <path>',
      'where to write a refused behaviour (default: SERVICE.failure.json)',
    )
    .option('--json', 'print the result as one line of JSON');
  addSettings(command);
  command
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, options: CampaignCommandOptions) => {
      const { campaignCommand } = await import('./campaignCommand.ts');
      process.exitCode = await campaignCommand(service, options);
    });
}

export type CampaignCommandOptions = Options & RslSettings & ShtSettings;
