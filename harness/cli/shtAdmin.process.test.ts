import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ironfleet, killServers, type ServerProcess } from '../testing/lockServers.ts';
import { ShtService } from '../testing/shtServers.ts';

let directory: string;
let table: ShtService;
let administered: ShtService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  [table, administered] = await Promise.all([
    ShtService.create(join(directory, 'tls')),
    ShtService.create(join(directory, 'administered'), { useSsl: false, administrators: 2 }),
  ]);
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Hosts with so many keys, all with the first of them. */
async function filled(
  service: ShtService,
  keys: number,
  options: readonly string[] = [],
): Promise<readonly ServerProcess[]> {
  const hosts = await service.startAll(options);
  const { code } = await ironfleet(
    ...['sht-client', service.serviceFile, `numkeys=${keys}`, 'valuesize=10', 'quiet=true'],
    ...['duration=1', 'workload=g'],
  );
  expect(code).toBe(0);
  return hosts;
}

interface Shown {
  readonly hosts: readonly { readonly name: string; readonly keys: number }[];
  readonly ranges: readonly {
    readonly low: string;
    readonly high: string;
    readonly owner: string;
  }[];
}

async function shown(service: ShtService): Promise<Shown> {
  const { code, stdout } = await ironfleet('sht-admin', 'show', service.serviceFile, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

const keysOf = async (service: ShtService): Promise<readonly number[]> =>
  (await shown(service)).hosts.map(({ keys }) => keys);

/** Who has what, in short. */
const rangesOf = async (service: ShtService): Promise<readonly string[]> =>
  (await shown(service)).ranges.map(({ low, high, owner }) => `${low} ${high} ${owner.at(-1)}`);

describe('the administrators’ program', () => {
  test('shows which host has which keys', async () => {
    await filled(table, 10);
    const { code, stdout, stderr } = await ironfleet('sht-admin', 'show', table.serviceFile);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'Test: 10 keys with 3 hosts',
      '  Test.IronSHT.server1             10 keys in 1 range',
      '  Test.IronSHT.server2              0 keys in 0 ranges',
      '  Test.IronSHT.server3              0 keys in 0 ranges',
      'Who has which keys',
      '  [                   0,                  inf)  Test.IronSHT.server1',
    ]);
    expect(await rangesOf(table)).toEqual(['0 inf 1']);
  });

  test('moves ranges, whoever has their parts, and calls hosts by name or place', async () => {
    await filled(table, 2000, ['delegationkeys=7']);
    const move = (...args: readonly string[]) =>
      ironfleet('sht-admin', 'move', table.serviceFile, ...args);
    const done = await move('100', '0x1f4', 'server2');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(
      /^Done: about (?:39\d|40\d) keys moved in .*; hosts have 1,600, 400, 0 keys\n$/,
    );
    expect(await rangesOf(table)).toEqual(['0 100 1', '100 500 2', '500 inf 1']);
    expect(await move('-inf', '200', '3')).toMatchObject({ code: 0, stderr: '' });
    expect(await rangesOf(table)).toEqual(['0 200 3', '200 500 2', '500 inf 1']);
    expect(await move('18446744073709551615', 'inf', 'Test.IronSHT.server2')).toMatchObject({
      code: 0,
    });
    expect(await keysOf(table)).toEqual([1500, 300, 200]);
    const again = await move('0', '200', '3');
    expect(again.stdout).toBe('Everything is there already; nothing to do\n');
    expect(await move('-inf', 'inf', '1')).toMatchObject({ code: 0, stderr: '' });
    expect(await rangesOf(table)).toEqual(['0 inf 1']);
    expect(await keysOf(table)).toEqual([2000, 0, 0]);
  });

  test('shares keys out evenly, once', async () => {
    await filled(table, 3000);
    const rebalance = () => ironfleet('sht-admin', 'rebalance', table.serviceFile);
    const { code, stdout, stderr } = await rebalance();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Done: about (?:1,9|2,0)\d\d keys moved/);
    for (const keys of await keysOf(table)) {
      expect(keys).toBeGreaterThan(980);
      expect(keys).toBeLessThan(1020);
    }
    const ranges = await rangesOf(table);
    expect(ranges.map((range) => range.at(-1))).toEqual(['1', '2', '3']);
    const again = await rebalance();
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toBe('Every host has its even share already; nothing to do\n');
    expect(await rangesOf(table)).toEqual(ranges);
  });

  test('has keys moved for administrators only, who may come again', async () => {
    await filled(administered, 100);
    const move = (to: string, ...options: readonly string[]) =>
      ironfleet('sht-admin', 'move', administered.serviceFile, '0', '10', to, ...options);
    const key = (number: number) => `key=${administered.administratorFile(number)}`;
    expect(await move('2')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^ERROR - Only administrators of Test may have keys moved \(Test\.IronSHT\.admin1, Test\.IronSHT\.admin2\): give .* key=FILE\n$/,
      ),
    });
    for (const [to, administrator] of [
      ['2', 1],
      ['3', 1],
      ['1', 2],
      ['2', 1],
    ] as const) {
      expect(await move(to, key(administrator))).toMatchObject({ code: 0, stderr: '' });
    }
    expect(await rangesOf(administered)).toEqual(['0 10 2', '10 inf 1']);
    expect(await keysOf(administered)).toEqual([90, 10, 0]);
    const stranger = await move('2', `key=${administered.privateKeyFile(1)}`);
    expect(stranger.code).toBe(2);
    expect(stranger.stderr).toMatch(
      /server1 is not one of the administrators of service Test, who are/,
    );
  });

  test('says which host does not answer, and shows what the others say', async () => {
    const [, second, third] = await filled(table, 10);
    third?.pause();
    const options = ['timeout=2'];
    const { code, stdout } = await ironfleet('sht-admin', 'show', table.serviceFile, ...options);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}Test\.IronSHT\.server1 +10 keys in 1 range$/m);
    expect(stdout).toMatch(/^ {2}Test\.IronSHT\.server3 +is not connected: still connecting$/m);
    const moved = await ironfleet(
      ...['sht-admin', 'move', table.serviceFile, '0', '5', '2', ...options],
    );
    expect(moved.code).toBe(1);
    expect(moved.stderr).toMatch(
      /^ERROR - Test\.IronSHT\.server3 is not connected: still connecting$/m,
    );
    third?.resume();
    await second?.stop('SIGKILL');
    const lost = await ironfleet('sht-admin', 'show', table.serviceFile, ...options);
    expect(lost.code).toBe(1);
    expect(lost.stdout).toMatch(/server2 +is not connected: .*ECONNREFUSED/);
  });

  test('gets no word out of hosts that run in the way of the original, and says so', async () => {
    await table.startAll(['compatible=true']);
    const { code, stdout } = await ironfleet('sht-admin', 'show', table.serviceFile, 'timeout=1');
    expect(code).toBe(1);
    expect(stdout).toMatch(/runs in the original's way \(compatible=true\)/);
  });
});

