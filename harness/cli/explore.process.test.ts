import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/harness/cli.js', import.meta.url));

const explore = (...args: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [CLI, 'explore', ...args], (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, stdout, stderr });
    });
  });

describe('ironfleet explore', () => {
  test('is green for the lock', async () => {
    const { code, stdout } = await explore('lock', '--hosts', '4', '--epochs', '8');
    expect(stdout).toContain('This is all of it: nothing was cut.');
    expect(stdout).toContain('in every fair behaviour');
    expect(code).toBe(0);
  });

  test('shows how one lost transfer stops the original', async () => {
    const { code, stdout } = await explore('lock', '--compatible');
    expect(stdout).toContain('a grant → b: transfer(2)');
    expect(stdout).toContain('and then nothing happens for ever, which is fair.');
    expect(code).toBe(1);
    const quiet = await explore('lock', '--compatible', '--no-liveness');
    expect(quiet.code).toBe(0);
    expect(quiet.stdout).toContain('Liveness: not checked');
  });

  test('says what cut the search', async () => {
    const { code, stdout } = await explore('lock', '--max-states', '50', '--json');
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ complete: false, bounds: [{ bound: 'maxStates' }] });
    expect(found.instance).toEqual({ hosts: 3, epochs: 20, compatible: false });
    expect(found.liveness).toEqual({ holds: null, reason: 'not all states are known' });
    expect(code).toBe(0);
  });

  test('teaches and refuses wrong usage with one line', async () => {
    const help = await explore('--help');
    expect(help.stdout).toContain('Examples:');
    expect(help.code).toBe(0);
    const unknown = await explore('locks');
    expect(unknown.stderr).toBe('ERROR - cannot explore "locks"; what can be explored is: lock\n');
    expect(unknown.code).toBe(2);
    const wrong = await explore('lock', '--hosts', 'three');
    expect(wrong.stderr).toContain('It must be a whole number from 1 to 26.');
    expect(wrong.code).toBe(2);
  });
});
