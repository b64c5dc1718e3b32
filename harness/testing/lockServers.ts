/**
 * # Lock servers as processes
 *
 * Makes a service's files and runs its servers as a user would, each a process of its own, on
 * loopback. They run what `tsc -b` has built.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCerts } from '../../impl/framework/createCerts.ts';
import { until } from './transports.ts';

/** The command line, as built, whether this runs as it is written or as it was built. */
export const CLI = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/harness/cli.js' : '../cli.js',
    import.meta.url,
  ),
);

/** How a process ended, and what it printed. */
export interface Ended {
  /** Its exit code, or the signal that killed it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ironfleet` to its end. */
export const ironfleet = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? child.signalCode ?? 'nothing', stdout, stderr });
    });
  });

/** The files of a service, in a directory. */
export class LockService {
  readonly directory: string;
  readonly count: number;
  readonly serviceFile: string;
  readonly #name: string;

  private constructor(directory: string, count: number, name: string) {
    this.directory = directory;
    this.count = count;
    this.#name = name;
    this.serviceFile = join(directory, `${name}.IronLock.service.txt`);
  }

  /** Makes the files of `count` servers on ports of loopback that nobody uses now. */
  static async create(
    directory: string,
    { count = 3, useSsl = true, type = 'IronLock', name = 'Test' } = {},
  ): Promise<LockService> {
    const addresses = (await vacantPorts(count)).flatMap((port, index) => [
      `addr${index + 1}=127.0.0.1`,
      `port${index + 1}=${port}`,
    ]);
    await createCerts(
      [`name=${name}`, `type=${type}`, `outputdir=${directory}`, `usessl=${useSsl}`, ...addresses],
      // Keys of this length are made in a moment.
      { now: new Date(), print: () => {}, keyBits: 2048 },
    );
    return new LockService(directory, count, name);
  }

  /** Of the server with this number, counted from 1. */
  privateKeyFile(number: number): string {
    return join(this.directory, `${this.#name}.IronLock.server${number}.private.txt`);
  }

  traceFile(number: number): string {
    return join(this.directory, `${number}.trace`);
  }

  get traceFiles(): readonly string[] {
    return Array.from({ length: this.count }, (_, index) => this.traceFile(index + 1));
  }

  /** What Node is given to run a server. */
  commandLine(number: number, options: readonly string[] = []): readonly string[] {
    return [CLI, 'lock-server', this.serviceFile, this.privateKeyFile(number), ...options];
  }

  /** Starts a server. */
  start(number: number, options?: readonly string[], env: NodeJS.ProcessEnv = {}): ServerProcess {
    return new ServerProcess(this.commandLine(number, options), env);
  }

  /** Starts all servers, each recording its trace. */
  startAll(options: readonly string[] = []): readonly ServerProcess[] {
    return Array.from({ length: this.count }, (_, index) =>
      this.start(index + 1, [`trace=${this.traceFile(index + 1)}`, ...options]),
    );
  }
}

/** All processes that have been started and have not ended. */
const running = new Set<ChildProcess>();

/** Kills what a test has left running. */
export function killServers(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class ServerProcess {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;

  /** `prefix` is a command that runs another in its place, if there is one. */
  constructor(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    prefix: readonly string[] = [],
  ) {
    const [command, ...rest] = [...prefix, process.execPath, ...args] as [string, ...string[]];
    const child = spawn(command, rest, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    running.add(child);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    child.once('exit', () => {
      if (child.stdout.isPaused()) child.stdout.destroy();
    });
    this.#ended = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      return { code: code ?? signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Stops it in the midst of whatever it does, until it is resumed. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** From now on nobody reads what the server prints. */
  stopReading(): void {
    this.#child.stdout?.pause();
  }

  /** Waits until the server has printed this, or has ended. */
  async printed(text: string | RegExp): Promise<void> {
    const has = () =>
      typeof text === 'string' ? this.stdout.includes(text) : text.test(this.stdout);
    await until(() => has() || !running.has(this.#child));
    if (!has()) throw new Error(`the server ended without printing ${text}: ${this.stderr}`);
  }

  /** Sends it a signal and waits for its end. */
  stop(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<Ended> {
    this.#child.kill(signal);
    return this.#ended;
  }

  get hasEnded(): boolean {
    return !running.has(this.#child);
  }

  /** Waits for its end. */
  get ended(): Promise<Ended> {
    return this.#ended;
  }
}

/** Ports of loopback on which nobody listens now. */
export async function vacantPorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
