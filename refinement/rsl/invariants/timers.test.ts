import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { refusalOf } from '../../../harness/testing/refusalOf.ts';
import { PARAMETERS, REPLICAS } from '../../../harness/testing/rslReplicas.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { counter } from '../../../spec/apps/counter.ts';
import { SystemMonitor } from '../../framework/systemMonitor.ts';
import { rslRefinement } from '../service.ts';

const NOW = 5_000;
const { heartbeatPeriod, maxBatchDelay, retryPeriod, baselineViewTimeout } = PARAMETERS;

/** A first replica whose clock reads NOW and that only sets its timers. */
function setTimers(change: (r: Replica, late: number) => Replica, late: number): () => void {
  const monitor = new SystemMonitor(rslRefinement(counter, REPLICAS, PARAMETERS));
  const before = monitor.states[0] as Replica;
  return () =>
    monitor.act(0, 'noteProgress', undefined, { state: change(before, late), sends: [] }, NOW);
}

const TIMERS: readonly (readonly [string, (r: Replica, late: number) => Replica])[] = [
  [
    'a heartbeat is due in time',
    (r, late) => ({ ...r, nextHeartbeat: NOW + heartbeatPeriod + late }),
  ],
  [
    'a batch is due in time',
    (r, late) => ({ ...r, proposer: { ...r.proposer, batchDeadline: NOW + maxBatchDelay + late } }),
  ],
  [
    'a retry is due in time',
    (r, late) => ({ ...r, retry: { ...r.retry, time: NOW + retryPeriod + late } }),
  ],
  [
    'an epoch ends in time',
    (r, late) => ({
      ...r,
      election: { ...r.election, epochEnd: NOW + baselineViewTimeout + late },
    }),
  ],
];

describe('R30: a timer is at most its period from what the clock read', () => {
  test.each(TIMERS)('%s', (law, change) => {
    expect(setTimers(change, 0)).not.toThrow();
    expect(refusalOf(setTimers(change, 1)).clause).toBe(`R30: ${law}`);
  });

  test('there is no clause that never fails', () => {
    const clauses = clausesOf(new URL('./timers.ts', import.meta.url));
    expect(
      untried(
        clauses,
        TIMERS.map(([law]) => law),
      ),
    ).toEqual([]);
  });

  test('and whoever does not say what the clock read is not asked', () => {
    const monitor = new SystemMonitor(rslRefinement(counter, REPLICAS, PARAMETERS));
    const state = { ...(monitor.states[0] as Replica), nextHeartbeat: NOW };
    expect(() => monitor.act(0, 'sendHeartbeat', undefined, { state, sends: [] })).not.toThrow();
  });
});
