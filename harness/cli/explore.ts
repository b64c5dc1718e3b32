import type { Command } from 'commander';
import { wholeNumber } from './wholeNumber.ts';

interface Options {
  readonly hosts: number;
  readonly epochs: number;
  readonly compatible?: boolean;
  readonly liveness: boolean;
  readonly maxStates: number;
  readonly maxSeconds?: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Every state that the hosts and the network can reach is visited, those near the beginning first; in every
state and step all invariants and the boundaries B3 and B4 are checked. So what is refused comes with a
shortest behaviour. Time stands still: whatever may happen at some time may happen at any time.

Then it is checked that the lock goes around for ever, if every host goes on and a packet that is sent again and
again arrives at last. The graph of all states must be kept for that; above 100,000 states it is left out.

Examples:
  $ ironfleet explore lock                            3 hosts, 20 epochs: all of it in a moment
  $ ironfleet explore lock --compatible               the original, which one lost transfer stops for ever
  $ ironfleet explore lock --hosts 10 --epochs 1000   a million states
  $ ironfleet explore lock --hosts 20 --epochs 50 --max-seconds 60

The exit code is 0 if nothing is refused, 1 if something is, and 2 for wrong usage. What cuts a search is
always said.`;

export function register(program: Command): void {
  program
    .command('explore')
    .description('visit every state of a small instance of a protocol and check all of them')
    .argument('<service>', 'what to explore: lock')
    .option('--hosts <count>', 'how many hosts', wholeNumber(1, 26), 3)
    .option(
      '--epochs <count>',
      'the last epoch, which ends the going around',
      wholeNumber(1, 10_000),
      20,
    )
    .option('--compatible', 'explore the behaviour of the original: nothing is repeated')
    .option('--no-liveness', 'do not check that the lock goes around')
    .option(
      '--max-states <count>',
      'stop when so many states are found',
      wholeNumber(1),
      10_000_000,
    )
    .option('--max-seconds <seconds>', 'stop after so long', wholeNumber(1))
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, options: Options) => {
      const { exploreCommand } = await import('./exploreCommand.ts');
      process.exitCode = exploreCommand(service, options);
    });
}

export type { Options as ExploreCommandOptions };
