import type { Command } from 'commander';
import { wholeNumber } from './wholeNumber.ts';

interface Options {
  readonly hosts?: number;
  readonly epochs?: number;
  readonly compatible?: boolean;
  readonly part?: string;
  readonly replicas?: number;
  readonly operations?: number;
  readonly ballots?: number;
  readonly restarts?: number;
  readonly symmetry: boolean;
  readonly liveness: boolean;
  readonly maxStates: number;
  readonly maxSeconds?: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Every state that the hosts and the network can reach is visited, those near the beginning first; in every
state and step all invariants and the boundaries B3 and B4 are checked. So what is refused comes with a
shortest behaviour. Time stands still: whatever may happen at some time may happen at any time.

Then it is checked that what should happen does happen: that the lock goes around for ever, that
requests are executed in the end, and that keys go where they are ordered to. Every host goes on, and a packet that is sent again and again arrives at
last. The graph of all states must be kept for that; where there are too many it is left out.

A replicated service is explored in parts, each with few replicas, operations and ballots, and without
the actions that have nothing to do with it; every report says which and why. The parts are:
  agreement    leaders that know nothing of one another propose different values
  log          leaders take over a log with gaps
  execution    a replica executes a log that two leaders have made
  restart      replicas stop and start again while they agree
  catch-up     logs are truncated, and a replica that was not there catches up
  takeover     a new leader finds that logs are truncated, and one replica behind
  original     what only the original does: it forgets replies at will, and executes requests twice
  election     replicas suspect one leader after the other
  service      all that replicas do while one of them leads, and that requests are executed
  gap          a new leader fills a gap in the log, and all is executed
  succession   the first leader has stopped, and the others do without it
Replicas that differ only in their names are taken for one another where that changes nothing, and how
much that saves is said.

A hash table is explored in parts as well, each with few hosts and keys, and with few things that clients
and administrators ever say; every report says what. The parts are:
  hand-over    a key goes to another host while two clients set, get and delete it
  there-and-back, pieces, orders          ranges go to and fro, whole, bit by bit and all at once
  three-hosts, two-givers                 keys go around, and come from two sides
  acknowledged, strangers, at-the-end     what clients leave unacknowledged, liars, the last numbers
  original     what the original does
  lossy, lossy-three                      what is lost is sent again until it arrives

Examples:
  $ ironfleet explore lock                            3 hosts, 20 epochs: all of it in a moment
  $ ironfleet explore lock --compatible               the original, which one lost transfer stops for ever
  $ ironfleet explore lock --hosts 10 --epochs 1000   a million states
  $ ironfleet explore lock --hosts 20 --epochs 50 --max-seconds 60
  $ ironfleet explore rsl                             all parts, 2 and 3 replicas: about a minute
  $ ironfleet explore rsl --part agreement --ballots 4
  $ ironfleet explore rsl --part election --ballots 3   1.3 million states
  $ ironfleet explore rsl --part restart --replicas 2 --ballots 3 --restarts 2
  $ ironfleet explore rsl --part agreement --no-symmetry
  $ ironfleet explore sht                             all parts: about a minute
  $ ironfleet explore sht --part pieces

The exit code is 0 if nothing is refused, 1 if something is, and 2 for wrong usage. What cuts a search is
always said.`;

export function register(program: Command): void {
  program
    .command('explore')
    .description('visit every state of a small instance of a protocol and check all of them')
    .argument('<service>', 'what to explore: lock, rsl or sht')
    .option('--hosts <count>', 'lock: how many hosts (default: 3)', wholeNumber(1, 26))
    .option(
      '--epochs <count>',
      'lock: the last epoch, which ends the going around (default: 20)',
      wholeNumber(1, 10_000),
    )
    .option(
      '--compatible',
      'lock: explore the behaviour of the original, where nothing is repeated',
    )
    .option('--part <name>', 'rsl, sht: explore only this part')
    .option('--replicas <count>', 'rsl: how many replicas', wholeNumber(0, 5))
    .option('--operations <count>', 'rsl: how many operations are proposed', wholeNumber(1, 100))
    .option('--ballots <count>', 'rsl: in how many ballots', wholeNumber(1, 100))
    .option('--restarts <count>', 'rsl: how often replicas start again', wholeNumber(0, 100))
    .option('--no-symmetry', 'rsl: take no replica for another')
    .option('--no-liveness', 'do not check that something happens in the end')
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
      process.exitCode = await exploreCommand(service, options);
    });
}

export type { Options as ExploreCommandOptions };
