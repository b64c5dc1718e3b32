import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ironfleet, LockService } from '../testing/lockServers.ts';

let directory: string;
let plain: LockService;
let stranger: LockService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  [plain, stranger] = await Promise.all([
    LockService.create(join(directory, 'plain'), { useSsl: false }),
    LockService.create(join(directory, 'stranger'), { count: 1 }),
  ]);
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('a lock server that cannot start', () => {
  /** Runs one that should not even begin; gives what it says. */
  async function refused(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await ironfleet('lock-server', ...args);
    expect(code).toBe(2);
    expect(stdout).not.toContain('[[READY]]');
    return stderr;
  }

  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  test.each<[string, () => readonly string[], RegExp]>([
    ['a missing argument', () => [plain.serviceFile], /missing required argument 'private'/],
    ['an unknown flag', () => [...files(), '--fast'], /unknown option '--fast'/],
    [
      'an unknown option',
      () => [...files(), 'prot=4000'],
      /no option "prot"; did you mean port=\?/,
    ],
    ['an option without value', () => [...files(), 'fast'], /"fast" is no option/],
    ['a port that is none', () => [...files(), 'port=70000'], /port must be a whole number/],
    [
      'no time at all to wait',
      () => [...files(), 'retry=0'],
      /retry must be a whole number from 1/,
    ],
    ['a flag that is none', () => [...files(), 'verbose=yes'], /verbose must be true or false/],
    ['an option given twice', () => [...files(), 'hold=1', 'hold=2'], /hold= is given twice/],
    [
      'a missing service file',
      () => ['no.txt', files()[1]],
      /service file no\.txt: .*no such file/,
    ],
    [
      'a missing key file',
      () => [files()[0], 'no.txt'],
      /private key file no\.txt: .*no such file/,
    ],
    [
      'a service file that is none',
      () => [write('x', '{}'), files()[1]],
      /service file .*FriendlyName/,
    ],
    [
      'a service file without JSON',
      () => [write('y', 'Hi'), files()[1]],
      /service file .*not JSON/,
    ],
    [
      'a key of another service',
      () => [files()[0], stranger.privateKeyFile(1)],
      /none of the keys of service Test/,
    ],
    [
      'a trace file that exists',
      () => [...files(), `trace=${files()[0]}`],
      /exists already; give overwrite=true/,
    ],
    [
      'a trace file that cannot be',
      () => [...files(), 'trace=no/t'],
      /create trace file no\/t: .*no such file/,
    ],
  ])('says so in one line: %s', async (_, args, message) => {
    const stderr = await refused(...args());
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  const files = (): [string, string] => [plain.serviceFile, plain.privateKeyFile(1)];

  test('says so in one line: a service of another type', async () => {
    const other = await LockService.create(join(directory, 'other'), { type: 'IronSHT', count: 1 });
    const serviceFile = other.serviceFile.replace('IronLock', 'IronSHT');
    const privateKeyFile = other.privateKeyFile(1).replace('IronLock', 'IronSHT');
    expect(await refused(serviceFile, privateKeyFile)).toMatch(
      /is of type IronSHT.*needs type IronLock/,
    );
  });

  test('says so in one line, and leaves no trace: a port in use', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as { port: number };
    const trace = join(directory, 'never.trace');
    const stderr = await refused(...files(), `port=${port}`, `trace=${trace}`);
    squatter.close();
    expect(stderr).toMatch(/Cannot listen on 127\.0\.0\.1:\d+/);
    expect(existsSync(trace)).toBe(false);
  });

  test.skipIf(!existsSync('/dev/full'))('stops when its trace cannot be written', async () => {
    const { code, stdout, stderr } = await ironfleet(
      'lock-server',
      ...files(),
      'trace=/dev/full',
      'overwrite=true',
    );
    expect(code).toBe(2);
    expect(stdout).toContain('[[EXIT]]');
    expect(stderr).toMatch(/trace file \/dev\/full: .*no space left.*\n$/);
  });
});

describe('check-trace on the command line', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no file', [], /missing required argument 'file'/],
    ['a missing file', ['no.trace'], /trace no\.trace: .*no such file/],
    ['an unknown option', ['--fast', 'x'], /unknown option '--fast'/],
  ])('says so: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await ironfleet('check-trace', ...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
