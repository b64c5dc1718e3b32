/**
 * # Redis, as a peer
 *
 * Debian's Redis on a port of loopback of its own, with nothing kept on disk, and
 * `redis-benchmark`, which asks it with as many connections as there are clients, and with as many
 * requests under way on each as is wanted.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { generateKeyPair } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { selfSign } from '../../impl/framework/certificate.ts';
import { vacantPorts } from '../testing/lockServers.ts';
import { sleep } from './echo.ts';
import { LOAD_PROCESSOR, pinned, SERVER_PROCESSOR } from './pinned.ts';
import { watchProcessors } from './processorTime.ts';
import type { Asked } from './storeSpeakers.ts';

/** How long a server may take to listen, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Whether this machine has both; Debian's packages are `redis-server` and `redis-tools`. */
export const hasRedis = (): boolean =>
  ['redis-server', 'redis-benchmark'].every(
    (name) => spawnSync(name, ['--version']).error === undefined,
  );

/** What `redis-benchmark` is to do. */
export interface RedisBenchmark extends Asked {
  readonly clients: number;
  readonly inFlight: number;
  readonly keys: number;
  /** How many requests in all. */
  readonly requests: number;
}

/** What it measured: requests a second, and which share of a processor the two had. */
export interface RedisFigures {
  readonly rate: number;
  readonly server: number;
  readonly load: number;
}

export class RedisServer {
  readonly port: number;
  readonly #useTls: boolean;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(port: number, useTls: boolean, directory: string) {
    this.port = port;
    this.#useTls = useTls;
    this.#directory = directory;
    const listening = useTls
      ? { port: '0', 'tls-port': `${port}`, ...this.#tlsFiles, 'tls-auth-clients': 'no' }
      : { port: `${port}` };
    const memoryOnly = { save: '', appendonly: 'no', dir: directory };
    const options = { ...listening, ...memoryOnly, bind: '127.0.0.1', loglevel: 'warning' };
    const args = Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]);
    const [command, ...rest] = pinned(SERVER_PROCESSOR, ['redis-server', ...args]);
    this.#process = spawn(command, rest, { stdio: 'ignore' });
  }

  static async start({ useTls }: { readonly useTls: boolean }): Promise<RedisServer> {
    const [port] = await vacantPorts(1);
    const directory = mkdtempSync(join(tmpdir(), 'ironfleet-redis-'));
    if (useTls) await writeCertificate(directory);
    const server = new RedisServer(port ?? 0, useTls, directory);
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(50)) {
      if (await listens(server.port)) return server;
    }
    await server.stop();
    throw new Error('redis-server does not listen');
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get #tlsFiles() {
    return {
      'tls-cert-file': join(this.#directory, 'certificate.pem'),
      'tls-key-file': join(this.#directory, 'key.pem'),
      'tls-ca-cert-file': join(this.#directory, 'certificate.pem'),
    };
  }

  /** Has `redis-benchmark` ask. */
  async benchmark(asked: RedisBenchmark): Promise<RedisFigures> {
    const { operation, valueBytes, clients, inFlight, keys, requests } = asked;
    const numbers = { p: this.port, c: clients, P: inFlight, r: keys, d: valueBytes, n: requests };
    const options = Object.entries(numbers).flatMap(([name, number]) => [`-${name}`, `${number}`]);
    const tls = this.#useTls ? ['--tls', '--insecure'] : [];
    const constant = ['-h', '127.0.0.1', '--csv', '-t', operation];
    const [command, ...rest] = pinned(LOAD_PROCESSOR, [
      'redis-benchmark',
      ...constant,
      ...options,
      ...tls,
    ]);
    const running = promisify(execFile)(command, rest);
    const stopWatching = watchProcessors([this.pid, running.child.pid ?? 0]);
    const { stdout } = await running;
    const [server = 0, load = 0] = stopWatching();
    const rate = Number(/^"(?:GET|SET)","([\d.]+)"/m.exec(stdout)?.[1]);
    if (!(rate > 0)) throw new Error(`redis-benchmark did not succeed: ${stdout}`);
    return { rate, server, load };
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

/** A key as long as those of our servers, in a certificate that it signs itself. */
async function writeCertificate(directory: string): Promise<void> {
  const DAY_MS = 86_400_000;
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const [from, until] = [new Date(Date.now() - DAY_MS), new Date(Date.now() + DAY_MS)];
  const text = Buffer.from(selfSign('redis', keys, from, until)).toString('base64');
  const lines = text.match(/.{1,64}/g) ?? [];
  const certificate = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''];
  writeFileSync(join(directory, 'certificate.pem'), certificate.join('\n'));
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(directory, 'key.pem'), key, { mode: 0o600 });
}
