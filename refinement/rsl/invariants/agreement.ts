/**
 * # Agreement
 *
 * Why no two values are ever chosen for one operation: a ballot has one value for an operation, and
 * no ballot proposes another value than one that was, or may yet be, chosen in a ballot below.
 *
 * Follows Protocol/RSL/RefinementProof/Chosen.i.dfy and
 * CommonProof/{Message2a,Message2b,Quorum}.i.dfy of IronFleet.
 */
import type { Ballot } from '../../../protocol/rsl/ballot.ts';
import type { Operation, Vote } from '../../../protocol/rsl/messages.ts';
import { clause, forAll, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import type { OperationRecord } from '../operation.ts';
import { voiceFor } from '../operation.ts';
import type { OperationLaw, PacketLaw } from '../scope.ts';
import { order, sameBatch } from '../values.ts';

/** R2, ChosenQuorumsMatchValue: majorities choose one value for an operation, in any ballots. */
const chosenAgree = ({ tallies, chosen }: OperationRecord, { majority }: Ghost): Verdict =>
  forAll(tallies, ({ by, batch }) =>
    clause(
      'one value is chosen for an operation',
      by.length < majority || chosen === undefined || sameBatch(chosen.batch, batch),
    ),
  );

/** R3, 2aMessagesFromSameBallotAndOperationMatch: a ballot has one value for an operation. */
const proposalsAgree = ({ proposals }: OperationRecord): Verdict =>
  forAll(proposals, (one) =>
    forAll(proposals, (other) =>
      clause(
        'a ballot has one value for an operation',
        order(one.ballot, other.ballot) !== 0 || sameBatch(one.batch, other.batch),
      ),
    ),
  );

/**
 * R6, ChosenQuorumAnd2aFromLaterBallotMatchValues: what a majority has chosen in one ballot, all
 * later ballots propose.
 */
const laterProposalsAgree = (
  { proposals, tallies }: OperationRecord,
  { majority }: Ghost,
): Verdict =>
  forAll(tallies, (tally) =>
    tally.by.length < majority
      ? undefined
      : forAll(proposals, ({ ballot, batch }) =>
          clause(
            'a later ballot proposes what was chosen',
            order(ballot, tally.ballot) <= 0 || sameBatch(batch, tally.batch),
          ),
        ),
  );

/**
 * R5, 2aMessageHas1bQuorumPermittingIt: behind a proposal there is a majority that has promised its
 * ballot and tells of the operation. Either none of it had voted, or the highest of its votes was
 * for the value proposed. An acceptor may have promised more than once: any of its promises will
 * do.
 */
function hasPermission(operation: Operation, { ballot, batch }: Vote, ghost: Ghost): Verdict {
  if (countBelow(ghost, ballot, operation, undefined) >= ghost.majority) return undefined;
  for (let place = 0; place < ghost.setting.replicas.length; place++) {
    for (const { msg } of promisesFor(ghost, place, ballot)) {
      const vote = msg.logTruncationPoint <= operation ? msg.votes.get(operation) : undefined;
      if (vote === undefined || !sameBatch(vote.batch, batch)) continue;
      if (countBelow(ghost, ballot, operation, vote.ballot) >= ghost.majority) return undefined;
    }
  }
  return { failed: 'a majority has promised the ballot and permits the value' };
}

/** How many replicas have promised `ballot` and then told of no vote above `limit`, or of none. */
function countBelow(
  ghost: Ghost,
  ballot: Ballot,
  operation: Operation,
  limit: Ballot | undefined,
): number {
  let count = 0;
  for (let place = 0; place < ghost.setting.replicas.length; place++) {
    for (const { msg } of promisesFor(ghost, place, ballot)) {
      if (msg.logTruncationPoint > operation) continue;
      const vote = msg.votes.get(operation);
      if (vote !== undefined && (limit === undefined || order(vote.ballot, limit) > 0)) continue;
      count++;
      break;
    }
  }
  return count;
}

/** What the replica at a place has promised for one ballot. */
function promisesFor(ghost: Ghost, place: number, ballot: Ballot) {
  const promises = ghost.promisesOf(place);
  let end = promises.length;
  while (end > 0 && order(promises[end - 1]?.msg.ballot ?? ballot, ballot) > 0) end--;
  let begin = end;
  while (begin > 0 && order(promises[begin - 1]?.msg.ballot ?? ballot, ballot) === 0) begin--;
  return promises.slice(begin, end);
}

/** R7, 2bMessageHasCorresponding2aMessage: whatever is voted for was proposed. */
const wasProposed = ({ proposals }: OperationRecord, { ballot, batch }: Vote): Verdict =>
  clause(
    'what is voted for was proposed in that ballot',
    voiceFor(proposals, ballot, batch) !== undefined,
  );

/** Of what a packet has just added to what was said about its operation. */
export const agreementOfPackets: Readonly<Record<string, PacketLaw>> = {
  R2: ({ msg }, ghost) =>
    msg.type === '2b' ? chosenAgree(ghost.operation(msg.operation), ghost) : undefined,
  R3: ({ msg }, ghost) =>
    msg.type === '2a' ? proposalsAgree(ghost.operation(msg.operation)) : undefined,
  R5: ({ msg }, ghost) =>
    msg.type === '2a' ? hasPermission(msg.operation, msg, ghost) : undefined,
  R6: ({ msg }, ghost) =>
    msg.type === '2a' || msg.type === '2b'
      ? laterProposalsAgree(ghost.operation(msg.operation), ghost)
      : undefined,
  R7: ({ msg }, ghost) =>
    msg.type === '2b' ? wasProposed(ghost.operation(msg.operation), msg) : undefined,
};

/** Of everything that was said about an operation. */
export const agreementOnOperations: Readonly<Record<string, OperationLaw>> = {
  R2: (operation, ghost) => chosenAgree(ghost.operation(operation), ghost),
  R3: (operation, ghost) => proposalsAgree(ghost.operation(operation)),
  R5: (operation, ghost) =>
    forAll(ghost.operation(operation).proposals, (vote) => hasPermission(operation, vote, ghost)),
  R6: (operation, ghost) => laterProposalsAgree(ghost.operation(operation), ghost),
  R7: (operation, ghost) => {
    const record = ghost.operation(operation);
    return forAll(record.tallies, (vote) => wasProposed(record, vote));
  },
};
