/**
 * # A running replica in a state of the protocol
 *
 * The way back from the protocol's state: a replica that runs, of which that state is what it
 * means. It is what a replica could be that has come there; of one that could not, what a running
 * replica works out as it goes along may not fit.
 */
import { batchOf } from '../../impl/rsl/batch.ts';
import type * as impl from '../../impl/rsl/messages.ts';
import type { Parameters } from '../../impl/rsl/parameters.ts';
import { Replica } from '../../impl/rsl/replica.ts';
import { RememberedReply } from '../../impl/rsl/replyCache.ts';
import type { Batch, Promise1b, Request, Votes } from '../../protocol/rsl/messages.ts';
import type { Replica as State } from '../../protocol/rsl/replica.ts';
import { ofBytes } from '../../refinement/framework/byteStrings.ts';
import type { Replicated } from '../../refinement/rsl/host.ts';

export function replicaIn(
  state: State,
  { service, application }: Replicated,
  parameters: Parameters,
): Replica {
  const { me, replicas } = state.constants;
  const r = new Replica(me, replicas, parameters, service);
  r.nextHeartbeat = state.nextHeartbeat;
  Object.assign(r.retry, state.retry);
  putProposer(r, state);
  putElection(r, state);
  putAcceptor(r, state);
  const { learner, executor } = state;
  r.learner.maxBallotSeen = learner.maxBallotSeen;
  for (const [operation, { voters, batch }] of learner.tallies) {
    // A running replica forgets what is executed, and does not look for it any more.
    if (operation < executor.operationsComplete) continue;
    r.learner.tallies.set(operation, { voters: new Set(voters), batch: running(batch) });
  }
  r.executor.app = service.deserialize(ofBytes(application.serialize(executor.app)));
  r.executor.operationsComplete = executor.operationsComplete;
  r.executor.maxBallotReflected = executor.maxBallotReflected;
  for (const [client, { seqno, reply }] of executor.replyCache) {
    r.executor.replyCache.set(client, new RememberedReply(seqno, ofBytes(reply)));
  }
  const { decided } = executor;
  r.executor.decided = decided && { ballot: decided.ballot, batch: running(decided.batch) };
  return r;
}

function putProposer({ proposer: p }: Replica, { proposer, executor }: State): void {
  p.phase = proposer.phase;
  p.maxBallotSent1a = proposer.maxBallotSent1a;
  p.nextOperation = proposer.nextOperation;
  p.batchDeadline = proposer.batchDeadline;
  for (const request of proposer.requestQueue) p.requestQueue.push(asked(request));
  for (const [src, msg] of proposer.received1bs) p.keepPromise(src, promised(msg));
  for (const [client, seqno] of proposer.highestRequested) p.highestRequested.set(client, seqno);
  for (const [operation, batch] of proposer.proposed) {
    p.noteProposed(operation, running(batch), executor.operationsComplete);
  }
}

function putElection({ election: e }: Replica, { election }: State): void {
  e.view = election.view;
  e.epochEnd = election.epochEnd;
  e.epochLength = election.epochLength;
  for (const suspector of election.suspectors) e.suspectors.add(suspector);
  for (const request of election.receivedEarlier) e.waiting.add(asked(request));
  e.waiting.startEpoch();
  for (const request of election.receivedThisEpoch) e.waiting.add(asked(request));
}

function putAcceptor({ acceptor: a }: Replica, { acceptor }: State): void {
  a.truncateLog(acceptor.logTruncationPoint);
  for (const [operation, { ballot, batch }] of acceptor.votes) {
    a.record(operation, ballot, running(batch));
  }
  a.maxBallot = acceptor.maxBallot;
  for (const [place, checkpoint] of acceptor.lastCheckpointed.entries()) {
    a.noteCheckpoint(place, checkpoint);
  }
}

const asked = ({ client, seqno, request }: Request): impl.Request => ({
  client,
  seqno,
  request: ofBytes(request),
});

const running = (batch: Batch): impl.Batch => batchOf(batch.map(asked));

const promised = ({ ballot, logTruncationPoint, votes }: Promise1b): impl.Promise1b => ({
  type: '1b',
  ballot,
  logTruncationPoint,
  votes: runningVotes(votes),
});

const runningVotes = (votes: Votes): impl.Promise1b['votes'] =>
  [...votes]
    .sort(([a], [b]) => a - b)
    .map(([operation, { ballot, batch }]) => [operation, { ballot, batch: running(batch) }]);
