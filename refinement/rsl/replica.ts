/**
 * # From the running replica to the protocol's (B1)
 *
 * Compares a replica that runs with the state that the protocol says it is in, where both lie: for
 * every field of that state, what there is of it in the running one. Order counts in queues and in
 * the reply cache.
 *
 * Batches and promises are never changed, so of each it is remembered which one of the running
 * replica's it was found to be. The application is asked for its state at rest only when the
 * protocol's has moved. Every so often all that is remembered is forgotten: whatever was changed
 * that must not be, comes out then.
 */
import type * as impl from '../../impl/rsl/messages.ts';
import type { ReplicaState } from '../../impl/rsl/replicaState.ts';
import type { Acceptor } from '../../protocol/rsl/acceptor.ts';
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Election } from '../../protocol/rsl/election.ts';
import type { Executor } from '../../protocol/rsl/executor.ts';
import type { Learner, Tally } from '../../protocol/rsl/learner.ts';
import type { Batch, CachedReply, Promise1b, Request, Vote } from '../../protocol/rsl/messages.ts';
import type { Proposer } from '../../protocol/rsl/proposer.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Retry } from '../../protocol/rsl/retry.ts';
import type { Application, AppState } from '../../spec/apps/application.ts';
import type { Difference } from '../../spec/framework/difference.ts';
import {
  type Comparison,
  inFields,
  inMap,
  inOrder,
  inSet,
  same,
  sameBytes,
} from '../framework/comparison.ts';

/** Compares replicas that run this application. */
export function replicaComparison(application: Application): Comparison<ReplicaState, Replica> {
  const ofReplica = new WeakMap<ReplicaState, Comparison<ReplicaState, Replica>>();
  return (actual, expected) => {
    let compare = ofReplica.get(actual);
    if (compare === undefined) {
      compare = new OneReplica(application).compare;
      ofReplica.set(actual, compare);
    }
    return compare(actual, expected);
  };
}

/** After so many comparisons of one replica all that is remembered of it is forgotten. */
const FORGET_EVERY = 64;

/** Compares one running replica, again and again. */
class OneReplica {
  readonly compare: Comparison<ReplicaState, Replica>;
  readonly #application: Application;
  /** What of the protocol's was found to be what of the replica's. */
  readonly #found = new Map<object, object>();
  /** The protocol's application, as the replica's own was found to be; nothing if not known. */
  #app: { readonly state: AppState } | undefined;

  constructor(application: Application) {
    this.#application = application;
    const inAll = inReplica(
      (compare) => this.#remembering(compare),
      (actual, expected) => this.#sameApp(actual, expected),
    );
    let comparisons = 0;
    this.compare = (actual, expected) => {
      if (comparisons++ % FORGET_EVERY === 0) {
        this.#found.clear();
        this.#app = undefined;
      }
      return inAll(actual, expected);
    };
  }

  #remembering<A extends object, E extends object>(compare: Comparison<A, E>): Comparison<A, E> {
    return (actual, expected) => {
      if (this.#found.get(expected) === actual) return undefined;
      const differs = compare(actual, expected);
      if (differs === undefined) this.#found.set(expected, actual);
      return differs;
    };
  }

