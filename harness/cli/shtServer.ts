import type { Command } from 'commander';
import { SERVER_HELP } from '../../impl/sht/serverHelp.ts';

export function register(program: Command): void {
  program
    .command('sht-server')
    .description('be one host of a sharded hash table')
    .argument('<service>', 'the service file, which lists the hosts')
    .argument('<private>', 'the private key file of the host to be')
    .argument('[key=value...]', 'options, listed below')
    .addHelpText('after', SERVER_HELP)
    .action(run);
}

async function run(
  serviceFile: string,
  privateKeyFile: string,
  options: readonly string[],
): Promise<void> {
  const { runShtServer } = await import('../../impl/sht/server.ts');
  const { serveInProcess } = await import('../../impl/framework/serverProcess.ts');
  await serveInProcess((surroundings) =>
    runShtServer({ serviceFile, privateKeyFile, options }, surroundings),
  );
}
