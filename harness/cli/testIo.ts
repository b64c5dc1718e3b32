import type { Command } from 'commander';

const HELP = `
Settings (keys in any case):
  addr=HOST      where to listen           (as the private key file says)
  port=PORT      on which port             (as the private key file says)
  verbose=BOOL   tell of refused peers and unreachable servers (false)

Start it once for each server of a service, with that server's private key file. Every second it
sends a greeting to one of the servers, perhaps itself, and it prints what arrives and from whom.
Control-C ends it.

Example, after \`ironfleet create-certs name=MyTest type=Test ...\`:
  $ npx ironfleet test-io certs/MyTest.Test.service.txt certs/MyTest.Test.server1.private.txt
`;

export function register(program: Command): void {
  program
    .command('test-io')
    .description('Try out the transport: greet the servers of a service and print what arrives.')
    .argument('<service>', "the service file, which lists the service's servers")
    .argument('<private>', 'the private key file of the server to be')
    .argument('[key=value...]', 'settings, listed below')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(servicePath: string, privatePath: string, args: string[]): Promise<void> {
  const { flag, parseKeyValues, port, text } = await import('../../impl/framework/keyValue.ts');
  const identity = await import('../../impl/framework/identity.ts');
  const { testIo } = await import('../../impl/framework/testIo.ts');
  const options = parseKeyValues(args, { addr: text, port, verbose: flag });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  await testIo(
    {
      service: identity.readServiceIdentity(servicePath),
      me: identity.readPrivateIdentity(privatePath),
      host: options.addr,
      port: options.port,
      print: (line) => process.stdout.write(`${line}\n`),
      log: options.verbose ? (line) => process.stderr.write(`${line}\n`) : undefined,
    },
    stop.signal,
  );
}
