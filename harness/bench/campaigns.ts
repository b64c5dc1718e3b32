/**
 * # How fast campaigns check
 *
 * Checked host steps per second of one core, with every fault on and every boundary checked that
 * there is: on the lock with 3 to 7 running hosts, on the replicated service with 3 and 5 replicas,
 * and on the hash table with 3 and 5 hosts, running and of the protocol. Processor time is counted, not the time on the wall, for
 * other processes may be running.
 */
import { DEFAULT } from '../../protocol/rsl/configuration.ts';
import { DEFAULT as SHT_DEFAULT } from '../../protocol/sht/configuration.ts';
import { type Behaviours, behavioursOf, protocolBehavioursOf } from '../campaign/behaviour.ts';
import { lockService } from '../lock/service.ts';
import { rslReplicas } from '../rsl/replicas.ts';
import { rslService } from '../rsl/service.ts';
import type { RslShape } from '../rsl/shape.ts';
import { shtHosts } from '../sht/hosts.ts';
import { shtService } from '../sht/service.ts';
import type { ShtShape } from '../sht/shape.ts';
import type { FaultPlan } from '../simulation/faults.ts';
import { count, figure, type Row, row, show } from './figures.ts';

const ALL_FAULTS: FaultPlan = {
  loss: 0.1,
  duplication: 0.1,
  latency: 10,
  straggling: 0.02,
  partition: 0.05,
  pause: 0.05,
  skew: 1_000,
  drift: 0.1,
  jump: 0.05,
  stranger: 0.1,
  restart: 0.05,
};

const RUNS = 5;
const BEHAVIOURS = 600;
const FEWER_BEHAVIOURS = 200;

const lock = (seed: number): Behaviours =>
  behavioursOf(
    lockService({
      hosts: 3 + (seed % 5),
      retryPeriod: 100,
      compatible: false,
      hold: 0,
      maxEpoch: Number.MAX_SAFE_INTEGER,
    }),
  );

const shapeOf = (replicas: number, seed: number): RslShape => ({
  replicas,
  application: seed % 2 === 0 ? 'counter' : 'kv',
  clients: 4,
  parameters: {
    ...DEFAULT,
    maxLogLength: 7,
    maxBatchSize: 4,
    baselineViewTimeout: 100,
    heartbeatPeriod: 50,
  },
});

const rsl =
  (replicas: number) =>
  (seed: number): Behaviours =>
    protocolBehavioursOf(rslService(shapeOf(replicas, seed)));

const running =
  (replicas: number) =>
  (seed: number): Behaviours => {
    const { parameters, ...shape } = shapeOf(replicas, seed);
    return behavioursOf(rslReplicas({ ...shape, parameters: { ...parameters, durable: false } }));
  };

/** Ranges are small, so that many move. */
const tableOf = (hosts: number, seed: number): ShtShape => ({
  hosts,
  clients: 4,
  keys: 12,
  administrators: seed % 2 === 0,
  parameters: {
    ...SHT_DEFAULT,
    maxValueBytes: 20,
    maxDelegationKeys: 2,
    maxUnacked: 8,
    resendPeriod: 50,
  },
});

const table =
  (hosts: number) =>
  (seed: number): Behaviours =>
    protocolBehavioursOf(shtService(tableOf(hosts, seed)));

const runningTable =
  (hosts: number) =>
  (seed: number): Behaviours =>
    behavioursOf(shtHosts(tableOf(hosts, seed)));

/** Steps per second of processor time, over so many behaviours. */
function stepsPerSecond(
  behavioursFor: (seed: number) => Behaviours,
  firstSeed: number,
  count: number,
): number {
  const before = process.cpuUsage();
  let steps = 0;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const behaviours = behavioursFor(seed);
    const { seen, refusal } = behaviours.run({ seed, steps: 1_000, faults: ALL_FAULTS });
    if (refusal !== undefined) throw refusal;
    steps += seen.steps;
  }
  const { user, system } = process.cpuUsage(before);
  return (steps * 1_000_000) / (user + system);
}

function measure(
  what: string,
  behavioursFor: (seed: number) => Behaviours,
  target: number,
  behaviours = BEHAVIOURS,
): Row {
  stepsPerSecond(behavioursFor, 0, behaviours);
  const runs = Array.from({ length: RUNS }, (_, run) =>
    stepsPerSecond(behavioursFor, (run + 1) * behaviours, behaviours),
  );
  const found = figure(runs);
  const ratio = (found.median / target).toFixed(2);
  return row(what, show(found), `target ${count(target)}: ${ratio} times`);
}

export const benchCampaigns = (): readonly Row[] => [
  measure(
    'campaign lock: checked host steps per second and core, B0–B4, all faults',
    lock,
    200_000,
  ),
  ...[3, 5].map((replicas) =>
    measure(
      `campaign rsl, ${replicas} replicas: checked host steps per second and core, B0–B4, B6, B7 and`
        + ' all laws, all faults',
      running(replicas),
      25_000,
      FEWER_BEHAVIOURS,
    ),
  ),
  ...[3, 5].map((replicas) =>
    measure(
      `campaign rsl --level protocol, ${replicas} replicas: checked steps per second and core, B3,`
        + ' B4 and all laws, all faults',
      rsl(replicas),
      50_000,
    ),
  ),
  ...[3, 5].flatMap((hosts) => [
    measure(
      `campaign sht, ${hosts} hosts: checked host steps per second and core, B0–B4, B7 and all laws,`
        + ' all faults',
      runningTable(hosts),
      50_000,
      FEWER_BEHAVIOURS,
    ),
    measure(
      `campaign sht --level protocol, ${hosts} hosts: checked steps per second and core, B3, B4 and`
        + ' all laws, all faults',
      table(hosts),
      50_000,
    ),
  ]),
];
