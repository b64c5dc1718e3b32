/**
 * # How fast keys move
 *
 * A host hands all its keys, a million, to another while clients read and write them: how long that
 * takes, and how long clients wait meanwhile, beside how long they waited before. Then
 * `sht-admin rebalance` shares the keys out evenly over all hosts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readServiceIdentity } from '../../impl/framework/identity.ts';
import { ironfleet, killServers } from '../testing/lockServers.ts';
import { sleep } from './echo.ts';
import { count, type Row, row } from './figures.ts';
import { processorSeconds } from './processorTime.ts';
import { ShtCluster } from './shtCluster.ts';
import { MovingClients, type Seen } from './shtMoveClients.ts';
import { move } from './shtTalk.ts';
import { StoreLoad } from './storeLoad.ts';

const HOSTS = 3;
const KEYS = 1_000_000;
const FEWER_KEYS = 200_000;
const VALUE_BYTES = 100;
const CLIENTS = 10;
const BEFORE_MS = 3_000;
const WARM_UP_MS = 2_000;
const RUNS = 3;

export async function benchShtMove({
  quick,
}: {
  readonly quick: boolean;
}): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  const keys = quick ? FEWER_KEYS : KEYS;
  try {
    const cluster = await ShtCluster.start(directory, {
      count: HOSTS,
      useSsl: false,
      isPinned: false,
    });
    const { serviceFile } = cluster;
    await fill(cluster, keys);
    const settings = { serviceFile, clients: CLIENTS, keys, valueBytes: VALUE_BYTES };
    const idle = await moveAll(cluster, 0, keys);
    const clients = await MovingClients.start(settings);
    await sleep(WARM_UP_MS);
    const rows = [rowOf('nobody asks for any', keys, idle)];
    for (let run = 1; run <= RUNS; run++) {
      await clients.seen();
      await sleep(BEFORE_MS);
      const before = await clients.seen();
      const moved = await moveAll(cluster, run, keys);
      const during = await clients.seen();
      const what = `${CLIENTS} clients get and set at random, run ${run}`;
      rows.push(rowOf(what, keys, moved, before, during));
    }
    rows.push(await rebalance(cluster, clients, keys));
    await clients.stop();
    return rows;
  } finally {
    killServers();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fill({ serviceFile }: ShtCluster, keys: number): Promise<void> {
  const target = { type: 'sht', serviceFile, hosts: 1 } as const;
  const load = await StoreLoad.start({ target, keys, clients: 1, servers: [] });
  await load.fill(VALUE_BYTES);
  await load.stop();
}

interface Moved {
  readonly seconds: number;
  /** Which shares of a processor the host that gave and the one that took had. */
  readonly giver: number;
  readonly taker: number;
}

/** Has everything moved from a host to the next. */
async function moveAll(
  { serviceFile, pids }: ShtCluster,
  from: number,
  keys: number,
): Promise<Moved> {
  const service = readServiceIdentity(serviceFile);
  const [giver, taker] = [from % HOSTS, (from + 1) % HOSTS];
  const [one, other] = [service.servers[giver], service.servers[taker]];
  if (one === undefined || other === undefined) throw new Error('there are too few hosts');
  const shares = () => [giver, taker].map((host) => processorSeconds(pids[host] ?? 0));
  const [before, began] = [shares(), performance.now()];
  await move(service, one, other, { low: 0, high: undefined, keys });
  const seconds = (performance.now() - began) / 1000;
  const used = shares().map((after, index) => (after - (before[index] ?? 0)) / seconds);
  return { seconds, giver: used[0] ?? 0, taker: used[1] ?? 0 };
}

/** Has a user's program share out the keys of one host over all, its start included. */
async function rebalance(
  { serviceFile }: ShtCluster,
  clients: MovingClients,
  keys: number,
): Promise<Row> {
  await clients.seen();
  await sleep(BEFORE_MS);
  const before = await clients.seen();
  const began = performance.now();
  const { code, stdout, stderr } = await ironfleet('sht-admin', 'rebalance', serviceFile);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`sht-admin failed: ${stderr}${stdout}`);
  const during = await clients.seen();
  return row(
    `hash table: sht-admin rebalance of ${count(keys)} keys of ${VALUE_BYTES} B from one host over `
      + `${HOSTS}, ${CLIENTS} clients get and set at random`,
    `${seconds.toFixed(2)} s`,
    `clients meanwhile: ${waits(during)}, ${count(during.redirects)} redirects; `
      + `before: ${waits(before)}`,
  );
}

function rowOf(
  what: string,
  keys: number,
  { seconds, giver, taker }: Moved,
  before?: Seen,
  during?: Seen,
): Row {
  const percent = (share: number) => `${count(share * 100)} %`;
  const processors = `of a processor the host that gave had ${percent(giver)}, the other ${percent(taker)}`;
  const clients =
    before === undefined || during === undefined
      ? ''
      : `clients during the move: ${waits(during)}, ${count(during.redirects)} redirects; `
        + `before: ${waits(before)}; `;
  return row(
    `hash table: moving ${count(keys)} keys of ${VALUE_BYTES} B to another host, ${what}`,
    `${seconds.toFixed(2)} s, ${count(keys / seconds)} keys a second`,
    `${clients}${processors}`,
  );
}

const waits = ({ rate, p50Ms, p99Ms, maxMs }: Seen): string =>
  `${count(rate)} requests a second, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(1)} ms, `
  + `longest ${maxMs.toFixed(0)} ms`;
