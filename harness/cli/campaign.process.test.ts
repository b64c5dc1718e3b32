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

  test.each([
    ['lock', '150'],
    ['rsl', '120'],
    ['sht', '60'],
  ])('comes to the same result for the same seed of %s on any number of threads', async (...of) => {
    const [service, runs] = of;
    const tallies = await Promise.all(
      ['1', '3'].map(async (jobs) => {
        const args = ['--runs', runs, '--steps', '200', '--seed', '9', '--jobs', jobs, '--json'];
        const { stdout } = await ironfleet('campaign', service, ...args);
        const { tally, verdict } = JSON.parse(stdout);
        return JSON.stringify({ verdict, tally });
      }),
    );
    expect(tallies[0]).toBe(tallies[1]);
    expect(tallies[0]).toContain('{"verdict":"green"');
  });

  test.each([['--compatible'], ['--hosts=1'], ['--hosts=2']])(
    'can be green with %s, where some things cannot happen',
    async (option) => {
      const args = ['campaign', 'lock', '--runs', '600', '--seed', '1', '--require-coverage'];
      expect(await ironfleet(...args, option)).toMatchObject({ code: 0 });
    },
  );

  test('names what never happened, and fails for it where coverage is required', async () => {
    const args = ['campaign', 'lock', '--runs', '2', '--steps', '40', '--seed', '1'];
    const [lax, strict] = await Promise.all([
      ironfleet(...args),
      ironfleet(...args, '--require-coverage'),
    ]);
    expect([lax.code, strict.code]).toEqual([0, 1]);
    expect(lax.stdout).toContain('GREEN: every step was allowed');
    expect(lax.stdout).toContain('But this never happened');
    expect(strict.stdout).toContain('NOT GREEN: nothing was refused, but this never happened');
    for (const { stdout } of [lax, strict]) expect(stdout).toContain('  a host was cut off');
    expect(existsSync(join(folder, 'lock.failure.json'))).toBe(false);
  });

  test('is never green if the specification took no step', async () => {
    const args = ['campaign', 'rsl', '--runs', '1', '--steps', '1', '--max-integer', '1'];
    const { code, stdout } = await ironfleet(...args, '--seed', '1');
    expect(code).toBe(1);
    expect(stdout).toContain('NOT GREEN: the specification never took a step.');
  });

  test.each(['lock', 'rsl', 'sht'])('is green for the protocol of %s alone', async (service) => {
    const args = ['campaign', service, '--level', 'protocol', '--runs', '300', '--seed', '1'];
    const { code, stdout } = await ironfleet(...args);
    expect(code).toBe(0);
    for (const boundary of ['B3', 'B4', 'liveness']) expect(stdout).toContain(`  ${boundary}  `);
    expect(stdout).not.toContain('  B1  ');
    expect(stdout).toContain('Actions taken, and how often each was not allowed:');
    expect(stdout).toContain('GREEN: every step was allowed');
  });

  test('fixes what it is told to, and remarks on an even number of replicas', async () => {
    const fixed = ['--replicas', '4', '--application', 'kv', '--window', '2', '--compatible'];
    const { stdout, stderr } = await ironfleet(
      'campaign',
      'rsl',
      ...fixed,
      '--runs',
      '5',
      '--json',
    );
    expect(stderr).toContain('NOTE - of 4 replicas no more may fail than of 3: 1');
    const { options, level, verdict } = JSON.parse(stdout);
    expect({ options, level, verdict }).toEqual({
      options: { hosts: 4, compatible: true, settings: { application: 'kv', window: 2 } },
      level: 'impl',
      verdict: 'green',
    });
  });

  test.each([
    [['campaign', 'chess'], 'there is no service "chess"; choose one of: lock, rsl, sht'],
    [['campaign', 'rsl', '--durable'], 'running replicas write nothing down'],
    [['campaign', 'rsl', '--level', 'spec'], 'Allowed choices are impl, protocol.'],
    [['campaign', 'rsl', '--window', '0'], 'maxLogLength must be a whole number of at least 1'],
    [['campaign', 'rsl', '--view-timeout', '-5'], 'baselineViewTimeout must be a whole number'],
    [['campaign', 'rsl', '--batch', 'all'], 'It must be a whole number.'],
    [['campaign', 'rsl', '--application', 'chess'], 'there is no application "chess"'],
    [['campaign', 'rsl', '--compatible', '--durable'], 'the original cannot be durable'],
    [['campaign', 'rsl', '--compatible', '--window', '8'], 'a maxLogLength of at most 7'],
    [['campaign', 'rsl', '--hosts', '3', '--replicas', '5'], 'cannot be different'],
    [['campaign', 'lock', '--window', '3'], 'lock has no --window'],
    [['campaign', 'sht', '--window', '3'], 'sht has no --window'],
    [['campaign', 'rsl', '--delegation-keys', '3'], 'rsl has no --delegation-keys'],
    [['campaign', 'rsl', '--no-administrators'], 'rsl has no --administrators'],
    [['campaign', 'sht', '--keys', '0'], 'keys must be from 1 to 10000, not 0'],
    [['campaign', 'sht', '--max-seqno', 'many'], 'It must be a whole number.'],
    [['campaign', 'lock', '--batch-delay', '3'], 'lock has no --batch-delay'],
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
    for (const part of ['--seed', '--level', '--require-coverage', 'Examples:', 'exit code'])
      expect(stdout).toContain(part);
    // What several services have is told once, and what is yes or no in both ways.
    const groups = stdout.split('\n\n').filter((part) => part.includes('Options of '));
    expect(groups.map((part) => part.trim().split(' (')[0])).toEqual([
      'Options of rsl and sht',
      'Options of rsl',
      'Options of sht',
    ]);
    expect(groups[1]).toContain('--no-durable');
    expect(groups[2]).toContain('--no-administrators');
    expect(stdout.split('--clients <count>')).toHaveLength(2);
  });
});

