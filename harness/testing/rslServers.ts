/**
 * # Replicas as processes
 *
 * Makes the files of a replicated service and runs its replicas as a user would, each a process of
 * its own, on loopback. They run what `tsc -b` has built.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCerts } from '../../impl/framework/createCerts.ts';
import { readServiceIdentity, type ServiceIdentity } from '../../impl/framework/identity.ts';
import { CLI, ServerProcess, vacantPorts } from './lockServers.ts';

/** The services that come with the package, each with the command of its server. */
const COMMANDS = { Counter: 'rsl-counter-server', KV: 'rsl-kv-server' } as const;

export interface RslServiceOptions {
  /** How many replicas. */
  readonly count?: number;
  readonly useSsl?: boolean;
  /** What is replicated. */
  readonly application?: string;
  /** What Node is given to run a server, before the files: unless given, the command line's. */
  readonly program?: readonly string[];
}

/** The files of a service, in a directory. */
export class RslService {
  readonly directory: string;
  readonly count: number;
  readonly type: string;
  readonly serviceFile: string;
  readonly #program: readonly string[];

  private constructor(directory: string, count: number, type: string, program: readonly string[]) {
    this.directory = directory;
    this.count = count;
    this.type = type;
    this.serviceFile = join(directory, `Test.${type}.service.txt`);
    this.#program = program;
  }

  /** Makes the files of replicas on ports of loopback that nobody uses now. */
  static async create(directory: string, options: RslServiceOptions = {}): Promise<RslService> {
    const { count = 3, useSsl = true, application = 'KV' } = options;
    const command = COMMANDS[application as keyof typeof COMMANDS];
    const { program = [CLI, command] } = options;
    const type = `IronRSL${application}`;
    const addresses = (await vacantPorts(count)).flatMap((port, index) => [
      `addr${index + 1}=127.0.0.1`,
      `port${index + 1}=${port}`,
    ]);
    await createCerts(
      ['name=Test', `type=${type}`, `outputdir=${directory}`, `usessl=${useSsl}`, ...addresses],
      // Keys of this length are made in a moment.
      { now: new Date(), print: () => {}, keyBits: 2048 },
    );
    return new RslService(directory, count, type, program);
  }

  get identity(): ServiceIdentity {
    return readServiceIdentity(this.serviceFile);
  }

  /** Of the server with this number, counted from 1. The server deletes it when it is ready. */
  privateKeyFile(number: number): string {
    return join(this.directory, `Test.${this.type}.server${number}.private.txt`);
  }

  traceFile(number: number): string {
    return join(this.directory, `${number}.trace`);
  }

  /** Starts a server whose private key is kept; only one that never promised anything may be. */
  start(
    number: number,
    options: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): ServerProcess {
    const copy = join(this.directory, `${number}.key`);
    copyFileSync(this.privateKeyFile(number), copy);
    return this.startWith(copy, options, env);
  }

  /** Starts a server with this private key file, which it deletes unless the options forbid it. */
  startWith(
    privateKeyFile: string,
    options: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): ServerProcess {
    const files = [this.serviceFile, privateKeyFile];
    return new ServerProcess([...this.#program, ...files, ...options], env);
  }

  startAll(options: readonly string[] = []): readonly ServerProcess[] {
    return Array.from({ length: this.count }, (_, index) => this.start(index + 1, options));
  }
}
