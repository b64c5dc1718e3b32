/**
 * # A replica in a few numbers
 *
 * What a trace keeps of a replica after each step: numbers and sizes, no requests. Who has the
 * packets can work out the rest, and see by these whether he is right.
 */
import type { Ballot } from './messages.ts';
import type { ReplicaState } from './replicaState.ts';

/** The number and the proposer of a ballot or a view. */
type BallotSummary = readonly [seqno: number, proposer: number];

/** Plain data that JSON can carry. What are lists or maps in the replica are their sizes here. */
export interface ReplicaSummary {
  readonly nextHeartbeat: number;
  readonly retryTime: number;
  readonly retryView: BallotSummary;
  readonly retryOperation: number;
  readonly retryTries: number;
  readonly phase: 0 | 1 | 2;
  readonly queue: number;
  /** The highest ballot that it has attempted. */
  readonly ballot: BallotSummary;
  readonly nextOperation: number;
  readonly promises: number;
  /** How many clients have requests queued. */
  readonly requested: number;
  /** Absent if there is none. */
  readonly batchDeadline?: number;
  readonly proposed: number;
  readonly view: BallotSummary;
  /** The places of who suspects the leader, ascending. */
  readonly suspectors: readonly number[];
  readonly epochEnd: number;
  readonly epochLength: number;
  /** How many requests wait that came in this epoch, and how many that came before. */
  readonly waiting: number;
  readonly waitingLonger: number;
  /** The ballot that it has promised. */
  readonly promised: BallotSummary;
  readonly votes: number;
  /** How far each replica says it has come, by place. */
  readonly checkpoints: readonly number[];
  readonly truncationPoint: number;
  /** The highest ballot in which it has seen a vote. */
  readonly seen: BallotSummary;
  readonly tallies: number;
  readonly complete: number;
  readonly reflected: BallotSummary;
  readonly replies: number;
  readonly decided: boolean;
}

const ballotOf = ({ seqno, proposer }: Ballot): BallotSummary => [seqno, proposer];

export function summarize(r: ReplicaState): ReplicaSummary {
  const { proposer, election, acceptor, learner, executor, retry } = r;
  const { batchDeadline } = proposer;
  return {
    nextHeartbeat: r.nextHeartbeat,
    retryTime: retry.time,
    retryView: ballotOf(retry.view),
    retryOperation: retry.operation,
    retryTries: retry.tries,
    phase: proposer.phase,
    queue: proposer.requestQueue.length,
    ballot: ballotOf(proposer.maxBallotSent1a),
    nextOperation: proposer.nextOperation,
    promises: proposer.received1bs.size,
    requested: proposer.highestRequested.size,
    ...(batchDeadline !== undefined && { batchDeadline }),
    proposed: proposer.proposed.size,
    view: ballotOf(election.view),
    suspectors: [...election.suspectors].sort((a, b) => a - b),
    epochEnd: election.epochEnd,
    epochLength: election.epochLength,
    waiting: election.receivedThisEpoch.length,
    waitingLonger: election.receivedEarlier.length,
    promised: ballotOf(acceptor.maxBallot),
    votes: acceptor.votes.size,
    checkpoints: [...acceptor.lastCheckpointed],
    truncationPoint: acceptor.logTruncationPoint,
    seen: ballotOf(learner.maxBallotSeen),
    tallies: learner.tallies.size,
    complete: executor.operationsComplete,
    reflected: ballotOf(executor.maxBallotReflected),
    replies: executor.replyCache.size,
    decided: executor.decided !== undefined,
  };
}
