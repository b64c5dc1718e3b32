/**
 * # Timers
 *
 * No timer runs further than its period from what the clock read when it was set, so a clock that
 * is right cannot be waited for in vain. The reading is known only of steps whose witness tells it.
 *
 * IronFleet does not state this. It is what its implementation does.
 */
import type { Parameters } from '../../../protocol/rsl/configuration.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';

/** R30: a timer that a step has set is at most its period from what the clock read. */
export function timersAreNear(r: Replica, before: Replica, now: number, p: Parameters): Verdict {
  const isNear = (timer: number | undefined, old: number | undefined, period: number): boolean =>
    timer === undefined || timer === old || timer <= Math.min(now + period, p.maxInteger);
  const { election: e, proposer, retry } = r;
  return (
    clause(
      'a heartbeat is due in time',
      isNear(r.nextHeartbeat, before.nextHeartbeat, p.heartbeatPeriod),
    )
    ?? clause(
      'a batch is due in time',
      isNear(proposer.batchDeadline, before.proposer.batchDeadline, p.maxBatchDelay),
    )
    ?? clause('a retry is due in time', isNear(retry.time, before.retry.time, p.retryPeriod))
    ?? clause('an epoch ends in time', isNear(e.epochEnd, before.election.epochEnd, e.epochLength))
  );
}
