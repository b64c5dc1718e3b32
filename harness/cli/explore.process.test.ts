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
    expect(unknown.stderr).toBe(
      'ERROR - cannot explore "locks"; what can be explored is: lock, rsl, sht\n',
    );
    expect(unknown.code).toBe(2);
    const wrong = await explore('lock', '--hosts', 'three');
    expect(wrong.stderr).toContain('It must be a whole number from 1 to 26.');
    expect(wrong.code).toBe(2);
  });

  test('is green for a part of a replicated service, and says what symmetry saves', async () => {
    const { code, stdout } = await explore('rsl', '--part', 'agreement', '--ballots', '2');
    expect(stdout).toContain('agreement: 3 replicas, 1 operation, 2 ballots');
    expect(stdout).toContain('without startEpoch, suspect, changeView, sendHeartbeat: ');
    expect(stdout).toMatch(/4,209 states \(for 21,121: 5\.0 times as many\)/);
    expect(stdout).toContain('Nothing was refused, and nothing was cut: all of it is known.');
    expect(code).toBe(0);
    const size = ['--part', 'agreement', '--ballots', '2', '--no-symmetry', '--json'];
    const plain = await explore('rsl', ...size);
    const [instance] = JSON.parse(plain.stdout).instances;
    expect(instance).toMatchObject({ distinctStates: 21_121, standFor: 21_121, complete: true });
  });

  test('checks that requests are executed in the end', async () => {
    const alone = ['--part', 'service', '--replicas', '1'];
    const { code, stdout } = await explore('rsl', ...alone);
    expect(stdout).toContain('executes every operation, in every fair behaviour');
    expect(code).toBe(0);
    const quiet = await explore('rsl', ...alone, '--no-liveness');
    expect(quiet.stdout).not.toContain('fair behaviour');
    expect(quiet.stdout).toContain('Liveness: not checked, for it was not asked for.');
  });

  test('is green for a part of the hash table, where keys arrive in the end', async () => {
    const { code, stdout } = await explore('sht', '--part', 'lossy');
    expect(stdout).toContain('admin1 to a: 1:shard([0,2),b)');
    expect(stdout).toContain('keys go where they are ordered to, in every fair behaviour');
    expect(stdout).toContain('Nothing was refused, and nothing was cut: all of it is known.');
    expect(code).toBe(0);
    const cut = await explore('sht', '--max-states', '50', '--json');
    const { instances, refused } = JSON.parse(cut.stdout);
    expect(instances.length).toBeGreaterThan(5);
    expect(instances[0]).toMatchObject({ complete: false, bounds: [{ bound: 'maxStates' }] });
    expect([cut.code, refused]).toEqual([0, false]);
  });

  test('says what cut the search of a replicated service', async () => {
    const few = ['--part', 'log', '--max-states', '100', '--json'];
    const { code, stdout } = await explore('rsl', ...few);
    const { instances, refused } = JSON.parse(stdout);
    expect(instances).toHaveLength(2);
    expect(instances[0]).toMatchObject({ complete: false, bounds: [{ bound: 'maxStates' }] });
    expect([code, refused]).toEqual([0, false]);
  });

  test.each([
    [['rsl', '--replicas', '0'], 'no such service: there must be at least one replica'],
    [['rsl', '--part', 'paxos'], 'there is no part "paxos" of rsl; the parts are: agreement, log'],
    [['rsl', '--part', 'catch-up', '--replicas', '2'], 'catch-up needs at least 3 replicas'],
    [['rsl', '--part', 'service', '--ballots', '2'], 'service has at most 1 ballot'],
    [['rsl', '--hosts', '3'], '--hosts is for lock, not for rsl'],
    [['lock', '--ballots', '3'], '--ballots is for rsl, not for lock'],
    [['sht', '--part', 'paxos'], 'there is no part "paxos" of sht; the parts are: hand-over,'],
    [['sht', '--replicas', '3'], '--replicas is for rsl, not for sht'],
    [['sht', '--no-symmetry'], '--no-symmetry is for rsl, not for sht'],
    [['lock', '--no-symmetry'], '--no-symmetry is for rsl, not for lock'],
    [['rsl', '--restarts', 'many'], 'It must be a whole number from 0 to 100.'],
  ])('refuses %j', async (args, reason) => {
    const { code, stdout, stderr } = await explore(...args);
    expect(stderr).toContain(reason);
    expect([code, stdout]).toEqual([2, '']);
  });
});
