import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RslClient } from '../../impl/client/rslClient.ts';
import { type Ended, killServers, type ServerProcess } from '../testing/lockServers.ts';
import { OriginalClient, requestBytes } from '../testing/originalClient.ts';
import { RslService } from '../testing/rslServers.ts';
import { until } from '../testing/transports.ts';

let directory: string;
let keyValue: RslService;
let counter: RslService;
let alone: RslService;
const clients: { close(): void }[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  [keyValue, counter, alone] = await Promise.all([
    RslService.create(join(directory, 'kv')),
    RslService.create(join(directory, 'counter'), { application: 'Counter', useSsl: false }),
    RslService.create(join(directory, 'alone'), { application: 'Counter', count: 1 }),
  ]);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const ready = (servers: readonly ServerProcess[]) =>
  Promise.all(servers.map((server) => server.printed('[[READY]]')));

const stopAll = (servers: readonly ServerProcess[]): Promise<Ended[]> =>
  Promise.all(servers.map((server) => server.stop()));

async function original(service: RslService): Promise<OriginalClient> {
  const client = await OriginalClient.connect(service.identity);
  clients.push(client);
  return client;
}

async function connected(service: RslService): Promise<RslClient> {
  const client = await RslClient.connect(service.serviceFile);
  clients.push(client);
  return client;
}

/** How often something is counted in a server's summary, which leaves out what never happened. */
const summed = (stdout: string, name: string): number =>
  Number(new RegExp(`^Summary: .*\\b${name} (\\d+)`, 'm').exec(stdout)?.[1] ?? 0);

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const INCREMENT = bytes('0000000000000000');

describe('three replicas of a key-value store over TLS', () => {
  test('serve a client of the original, byte for byte, and delete their keys', async () => {
    const service = await RslService.create(join(directory, 'guarded'));
    const guarded = [1, 2, 3].map((number) => service.privateKeyFile(number));
    const servers = guarded.map((file) => service.startWith(file));
    await ready(servers);
    const client = await original(service);
    const conversation = [
      ['00000001 00000003 616161', '00000002'], // get aaa: unfound
      ['00000002 00000003 616161 00000002 4242', '00000003'], // set aaa => BB: success
      ['00000001 00000003 616161', '00000001 00000002 4242'], // get aaa: found
      ['00000003 00000003 616161', '00000005'], // delete aaa: found
      ['00000003 00000003 616161', '00000006'], // delete aaa: unfound
      ['', '00000007'], // invalid, and so are those that the original dies of
      ['00000001', '00000007'],
      ['00000001 000000', '00000007'],
      ['00000002 00000003 616161 0000', '00000007'],
      ['00000001 00000003 616161', '00000002'],
    ] as const;
    for (const [request, reply] of conversation) {
      expect((await client.submit(bytes(request))).toString('hex')).toBe(reply.replaceAll(' ', ''));
    }
    expect(guarded.map((file) => existsSync(file))).toEqual([false, false, false]);
    const ended = await stopAll(servers);
    for (const { code, stdout, stderr } of ended) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.split('\n').slice(0, 4)).toEqual([
        'IronRSLKVServer program started',
        'Processing command-line arguments',
        'Deleted private key file after reading it since RSL servers should never run twice.',
        '[[READY]]',
      ]);
      expect(stdout.split('\n').slice(-2)).toEqual(['[[EXIT]]', '']);
      expect(summed(stdout, 'execute')).toBe(conversation.length);
    }
    const again = await service.startWith(guarded[0] as string).ended;
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^ERROR - .*private key file .*no such file.*\n$/);
  });

  test('serve on when their leader is killed, with no request lost or done twice', async () => {
    const servers = keyValue.startAll();
    await ready(servers);
    const client = await original(keyValue);
    const set = bytes('00000002 00000001 6b 00000001 31');
    expect((await client.submit(set)).toString('hex')).toBe('00000003');
    const [leader, ...others] = servers as [ServerProcess, ...ServerProcess[]];
    await leader.stop('SIGKILL');
    const get = bytes('00000001 00000001 6b');
    expect((await client.submit(get)).toString('hex')).toBe('000000010000000131');
    const ended = await stopAll(others);
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    // Without the first leader there has been an election.
    expect(Math.max(...ended.map(({ stdout }) => summed(stdout, 'changeView')))).toBeGreaterThan(0);
  });
});