describe('ironfleet replay', () => {
  /** Nobody does this: the host that is told to step twice at once is refused by no one. */
  const allowed: Failure = {
    version: 1,
    service: 'lock',
    level: 'impl',
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

  test("goes through a behaviour of a protocol as well, and tells everybody's part", async () => {
    const parameters = {
      maxLogLength: 7,
      maxBatchSize: 1,
      maxBatchBytes: 100,
      maxBatchDelay: 0,
      baselineViewTimeout: 100,
      heartbeatPeriod: 50,
      retryPeriod: 100,
      maxInteger: 1_000,
      maxCachedReplies: 10,
      durable: true,
      compatible: false,
    };
    const config = { replicas: 3, application: 'counter', clients: 1, parameters };
    const says = { type: 'request', seqno: 1, request: '\0'.repeat(8) };
    const events = [
      { from: 'client1', to: 'a', says },
      { step: 'a', action: 'receiveRequest', clock: 3, receives: { src: 'client1', back: 0 } },
      { step: 'a', action: 'startPhase1', clock: 4 },
      { step: 'b', action: 'promise', clock: 5, receives: { src: 'a', back: 0 } },
      { step: 'b', action: 'decide', clock: 5 },
      { restart: 'b' },
    ];
    const file = { ...allowed, service: 'rsl', level: 'protocol', config, schedule: { events } };
    const { code, stdout } = await ironfleet('replay', write('rsl.json', file));
    expect(code).toBe(0);
    const told = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(told).toContainEqual(['0', 'client1', 'sends request(#1) to a', '0 executed']);
    expect(told).toContainEqual([
      '2',
      'a startPhase1',
      '4',
      'sends 1a(1.0) to a b c',
      '0 executed',
    ]);
    expect(told).toContainEqual([
      '3',
      'b promise',
      '5',
      'receives 1a(1.0) from a, sends 1b(1.0 from 0 {}) to a',
      '0 executed',
    ]);
    expect(told).toContainEqual(['4', 'b restart', '0 executed']);
    expect(stdout).not.toContain('decide');
    expect(stdout).toContain('Every step is allowed now.');
  });

  test.each([
    ['nothing', undefined, 'could not read the failure file'],
    ['no-json', '{', 'it is not JSON'],
    ['other-service', { ...allowed, service: 'chess' }, 'there is no service "chess"'],
    ['bad-config', { ...allowed, config: { hosts: 0 } }, 'no configuration of lock'],
    ['bad-shape', { ...allowed, plan: 7 }, 'plan'],
    [
      'no-bytes',
      { ...allowed, schedule: { events: [{ from: 'm', to: 'a', says: 'xyz' }] } },
      'bytes are written in hexadecimal',
    ],
    [
      'no-message',
      { ...allowed, level: 'protocol', schedule: { events: [{ from: 'm', to: 'a', says: 7 }] } },
      '7 is no message of lock',
    ],
    ['other-service-config', { ...allowed, service: 'rsl' }, 'no configuration of rsl'],
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
