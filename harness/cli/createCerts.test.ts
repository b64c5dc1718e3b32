import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../impl/framework/usageError.ts';
import { register } from './createCerts.ts';

/** Runs the sub-command alone and returns what it printed on its own account. */
const run = async (...args: readonly string[]): Promise<string> => {
  let output = '';
  const program = new Command().exitOverride();
  register(program);
  for (const command of program.commands) {
    command.exitOverride().configureOutput({
      writeOut: (text) => (output += text),
      writeErr: (text) => (output += text),
    });
  }
  try {
    await program.parseAsync(['create-certs', ...args], { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError) throw error;
  }
  return output;
};

describe('create-certs on the command line', () => {
  test('explains its settings and shows an example', async () => {
    const help = await run('--help');
    for (const key of ['name=', 'type=', 'outputdir=', 'addr<n>=', 'port<n>=', 'admins=']) {
      expect(help).toContain(key);
    }
    expect(help).toContain('$ npx ironfleet create-certs name=MyLock type=IronLock');
  });

  test('refuses options that it does not have, and settings that make no sense', async () => {
    expect(await run('--force')).toContain("unknown option '--force'");
    await expect(run('addr1=127.0.0.1')).rejects.toThrow('port1= is missing');
  });
});
