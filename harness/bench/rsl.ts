/**
 * # How fast the key-value store is
 *
 * Three replicas on this machine, in memory only, under a load of clients with one request under
 * way each; beside them, in the same run and in turn, etcd with three members whose data are in
 * memory, and a bare echo in Node with as many connections. Servers and whoever loads them share the
 * machine's cores, so the load is lean, as etcd's is: one connection a client, to the leader. What
 * the client library can do, with connections to all replicas, is measured as well.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI, killServers, ServerProcess } from '../testing/lockServers.ts';
import { RslService } from '../testing/rslServers.ts';
import { alternate, ratio } from './alternate.ts';
import { measureEcho } from './echo.ts';
import { EtcdCluster, hasEtcd } from './etcd.ts';
import { count, type Figure, type Row, row, show } from './figures.ts';
import { LEAN_LOAD } from './leanLoad.ts';
import { watchProcessors } from './processorTime.ts';

const CLIENTS = [1, 10, 50, 200];
const VALUE_BYTES = 100;
const RUNS = 3;
const SECONDS = 3;
const WARM_UP_SECONDS = 3;
const WARM_UP_MS = 1000;
/** About as long as a request to set such a value, and its reply. */
const ECHO_BYTES = 128;

const SETS = ['setfraction=1', 'deletefraction=0'];
const MIX = ['setfraction=0.25', 'deletefraction=0.05'];

/** A service with its replicas, and the load that was measured last. */
class Cluster {
  readonly replicas: readonly ServerProcess[];
  /** The shares of a processor that the leader, the followers and the clients had. */
  shares: readonly number[] = [];
  readonly #service: RslService;

  private constructor(service: RslService) {
    this.#service = service;
    this.replicas = service.startAll();
  }

  static async start(directory: string, useSsl: boolean): Promise<Cluster> {
    const cluster = new Cluster(await RslService.create(directory, { useSsl }));
    await Promise.all(cluster.replicas.map((replica) => replica.printed('[[READY]]')));
    await cluster.requestsPerSecond(50, SETS, WARM_UP_SECONDS);
    return cluster;
  }

  get privateKeyFile(): string {
    return this.#service.privateKeyFile(1);
  }

  /** Sets with so many clients; gives how many requests were answered a second. */
  async setsPerSecond(clients: number): Promise<number> {
    const times = [WARM_UP_MS, SECONDS * 1000];
    const numbers = [clients, VALUE_BYTES, ...times].map(String);
    const program = new ServerProcess([LEAN_LOAD, this.#service.serviceFile, ...numbers]);
    return this.#watched(program, /^([\d.]+)\n/);
  }

  /** The same with the client library and a workload. */
  requestsPerSecond(
    clients: number,
    workload: readonly string[],
    seconds = SECONDS,
  ): Promise<number> {
    const options = [
      `nthreads=${clients}`,
      `duration=${seconds}`,
      'quiet=true',
      'sleep=0',
      'together=true',
    ];
    const asked = [...options, `valuesize=${VALUE_BYTES}`, ...workload];
    const program = new ServerProcess([CLI, 'rsl-kv-client', this.#service.serviceFile, ...asked]);
    return this.#watched(program, /answered +[\d,]+, ([\d,]+) a second/);
  }

  /** The rate that a program prints, while it is seen how busy everybody is. */
  async #watched(program: ServerProcess, printed: RegExp): Promise<number> {
    const stopWatching = watchProcessors([...this.replicas, program].map(({ pid }) => pid));
    const { code, stdout, stderr } = await program.ended;
    this.shares = stopWatching();
    const rate = Number(printed.exec(stdout)?.[1]?.replaceAll(',', ''));
    if (code === 0 && rate > 0) return rate;
    throw new Error(`the clients failed: ${stderr}${stdout}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
  }
}

export async function benchRsl(): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  const etcd = hasEtcd() ? await EtcdCluster.start(VALUE_BYTES) : undefined;
  try {
    const plain = await benchWith(join(directory, 'plain'), false, etcd);
    return [...plain, ...(await benchWith(join(directory, 'tls'), true, etcd))];
  } finally {
    killServers();
    await etcd?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function benchWith(
  directory: string,
  useSsl: boolean,
  etcd: EtcdCluster | undefined,
): Promise<readonly Row[]> {
  const cluster = await Cluster.start(directory, useSsl);
  const privateKeyFile = useSsl ? cluster.privateKeyFile : undefined;
  const rows: Row[] = [];
  for (const clients of CLIENTS) {
    let shares: readonly number[] = [];
    const peers = etcd && { etcd: () => etcd.putsPerSecond(clients, SECONDS) };
    const measured: Measured = await alternate(
      {
        lean: async () => {
          const rate = await cluster.setsPerSecond(clients);
          ({ shares } = cluster);
          return rate;
        },
        sets: () => cluster.requestsPerSecond(clients, SETS),
        mix: () => cluster.requestsPerSecond(clients, MIX),
        echo: () =>
          measureEcho({
            privateKeyFile,
            connections: clients,
            payload: ECHO_BYTES,
            warmUpMs: WARM_UP_MS,
            measuredMs: SECONDS * 1000,
          }),
        ...peers,
      },
      RUNS,
    );
    rows.push(...rowsOf(clients, useSsl, measured, shares));
  }
  await cluster.stop();
  return rows;
}

interface Measured {
  readonly lean: Figure;
  readonly sets: Figure;
  readonly mix: Figure;
  readonly echo: Figure;
  readonly etcd?: Figure;
}

function rowsOf(
  clients: number,
  useSsl: boolean,
  { lean, sets, mix, echo, etcd }: Measured,
  shares: readonly number[],
): readonly Row[] {
  const how = `${clients} client${clients === 1 ? '' : 's'}, ${useSsl ? 'mutual TLS' : 'plain TCP'}`;
  const peer =
    etcd === undefined
      ? 'etcd and h2load are not installed here'
      : `etcd puts, plain TCP: ${show(etcd)}${latency(clients, etcd)}; ratio ${ratio(lean, etcd)}`;
  const bare = (ours: Figure): string => `bare echo: ${show(echo)}; ratio ${ratio(ours, echo)}`;
  const [leader = 0, ...others] = shares.map((share) => `${count(share * 100)} %`);
  const load = others.pop();
  return [
    row(
      `key-value store, sets a second, ${how}`,
      `${show(lean)}${latency(clients, lean)}`,
      `${peer}; ${bare(lean)}; of a processor the first replica had ${leader}, `
        + `the others ${others.join(' and ')}, the clients ${load}`,
    ),
    row(`the same with the client library, ${how}`, show(sets), bare(sets)),
    row(`the same, 25 % set, 5 % delete, 70 % get, ${how}`, show(mix), bare(mix)),
  ];
}

/** With one request at a time, how long each takes. */
const latency = (clients: number, { median }: Figure): string =>
  clients === 1 ? `, ${(1000 / median).toFixed(2)} ms each` : '';
