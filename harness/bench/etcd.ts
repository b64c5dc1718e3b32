/**
 * # etcd, as a peer
 *
 * Three members of Debian's etcd on loopback whose data lie in memory, and `h2load`, which asks the
 * leader over gRPC with as many connections as there are clients, one request under way on each.
 * What they store is as long as what ours store.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vacantPorts } from '../testing/lockServers.ts';
import { sleep } from './echo.ts';

/** A file system in memory. */
const MEMORY = '/dev/shm';
const MEMBERS = 3;
/** How long a cluster may take to have a leader, in milliseconds. */
const PATIENCE = 20_000;

/** Whether this machine has both; Debian's packages are `etcd-server` and `nghttp2-client`. */
export const hasEtcd = (): boolean =>
  ['etcd', 'h2load'].every((name) => spawnSync(name, ['--version']).error === undefined);

export class EtcdCluster {
  readonly #directory: string;
  readonly #members: readonly ChildProcess[];
  readonly #leader: string;
  readonly #put: string;

  private constructor(directory: string, members: readonly ChildProcess[], leader: string) {
    this.#directory = directory;
    this.#members = members;
    this.#leader = leader;
    this.#put = join(directory, 'put');
  }

  /** Starts a cluster and waits for its leader. Its puts have values of so many bytes. */
  static async start(valueBytes: number): Promise<EtcdCluster> {
    const directory = mkdtempSync(join(MEMORY, 'ironfleet-etcd-'));
    const ports = await vacantPorts(2 * MEMBERS);
    const clientUrls = ports.slice(0, MEMBERS).map((port) => `http://127.0.0.1:${port}`);
    const peerUrls = ports.slice(MEMBERS).map((port) => `http://127.0.0.1:${port}`);
    const cluster = peerUrls.map((url, index) => `m${index}=${url}`).join(',');
    const members = clientUrls.map((url, index) => {
      const peer = peerUrls[index] as string;
      const options = {
        name: `m${index}`,
        'data-dir': join(directory, `m${index}`),
        'listen-client-urls': url,
        'advertise-client-urls': url,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': cluster,
        'quota-backend-bytes': `${2 ** 32}`,
        'log-level': 'error',
      };
      const args = Object.entries(options).map(([key, value]) => `--${key}=${value}`);
      return spawn('etcd', args, { stdio: 'ignore' });
    });
    try {
      const leader = await leaderAmong(clientUrls);
      const found = new EtcdCluster(directory, members, leader);
      writeFileSync(found.#put, putRequest('aaa', valueBytes));
      return found;
    } catch (error) {
      await end(members, directory);
      throw error;
    }
  }

  get pids(): readonly number[] {
    return this.#members.map(({ pid }) => pid ?? 0);
  }

  /** Puts for so long with so many clients; gives how many a second. */
  async putsPerSecond(clients: number, seconds: number): Promise<number> {
    const { stdout } = await promisify(execFile)('h2load', [
      `--clients=${clients}`,
      '--max-concurrent-streams=1',
      `--duration=${seconds}`,
      '--warm-up-time=1',
      `--data=${this.#put}`,
      '--header=content-type: application/grpc',
      '--header=te: trailers',
      `${this.#leader}/etcdserverpb.KV/Put`,
    ]);
    const failed = /status codes: .* (\d+) 5xx/.exec(stdout)?.[1];
    const rate = /finished in .*, ([\d.]+) req\/s/.exec(stdout)?.[1];
    if (rate === undefined || failed !== '0') throw new Error(`h2load did not succeed: ${stdout}`);
    return Number(rate);
  }

  stop(): Promise<void> {
    return end(this.#members, this.#directory);
  }
}

async function end(members: readonly ChildProcess[], directory: string): Promise<void> {
  for (const member of members) {
    if (member.exitCode !== null) continue;
    member.kill('SIGKILL');
    await once(member, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
}

/** The URL of the member that leads. */
async function leaderAmong(urls: readonly string[]): Promise<string> {
  for (const end = performance.now() + PATIENCE; performance.now() < end; await sleep(200)) {
    for (const url of urls) {
      const response = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}' })
        .then((answer) => answer.json() as Promise<Status>)
        .catch(() => undefined);
      const leader = response?.leader;
      if (leader !== undefined && leader === response?.header?.member_id) return url;
    }
  }
  throw new Error('etcd has no leader');
}

interface Status {
  readonly leader?: string;
  readonly header?: { readonly member_id?: string };
}

/** A gRPC message with an `etcdserverpb.PutRequest`: field 1 is the key and field 2 the value. */
function putRequest(key: string, valueBytes: number): Buffer {
  const field = (number: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.of((number << 3) | 2, content.length), content]);
  const put = Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.alloc(valueBytes, 'a'))]);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(put.length, 1);
  return Buffer.concat([header, put]);
}