describe('replicas of a counter without TLS', () => {
  test.each([
    ['as they are', []],
    ['doing only what the original does', ['compatible=true']],
  ])('count each request of an original client once, %s', async (_, options) => {
    const servers = counter.startAll(['progress=true', ...options]);
    await ready(servers);
    const client = await original(counter);
    for (let count = 1; count <= 20; count++) {
      expect((await client.submit(INCREMENT)).readBigUInt64BE()).toBe(BigInt(count));
    }
    // The same request again, as a client sends it that has not heard the reply.
    const heard = client.heard.length;
    client.send(0, requestBytes(19, INCREMENT));
    await until(() =>
      client.heard
        .slice(heard)
        .some(({ from, bytes }) => from === 0 && bytes.readBigUInt64BE(24) === 20n),
    );
    expect((await client.submit(INCREMENT)).readBigUInt64BE()).toBe(21n);
    const [first, ...others] = (await stopAll(servers)) as [Ended, ...Ended[]];
    const lines = first.stdout.split('\n');
    const told = (what: string) => lines.filter((line) => line.startsWith(what)).length;
    expect(told('Received request from client ')).toBe(22);
    expect(told('Sending reply to client ')).toBe(21);
    const cached = /^Sending cached reply to client [\w+/=]{44} with sequence number 19$/;
    expect(lines.filter((line) => cached.test(line)).length).toBe(1);
    // Only originals all reply to every request.
    for (const { stdout } of others) {
      const replies = stdout.match(/^Sending reply to client /gm)?.length ?? 0;
      expect(replies > 0).toBe(options.length > 0);
    }
  });

  test('keep their keys where they are told to, and say what that means', async () => {
    const server = counter.startWith(counter.privateKeyFile(1), ['safeguard=false']);
    await server.printed('[[READY]]');
    const { code, stdout } = await server.stop('SIGINT');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(2, 6)).toEqual([
      expect.stringMatching(/^ {2}\*\*\* DANGER: {2}safeguard=false/),
      expect.stringMatching(/^ {2}\*\*\* .* \*\*\*$/),
      expect.stringMatching(/^ {2}\*\*\* .* \*\*\*$/),
      '[[READY]]',
    ]);
    expect(existsSync(counter.privateKeyFile(1))).toBe(true);
  });

  test('serve others on while strangers send what no client may, or nonsense', async () => {
    const servers = counter.startAll(['verbose=true']);
    await ready(servers);
    const good = await connected(counter);
    expect(Buffer.from(await good.submit(INCREMENT)).readBigUInt64BE()).toBe(1n);
    const bad = await Promise.all([1, 2, 3, 4].map(() => original(counter)));
    const [noisy, forging, greedy, torn] = bad as [
      OriginalClient,
      OriginalClient,
      OriginalClient,
      OriginalClient,
    ];
    for (let round = 0; round < 2_000; round++) {
      for (let replica = 0; replica < 3; replica++) {
        noisy.send(replica, Buffer.alloc(round % 40, round));
        // A promise request for a ballot beyond all others, and a decision.
        forging.send(replica, bytes('0000000000000001 00000000ffffffff 0000000000000001'));
        forging.send(
          replica,
          bytes(
            '0000000000000004 0000000000000001 0000000000000000 0000000000000000 0000000000000000',
          ),
        );
      }
      if (round % 100 === 0) {
        expect(Buffer.from(await good.submit(INCREMENT)).readBigUInt64BE()).toBeGreaterThan(1n);
      }
    }
    // Frames that promise more than any client may send, and one that never ends.
    for (const socket of greedy.sockets) socket.write(bytes('0000000008000019 00'));
    for (const socket of torn.sockets) socket.write(bytes('0000000000000020 0000'));
    await Promise.all(greedy.sockets.map((socket) => until(() => socket.closed)));
    torn.close();
    expect(Buffer.from(await good.submit(INCREMENT)).readBigUInt64BE()).toBe(22n);
    const ended = await stopAll(servers);
    for (const { code, stdout } of ended) {
      expect(code).toBe(0);
      expect(summed(stdout, 'uncalledFor')).toBeGreaterThan(4_000);
      expect(summed(stdout, 'malformed')).toBeGreaterThan(0);
      expect(summed(stdout, 'dropped')).toBeGreaterThan(0);
      expect(summed(stdout, 'promise')).toBe(1);
    }
  });
});

describe('a replica of a counter', () => {
  test('records a trace, and never over another', async () => {
    const trace = alone.traceFile(1);
    const server = alone.start(1, [`trace=${trace}`]);
    await server.printed('[[READY]]');
    const client = await connected(alone);
    expect(Buffer.from(await client.submit(INCREMENT)).readBigUInt64BE()).toBe(1n);
    await server.stop();
    const recorded = readFileSync(trace, 'utf8');
    const header = JSON.parse(recorded.slice(0, recorded.indexOf('\n')));
    expect(header).toMatchObject({
      serviceType: 'IronRSLCounter',
      parameters: { maxLogLength: 256, compatible: false },
    });
    expect(recorded).toContain('"action":"execute"');
    const second = await alone.start(1, [`trace=${trace}`]).ended;
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/exists already; give overwrite=true/);
    expect(readFileSync(trace, 'utf8')).toBe(recorded);
    const third = alone.start(1, [`trace=${trace}`, 'overwrite=true']);
    await third.printed('[[READY]]');
    await third.stop();
    expect(statSync(trace).size).toBeLessThan(recorded.length);
  });

  test('tells how long its actions take', async () => {
    const server = alone.start(1, ['profile=true']);
    await server.printed('[[READY]]');
    const client = await connected(alone);
    await Promise.all(Array.from({ length: 20_000 }, () => client.submit(INCREMENT)));
    const { stdout } = await server.stop();
    const statistics = stdout.slice(stdout.indexOf('Profiler statistics'));
    expect(statistics).toMatch(
      /^Aggregate receiveRequest: avg_usec [\d.]+ conf95plusorminus [\d.]+ stdev [\d.]+ count \d+ sum [\d.]+$/m,
    );
  });

  test('loads neither the protocol nor anything that checks', async () => {
    const coverage = join(directory, 'coverage');
    const server = alone.start(1, [], { NODE_V8_COVERAGE: coverage });
    await server.printed('[[READY]]');
    await server.stop();
    const modules = readdirSync(coverage).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8'));
      return result.map(({ url }: { url: string }) => url.replace(/.*\/dist\//, 'dist/'));
    });
    expect(modules).toContain('dist/impl/rsl/replica.js');
    expect(modules.filter((url) => /^dist\/(protocol|refinement)\//.test(url))).toEqual([]);
    // The words of the command line's options come along, and load nothing.
    const others = /^dist\/harness\/(?!cli[./]|\w+\/settings\.js$)/;
    expect(modules.filter((url) => others.test(url))).toEqual([]);
    expect(modules.filter((url) => url.includes('fast-check'))).toEqual([]);
  });
});
