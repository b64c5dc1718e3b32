/**
 * # How fast campaigns check
 *
 * Checked host steps per second of one core, on the lock with 3 to 7 hosts, every fault on and
 * every boundary checked. Processor time is counted, not the time on the wall, for other processes
 * may be running.
 */
import { behavioursOf } from '../campaign/behaviour.ts';
import { lockService } from '../lock/service.ts';
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
  restart: 0,
};

const TARGET = 200_000;
const RUNS = 5;
const BEHAVIOURS = 600;

/** Steps per second of processor time, over some behaviours. */
function stepsPerSecond(firstSeed: number): number {
  const before = process.cpuUsage();
  let steps = 0;
  for (let seed = firstSeed; seed < firstSeed + BEHAVIOURS; seed++) {
    const behaviours = behavioursOf(
      lockService({
        hosts: 3 + (seed % 5),
        retryPeriod: 100,
        compatible: false,
        hold: 0,
        maxEpoch: Number.MAX_SAFE_INTEGER,
      }),
    );
    const { seen, refusal } = behaviours.run({ seed, steps: 1_000, faults: ALL_FAULTS });
    if (refusal !== undefined) throw refusal;
    steps += seen.steps;
  }
  const { user, system } = process.cpuUsage(before);
  return (steps * 1_000_000) / (user + system);
}

export function benchCampaigns(): readonly Row[] {
  stepsPerSecond(0);
  const runs = Array.from({ length: RUNS }, (_, run) => stepsPerSecond((run + 1) * BEHAVIOURS));
  const found = figure(runs);
  const ratio = (found.median / TARGET).toFixed(2);
  return [
    row(
      'campaign lock: checked host steps per second and core, B0–B4, all faults',
      show(found),
      `target ${count(TARGET)}: ${ratio} times`,
    ),
  ];
}
