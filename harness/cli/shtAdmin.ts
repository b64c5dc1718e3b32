import type { Command } from 'commander';
import { MOVE_HELP, REBALANCE_HELP, SHOW_HELP, SHT_ADMIN_HELP } from './shtAdminHelp.ts';

export function register(program: Command): void {
  const admin = program
    .command('sht-admin')
    .description('see where the keys of a sharded hash table are, and have them moved')
    .addHelpText('after', SHT_ADMIN_HELP);
  admin
    .command('show')
    .description('show which host has which keys, and what is on the move')
    .argument('<service>', 'the service file, which lists the hosts')
    .argument('[key=value...]', 'options, listed below')
    .option('--json', 'print it as one line of JSON')
    .addHelpText('after', SHOW_HELP)
    .action(async (service: string, options: readonly string[], { json = false }) => {
      const { show } = await import('./shtAdminCommand.ts');
      process.exitCode = await show(service, options, json);
    });
  admin
    .command('move')
    .description('have the keys of a range moved to a host')
    .argument('<service>', 'the service file, which lists the hosts')
    .argument('<low>', 'the first key of the range, or -inf')
    .argument('<high>', 'the first key that is no longer in it, or inf')
    .argument('<recipient>', 'the host that gets them: its name, or its place, counted from 1')
    .argument('[key=value...]', 'options, listed below')
    .allowUnknownOption() // The word for the lowest bound looks like one.
    .addHelpText('after', MOVE_HELP)
    .action(
      async (
        service: string,
        low: string,
        high: string,
        recipient: string,
        options: readonly string[],
      ) => {
        const { move } = await import('./shtAdminCommand.ts');
        process.exitCode = await move(service, [low, high, recipient], options);
      },
    );
  admin
    .command('rebalance')
    .description('share all keys out evenly, one range for each host')
    .argument('<service>', 'the service file, which lists the hosts')
    .argument('[key=value...]', 'options, listed below')
    .addHelpText('after', REBALANCE_HELP)
    .action(async (service: string, options: readonly string[]) => {
      const { rebalance } = await import('./shtAdminCommand.ts');
      process.exitCode = await rebalance(service, options);
    });
}
