import type { Command } from 'commander';
import { SHT_CLIENT_HELP } from './shtClientHelp.ts';

export function register(program: Command): void {
  program
    .command('sht-client')
    .description('use a sharded hash table, and measure how fast it answers')
    .argument('<service>', 'the service file, which lists the hosts')
    .argument('[key=value...]', 'options, listed below')
    .addHelpText('after', SHT_CLIENT_HELP)
    .action(async (serviceFile: string, options: readonly string[]) => {
      const { runShtClient } = await import('../load/shtClientProgram.ts');
      const { serveInProcess } = await import('../../impl/framework/serverProcess.ts');
      await serveInProcess((surroundings) => runShtClient(serviceFile, options, surroundings));
    });
}
