import type { Command } from 'commander';

export function register(program: Command): void {
  program
    .command('replay')
    .description('go through a refused behaviour again, step by step')
    .argument('<file>', 'a failure file that a campaign wrote')
    .option('--full', 'go through the behaviour as it was found, not the shrunk one')
    .option('--json', 'print the outcome as one line of JSON')
    .addHelpText(
      'after',
      `
The file says which service it is, at which level, and everything else that the behaviour needs.

The exit code is 1 if the behaviour is still refused, 0 if every step is allowed now, and 2 for
wrong usage.`,
    )
    .action(async (file: string, options: { full?: boolean; json?: boolean }) => {
      const { replayCommand } = await import('./replayCommand.ts');
      process.exitCode = replayCommand(file, options);
    });
}
