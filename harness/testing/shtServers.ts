/**
 * # Hosts of the hash table as processes
 *
 * Makes the files of a sharded hash table and runs its hosts as a user would, each a process of its
 * own, on loopback. They run what `tsc -b` has built.
 */
import { join } from 'node:path';
import { createCerts } from '../../impl/framework/createCerts.ts';
import { readServiceIdentity, type ServiceIdentity } from '../../impl/framework/identity.ts';
import { CLI, ServerProcess, vacantPorts } from './lockServers.ts';

export interface ShtServiceOptions {
  /** How many hosts, and how many administrators. */
  readonly count?: number;
  readonly administrators?: number;
  readonly useSsl?: boolean;
}

/** The files of a service, in a directory. */
export class ShtService {
  readonly directory: string;
  readonly count: number;
  readonly serviceFile: string;

  private constructor(directory: string, count: number) {
    this.directory = directory;
    this.count = count;
    this.serviceFile = join(directory, 'Test.IronSHT.service.txt');
  }

  /** Makes the files of hosts on ports of loopback that nobody uses now. */
  static async create(directory: string, options: ShtServiceOptions = {}): Promise<ShtService> {
    const { count = 3, administrators = 0, useSsl = true } = options;
    const addresses = (await vacantPorts(count)).flatMap((port, index) => [
      `addr${index + 1}=127.0.0.1`,
      `port${index + 1}=${port}`,
    ]);
    const settings = ['name=Test', 'type=IronSHT', `outputdir=${directory}`, `usessl=${useSsl}`];
    await createCerts(
      [...settings, `admins=${administrators}`, ...addresses],
      // Keys of this length are made in a moment.
      { now: new Date(), print: () => {}, keyBits: 2048 },
    );
    return new ShtService(directory, count);
  }

  get identity(): ServiceIdentity {
    return readServiceIdentity(this.serviceFile);
  }

  /** Of the host with this number, counted from 1. */
  privateKeyFile(number: number): string {
    return join(this.directory, `Test.IronSHT.server${number}.private.txt`);
  }

  /** Of the administrator with this number, counted from 1. */
  administratorFile(number: number): string {
    return join(this.directory, `Test.IronSHT.admin${number}.private.txt`);
  }

  start(
    number: number,
    options: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): ServerProcess {
    const files = [this.serviceFile, this.privateKeyFile(number)];
    return new ServerProcess([CLI, 'sht-server', ...files, ...options], env);
  }

  /** Starts all hosts, which are new, and waits until they are ready. */
  async startAll(options: readonly string[] = []): Promise<readonly ServerProcess[]> {
    const hosts = Array.from({ length: this.count }, (_, index) => this.start(index + 1, options));
    await Promise.all(hosts.map((host) => host.printed('[[READY]]')));
    return hosts;
  }
}
