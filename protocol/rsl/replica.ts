/**
 * # The replica
 *
 * Every replica plays every role: acceptor, learner, executor, and proposer when its turn comes.
 * This is where the roles are put together: the state of a replica, how it begins, how it begins
 * again after a crash, and the heartbeat with which replicas tell one another that they are alive,
 * whom they suspect, and how far they have come.
 *
 * Follows Protocol/RSL/Replica.i.dfy of IronFleet; departs from it in restarts, and in that a
 * heartbeat does not wait for its time when there is news.
 */
import type { Application } from '../../spec/apps/application.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { type Acceptor, initAcceptor, noteCheckpoint, restartAcceptor } from './acceptor.ts';
import { type Ballot, FIRST_VIEW, higherOf, isSame, successorOf } from './ballot.ts';
import { boundedSum, type Constants, placeOf } from './configuration.ts';
import { type Election, hearView, initElection } from './election.ts';
import { advertised, type Executor, initExecutor, restartExecutor } from './executor.ts';
import { initLearner, type Learner } from './learner.ts';
import { broadcast, type Message } from './messages.ts';
import { initProposer, type Proposer, restartProposer, stepDown } from './proposer.ts';
import { fromReplica } from './receiving.ts';
import { initRetry, type Retry } from './retry.ts';

export interface Replica {
  readonly constants: Constants;
  /** When the next heartbeat is due, by this replica's clock. */
  readonly nextHeartbeat: number;
  readonly retry: Retry;
  readonly proposer: Proposer;
  readonly election: Election;
  readonly acceptor: Acceptor;
  readonly learner: Learner;
  readonly executor: Executor;
}

export const initReplica = (constants: Constants, application: Application): Replica => ({
  constants,
  nextHeartbeat: 0,
  retry: initRetry(),
  proposer: initProposer(constants),
  election: initElection(constants),
  acceptor: initAcceptor(constants),
  learner: initLearner(),
  executor: initExecutor(application, constants.parameters),
});

/**
 * What is left of a replica that has crashed: what its acceptor has promised and voted for, which
 * ballots it has attempted, and the state at its latest checkpoint. Everything else it can learn
 * again.
 */
export function restartReplica(r: Replica): Replica {
  const { constants } = r;
  return {
    constants,
    nextHeartbeat: 0,
    retry: initRetry(),
    proposer: restartProposer(r.proposer, constants),
    election: initElection(constants, viewAfterRestart(r)),
    acceptor: restartAcceptor(r.acceptor),
    learner: initLearner(),
    executor: restartExecutor(r.executor),
  };
}

/**
 * The latest view of which a restarted replica can be sure. If it was its own to lead, that is over,
 * for no ballot is attempted twice; rather than wait until a quorum suspects it, it moves on, and
 * the others follow.
 */
function viewAfterRestart({ constants, acceptor, proposer }: Replica): Ballot {
  const attempted = proposer.maxBallotSent1a;
  const view = higherOf(FIRST_VIEW, higherOf(acceptor.maxBallot, attempted));
  const isOver = isSame(view, attempted) && view.seqno < constants.parameters.maxInteger;
  return isOver ? successorOf(view, constants.replicas.length) : view;
}

/**
 * Whether this replica has come a quarter of the window further than it has told: without word of
 * that the window does not move. The original tells only when it is time.
 */
const hasNews = ({ constants: { index, parameters }, acceptor, executor }: Replica): boolean =>
  !parameters.compatible
  && advertised(executor) - (acceptor.lastCheckpointed[index] ?? 0)
    >= Math.max(1, parameters.maxLogLength / 4);

/**
 * Tell everyone, oneself included, about oneself: now and then, and when there is news. Its own
 * checkpoint a replica notes at once; in the original when its own heartbeat arrives.
 */
export const sendHeartbeat: LocalAction<Replica, Message> = {
  name: 'sendHeartbeat',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) =>
    clause('a heartbeat is due, or there is news', now >= r.nextHeartbeat || hasNews(r)),
  step: (r, { now }) => {
    const { constants, election, acceptor } = r;
    const { parameters, index } = constants;
    const checkpoint = advertised(r.executor);
    return {
      state: {
        ...r,
        nextHeartbeat: boundedSum(now, parameters.heartbeatPeriod, parameters),
        acceptor: parameters.compatible ? acceptor : noteCheckpoint(acceptor, index, checkpoint),
      },
      sends: broadcast(constants, {
        type: 'heartbeat',
        view: election.view,
        suspicious: election.suspectors.has(index),
        checkpoint,
      }),
    };
  },
};

/** Hear how another replica is, and follow it into a later view. */
export const hearHeartbeat = fromReplica('heartbeat', {
  name: 'hearHeartbeat',
  readsClock: true,
  guard: () => undefined,
  step: (r, { view, suspicious, checkpoint }, src, now) => {
    const { constants } = r;
    const from = placeOf(constants, src);
    const election = hearView(r.election, constants, from, view, suspicious, now);
    const acceptor = noteCheckpoint(r.acceptor, from, checkpoint);
    if (election === r.election && acceptor === r.acceptor) return { state: r, sends: [] };
    const proposer = isSame(election.view, r.election.view) ? r.proposer : stepDown(r.proposer);
    return { state: { ...r, election, proposer, acceptor }, sends: [] };
  },
});
