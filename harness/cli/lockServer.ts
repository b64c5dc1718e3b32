import type { Command } from 'commander';

const HELP = `
Options (keys in any case):
  addr=HOST         where to listen                              (as the private key file says)
  port=PORT         on which port                                (as the private key file says)
  verbose=BOOL      tell of refused peers and unreachable servers           (false)
  trace=FILE        record every step, for \`ironfleet check-trace\`
  overwrite=BOOL    let trace= replace a file that exists                   (false)
  compatible=BOOL   grant once and forget, as the original does             (false)
  retry=MS          how long to wait before an offer is repeated            (200)
  hold=MS           how long to keep the lock before it is granted          (0)

Start it once for each server of the service, in any order, with that server's private key
file. It prints [[READY]] when it listens, and a line whenever it gets the lock and whenever it
grants it. Control-C ends it.

Examples, after \`ironfleet create-certs name=My type=IronLock ...\`:
  $ ironfleet lock-server My.IronLock.service.txt My.IronLock.server1.private.txt hold=500
  $ ironfleet lock-server My.IronLock.service.txt My.IronLock.server2.private.txt trace=2.trace

The exit code is 0 after Control-C, 1 if the server had to stop because it would have broken a
rule, and 2 for wrong usage, such as a missing file or a port in use.`;

export function register(program: Command): void {
  program
    .command('lock-server')
    .description('be one server of a lock service')
    .argument('<service>', 'the service file, which lists the servers')
    .argument('<private>', 'the private key file of the server to be')
    .argument('[key=value...]', 'options, listed below')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(
  serviceFile: string,
  privateKeyFile: string,
  options: readonly string[],
): Promise<void> {
  const { runLockServer } = await import('../../impl/lock/server.ts');
  const { serveInProcess } = await import('../../impl/framework/serverProcess.ts');
  await serveInProcess((surroundings) =>
    runLockServer({ serviceFile, privateKeyFile, options }, surroundings),
  );
}
