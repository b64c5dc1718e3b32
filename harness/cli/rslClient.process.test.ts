import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLI, ironfleet, killServers, ServerProcess } from '../testing/lockServers.ts';
import { RslService } from '../testing/rslServers.ts';

let directory: string;
let keyValue: RslService;
let counter: RslService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  [keyValue, counter] = await Promise.all([
    RslService.create(join(directory, 'kv')),
    RslService.create(join(directory, 'counter'), { application: 'Counter', useSsl: false }),
  ]);
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function serve(service: RslService): Promise<readonly ServerProcess[]> {
  const servers = service.startAll();
  await Promise.all(servers.map((server) => server.printed('[[READY]]')));
  return servers;
}

const client = (...args: readonly string[]): ServerProcess => new ServerProcess([CLI, ...args], {});

/** The lines of a history but its first and its last. */
const callsOf = (path: string): readonly Record<string, string>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line));

describe('a client of a counter', () => {
  test('prints what the original prints, and a summary', async () => {
    await serve(counter);
    const options = ['nthreads=2', 'duration=2', 'print=true', 'sleep=0', 'seed=1'];
    const { code, stdout, stderr } = await ironfleet(
      'rsl-counter-client',
      counter.serviceFile,
      ...options,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect([lines[0], lines.at(-1)]).toEqual(['[[READY]]', '[[DONE]]']);
    const counts = lines.flatMap(
      (line) => /^Received increment reply with counter (\d+)$/.exec(line)?.[1] ?? [],
    );
    expect(counts.length).toBeGreaterThan(20);
    expect(new Set(counts).size).toBe(counts.length);
    for (const thread of [0, 1]) {
      const numbers = lines.flatMap(
        (line) => new RegExp(`^#req ${thread} (\\d+) \\d+(?:\\.\\d+)?$`).exec(line)?.[1] ?? [],
      );
      expect(numbers.length).toBeGreaterThan(10);
      expect(numbers).toEqual(numbers.map((_, index) => `${index + 1}`));
    }
    const answered = Number(/^ +answered +([\d,]+),/m.exec(stdout)?.[1]?.replaceAll(',', ''));
    expect(answered).toBe(counts.length);
    expect(stdout).toMatch(
      /^Summary: \d\.\d s of requests by 2 clients, 1 under way in each; seed 1$/m,
    );
    expect(stdout).toMatch(/^ +latency +p50 .* p90 .* p99 .* p99.9 .* max /m);
  });

  test('waits before its first request, and fails where there was none', async () => {
    await serve(counter);
    const { code, stdout } = await ironfleet(
      'rsl-counter-client',
      counter.serviceFile,
      'duration=2',
    );
    expect(code).toBe(1);
    expect(stdout).not.toContain('#req');
    expect(stdout).toContain('latency          unknown');
  });
});

describe('a client of a key-value store over TLS', () => {
  test('goes on when the leader is killed, and ends at once when it is told to', async () => {
    const [leader] = await serve(keyValue);
    const path = join(directory, 'kv.history');
    const options = ['duration=0', 'sleep=0', 'nthreads=10', 'setfraction=0.5', `history=${path}`];
    const running = client('rsl-kv-client', keyValue.serviceFile, ...options);
    await running.printed(/^#req \d 50 /m);
    await leader?.stop('SIGKILL');
    const before = Math.max(...numbersOf(running.stdout));
    await running.printed(new RegExp(`^#req \\d ${before + 50} `, 'm'));
    const { code, stdout, stderr } = await running.stop('SIGINT');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ +leaders +changed \d+ times?, as \d+ clients? saw$/m);
    expect(stdout).toMatch(/^ +longest silence +(?:\d{3} ms|\d\.\d\d s) without/m);
    const calls = callsOf(path);
    expect(calls.length).toBeGreaterThan(500);
    expect(new Set(calls.map((call) => call['client'])).size).toBe(10);
    expect(calls.filter(({ reply }) => reply !== undefined).length).toBeGreaterThanOrEqual(
      stdout.match(/^#req/gm)?.length ?? Number.NaN,
    );
  });

  test('says nothing of each request if it is to be quiet, and how fast requests were', async () => {
    await serve(keyValue);
    const options = ['quiet=true', 'duration=2', 'sleep=0', 'rate=200', 'valuesize=1000'];
    const { code, stdout } = await ironfleet('rsl-kv-client', keyValue.serviceFile, ...options);
    expect(code).toBe(0);
    expect(stdout).not.toContain('#req');
    expect(stdout).toMatch(/by 1 client, 200 a second;/);
  });

  test('has all clients begin at once, and lets time count from then, if that is asked', async () => {
    await serve(keyValue);
    const options = ['quiet=true', 'duration=1', 'sleep=0', 'together=true', 'nthreads=20'];
    const { code, stdout } = await ironfleet('rsl-kv-client', keyValue.serviceFile, ...options);
    expect(code).toBe(0);
    // However long it took to connect, the time of the requests is the second asked for, or hardly more.
    expect(stdout).toMatch(/^Summary: 1\.\d s of requests by 20 clients/m);
  });
});

const numbersOf = (stdout: string): number[] =>
  [...stdout.matchAll(/^#req \d (\d+) /gm)].map(([, number]) => Number(number));

test('a service that is not there is said to be so, server by server', async () => {
  const { code, stdout, stderr } = await ironfleet('rsl-kv-client', keyValue.serviceFile);
  expect(code).toBe(1);
  expect(stdout).toContain('answered         0, 0 a second');
  expect(stderr).toMatch(/^ERROR - No server of Test could be reached within 10000 ms: .*\n$/);
  expect(stderr.match(/ECONNREFUSED/g)?.length).toBe(3);
}, 60_000);

describe('a client that cannot start says why in one line', () => {
  const existing = (): string => {
    const path = join(directory, 'existing');
    writeFileSync(path, 'as it was');
    return path;
  };

  test.each<[string, () => readonly string[], RegExp]>([
    ['no arguments', () => [], /missing required argument 'service'/],
    ['a missing file', () => ['no.txt'], /service file no\.txt: .*no such file; create-certs/],
    [
      'the files of another service',
      () => [counter.serviceFile],
      /type IronRSLCounter, but this program needs type IronRSLKV/,
    ],
    ['a thing that is no option', () => [keyValue.serviceFile, 'fast'], /"fast" is no option/],
    [
      'an unknown option',
      () => [keyValue.serviceFile, 'nthread=1'],
      /no option "nthread"; did you mean nthreads=\?/,
    ],
    ['no threads', () => [keyValue.serviceFile, 'nthreads=0'], /nthreads must be .* from 1 to/],
    [
      'a share above one',
      () => [keyValue.serviceFile, 'setfraction=1.5'],
      /setfraction must be a number from 0 to 1, such as 0\.25/,
    ],
    [
      'a share that is none',
      () => [keyValue.serviceFile, 'deletefraction=1e-1'],
      /deletefraction must be a number from 0 to 1/,
    ],
    [
      'an existing history',
      () => [keyValue.serviceFile, `history=${existing()}`],
      /existing exists already; give overwrite=true or another history=/,
    ],
    [
      'an option without what it is for',
      () => [keyValue.serviceFile, 'overwrite=true'],
      /overwrite= means nothing without history=/,
    ],
  ])('for %s', async (_, args, complaint) => {
    const { code, stdout, stderr } = await ironfleet('rsl-kv-client', ...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    const path = join(directory, 'existing');
    if (existsSync(path)) expect(readFileSync(path, 'utf8')).toBe('as it was');
  });

  test('for an option of another program', async () => {
    const { code, stderr } = await ironfleet(
      'rsl-counter-client',
      counter.serviceFile,
      'setfraction=0.1',
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/no option "setfraction"/);
  });

  test.each(['rsl-counter-client', 'rsl-kv-client'])(
    'and %s teaches how to use it',
    async (name) => {
      const { code, stdout } = await ironfleet(name, '--help');
      expect(code).toBe(0);
      for (const word of ['nthreads=', 'duration=', '#req THREAD', `$ ironfleet ${name} My.`]) {
        expect(stdout).toContain(word);
      }
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    },
  );
});
