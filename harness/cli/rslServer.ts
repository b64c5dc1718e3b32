import type { Command } from 'commander';
import type { ServiceClass } from '../../impl/apps/service.ts';
import { serverHelp } from '../../impl/rsl/serverHelp.ts';

/** The services that come with the package. */
const SERVICES = [
  {
    command: 'rsl-counter-server',
    description: 'be one replica of a counter',
    type: 'IronRSLCounter',
    load: async (): Promise<ServiceClass> =>
      (await import('../../impl/apps/counter.ts')).CounterService,
  },
  {
    command: 'rsl-kv-server',
    description: 'be one replica of a key-value store',
    type: 'IronRSLKV',
    load: async (): Promise<ServiceClass> =>
      (await import('../../impl/apps/keyValue.ts')).KeyValueService,
  },
] as const;

export function register(program: Command): void {
  for (const { command, description, type, load } of SERVICES) {
    program
      .command(command)
      .description(description)
      .argument('<service>', 'the service file, which lists the replicas')
      .argument('<private>', 'the private key file of the replica to be')
      .argument('[key=value...]', 'options, listed below')
      .addHelpText('after', () => serverHelp(`ironfleet ${command}`, type))
      .action(async (serviceFile, privateKeyFile, options) => {
        await run(await load(), serviceFile, privateKeyFile, options);
      });
  }
}

async function run(
  serviceClass: ServiceClass,
  serviceFile: string,
  privateKeyFile: string,
  options: readonly string[],
): Promise<void> {
  const { runRslServer } = await import('../../impl/rsl/server.ts');
  const { serveInProcess } = await import('../../impl/framework/serverProcess.ts');
  await serveInProcess((surroundings) =>
    runRslServer(serviceClass, { serviceFile, privateKeyFile, options }, surroundings),
  );
}