  /** Compares states at rest: equal states have equal bytes. */
  #sameApp({ app }: ReplicaState['executor'], state: AppState): Difference | undefined {
    if (this.#app !== undefined && Object.is(this.#app.state, state)) return undefined;
    const differs = sameBytes(app.serialize(), this.#application.serialize(state));
    if (differs === undefined) this.#app = { state };
    return differs;
  }
}

const sameBallot = (actual: impl.Ballot, expected: Ballot): Difference | undefined =>
  actual.seqno === expected.seqno && actual.proposer === expected.proposer
    ? undefined
    : inBallot(actual, expected);

const inBallot = inFields<impl.Ballot, Ballot>({
  seqno: (actual, expected) => same(actual.seqno, expected),
  proposer: (actual, expected) => same(actual.proposer, expected),
});

const inRequest = inFields<impl.Request, Request>({
  client: (actual, expected) => same(actual.client, expected),
  seqno: (actual, expected) => same(actual.seqno, expected),
  request: (actual, expected) => sameBytes(actual.request, expected),
});

const inReply = inFields<impl.CachedReply, CachedReply>({
  seqno: (actual, expected) => same(actual.seqno, expected),
  reply: (actual, expected) => sameBytes(actual.reply, expected),
});

const inEntry: Comparison<
  readonly [client: string, impl.CachedReply],
  readonly [client: string, CachedReply]
> = ([client, actual], [expectedClient, expected]) =>
  same(client, expectedClient) ?? inReply(actual, expected);

const inRetry = inFields<ReplicaState['retry'], Retry>({
  time: (actual, expected) => same(actual.time, expected),
  view: (actual, expected) => sameBallot(actual.view, expected),
  operation: (actual, expected) => same(actual.operation, expected),
  tries: (actual, expected) => same(actual.tries, expected),
});

const inElection = inFields<ReplicaState['election'], Election>({
  view: (actual, expected) => sameBallot(actual.view, expected),
  suspectors: (actual, expected) => inSet(actual.suspectors, expected),
  epochEnd: (actual, expected) => same(actual.epochEnd, expected),
  epochLength: (actual, expected) => same(actual.epochLength, expected),
  receivedThisEpoch: (actual, expected) => inOrder(actual.receivedThisEpoch, expected, inRequest),
  receivedEarlier: (actual, expected) => inOrder(actual.receivedEarlier, expected, inRequest),
});

/** A comparison that remembers what it has found to agree. */
type Remembering = <A extends object, E extends object>(
  compare: Comparison<A, E>,
) => Comparison<A, E>;

type Parts = ReplicaState;
type ImplTally = NonNullable<ReturnType<Parts['learner']['tallies']['get']>>;

function inReplica(
  remembering: Remembering,
  inApp: Comparison<Parts['executor'], AppState>,
): Comparison<ReplicaState, Replica> {
  const inBatch = remembering<impl.Batch, Batch>(({ requests }, expected) =>
    inOrder(requests, expected, inRequest),
  );
  const inVote = inFields<impl.Vote, Vote>({
    ballot: (actual, expected) => sameBallot(actual.ballot, expected),
    batch: (actual, expected) => inBatch(actual.batch, expected),
  });
  const inKeptPromise = remembering(inPromise(inVote));
  const inProposer = inFields<Parts['proposer'], Proposer>({
    phase: (actual, expected) => same(actual.phase, expected),
    requestQueue: (actual, expected) => inOrder(actual.requestQueue, expected, inRequest),
    maxBallotSent1a: (actual, expected) => sameBallot(actual.maxBallotSent1a, expected),
    nextOperation: (actual, expected) => same(actual.nextOperation, expected),
    received1bs: (actual, expected) => inMap(actual.received1bs, expected, inKeptPromise),
    highestRequested: (actual, expected) => inMap(actual.highestRequested, expected, same),
    batchDeadline: (actual, expected) => same(actual.batchDeadline, expected),
    proposed: (actual, expected) => inMap(actual.proposed, expected, inBatch),
  });
  const inAcceptor = inFields<Parts['acceptor'], Acceptor>({
    maxBallot: (actual, expected) => sameBallot(actual.maxBallot, expected),
    votes: (actual, expected) => inMap(actual.votes, expected, inVote),
    lastCheckpointed: (actual, expected) => inOrder(actual.lastCheckpointed, expected, same),
    logTruncationPoint: (actual, expected) => same(actual.logTruncationPoint, expected),
  });
  const inTally = inFields<ImplTally, Tally>({
    voters: (actual, expected) => inSet(actual.voters, expected),
    batch: (actual, expected) => inBatch(actual.batch, expected),
  });
  const inLearner = inFields<Parts['learner'], Learner>({
    maxBallotSeen: (actual, expected) => sameBallot(actual.maxBallotSeen, expected),
    tallies: (actual, expected) => inMap(actual.tallies, expected, inTally),
  });
  const inExecutor = inFields<Parts['executor'], Executor>({
    app: inApp,
    operationsComplete: (actual, expected) => same(actual.operationsComplete, expected),
    maxBallotReflected: (actual, expected) => sameBallot(actual.maxBallotReflected, expected),
    replyCache: (actual, expected) => inOrder(actual.replyCache, expected, inEntry),
    decided: ({ decided }, expected) =>
      decided === undefined || expected === undefined
        ? same(decided, expected)
        : inVote(decided, expected),
    // Replicas that run are not durable.
    checkpoint: (_, expected) => same(undefined, expected),
  });
  return inFields<ReplicaState, Replica>({
    constants: 'constant',
    nextHeartbeat: (actual, expected) => same(actual.nextHeartbeat, expected),
    retry: (actual, expected) => inRetry(actual.retry, expected),
    proposer: (actual, expected) => inProposer(actual.proposer, expected),
    election: (actual, expected) => inElection(actual.election, expected),
    acceptor: (actual, expected) => inAcceptor(actual.acceptor, expected),
    learner: (actual, expected) => inLearner(actual.learner, expected),
    executor: (actual, expected) => inExecutor(actual.executor, expected),
  });
}

const inPromise = (inVote: Comparison<impl.Vote, Vote>): Comparison<impl.Promise1b, Promise1b> =>
  inFields({
    type: (actual, expected) => same(actual.type, expected),
    ballot: (actual, expected) => sameBallot(actual.ballot, expected),
    logTruncationPoint: (actual, expected) => same(actual.logTruncationPoint, expected),
    votes: (actual, expected) => inMap(new Map(actual.votes), expected, inVote),
  });
