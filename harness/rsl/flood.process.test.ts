import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect as dial, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RslClient } from '../../impl/client/rslClient.ts';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import { Flooder } from '../testing/flooder.ts';
import { killServers, type ServerProcess } from '../testing/lockServers.ts';
import { OriginalClient, requestBytes } from '../testing/originalClient.ts';
import { framed } from '../testing/originalSockets.ts';
import { RslService } from '../testing/rslServers.ts';
import { until } from '../testing/transports.ts';

let directory: string;
let replicas: readonly ServerProcess[];
/** What is to be closed in the end. */
let opened: { close(): unknown }[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  opened = [];
});

afterEach(() => {
  for (const each of opened) each.close();
  killServers();
  rmSync(directory, { recursive: true, force: true });
});

async function start(
  application: 'KV' | 'Counter',
  useSsl: boolean,
  options: readonly string[],
): Promise<RslService> {
  const service = await RslService.create(directory, { application, useSsl });
  replicas = service.startAll(options);
  await Promise.all(replicas.map((replica) => replica.printed('[[READY]]')));
  return service;
}

async function connect(service: ServiceIdentity): Promise<RslClient> {
  const client = await RslClient.connect(service);
  opened.push(client);
  return client;
}

async function original(service: ServiceIdentity): Promise<OriginalClient> {
  const client = await OriginalClient.connect(service);
  opened.push(client);
  return client;
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** Sets the key `h` to `i`. */
const SET = bytes('00000002 00000001 68 00000001 69');
const INCREMENT = bytes('0000000000000000');

/** The memory that replicas have, all together, in MiB. */
const residentMiB = (): number =>
  replicas.reduce((sum, { pid }) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kilobytes) / 1024;
  }, 0);

const summed = (name: string, stdout: string): number =>
  Number(new RegExp(`^Summary: .*\\b${name} (\\d+)`, 'm').exec(stdout)?.[1] ?? 0);

async function count(client: RslClient): Promise<number> {
  return Number(Buffer.from(await client.submit(INCREMENT)).readBigUInt64BE());
}

const MODES = [
  ['as they are', []],
  ['doing only what the original does', ['compatible=true']],
] as const;

describe.each(MODES)('replicas over TLS, %s', (_, options) => {
  test('serve everyone in turn while one floods, who waits for himself', async () => {
    const service = await start('KV', true, options);
    const honest = await connect(service.identity);
    await honest.submit(SET);
    const flooder = new Flooder(service.serviceFile);
    await flooder.answered(5_000); // It is warm, and so are the replicas.
    const before = residentMiB();
    const answered = flooder.progress.answered;
    let most = before;
    const CALLS = 100;
    for (let call = 0; call < CALLS; call++) {
      await honest.submit(SET);
      most = Math.max(most, residentMiB());
    }
    const { taken, answered: atLast } = flooder.progress;
    // Whoever asks waits for what the flooder may have waiting, and not for all that it has sent.
    expect((atLast - answered) / CALLS).toBeLessThan(1_500);
    // What it has sent and nobody has served waits in buffers of the system, which are bounded.
    expect(taken - atLast).toBeLessThan(20_000);
    expect(most - before).toBeLessThan(250);
    await flooder.stop();
    const ended = await Promise.all(replicas.map((replica) => replica.stop()));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(replicas.map(() => [0, '']));
    expect(ended.some(({ stdout }) => summed('clientsHeld', stdout) > 0)).toBe(true);
  });
});

/** Listens in front of a server, and keeps a copy of what goes to it. */
class Tap {
  readonly copied: Buffer[] = [];
  readonly #server: Server;

  private constructor(port: number) {
    this.#server = createServer((socket) => {
      const onward = dial({ host: '127.0.0.1', port });
      socket.on('data', (chunk) => this.copied.push(chunk));
      socket.pipe(onward).pipe(socket);
      for (const end of [socket, onward]) end.on('error', () => {});
    });
  }

  static async before(port: number): Promise<Tap> {
    const tap = new Tap(port);
    tap.#server.listen(0, '127.0.0.1');
    await once(tap.#server, 'listening');
    opened.push(tap);
    return tap;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): void {
    this.#server.close();
  }
}

describe.each([
  ['over TLS', true],
  ['without TLS', false],
])('replicas of a counter %s', (_, useSsl) => {
  test('count nothing again because a stranger repeats what a client sent', async () => {
    const { identity } = await start('Counter', useSsl, []);
    const [server] = identity.servers;
    const tap = await Tap.before(server?.port ?? 0);
    const tapped = identity.servers.map((each, index) =>
      index === 0 ? { ...each, port: tap.port } : each,
    );
    const client = await connect({ ...identity, servers: tapped });
    for (let call = 1; call <= 20; call++) expect(await count(client)).toBe(call);
    const copy = Buffer.concat(tap.copied);
    expect(copy.length).toBeGreaterThan(20 * 40);
    for (let time = 0; time < 3; time++) {
      const socket = dial({ host: '127.0.0.1', port: server?.port ?? 0 });
      socket.on('error', () => {});
      socket.resume().write(copy);
      // Without TLS it is the client, as far as anybody can tell, and is answered once more.
      await Promise.race([once(socket, 'close'), once(socket, 'data')]);
      socket.destroy();
    }
    expect(await count(client)).toBe(21);
    expect(await count(await connect(identity))).toBe(22);
  });

  test('serve on while strangers send rubbish, promise too much or never end', async () => {
    const { identity } = await start('Counter', useSsl, []);
    const honest = await connect(identity);
    expect(await count(honest)).toBe(1);
    const before = residentMiB();
    const [rubbish, greedy, torn] = [
      await original(identity),
      await original(identity),
      await original(identity),
    ];
    // Connections that say nothing, or half of who they are.
    const { port = 0 } = identity.servers[0] ?? {};
    for (let each = 0; each < 600; each++) {
      const socket = dial({ host: '127.0.0.1', port });
      socket.on('error', () => {});
      if (each % 2 === 0) socket.write(bytes('16030100 c8 010000c40303'));
      opened.push({ close: () => socket.destroy() });
    }
    for (const [replica, socket] of greedy.sockets.entries()) {
      greedy.send(replica, requestBytes(0, INCREMENT)); // What came before it counts.
      socket.write(bytes('0000000008000019')); // One byte more than the longest request.
      await until(() => socket.closed);
    }
    for (const socket of torn.sockets) socket.write(bytes('0000000008000018 00000000'));
    for (let round = 0; round < 500; round++) {
      const [type, length] = [round % 16, (round * 7) % 100];
      const nonsense = Buffer.alloc(8 + length, round);
      nonsense.writeBigUInt64BE(BigInt(type));
      for (const replica of identity.servers.keys()) rubbish.send(replica, nonsense);
      if (round % 50 === 0) expect(await count(honest)).toBe(round / 50 + 3);
    }
    expect(residentMiB() - before).toBeLessThan(300);
    expect(await count(await connect(identity))).toBe(13);
    const ended = await Promise.all(replicas.map((replica) => replica.stop()));
    for (const { code, stderr, stdout } of ended) {
      expect([code, stderr]).toEqual([0, '']);
      expect(summed('malformed', stdout)).toBeGreaterThan(0);
      expect(summed('uncalledFor', stdout)).toBeGreaterThan(400);
      expect(summed('dropped', stdout)).toBeGreaterThan(0);
    }
    const refused = ended.map(({ stdout }) => summed('peers refused', stdout));
    expect(Math.max(...refused)).toBeGreaterThan(0);
  });
});

test('framing is what these tests believe', () => {
  expect(framed(bytes('0102')).toString('hex')).toBe('00000000000000020102');
});
