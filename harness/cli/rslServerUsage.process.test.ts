import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ironfleet } from '../testing/lockServers.ts';
import { RslService } from '../testing/rslServers.ts';

let directory: string;
let service: RslService;
let stranger: RslService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  [service, stranger] = await Promise.all([
    RslService.create(join(directory, 'kv'), { useSsl: false }),
    RslService.create(join(directory, 'stranger'), { application: 'Counter', count: 1 }),
  ]);
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const files = (): [string, string] => [service.serviceFile, service.privateKeyFile(1)];

const write = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

/** Starts a replica that should not even begin, and would delete its key; gives what it says. */
async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ironfleet('rsl-kv-server', ...args);
  expect(code).toBe(2);
  expect(stdout).not.toContain('[[READY]]');
  expect(stdout).not.toContain('Deleted');
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  expect(existsSync(files()[1])).toBe(true);
  return stderr;
}

describe('a replica that cannot start says why in one line, and keeps its key', () => {
  test.each<[string, () => readonly string[], RegExp]>([
    ['no arguments', () => [], /missing required argument 'service'/],
    ['a missing argument', () => [files()[0]], /missing required argument 'private'/],
    ['an unknown flag', () => [...files(), '--fast'], /unknown option '--fast'/],
    ['an unknown option', () => [...files(), 'prot=1'], /no option "prot"; did you mean port=\?/],
    ['an option without value', () => [...files(), 'fast'], /"fast" is no option/],
    ['a port that is none', () => [...files(), 'port=0'], /port must be a whole number from 1/],
    ['a flag that is none', () => [...files(), 'safeguard=maybe'], /safeguard must be true or/],
    ['a batch that nobody reads', () => [...files(), 'batch=101'], /batch must be .* to 100/],
    [
      'a window that originals cannot follow',
      () => [...files(), 'compatible=true', 'window=8'],
      /window=8 will not do with compatible=true/,
    ],
    ['a missing service file', () => ['no.txt', files()[1]], /service file no\.txt: .*no such/],
    ['a missing key file', () => [files()[0], 'no.txt'], /private key file no\.txt: .*no such/],
    ['a service file that is none', () => [write('x', '[]'), files()[1]], /service file .*object/],
    [
      'a service without replicas',
      () => {
        const none = { FriendlyName: 'T', ServiceType: 'IronRSLKV', Servers: [] };
        return [write('none', JSON.stringify(none)), files()[1]];
      },
      /Servers must name at least one server/,
    ],
    [
      'a service of another type',
      () => [stranger.serviceFile, files()[1]],
      /is of type IronRSLCounter, but this program needs type IronRSLKV/,
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
    ['a trace file that cannot be', () => [...files(), 'trace=no/t'], /create trace file no\/t/],
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

  // A trace cannot be written where there is no room, which only this device can show.
  test.skipIf(!existsSync('/dev/full'))('a trace for which there is no room', async () => {
    const stderr = await refused(...files(), 'trace=/dev/full', 'overwrite=true');
    expect(stderr).toMatch(/Could not write to trace file \/dev\/full/);
  });

  // Nobody may delete what stands here, not even the superuser; but only Linux has it.
  test.skipIf(!existsSync('/proc/self/fd'))('a key that cannot be deleted', async () => {
    const file = await open(files()[1]);
    const stderr = await refused(files()[0], `/proc/${process.pid}/fd/${file.fd}`);
    await file.close();
    expect(stderr).toMatch(/Could not delete private key file .*safeguard=false/);
  });
});

describe('the servers of replicated services explain themselves', () => {
  test.each(['rsl-counter-server', 'rsl-kv-server'])('%s', async (command) => {
    const { code, stdout } = await ironfleet(command, '--help');
    expect(code).toBe(0);
    for (const part of ['safeguard=BOOL', 'compatible=BOOL', 'window=N', command, 'exit code']) {
      expect(stdout).toContain(part);
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
