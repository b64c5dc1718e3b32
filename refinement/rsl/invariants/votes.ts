/**
 * # Votes
 *
 * What acceptors keep of their votes, and what those are.
 *
 * Follows Protocol/RSL/CommonProof/{Message2b,AcceptorState}.i.dfy of IronFleet. A restarted
 * acceptor has kept all its votes, so nothing here is different after a restart.
 */
import type { Acceptor } from '../../../protocol/rsl/acceptor.ts';
import type { Operation, Vote, Votes } from '../../../protocol/rsl/messages.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import { voiceFor } from '../operation.ts';
import type { PacketLaw, ReplicaLaw } from '../scope.ts';
import { order, sameBatch } from '../values.ts';

/** R8 for one vote that was cast: the acceptor still has it or a higher one. */
function isKept(cast: Vote, kept: Vote | undefined): Verdict {
  if (kept === undefined) return { failed: 'a vote that was cast is kept' };
  const above = order(kept.ballot, cast.ballot);
  return (
    clause('a vote gives way to a higher one only', above >= 0)
    ?? clause('a vote keeps its value', above > 0 || sameBatch(kept.batch, cast.batch))
  );
}

/** R8, 2bMessageImplicationsForAcceptorState: an acceptor remembers how it has voted. */
const remembersVotes: ReplicaLaw = ({ acceptor: a }, ghost, place, before) => {
  const voted = ghost.claims.of(place)?.voted;
  const refusal = clause(
    'an acceptor has promised the ballots it voted in',
    voted === undefined || order(a.maxBallot, voted) >= 0,
  );
  if (refusal !== undefined) return refusal;
  const old = before?.acceptor;
  if (old !== undefined && old.logTruncationPoint <= a.logTruncationPoint) {
    return newVotesAreKept(a, old, ghost, place);
  }
  return ghost.forVotesOf(place, a.logTruncationPoint, (operation, cast) =>
    isKept(cast, a.votes.get(operation)),
  );
};

/** R8 where it held before: of votes that are new, and of those that are not what they were. */
function newVotesAreKept(a: Acceptor, old: Acceptor, ghost: Ghost, place: number): Verdict {
  for (const { msg } of ghost.news) {
    if (msg.type !== '2b' || msg.operation < a.logTruncationPoint) continue;
    const refusal = isKept(msg, a.votes.get(msg.operation));
    if (refusal !== undefined) return refusal;
  }
  if (a.votes === old.votes) return undefined;
  for (const [operation, vote] of old.votes) {
    if (operation < a.logTruncationPoint || a.votes.get(operation) === vote) continue;
    for (const cast of ghost.operation(operation).tallies) {
      if (!cast.by.includes(place)) continue;
      const refusal = isKept(cast, a.votes.get(operation));
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

/** R12, VoteWithOpnImplies2aSent, of one vote. */
function wasProposed(operation: Operation, { ballot, batch }: Vote, ghost: Ghost): Verdict {
  const { proposals } = ghost.operation(operation);
  return clause('every vote has its proposal', voiceFor(proposals, ballot, batch) !== undefined);
}

/** R12, Find2aThatCausedVote: of all votes, apart from those that were there before. */
function wereProposed(votes: Votes, before: Votes | undefined, ghost: Ghost): Verdict {
  if (votes === before) return undefined;
  for (const [operation, vote] of votes) {
    if (before?.get(operation) === vote) continue;
    const refusal = wasProposed(operation, vote, ghost);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** R13, CurrentVoteDoesNotExceedMaxBal: no vote is above the promise. */
const votesArePromised: ReplicaLaw = ({ acceptor }, _ghost, _place, before) => {
  if (before?.acceptor === acceptor) return undefined;
  for (const { ballot } of acceptor.votes.values()) {
    const refusal = clause('no vote is above the promise', order(ballot, acceptor.maxBallot) <= 0);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** R14, VoteAlwaysWithinLogTruncationPointRange: votes are for operations in the window. */
function areInWindow(votes: Votes, truncated: Operation, { setting }: Ghost): Verdict {
  const end = truncated + setting.parameters.maxLogLength;
  for (const operation of votes.keys()) {
    const refusal = clause(
      'votes are for operations in the window',
      truncated <= operation && operation < end,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

export const votesOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R8: remembersVotes,
  R12: ({ acceptor: { votes } }, ghost, _place, before) =>
    wereProposed(votes, before?.acceptor.votes, ghost),
  R13: votesArePromised,
  R14: ({ acceptor: a }, ghost, _place, before) =>
    before?.acceptor === a ? undefined : areInWindow(a.votes, a.logTruncationPoint, ghost),
};

export const votesInPackets: Readonly<Record<string, PacketLaw>> = {
  R12: ({ msg }, ghost) =>
    msg.type === '1b' ? wereProposed(msg.votes, undefined, ghost) : undefined,
  R14: ({ msg }, ghost) =>
    msg.type === '1b' ? areInWindow(msg.votes, msg.logTruncationPoint, ghost) : undefined,
};
