/**
 * # From a replica's summary to the protocol's replica (B1)
 *
 * A trace keeps of a running replica only numbers and sizes. Whoever has the packets works out with
 * the protocol what the replica's whole state must be; each number of the summary is compared with
 * that. What a summary does not show, comes out later in what the replica sends.
 */
import type { Parameters } from '../../impl/rsl/parameters.ts';
import type { ReplicaSummary } from '../../impl/rsl/summary.ts';
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import { execute } from '../../protocol/rsl/executor.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Forget } from '../../protocol/rsl/replyCache.ts';
import { askForState } from '../../protocol/rsl/retry.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { State } from '../../spec/rsl/service.ts';
import { type Comparison, inOrder, same, within } from '../framework/comparison.ts';
import type { Refinement } from '../framework/monitor.ts';
import type { Ghost } from './ghost.ts';
import { asked, bytesIn, protocolParameters, type Replicated } from './host.ts';
import { rslRefinement } from './service.ts';

type Shown<Field extends keyof ReplicaSummary> = Required<ReplicaSummary>[Field];

/** What each field of a summary says; the compiler demands that each is looked at. */
type Meaning = {
  readonly [Field in keyof Required<ReplicaSummary>]: (
    r: Replica,
  ) => Shown<Field> | (Field extends 'batchDeadline' ? undefined : never);
};

const pair = ({ seqno, proposer }: Ballot): readonly [number, number] => [seqno, proposer];

const MEANING: Meaning = {
  nextHeartbeat: (r) => r.nextHeartbeat,
  retryTime: ({ retry }) => retry.time,
  retryView: ({ retry }) => pair(retry.view),
  retryOperation: ({ retry }) => retry.operation,
  retryTries: ({ retry }) => retry.tries,
  phase: ({ proposer }) => proposer.phase,
  queue: ({ proposer }) => proposer.requestQueue.length,
  ballot: ({ proposer }) => pair(proposer.maxBallotSent1a),
  nextOperation: ({ proposer }) => proposer.nextOperation,
  promises: ({ proposer }) => proposer.received1bs.size,
  requested: ({ proposer }) => proposer.highestRequested.size,
  batchDeadline: ({ proposer }) => proposer.batchDeadline,
  proposed: ({ proposer }) => proposer.proposed.size,
  view: ({ election }) => pair(election.view),
  suspectors: ({ election }) => [...election.suspectors].sort((a, b) => a - b),
  epochEnd: ({ election }) => election.epochEnd,
  epochLength: ({ election }) => election.epochLength,
  waiting: ({ election }) => election.receivedThisEpoch.length,
  waitingLonger: ({ election }) => election.receivedEarlier.length,
  promised: ({ acceptor }) => pair(acceptor.maxBallot),
  votes: ({ acceptor }) => acceptor.votes.size,
  checkpoints: ({ acceptor }) => acceptor.lastCheckpointed,
  truncationPoint: ({ acceptor }) => acceptor.logTruncationPoint,
  seen: ({ learner }) => pair(learner.maxBallotSeen),
  tallies: ({ learner }) => learner.tallies.size,
  complete: ({ executor }) => executor.operationsComplete,
  reflected: ({ executor }) => pair(executor.maxBallotReflected),
  replies: ({ executor }) => executor.replyCache.size,
  decided: ({ executor }) => executor.decided !== undefined,
};

type Field = readonly [name: keyof ReplicaSummary, meaning: (r: Replica) => unknown];
const FIELDS = Object.entries(MEANING) as readonly Field[];

/** Where a summary is not that of a replica in this state. */
export const compareSummary: Comparison<ReplicaSummary, Replica> = (summary, r) => {
  for (const [name, meaning] of FIELDS) {
    const [actual, expected] = [summary[name], meaning(r)];
    const found =
      Array.isArray(actual) && Array.isArray(expected)
        ? inOrder<unknown, unknown>(actual, expected, same)
        : same(actual, expected);
    if (found !== undefined) return within(`.${name}`, found);
  }
  return undefined;
};

/**
 * Everything that is checked of replicas of which only summaries are known. Throws a RangeError
 * that says why not, where they or the parameters make no service.
 */
export const summaryRefinement = (
  replicated: Replicated,
  replicas: readonly EndPoint[],
  parameters: Parameters,
): Refinement<ReplicaSummary, Replica, Message, Ghost, State> => {
  const { application } = replicated;
  const executing = execute(application).name;
  return {
    ...rslRefinement(application, replicas, protocolParameters(parameters)),
    ...bytesIn(replicated, parameters),
    compare: compareSummary,
    choiceOf: ({ action, before, sends }) => {
      if (action === askForState.name) return asked(sends);
      return parameters.compatible && action === executing ? servedLongestAgo(before) : undefined;
    },
  };
};

/**
 * Whose replies are forgotten where that is left open and does not show: as running replicas have
 * it, of those whom there is no more room for, whoever was served longest ago.
 */
function servedLongestAgo({ constants, executor: { replyCache, decided } }: Replica): Forget {
  const { maxCachedReplies } = constants.parameters;
  const remembered = new Set(replyCache.keys());
  const forgotten = new Set<EndPoint>();
  for (const { client } of decided?.batch ?? []) {
    remembered.delete(client);
    remembered.add(client);
    forgotten.delete(client);
    if (remembered.size <= maxCachedReplies) continue;
    for (const longestAgo of remembered) {
      remembered.delete(longestAgo);
      forgotten.add(longestAgo);
      break;
    }
  }
  return { forget: [...forgotten] };
}
