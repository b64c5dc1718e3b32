/**
 * # The learner
 *
 * Counts the votes of the highest ballot seen, for operations that are not executed yet.
 *
 * Follows Impl/RSL/LearnerModel.i.dfy of IronFleet.
 */
import { isBelow, NO_BALLOT } from './ballot.ts';
import type { Ballot, Batch, Message } from './messages.ts';
import type { Replica } from './replica.ts';

interface Tally {
  readonly voters: Set<number>;
  readonly batch: Batch;
}

export class Learner {
  maxBallotSeen: Ballot = NO_BALLOT;
  /** For operations from the first that is not executed on. */
  readonly tallies = new Map<number, Tally>();

  /** Counts a vote; says whether it counts. */
  count(from: number, { ballot, operation, batch }: Message & { type: '2b' }): boolean {
    if (isBelow(ballot, this.maxBallotSeen)) return false;
    if (isBelow(this.maxBallotSeen, ballot)) {
      this.maxBallotSeen = ballot;
      this.tallies.clear();
    }
    const tally = this.tallies.get(operation);
    if (tally === undefined) {
      this.tallies.set(operation, { voters: new Set([from]), batch });
      return true;
    }
    if (tally.voters.has(from)) return false;
    tally.voters.add(from);
    return true;
  }

  /** Forgets what it has counted for operations before `operation`. */
  forgetBefore(operation: number): void {
    for (const counted of this.tallies.keys()) {
      if (counted < operation) this.tallies.delete(counted);
    }
  }
}

/** Counts a vote, if its operation is still to be decided and not too far ahead. */
export function learn(r: Replica, from: number, msg: Message & { type: '2b' }): string {
  const { operationsComplete, decided } = r.executor;
  const { compatible, maxLogLength } = r.constants.parameters;
  const ahead = msg.operation - operationsComplete;
  if (ahead < 0 || (ahead === 0 && decided !== undefined)) return 'ignore';
  if (!compatible && ahead >= 2 * maxLogLength) return 'ignore';
  return r.learner.count(from, msg) ? 'learn' : 'ignore';
}
