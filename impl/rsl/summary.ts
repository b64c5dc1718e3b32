/**
 * # A replica in a few numbers
 *
 * What a trace keeps of a replica after each step: numbers and sizes, no requests. Who has the
 * packets can work out the rest, and see by these whether he is right.
 */
import type { Ballot } from './messages.ts';
import type { ReplicaState } from './replicaState.ts';

/** Plain data that JSON can carry. Ballots and views are `seqno.proposer`. */
export interface ReplicaSummary {
  readonly view: string;
  readonly suspectors: readonly number[];
  readonly epochEnd: number;
  readonly epochLength: number;
  /** How many requests came in this epoch, and how many before, and still wait. */
  readonly receivedThisEpoch: number;
  readonly receivedEarlier: number;
  readonly phase: 0 | 1 | 2;
  readonly maxBallotSent1a: string;
  readonly nextOperation: number;
  readonly queued: number;
  readonly promises: number;
  readonly requesters: number;
  readonly batchDeadline: number | null;
  readonly proposed: number;
  readonly maxBallot: string;
  readonly votes: number;
  readonly logTruncationPoint: number;
  readonly lastCheckpointed: readonly number[];
  readonly maxBallotSeen: string;
  readonly tallies: number;
  readonly operationsComplete: number;
  readonly maxBallotReflected: string;
  readonly cachedReplies: number;
  readonly isDecided: boolean;
  readonly nextHeartbeat: number;
  readonly retryTime: number;
  readonly tries: number;
}

const show = ({ seqno, proposer }: Ballot): string => `${seqno}.${proposer}`;

export function summarize(r: ReplicaState): ReplicaSummary {
  const { proposer, election, acceptor, learner, executor, retry } = r;
  return {
    view: show(election.view),
    suspectors: [...election.suspectors],
    epochEnd: election.epochEnd,
    epochLength: election.epochLength,
    receivedThisEpoch: election.receivedThisEpoch.length,
    receivedEarlier: election.receivedEarlier.length,
    phase: proposer.phase,
    maxBallotSent1a: show(proposer.maxBallotSent1a),
    nextOperation: proposer.nextOperation,
    queued: proposer.requestQueue.length,
    promises: proposer.received1bs.size,
    requesters: proposer.highestRequested.size,
    batchDeadline: proposer.batchDeadline ?? null,
    proposed: proposer.proposed.size,
    maxBallot: show(acceptor.maxBallot),
    votes: acceptor.votes.size,
    logTruncationPoint: acceptor.logTruncationPoint,
    lastCheckpointed: [...acceptor.lastCheckpointed],
    maxBallotSeen: show(learner.maxBallotSeen),
    tallies: learner.tallies.size,
    operationsComplete: executor.operationsComplete,
    maxBallotReflected: show(executor.maxBallotReflected),
    cachedReplies: executor.replyCache.size,
    isDecided: executor.decided !== undefined,
    nextHeartbeat: r.nextHeartbeat,
    retryTime: retry.time,
    tries: retry.tries,
  };
}
