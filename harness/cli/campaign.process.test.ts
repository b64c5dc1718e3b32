import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Failure } from '../campaign/failure.ts';
import { NO_FAULTS } from '../simulation/faults.ts';

const CLI = fileURLToPath(new URL('../../dist/harness/cli.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'campaign-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ironfleet = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd: folder }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, stdout, stderr });
    });
  });

describe('ironfleet campaign', () => {
  test('is green for the lock, and says what it checked at each boundary', async () => {
    const { code, stdout, stderr } = await ironfleet(
      'campaign',
      'lock',
      '--runs',
      '200',
      '--seed',
      '1',
    );
    expect({ code, stderr: stderr.includes('Error') }).toEqual({ code: 0, stderr: false });
    for (const boundary of ['B0', 'B1', 'B2', 'B3', 'B4'])
      expect(stdout).toContain(`  ${boundary}  `);
    expect(stdout).toContain('GREEN: every step was allowed at every boundary.');
    expect(stderr).toContain('campaign lock');
  });

  test('comes to the same result for the same seed, however many threads there are', async () => {
    const tallies = await Promise.all(
      ['1', '3'].map(async (jobs) => {
        const args = ['--runs', '250', '--seed', '9', '--jobs', jobs, '--json'];
        const { stdout } = await ironfleet('campaign', 'lock', ...args);
        const { tally, verdict } = JSON.parse(stdout);
        return { tally, verdict };
      }),
    );
    expect(tallies[0]).toEqual(tallies[1]);
    expect(tallies[0]?.verdict).toBe('green');
  });

  test.each([['--compatible'], ['--hosts=1'], ['--hosts=2']])(
    'can be green with %s, where some things cannot happen',
    async (option) => {
      const args = ['campaign', 'lock', '--runs', '600', '--seed', '1', option];
      expect(await ironfleet(...args)).toMatchObject({ code: 0 });
    },
  );

  test('is not green when it was too short to prove anything', async () => {
    const { code, stdout } = await ironfleet('campaign', 'lock', '--runs', '1', '--steps', '10');
    expect(code).toBe(1);
    expect(stdout).toContain('NOT GREEN');
    expect(existsSync(join(folder, 'lock.failure.json'))).toBe(false);
  });

  test.each([
    [['campaign', 'chess'], 'there is no service "chess"; choose one of: lock'],
    [['campaign', 'lock', '--runs', 'many'], 'It must be a whole number of at least 1.'],
    [['campaign', 'lock', '--hosts', '99'], 'It must be a whole number from 1 to 26.'],
    [['campaign', 'lock', '--rnus', '5'], "unknown option '--rnus'"],
    [['campaign'], "missing required argument 'service'"],
    [['champaign'], "unknown command 'champaign'"],
  ])('refuses %j with exit code 2, and says what is wrong', async (args, message) => {
    const { code, stdout, stderr } = await ironfleet(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('explains itself', async () => {
    const { code, stdout } = await ironfleet('campaign', '--help');
    expect(code).toBe(0);
    for (const part of ['--seed', '--time', 'Examples:', 'exit code'])
      expect(stdout).toContain(part);
  });
});

describe('ironfleet replay', () => {
  /** Nobody does this: the host that is told to step twice at once is refused by no one. */
  const allowed: Failure = {
    version: 1,
    service: 'lock',
    config: { hosts: 2, retryPeriod: 10, compatible: false, hold: 0, maxEpoch: 100 },
    plan: { seed: 1, steps: 10, faults: NO_FAULTS },
    schedule: {
      events: [
        { step: 'a', clock: 5 },
        { step: 'b', clock: 6, receives: { src: 'a', back: 0 } },
      ],
    },
    refusal: { boundary: 'B1', clause: 'a law', message: 'refused' },
    length: 2,
  };
  const write = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  test('tells a behaviour step by step, and says that it is allowed now', async () => {
    const { code, stdout } = await ironfleet('replay', write('allowed.json', allowed));
    expect(code).toBe(0);
    expect(stdout).toContain('b accept');
    expect(stdout).toContain('receives transfer(2) from a, sends locked(2) to a');
    expect(stdout).toContain('Every step is allowed now.');
  });

  test('exits with 1 where the behaviour is still refused', async () => {
    const schedule = { events: [{ from: 'a', to: 'b', says: '00' }] };
    const { code, stdout } = await ironfleet(
      'replay',
      write('forged.json', { ...allowed, schedule }),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('B4 (packets to specification) refuses');
    expect(stdout).toContain('nobody sends under the name of a host');
  });

  test.each([
    ['nothing', undefined, 'could not read the failure file'],
    ['no-json', '{', 'it is not JSON'],
    ['other-service', { ...allowed, service: 'chess' }, 'there is no service "chess"'],
    ['bad-config', { ...allowed, config: { hosts: 0 } }, 'no configuration of lock'],
    ['bad-shape', { ...allowed, plan: 7 }, 'plan'],
  ])('refuses a file with %s with exit code 2', async (name, content, message) => {
    const path = content === undefined ? join(folder, name) : write(name, content);
    const { code, stderr } = await ironfleet('replay', path);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect((await ironfleet('--version')).stdout.trim()).toBe(version);
});
