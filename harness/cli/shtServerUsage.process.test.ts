import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCerts } from '../../impl/framework/createCerts.ts';
import { CLI, ironfleet, killServers, ServerProcess, vacantPorts } from '../testing/lockServers.ts';

let directory: string;

/** Makes the files of a service of one server. */
async function create(name: string, type: string): Promise<void> {
  const [port] = await vacantPorts(1);
  const where = [`outputdir=${directory}`, 'usessl=false', 'addr1=127.0.0.1', `port1=${port}`];
  const options = { now: new Date(), print: () => {}, keyBits: 2048 };
  await createCerts([`name=${name}`, `type=${type}`, ...where], options);
}

const file = (name: string): string => join(directory, name);
const SERVICE = 'Test.IronSHT.service.txt';
const KEY = 'Test.IronSHT.server1.private.txt';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  await Promise.all([
    create('Test', 'IronSHT'),
    create('Other', 'IronSHT'),
    create('L', 'IronLock'),
  ]);
});

afterEach(killServers);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a host that should not even begin; gives what it says. */
async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ironfleet('sht-server', ...args);
  expect(code).toBe(2);
  expect(stdout).not.toContain('[[READY]]');
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  return stderr;
}

describe('a host that cannot start says why in one line', () => {
  const files = () => [file(SERVICE), file(KEY)];

  test.each<[string, () => readonly string[], RegExp]>([
    ['no arguments', () => [], /missing required argument 'service'/],
    ['a missing argument', () => [file(SERVICE)], /missing required argument 'private'/],
    ['an unknown option', () => [...files(), 'prot=1'], /no option "prot"; did you mean port=\?/],
    ['a flag that is none', () => [...files(), 'profile=maybe'], /profile must be true or/],
    [
      'values that originals discard',
      () => [...files(), 'compatible=true', 'valuebytes=1024'],
      /valuebytes=1024 will not do with compatible=true/,
    ],
    ['a missing service file', () => ['no.txt', file(KEY)], /service file no\.txt: .*no such/],
    ['a missing key file', () => [file(SERVICE), 'no.txt'], /private key file no\.txt: .*no such/],
    [
      'a service of another type',
      () => [file('L.IronLock.service.txt'), file(KEY)],
      /is of type IronLock, but this program needs type IronSHT/,
    ],
    [
      'a key of another service',
      () => [file(SERVICE), file('Other.IronSHT.server1.private.txt')],
      /none of the keys of service Test/,
    ],
    ['a trace file that exists', () => [...files(), `trace=${file(KEY)}`], /exists already/],
    ['an address of nobody', () => [...files(), 'addr=192.0.2.1'], /Cannot listen on 192\.0\.2\.1/],
  ])('%s', async (_, args, message) => {
    expect(await refused(...args())).toMatch(message);
  });

  test('a port in use', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as { port: number };
    const stderr = await refused(...files(), `port=${port}`);
    squatter.close();
    expect(stderr).toMatch(/Cannot listen on 127\.0\.0\.1:\d+: the port is in use/);
  });
});

test('a host prints what the original prints, and keeps its key file', async () => {
  const server = new ServerProcess([CLI, 'sht-server', file(SERVICE), file(KEY), 'profile=true']);
  await server.printed('[[READY]]');
  const { code, stdout } = await server.stop();
  const lines = stdout.trimEnd().split('\n');
  expect(code).toBe(0);
  expect(lines.slice(0, 4)).toEqual([
    'IronSHTServer program started',
    'Processing command-line arguments',
    'IronFleet program started.',
    '[[READY]]',
  ]);
  expect(lines.at(-1)).toBe('[[EXIT]]');
  expect(lines.find((line) => line.startsWith('Summary:'))).toMatch(/keysAdopted 0/);
  expect(existsSync(file(KEY))).toBe(true);
});

test('the server explains itself', async () => {
  const { code, stdout } = await ironfleet('sht-server', '--help');
  expect(code).toBe(0);
  for (const part of ['compatible=BOOL', 'delegationkeys=N', 'sht-admin', 'exit code']) {
    expect(stdout).toContain(part);
  }
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
