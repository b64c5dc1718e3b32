/**
 * # The learner
 *
 * Counts votes. When a quorum has voted for the same operation in the same ballot, its value is
 * decided for ever. Votes of the highest ballot seen are counted and no others: a quorum must be of
 * one ballot.
 *
 * Follows Protocol/RSL/Learner.i.dfy of IronFleet. Lamport, "Paxos Made Simple" (2001), section
 * 2.3.
 */
import { clause } from '../../spec/framework/verdict.ts';
import type { PacketAction } from '../framework/action.ts';
import { type Ballot, compareBallots, isBelow, NO_BALLOT } from './ballot.ts';
import { isReplica } from './configuration.ts';
import type { Batch, Message, Operation } from './messages.ts';
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

/** Count one replica's vote. */
export const learn: PacketAction<Replica, Message> = {
  name: 'learn',
  takes: 'packet',
  readsClock: false,
  guard: (r, { packet: { src, msg } }) =>
    clause('the packet is a 2b', msg.type === '2b')
    ?? clause('its operation is undecided', msg.type === '2b' && isUndecided(r, msg.operation))
    ?? clause('it comes from a replica', isReplica(r.constants, src))
    ?? clause(
      'its ballot is not below one seen before',
      msg.type === '2b' && !isBelow(msg.ballot, r.learner.maxBallotSeen),
    )
    ?? clause(
      'the vote is not counted yet',
      msg.type === '2b'
        && !(
          compareBallots(msg.ballot, r.learner.maxBallotSeen) === 0
          && r.learner.tallies.get(msg.operation)?.voters.has(r.constants.replicas.indexOf(src))
        ),
    ),
  step: (r, { packet: { src, msg } }) => {
    if (msg.type !== '2b') throw new TypeError('the guard lets only a 2b pass');
    const { ballot, operation, batch } = msg;
    const voter = r.constants.replicas.indexOf(src);
    const { maxBallotSeen, tallies } = r.learner;
    // A higher ballot begins a new count: votes of different ballots make no quorum.
    const counted = isBelow(maxBallotSeen, ballot) ? new Map<Operation, Tally>() : new Map(tallies);
    const before = counted.get(operation);
    const tally =
      before === undefined
        ? { voters: new Set([voter]), batch }
        : { voters: new Set(before.voters).add(voter), batch: before.batch };
    const learner = { maxBallotSeen: ballot, tallies: counted.set(operation, tally) };
    return { state: { ...r, learner }, sends: [] };
  },
};

/** The learner without its tallies for operations before `from`. */
export const forgetBefore = (l: Learner, from: Operation): Learner => ({
  maxBallotSeen: l.maxBallotSeen,
  tallies: new Map([...l.tallies].filter(([operation]) => operation >= from)),
});