describe('what makes no sense is refused', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no key at all', ['5', '5', '1'], /no key from 5 up to, but not including, 5/],
    ['bounds the wrong way round', ['inf', '-inf', '1'], /no key from inf up to/],
    ['a bound that is no number', ['1e3', '2000', '1'], /1e3 is no bound: it must be a key from 0/],
    ['a key that is too large', ['0', '18446744073709551616', '1'], /is no bound/],
    ['a host that there is not', ['0', '1', '4'], /4 is no host of Test; its hosts are 1 Test/],
    ['an option that there is not', ['0', '1', '1', 'patient=1'], /did you mean patience=\?/],
    ['an option that is none', ['0', '--jsn', '1'], /--jsn is no bound/],
    ['half of it', ['0', '1'], /missing required argument 'recipient'/],
  ])('%s', async (_, args, complaint) => {
    const { code, stdout, stderr } = await ironfleet(
      'sht-admin',
      'move',
      table.serviceFile,
      ...args,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
  });

  test.each([['show'], ['move'], ['rebalance']])('and %s teaches how to use it', async (name) => {
    const { code, stdout } = await ironfleet('sht-admin', name, '--help');
    expect(code).toBe(0);
    for (const word of ['key=FILE', 'timeout=SECONDS', 'exit code']) expect(stdout).toContain(word);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
