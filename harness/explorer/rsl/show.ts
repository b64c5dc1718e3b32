/** # States of a replicated service, for a reader */
import { type Ballot, showBallot } from '../../../protocol/rsl/ballot.ts';
import type { Batch } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Ghost } from '../../../refinement/rsl/ghost.ts';

const showBatch = (batch: Batch): string =>
  `[${batch.map(({ client, seqno }) => `${client}#${seqno}`).join(' ')}]`;

const showVote = (ballot: Ballot, batch: Batch): string =>
  `${showBallot(ballot)} ${showBatch(batch)}`;

/** Such as `b leads 1.1 (phase 1), promised 1.1, voted {0: 1.0 [c0#1]}`. */
export function showReplica(r: Replica): string {
  const { constants, proposer, election, acceptor, executor } = r;
  const votes = [...acceptor.votes].map(
    ([operation, { ballot, batch }]) => `${operation}: ${showVote(ballot, batch)}`,
  );
  const promises = proposer.phase === 1 ? `, ${proposer.received1bs.size} promises` : '';
  const leads = `leads ${showBallot(proposer.maxBallotSent1a)} (phase ${proposer.phase}${promises})`;
  const { suspectors } = election;
  return [
    `${constants.me} ${proposer.phase > 0 ? leads : `in view ${showBallot(election.view)}`}`,
    ...(suspectors.size > 0 ? [`suspected by ${suspectors.size}`] : []),
    ...(acceptor.maxBallot.seqno > 0 ? [`promised ${showBallot(acceptor.maxBallot)}`] : []),
    ...(votes.length > 0 ? [`voted {${votes.join(', ')}}`] : []),
    ...(acceptor.logTruncationPoint > 0 ? [`log from ${acceptor.logTruncationPoint}`] : []),
    ...(executor.operationsComplete > 0 ? [`executed ${executor.operationsComplete}`] : []),
  ].join(', ');
}

/** What has taken effect. */
export const showChosen = ({ history }: Ghost): string =>
  `effective ⟨${[...history.state.executed].map(({ client, seqno }) => `${client}#${seqno}`).join(' ')}⟩`;
