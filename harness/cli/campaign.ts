import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Level } from '../campaign/level.ts';
import type { Settings } from '../campaign/services.ts';
import { wholeNumber } from './wholeNumber.ts';

/** As the campaigns have them, which are loaded only when one begins. */
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

/** Options of some services only, whose values the service itself judges. */
const SETTINGS: readonly (readonly [flags: string, description: string])[] = [
  ['--application <name>', 'what is replicated: counter or kv'],
  ['--clients <count>', 'how many clients use the service (default: 1 to 6)'],
  ['--window <count>', 'operations under way at once (default: 1 to 7)'],
  ['--batch <count>', 'requests in a batch, at most (default: 1 to 4)'],
  ['--batch-bytes <count>', 'bytes of requests in a batch, at most, unless one has more'],
  ['--batch-delay <ms>', 'how long a batch waits to be full'],
  ['--view-timeout <ms>', 'how long a leader may leave a request alone, at first'],
  ['--heartbeat <ms>', 'how often replicas say that they are alive'],
  ['--retry <ms>', 'after how long something lost is asked for again'],
  ['--cached-replies <count>', "how many clients' latest replies are kept"],
  ['--max-integer <count>', 'beyond which no counter grows'],
  ['--durable', 'replicas write down what a crash must not undo, and may start again'],
  ['--no-durable', 'replicas that stop are gone for good'],
];

const EXAMPLES = `
Services, and the levels at which they can be run:
  lock  impl, protocol   hosts pass a lock around
  rsl   impl, protocol   replicas run one application for everybody

Examples:
  $ ironfleet campaign lock                        10,000 behaviours
  $ ironfleet campaign lock --time 600             as many as ten minutes allow
  $ ironfleet campaign lock --seed 7 --runs 500    the same 500 behaviours every time
  $ ironfleet campaign rsl                         the replicated service, every parameter at random
  $ ironfleet campaign rsl --level protocol        its protocol alone, with replicas that start again
  $ ironfleet campaign rsl --replicas 5 --window 2 --application kv
  $ ironfleet replay lock.failure.json             see a refused behaviour again

A behaviour is so many steps of hosts in a network that loses, repeats, delays and reorders, while
links are cut, hosts pause or start again, clocks are wrong, and strangers lie. Then the network
works again, and what the service promises must come about in time.

What should have happened at some time and never did is named at the end: about that the campaign
proves nothing. Usually it was too short; with --require-coverage it then fails.

The exit code is 0 if every step was allowed; 1 if one was refused, if the specification never took
a step or, with --require-coverage, if anything that should happen never did; 2 for wrong usage.`;

/** Refused later, with the service's own reason, if it is no number for it. */
const anyNumber = (text: string): number => {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
};

export function register(program: Command): void {
  const command = program
    .command('campaign')
    .description('run many random behaviours of a service and check every step at every boundary')
    .argument('<service>', 'what to check: lock or rsl')
    .addOption(
      new Option(
        '--level <level>',
        "the running hosts, or the protocol's (default: the first that the service has)",
      ).choices(LEVELS),
    )
    .option('--runs <count>', 'how many behaviours (default: 10000, rsl 8000)', wholeNumber(1))
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
    .option('--compatible', 'check the behaviour of the original: nothing is repeated')
    .option('--no-compatible', 'check no such behaviour (rsl tries both, unless told)')
    .option('--require-coverage', 'fail if anything that should happen never did')
    .option(
      '--failure-file <path>',
      'where to write a refused behaviour (default: SERVICE.failure.json)',
    )
    .option('--json', 'print the result as one line of JSON')
    .optionsGroup('Options of rsl (what is not fixed is drawn at random):');
  for (const [flags, description] of SETTINGS) {
    if (/<(count|ms)>/.test(flags)) command.option(flags, description, anyNumber);
    else command.option(flags, description);
  }
  command
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, options: Options & Settings) => {
      const { campaignCommand } = await import('./campaignCommand.ts');
      process.exitCode = await campaignCommand(service, options);
    });
}

export type CampaignCommandOptions = Options & Settings;
