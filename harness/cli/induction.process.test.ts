import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/harness/cli.js', import.meta.url));

const induction = (...args: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [CLI, 'induction', ...args], (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, stdout, stderr });
    });
  });

describe('ironfleet induction', () => {
  test('finds nothing where there is nothing to find, and says how much it has tried', async () => {
    const { code, stdout } = await induction('rsl', '--states', '80');
    expect(stdout).toContain('No counterexample to induction was found.');
    expect(stdout).toMatch(/^80 states \(\d+ different\) and [\d,]+ steps from them/m);
    expect(stdout).toMatch(/^At least \d+ % cannot be reached/m);
    expect(code).toBe(0);
  });

  test('finds nothing wrong with the hash table either', async () => {
    const { code, stdout } = await induction('sht', '--states', '80');
    expect(stdout).toMatch(/^Hypothesis and conclusion: S1 S2 S3 .*; and B3 after each step\.$/m);
    expect(stdout).toContain('No counterexample to induction was found.');
    expect(stdout).toMatch(/^80 states \(\d+ different\) and [\d,]+ steps from them/m);
    expect(code).toBe(0);
  });

  test('is the same from the same seed', async () => {
    const run = async (seed: string) => {
      const { stdout, stderr } = await induction('rsl', '--states', '40', '--seed', seed, '--json');
      expect(stderr).toBe('');
      const { seconds: _, ...told } = JSON.parse(stdout);
      return told;
    };
    const told = await run('7');
    expect(told).toEqual(await run('7'));
    expect(told.actions).not.toEqual((await run('8')).actions);
    expect(told).toMatchObject({ states: 40, seed: 7, counterexample: null });
  });

  test('says which other laws a law needs, and shows why', async () => {
    const { code, stdout } = await induction('rsl', '--only', 'R24', '--states', '300');
    expect(stdout).toMatch(/^R24 +is preserved with R23 /);
    expect(stdout).toContain('R24 needs R23, for without it:');
    expect(stdout).toContain('COUNTEREXAMPLE to induction');
    expect(stdout).toMatch(/takes decide, and R24 no longer holds:/);
    expect(code).toBe(0);
  });

  test('teaches and refuses wrong usage with one line', async () => {
    const help = await induction('--help');
    expect(help.stdout).toContain('*inductive*');
    expect(help.stdout).toContain('Examples:');
    expect(help.code).toBe(0);
    const unknown = await induction('lock');
    expect(unknown.stderr).toMatch(/^ERROR - no induction for "lock"; .*: rsl, sht\n$/);
    expect(unknown.code).toBe(2);
    const law = await induction('rsl', '--only', 'R99');
    expect(law.stderr).toMatch(/^ERROR - there is no law R99; there are: B3 B4 R1 .*\n$/);
    expect(law.code).toBe(2);
    const states = await induction('rsl', '--states', 'many');
    expect(states.stderr).toContain('It must be a whole number');
    expect(states.code).toBe(2);
  });
});
