/**
 * # What is never taken back
 *
 * From one step to the next a replica only goes forward. A restart is no such step: it takes back
 * what the replica has learned and executed since its checkpoint. What must survive it, other laws
 * tell by what the replica has said: its promises and votes (R8, R9), the ballots that it has
 * attempted (R18, R4) and its checkpoint (R17).
 *
 * The ballot that an executor reflects may well sink, so that is not here: whoever takes over a state
 * that is further on may have executed, in a higher ballot, an operation that the other has executed
 * in a lower one.
 *
 * Follows Protocol/RSL/CommonProof/{Actions,LogTruncationPoint}.i.dfy of IronFleet.
 */
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Laws } from '../../framework/laws.ts';
import { order } from '../values.ts';

/** R18: the ballots that a replica attempts rise. */
const attemptsRise = ({ proposer: a }: Replica, { proposer: b }: Replica): Verdict =>
  clause(
    'the ballots that a replica attempts rise',
    a === b || order(a.maxBallotSent1a, b.maxBallotSent1a) <= 0,
  );

/** R28, OpsCompleteMonotonic, LogTruncationPointMonotonic and their like. */
const goesForward = (before: Replica, after: Replica): Verdict =>
  acceptorGoesForward(before, after)
  ?? executorGoesForward(before, after)
  ?? clause('a view is never taken back', order(before.election.view, after.election.view) <= 0)
  ?? clause(
    'the highest ballot seen is never taken back',
    order(before.learner.maxBallotSeen, after.learner.maxBallotSeen) <= 0,
  );

const acceptorGoesForward = ({ acceptor: a }: Replica, { acceptor: b }: Replica): Verdict =>
  a === b
    ? undefined
    : (clause('a promise is never taken back', order(a.maxBallot, b.maxBallot) <= 0)
      ?? clause('what is forgotten stays forgotten', a.logTruncationPoint <= b.logTruncationPoint)
      ?? clause(
        'the checkpoints known of replicas are never taken back',
        a.lastCheckpointed.every((known, place) => known <= (b.lastCheckpointed[place] ?? -1)),
      ));

const executorGoesForward = ({ executor: a }: Replica, { executor: b }: Replica): Verdict =>
  a === b
    ? undefined
    : (clause('what is executed stays executed', a.operationsComplete <= b.operationsComplete)
      ?? clause(
        'a checkpoint is never taken back',
        (a.checkpoint?.operationsComplete ?? -1) <= (b.checkpoint?.operationsComplete ?? -1),
      ));

export const progressOfSteps: Laws<[before: Replica, after: Replica]> = {
  R18: attemptsRise,
  R28: goesForward,
};
