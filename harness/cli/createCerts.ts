import type { Command } from 'commander';

const HELP = `
Settings (keys in any case; values are taken as they stand):
  name=NAME        what the service is called          (MyIronfleetService)
  type=TYPE        what it serves, such as IronLock    (IronRSLKV)
  outputdir=DIR    where the files go; made if missing (.)
  addr<n>=HOST     where server n is found, a host name or an IP address
  port<n>=PORT     and on which port; n counts from 1
  admins=N         how many administrators it has      (0)
  usessl=BOOL      mutual TLS, or plain TCP that trusts everyone (true)
  verbose=BOOL     also tell the keys                  (false)
  overwrite=BOOL   replace files that exist            (false)

It writes NAME.TYPE.service.txt, which everyone may read, and for each server
NAME.TYPE.server<n>.private.txt, which only that server should ever see.

Where a service has administrators, only they may have keys of a sharded hash table moved; without
any, whoever can reach the servers may, as in the original. Each has a key of its own, in
NAME.TYPE.admin<n>.private.txt. Whoever has that file is that administrator.

Example, three hosts that share a lock:
  $ npx ironfleet create-certs name=MyLock type=IronLock outputdir=certs \\
      addr1=127.0.0.1 port1=4001 addr2=127.0.0.1 port2=4002 addr3=127.0.0.1 port3=4003
`;

export function register(program: Command): void {
  program
    .command('create-certs')
    .description(
      'Create the keys of a new service: one public file, and a private file for each key.',
    )
    .argument('[key=value...]', 'settings, listed below')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(args: readonly string[]): Promise<void> {
  const { SingleBar } = await import('cli-progress');
  const { createCerts } = await import('../../impl/framework/createCerts.ts');
  const bar = new SingleBar({
    format: 'Making keys [{bar}] {value}/{total}',
    clearOnComplete: true,
  });
  try {
    await createCerts(args, {
      now: new Date(),
      print: (line) => console.log(line),
      progress: (made, total) => (made === 0 ? bar.start(total, 0) : bar.update(made)),
    });
  } finally {
    bar.stop();
  }
}
