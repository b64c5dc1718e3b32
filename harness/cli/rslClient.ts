import type { Command } from 'commander';
import { clientHelp } from './rslClientHelp.ts';

/** The client programs of the services that come with the package. */
const PROGRAMS = [
  {
    command: 'rsl-counter-client',
    description: 'increment a replicated counter',
    asked: 'counter',
  },
  { command: 'rsl-kv-client', description: 'use a replicated key-value store', asked: 'kv' },
] as const;

export function register(program: Command): void {
  for (const { command, description, asked } of PROGRAMS) {
    program
      .command(command)
      .description(`${description}, and measure how fast it answers`)
      .argument('<service>', 'the service file, which lists the replicas')
      .argument('[key=value...]', 'options, listed below')
      .addHelpText('after', () => clientHelp(asked))
      .action(async (serviceFile: string, options: readonly string[]) => {
        const { runClientProgram } = await import('../load/clientProgram.ts');
        const { serveInProcess } = await import('../../impl/framework/serverProcess.ts');
        await serveInProcess((surroundings) =>
          runClientProgram(asked, serviceFile, options, surroundings),
        );
      });
  }
}
