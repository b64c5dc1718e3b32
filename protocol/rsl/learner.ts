/**
 * # The learner
 *
 * Counts votes. Once a quorum has voted for the same operation in the same ballot, its value is
 * *chosen*, for ever, whether or not anybody knows. A replica that has counted such a quorum knows:
 * for it the value is *decided*. Votes of the highest ballot seen are counted and no others: a
 * quorum must be of one ballot.
 *
 * Follows Protocol/RSL/Learner.i.dfy of IronFleet; departs from it in that votes too far ahead are
 * not counted. Lamport, "Paxos Made Simple" (2001), section 2.3.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import { type Ballot, isBelow, isSame, NO_BALLOT } from './ballot.ts';
import { placeOf } from './configuration.ts';
import type { Batch, Operation } from './messages.ts';
import { fromReplica } from './receiving.ts';
import type { Replica } from './replica.ts';

/** Who has voted for an operation, by their places, and for what. */
export interface Tally {
  readonly voters: ReadonlySet<number>;
  readonly batch: Batch;
}

export interface Learner {
  /** The highest ballot in which a vote was seen; all tallies are of this ballot. */
  readonly maxBallotSeen: Ballot;
  readonly tallies: ReadonlyMap<Operation, Tally>;
}

export const initLearner = (): Learner => ({ maxBallotSeen: NO_BALLOT, tallies: new Map() });

/** Whether a vote for an operation can still be of use to this replica. */
const isUndecided = ({ executor }: Replica, operation: Operation): boolean =>
  executor.operationsComplete < operation
  || (executor.operationsComplete === operation && executor.decided === undefined);

/**
 * Whether an operation is less than two windows ahead. None is proposed until a quorum has executed
 * what is a window before it: a replica for which even that is a window ahead catches up otherwise,
 * and its tallies stay few. The original counts all votes.
 */
const isWithinReach = ({ constants: { parameters }, executor }: Replica, operation: Operation) =>
  parameters.compatible || operation - executor.operationsComplete < 2 * parameters.maxLogLength;

/** Count one replica's vote. */
export const learn = fromReplica('2b', {
  name: 'learn',
  guard: (r, { ballot, operation }, src) =>
    clause('its operation is undecided', isUndecided(r, operation))
    ?? clause('its operation is not too far ahead', isWithinReach(r, operation))
    ?? clause('its ballot is not below one seen before', !isBelow(ballot, r.learner.maxBallotSeen))
    ?? clause('the vote is not counted yet', !isCounted(r, ballot, operation, src)),
  step: (r, { ballot, operation, batch }, src) => {
    const { maxBallotSeen, tallies } = r.learner;
    // A higher ballot begins a new count: votes of different ballots make no quorum.
    const counted = isBelow(maxBallotSeen, ballot) ? new Map<Operation, Tally>() : new Map(tallies);
    const before = counted.get(operation);
    const voters = new Set(before?.voters).add(placeOf(r.constants, src));
    counted.set(operation, { voters, batch: before?.batch ?? batch });
    const learner = { maxBallotSeen: ballot, tallies: counted };
    return { state: { ...r, learner }, sends: [] };
  },
});

const isCounted = (
  { constants, learner: { maxBallotSeen, tallies } }: Replica,
  ballot: Ballot,
  operation: Operation,
  src: EndPoint,
): boolean =>
  isSame(ballot, maxBallotSeen)
  && tallies.get(operation)?.voters.has(placeOf(constants, src)) === true;

/** The learner without its tallies for operations before `from`. */
export function forgetBefore(l: Learner, from: Operation): Learner {
  const tallies = new Map<Operation, Tally>();
  for (const [operation, tally] of l.tallies) if (operation >= from) tallies.set(operation, tally);
  return { maxBallotSeen: l.maxBallotSeen, tallies };
}
