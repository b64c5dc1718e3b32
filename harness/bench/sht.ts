/**
 * # How fast the hash table is
 *
 * One host, and three over which the keys are spread, in memory only, beside Redis and beside a bare
 * echo of messages as long, in the same run and in turn. All are asked by the same lean load, one
 * process that speaks the protocol of each; Redis by its own `redis-benchmark` as well. The load has
 * a core of its own and servers have the others: on a machine with two, three hosts have as much as
 * one, and are measured for what it costs that keys are spread.
 *
 * The two ways to load Redis differ in what they cost, for one is C and the other JavaScript, and in
 * when they ask: with several requests under way, `redis-benchmark` waits until all are answered,
 * and then asks for as many, where the lean load asks again for what is answered. Both draw from the
 * same keys, which all have values of the length that is asked for.
 *
 * A reply of the hash table is longer than one of Redis: it names its recipient and its key, and
 * an acknowledgement goes before it. The echo's replies are as long.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killServers, type ServerProcess } from '../testing/lockServers.ts';
import { count, figure, type Table } from './figures.ts';
import { LOAD_PROCESSOR } from './pinned.ts';
import { hasRedis, RedisServer } from './redis.ts';
import { startShapedEcho } from './shapedEcho.ts';
import { ShtCluster } from './shtCluster.ts';
import { type LoadFigures, StoreLoad, type Target } from './storeLoad.ts';
import type { Operation } from './storeSpeakers.ts';

const KEYS = 10_000;
const HOSTS = 3;

/** What is measured, and for how long each time. */
interface Plan {
  readonly useTls: boolean;
  readonly values: readonly number[];
  readonly clients: readonly number[];
  readonly inFlight: readonly number[];
  readonly runs: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

const PLAIN: Plan = {
  useTls: false,
  values: [100, 1_000],
  clients: [1, 10, 50, 200],
  inFlight: [1, 16],
  runs: 3,
  warmUpMs: 200,
  measuredMs: 600,
};
const TLS: Plan = { ...PLAIN, useTls: true, values: [100], clients: [1, 50, 200] };
const FEW = { values: [100], clients: [1, 50], runs: 3, warmUpMs: 100, measuredMs: 250 };

/** One line of a table. */
interface Cell {
  readonly operation: Operation;
  readonly valueBytes: number;
  readonly clients: number;
  readonly inFlight: number;
}

type Side = 'one' | 'three' | 'redis' | 'echo' | 'benchmark';

type Measured = Partial<Record<Side, readonly LoadFigures[]>>;

export async function benchSht({ quick }: { readonly quick: boolean }): Promise<readonly Table[]> {
  const plans = [PLAIN, TLS].map((plan) => (quick ? { ...plan, ...FEW } : plan));
  const tables: Table[] = [];
  for (const plan of plans) tables.push(await benchPlan(plan));
  return tables;
}

async function benchPlan(plan: Plan): Promise<Table> {
  const directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  const scene = new Scene(plan);
  try {
    await scene.start(directory);
    const lines: (readonly string[])[] = [];
    for (const valueBytes of plan.values) {
      await scene.fill(valueBytes);
      for (const operation of ['get', 'set'] as const) {
        for (const inFlight of plan.inFlight) {
          for (const clients of plan.clients) {
            const cell = { operation, valueBytes, clients, inFlight };
            lines.push(lineOf(cell, await scene.measure(cell)));
          }
        }
      }
    }
    return { title: titleOf(plan), columns: COLUMNS, lines };
  } finally {
    await scene.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** All servers that are compared, with a load for each. */
class Scene {
  readonly #plan: Plan;
  readonly #loads = new Map<Side, StoreLoad>();
  #redis: RedisServer | undefined;
  /** What Redis came to when it was last measured, to know how many requests take how long. */
  #redisRate = 10_000;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  async start(directory: string): Promise<void> {
    const { useTls } = this.#plan;
    const how = { useSsl: useTls, isPinned: true };
    const one = await ShtCluster.start(join(directory, 'one'), { ...how, count: 1 });
    const three = await ShtCluster.start(join(directory, 'three'), { ...how, count: HOSTS });
    await this.#load('one', { type: 'sht', serviceFile: one.serviceFile, hosts: 1 }, one.hosts);
    const spread = { type: 'sht', serviceFile: three.serviceFile, hosts: HOSTS } as const;
    await this.#load('three', spread, three.hosts);
    const privateKeyFile = useTls ? one.privateKeyFile : undefined;
    const { process: echo, port } = await startShapedEcho(privateKeyFile);
    await this.#load('echo', { type: 'echo', port, privateKeyFile }, [echo]);
    if (!hasRedis()) return;
    const redis = await RedisServer.start({ useTls });
    this.#redis = redis;
    await this.#load('redis', { type: 'redis', port: redis.port, useTls }, [redis]);
  }

  async fill(valueBytes: number): Promise<void> {
    for (const [side, load] of this.#loads) if (side !== 'echo') await load.fill(valueBytes);
  }

  /** Measures all sides in turn, several times over. */
  async measure(cell: Cell): Promise<Measured> {
    const { runs, warmUpMs, measuredMs } = this.#plan;
    const measured: Partial<Record<Side, LoadFigures[]>> = {};
    const add = (side: Side, figures: LoadFigures): void => {
      measured[side] ??= [];
      measured[side].push(figures);
    };
    for (let run = 0; run < runs; run++) {
      for (const [side, load] of this.#loads) {
        const figures = await load.measure({ ...cell, warmUpMs, measuredMs });
        add(side, figures);
        if (side === 'redis') this.#redisRate = figures.rate;
      }
      if (this.#redis) add('benchmark', await this.#benchmark(this.#redis, cell));
    }
    return measured;
  }

  async stop(): Promise<void> {
    for (const load of this.#loads.values()) await load.stop();
    await this.#redis?.stop();
    killServers();
  }

  async #benchmark(redis: RedisServer, cell: Cell): Promise<LoadFigures> {
    const { warmUpMs, measuredMs } = this.#plan;
    const requests = Math.ceil((this.#redisRate * (warmUpMs + measuredMs)) / 1000);
    const { rate, server, load } = await redis.benchmark({ ...cell, keys: KEYS, requests });
    return { rate, load, servers: [server] };
  }

  async #load(
    side: Side,
    target: Target,
    servers: readonly Pick<ServerProcess, 'pid'>[],
  ): Promise<void> {
    const clients = Math.max(...this.#plan.clients);
    const pids = servers.map(({ pid }) => pid);
    const processor = LOAD_PROCESSOR;
    const settings = { target, keys: KEYS, clients, servers: pids, processor };
    this.#loads.set(side, await StoreLoad.start(settings));
  }
}

const titleOf = ({ useTls, runs, measuredMs }: Plan): string =>
  `Hash table: requests a second over ${useTls ? 'TLS' : 'plain TCP'}, ${count(KEYS)} keys; `
  + `medians of ${runs} alternating runs of ${measuredMs / 1000} s. In brackets the shares of a `
  + `processor that server (or servers together) and load had.${
    hasRedis() ? '' : ' Redis is not installed here (Debian: redis-server, redis-tools).'
  }`;

const COLUMNS = [
  'request',
  'clients',
  'in flight each',
  'one host',
  'three hosts',
  'Redis',
  'ratio, one host',
  'ratio, three hosts',
  'redis-benchmark',
  'bare echo',
  'ratio, one host',
];

function lineOf(cell: Cell, measured: Measured): readonly string[] {
  const { one, three, redis, echo, benchmark } = measured;
  return [
    `${cell.operation}, ${count(cell.valueBytes)} B`,
    `${cell.clients}`,
    `${cell.inFlight}`,
    show(one),
    show(three),
    show(redis),
    ratio(one, redis),
    ratio(three, redis),
    show(benchmark),
    show(echo),
    ratio(one, echo),
  ];
}

type Runs = readonly LoadFigures[] | undefined;

const median = (runs: readonly LoadFigures[], of: (figures: LoadFigures) => number): number =>
  figure(runs.map(of)).median;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function show(runs: Runs): string {
  if (runs === undefined) return 'missing';
  const [server, load] = [
    median(runs, ({ servers }) => sum(servers)),
    median(runs, (figures) => figures.load),
  ].map((share) => `${count(share * 100)}`);
  return `${count(median(runs, ({ rate }) => rate))} (${server}, ${load} %)`;
}

const ratio = (ours: Runs, theirs: Runs): string =>
  ours === undefined || theirs === undefined
    ? ''
    : (median(ours, ({ rate }) => rate) / median(theirs, ({ rate }) => rate)).toFixed(2);
