import type { Command } from 'commander';
import { wholeNumber } from './wholeNumber.ts';

interface Options {
  readonly states?: number;
  readonly seed: number;
  readonly only?: string;
  readonly table?: boolean;
  readonly json?: boolean;
}

const HELP = `
A law may hold in every state that a campaign visits and still hold by luck. It holds for ever if it is
*inductive*: if no step leads from a state in which it holds to one in which it does not. That is how an
invariant of a system without bounds is proved, and it speaks of all states, not of the few that anybody has
time to reach.

This command looks for counterexamples. It draws states in which all laws hold, whether a behaviour leads there or
not: it begins with one that can be reached, or with one made up, and changes anything in it, again and again, as
long as the laws hold. From each it tries every step that any host can take, and what strangers may send, and asks
whether the laws still hold, and whether the step was one of the specification or a stutter. What it finds is a state
and a step. Either the protocol is wrong; or that state cannot be reached, and the laws are too weak to say so.

It proves nothing: it draws states of small systems at random. But a mistake that a campaign would need a long and
unlikely behaviour to show is here one step away from a state that looks harmless.

  --only R8   asks of one law whether it is inductive alone, and if not, which other laws it needs: a set with
              which no counterexample was found, and without any member of which one was.
  --table     asks that of every law, and of B3, that each step is one of the specification. Takes long.

Examples:
  $ ironfleet induction rsl
  $ ironfleet induction rsl --states 20000 --seed 7
  $ ironfleet induction rsl --only R6
  $ ironfleet induction sht
  $ ironfleet induction sht --only S4

The exit code is 0 if no counterexample was found (with --only and --table: none that all laws together allow), 1
if one was, and 2 for wrong usage.`;

export function register(program: Command): void {
  program
    .command('induction')
    .description('look for states in which all invariants hold, and a step that breaks one')
    .argument('<service>', 'whose invariants: rsl or sht')
    .option(
      '--states <count>',
      'how many states to draw (--only and --table: each time)',
      wholeNumber(1),
    )
    .option('--seed <seed>', 'where all chance comes from', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--only <law>', 'ask what one law needs, such as R8')
    .option('--table', 'ask what each law needs')
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', HELP)
    .action(async (service: string, options: Options) => {
      const { inductionCommand } = await import('./inductionCommand.ts');
      process.exitCode = inductionCommand(service, options);
    });
}

export type { Options as InductionCommandOptions };
