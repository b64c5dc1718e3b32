#!/usr/bin/env node
/**
 * # The command line
 *
 * One command with sub-commands. Each sub-command is a module of its own, loaded only when it is
 * asked for, so that a server's process never loads the checkers.
 *
 * Exit codes: 0 all is well; 1 a refusal was found; 2 bad usage or environment; 3 a bug of the
 * program itself, so that it is never taken for a refusal.
 */
import { Command, CommanderError } from 'commander';
import { UsageError } from '../impl/framework/usageError.ts';
import { register as campaign } from './cli/campaign.ts';
import { register as checkHistory } from './cli/checkHistory.ts';
import { register as checkTrace } from './cli/checkTrace.ts';
import { register as createCerts } from './cli/createCerts.ts';
import { register as explore } from './cli/explore.ts';
import { register as induction } from './cli/induction.ts';
import { register as lockServer } from './cli/lockServer.ts';
import { register as replay } from './cli/replay.ts';
import { register as rslClient } from './cli/rslClient.ts';
import { register as rslServer } from './cli/rslServer.ts';
import { register as shtAdmin } from './cli/shtAdmin.ts';
import { register as shtClient } from './cli/shtClient.ts';
import { register as shtServer } from './cli/shtServer.ts';
import { register as testIo } from './cli/testIo.ts';

const program = new Command('ironfleet')
  .description(
    'Distributed systems that are checked while they run: refinement campaigns, an explorer and servers.',
  )
  .version('0.1.0')
  .showHelpAfterError('(add --help to see what this command takes)')
  .exitOverride();

for (const register of [
  campaign,
  explore,
  induction,
  replay,
  checkTrace,
  checkHistory,
  createCerts,
  lockServer,
  rslServer,
  rslClient,
  shtServer,
  shtClient,
  shtAdmin,
  testIo,
]) {
  register(program);
}

// Whoever reads our output may stop reading, as `head` does: then there is nobody left to work for.
// A server is different. It goes on, and listens for this itself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1) return;
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof UsageError) {
    process.stderr.write(`ERROR - ${error.message}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`INTERNAL ERROR - ${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 3;
  }
}
