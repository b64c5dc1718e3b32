import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLI, ironfleet, killServers, LockService, ServerProcess } from '../testing/lockServers.ts';
import { ShtService } from '../testing/shtServers.ts';

let directory: string;
let tls: ShtService;
let plain: ShtService;
let administered: ShtService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  [tls, plain, administered] = await Promise.all([
    ShtService.create(join(directory, 'tls')),
    ShtService.create(join(directory, 'plain'), { useSsl: false }),
    ShtService.create(join(directory, 'administered'), { useSsl: false, administrators: 1 }),
  ]);
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const fileIn = (name: string): string => join(directory, name);

/** The number behind a word in a summary. */
const figure = (stdout: string, pattern: RegExp): number =>
  Number(pattern.exec(stdout)?.[1]?.replaceAll(',', ''));

const answered = (stdout: string): number => figure(stdout, /^ +answered +([\d,]+),/m);
const redirected = (stdout: string): number => figure(stdout, /^ +redirects +([\d,]+) request/m);

describe('a client of the hash table', () => {
  test.each(['s', 'g'])(
    'prints what the original prints at workload %s, and a summary',
    async (name) => {
      await tls.startAll();
      const options = ['nthreads=2', 'duration=2', `workload=${name}`, 'numkeys=50', 'seed=1'];
      const { code, stdout, stderr } = await ironfleet('sht-client', tls.serviceFile, ...options);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout.trimEnd().split('\n');
      expect(lines.slice(0, 2)).toEqual(['[[READY]]', '[[SETUP COMPLETE]]']);
      expect(lines.at(-1)).toBe('[[DONE]]');
      for (const thread of [0, 1]) {
        const numbers = lines.flatMap(
          (line) => new RegExp(`^#req ${thread} (\\d+) \\d+(?:\\.\\d+)?$`).exec(line)?.[1] ?? [],
        );
        expect(numbers.length).toBeGreaterThan(50);
        expect(numbers).toEqual(numbers.map((_, index) => `${index + 1}`));
      }
      expect(answered(stdout)).toBe(stdout.match(/^#req/gm)?.length);
      expect(stdout).toMatch(
        /^Summary: 2\.\d s of requests by 2 clients, 1 under way in each; seed 1$/m,
      );
      expect(stdout).toMatch(/^ +latency +p50 .* p90 .* p99 .* p99.9 .* max /m);
      expect(redirected(stdout)).toBe(0);
    },
  );

  test.each([
    ['', []],
    [' in the way of the original', ['compatible=true']],
  ])('sees a range handed on by hosts that run%s, as the original should have', async (_, way) => {
    await plain.startAll(way);
    const args = [plain.serviceFile, 'workload=f', 'sleep=1'];
    const { code, stdout, stderr } = await ironfleet('sht-client', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^Redirected to Test\.IronSHT\.server2 /),
      'Successfully received reply',
      '[[DONE]]',
    ]);
    const again = await ironfleet('sht-client', ...args);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^ERROR - The first host does not have key 150 .*sht-admin/);
  });

  test('has a range handed on only as an administrator, where there are any', async () => {
    await administered.startAll();
    const args = [administered.serviceFile, 'workload=f', 'sleep=0'];
    const refused = await ironfleet('sht-client', ...args);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('refused the order: only an administrator may move keys');
    const key = `key=${administered.administratorFile(1)}`;
    const done = await ironfleet('sht-client', ...args.slice(0, 2), 'sleep=1', key);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('Successfully received reply');
  });

  test('mixes requests while keys move, as if there were one table', async () => {
    await tls.startAll();
    const path = fileIn('mixed.history');
    const running = new ServerProcess([
      ...[CLI, 'sht-client', tls.serviceFile, 'workload=m', 'duration=0', 'nthreads=4'],
      ...['inflight=4', 'numkeys=40', 'valuesize=30', 'setfraction=0.5', `history=${path}`],
    ]);
    await running.printed(/^#req \d 50 /m);
    const moves = [
      ['0', '30', '2'],
      ['10', '20', '3'],
      ['-inf', 'inf', '1'],
    ];
    for (const move of moves) {
      const moved = await ironfleet('sht-admin', 'move', tls.serviceFile, ...move);
      expect(moved).toMatchObject({ code: 0, stderr: '' });
      const before = Math.max(...numbersOf(running.stdout));
      await running.printed(new RegExp(`^#req \\d ${before + 50} `, 'm'));
    }
    const { code, stdout, stderr } = await running.stop('SIGINT');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(redirected(stdout)).toBeGreaterThan(0);
    const checked = await ironfleet('check-history', path);
    expect(checked.stdout).toMatch(/^LINEARIZABLE: what clients of sht saw/);
    expect(checked.stdout).toMatch(/by 5 clients, on 40 keys/);
    expect(checked.code).toBe(0);
  });

  test('a history in which a value is wrong is refused', async () => {
    await plain.startAll();
    const path = fileIn('wrong.history');
    const options = ['workload=m', 'duration=1', 'numkeys=5', 'valuesize=20', `history=${path}`];
    const { code } = await ironfleet('sht-client', plain.serviceFile, ...options, 'quiet=true');
    expect(code).toBe(0);
    const text = readFileSync(path, 'utf8');
    // The last digit of the reply to a get that found something.
    const changed = text.replace(
      /("request":"0{16}[^"]{16}","completed":\d+,"reply":"[^"]{64,})([\da-f])"/,
      (_, before: string, last: string) => `${before}${last === '0' ? 1 : 0}"`,
    );
    expect(changed).not.toBe(text);
    writeFileSync(path, changed);
    const checked = await ironfleet('check-history', path);
    expect(checked.stdout).toMatch(/^REFUSED: what clients of sht saw no single machine can/);
    expect(checked.code).toBe(1);
  });
});

const numbersOf = (stdout: string): number[] =>
  [...stdout.matchAll(/^#req \d (\d+) /gm)].map(([, number]) => Number(number));

describe('a client that cannot do its work says why in one line', () => {
  test('where a host has been stopped and another one is asked in vain', async () => {
    const [first] = await plain.startAll();
    await first?.stop('SIGKILL');
    const options = ['timeout=500', 'duration=1'];
    const { code, stdout, stderr } = await ironfleet('sht-client', plain.serviceFile, ...options);
    expect(code).toBe(1);
    expect(stdout).toBe('[[READY]]\n');
    expect(stderr).toMatch(
      /^ERROR - Not all keys could be set: No reply within 500 ms .*server1.*ECONNREFUSED.*\n$/,
    );
  });

  test('where a value is longer than hosts take', async () => {
    await plain.startAll(['valuebytes=100']);
    const { code, stderr } = await ironfleet('sht-client', plain.serviceFile, 'duration=1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR - Not all keys could be set: .*the value is too long\n$/);
  });

  test.each<[string, () => readonly string[] | Promise<readonly string[]>, RegExp]>([
    ['no arguments', () => [], /missing required argument 'service'/],
    ['a missing file', () => ['no.txt'], /service file no\.txt: .*no such file; create-certs/],
    [
      'the files of another service',
      async () => [(await LockService.create(fileIn('lock'))).serviceFile],
      /type IronLock, but this program needs type IronSHT/,
    ],
    ['an unknown option', () => [tls.serviceFile, 'valsize=1'], /did you mean valuesize=\?/],
    ['an unknown workload', () => [tls.serviceFile, 'workload=x'], /must be g, s, f or m/],
    [
      'an option that means nothing',
      () => [tls.serviceFile, 'workload=g', 'setfraction=0.5'],
      /setfraction= means nothing with workload=g/,
    ],
  ])('for %s', async (_, args, complaint) => {
    const { code, stdout, stderr } = await ironfleet('sht-client', ...(await args()));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
    expect(existsSync('no.txt')).toBe(false);
  });

  test('and teaches how to use it', async () => {
    const { code, stdout } = await ironfleet('sht-client', '--help');
    expect(code).toBe(0);
    for (const word of ['workload=', 'numkeys=', 'valuesize=', '$ ironfleet sht-client My.']) {
      expect(stdout).toContain(word);
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
