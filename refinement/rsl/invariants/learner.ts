/**
 * # Learners
 *
 * What a replica has counted was said, and what it takes for decided was chosen.
 *
 * Follows Protocol/RSL/CommonProof/LearnerState.i.dfy and
 * RefinementProof/Execution.i.dfy of IronFleet.
 */
import type { Learner, Tally } from '../../../protocol/rsl/learner.ts';
import type { Operation } from '../../../protocol/rsl/messages.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import { voiceFor } from '../operation.ts';
import type { ReplicaLaw } from '../scope.ts';

/** R23, GetSent2bMessageFromLearnerState, of what was counted for one operation. */
function wasSaid(
  operation: Operation,
  { voters, batch }: Tally,
  { maxBallotSeen }: Learner,
  ghost: Ghost,
): Verdict {
  const empty = clause('nothing is counted without a voter', voters.size > 0);
  if (empty !== undefined) return empty;
  const { tallies } = ghost.operation(operation);
  const by = voiceFor(tallies, maxBallotSeen, batch)?.by ?? [];
  for (const voter of voters) {
    if (!by.includes(voter)) return { failed: 'every vote that is counted was cast' };
  }
  return undefined;
}

/** R23, Received2bMessageSendersAlwaysValidReplicas and Nonempty: all that was counted was said. */
const countsVotes: ReplicaLaw = ({ learner }, ghost, _place, before) => {
  const old = before?.learner;
  if (learner === old) return undefined;
  const known = learner.maxBallotSeen === old?.maxBallotSeen ? old.tallies : undefined;
  for (const [operation, tally] of learner.tallies) {
    if (known?.get(operation) === tally) continue;
    const refusal = wasSaid(operation, tally, learner, ghost);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** R24, DecidedOperationWasChosen: a majority has voted for what is taken for decided. */
const decidesChosen: ReplicaLaw = ({ executor: e }, ghost, _place, before) => {
  if (e.decided === undefined) return undefined;
  const old = before?.executor;
  // A decision that stays while another operation becomes the next is one about that operation.
  if (old?.decided === e.decided && old.operationsComplete === e.operationsComplete) {
    return undefined;
  }
  const { tallies } = ghost.operation(e.operationsComplete);
  const votes = voiceFor(tallies, e.decided.ballot, e.decided.batch)?.by.length ?? 0;
  return clause('what is decided was chosen in that ballot', votes >= ghost.majority);
};

export const learnerOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R23: countsVotes,
  R24: decidesChosen,
};
