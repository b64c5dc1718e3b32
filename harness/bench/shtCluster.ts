/**
 * # Hosts of the hash table, for measurements
 *
 * Makes the files of a service and runs its hosts as a user would, each a process of its own, on
 * loopback. They run what `tsc -b` has built.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCerts } from '../../impl/framework/createCerts.ts';
import { CLI, ServerProcess, vacantPorts } from '../testing/lockServers.ts';
import { pinned, serverProcessor } from './pinned.ts';

const TYPE = 'IronSHT';

interface ClusterOptions {
  readonly count: number;
  readonly useSsl: boolean;
  readonly isPinned: boolean;
}

export class ShtCluster {
  readonly serviceFile: string;
  /** One that is as good as a host's, for whoever needs a certificate. */
  readonly privateKeyFile: string;
  readonly hosts: readonly ServerProcess[];

  private constructor(
    serviceFile: string,
    privateKeyFile: string,
    hosts: readonly ServerProcess[],
  ) {
    this.serviceFile = serviceFile;
    this.privateKeyFile = privateKeyFile;
    this.hosts = hosts;
  }

  /**
   * Makes the files in a directory, starts so many hosts, and waits until they are ready. If they
   * are pinned, they leave a processor to their load.
   */
  static async start(
    directory: string,
    { count, useSsl, isPinned }: ClusterOptions,
  ): Promise<ShtCluster> {
    const addresses = (await vacantPorts(count)).flatMap((port, index) => [
      `addr${index + 1}=127.0.0.1`,
      `port${index + 1}=${port}`,
    ]);
    await createCerts(
      ['name=Test', `type=${TYPE}`, `outputdir=${directory}`, `usessl=${useSsl}`, ...addresses],
      // Keys of this length are made in a moment.
      { now: new Date(), print: () => {}, keyBits: 2048 },
    );
    const serviceFile = join(directory, `Test.${TYPE}.service.txt`);
    const keyFile = (number: number) => join(directory, `Test.${TYPE}.server${number}.private.txt`);
    const kept = join(directory, 'kept.private.txt');
    copyFileSync(keyFile(1), kept);
    const hosts = Array.from({ length: count }, (_, index) => {
      const args = [CLI, 'sht-server', serviceFile, keyFile(index + 1)];
      return new ServerProcess(args, {}, isPinned ? pinned(serverProcessor(index)) : []);
    });
    await Promise.all(hosts.map((host) => host.printed('[[READY]]')));
    return new ShtCluster(serviceFile, kept, hosts);
  }

  get pids(): readonly number[] {
    return this.hosts.map(({ pid }) => pid);
  }

  async stop(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
  }
}
