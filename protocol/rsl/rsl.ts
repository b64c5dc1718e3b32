/**
 * # The protocol of a replicated service
 *
 * All actions of a replica, and the protocol that they make for an application, a configuration and
 * parameters. To read the protocol, begin with the acceptor; then the proposer, what it proposes,
 * and the learner: these are Paxos. The executor makes a service of it, with the requests of
 * clients, the reply cache and state transfer. The election and the retries keep it going, and the
 * replica is all of them together.
 *
 * Follows Protocol/RSL/Replica.i.dfy of IronFleet, where an action may find nothing to do; here it
 * then has a guard that says so.
 */
import type { Application } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { Action, PacketAction, Protocol } from '../framework/action.ts';
import { unchanged } from '../framework/action.ts';
import { promise, repeatPromise, repeatVotes, truncate, vote } from './acceptor.ts';
import { answerFromCache, receiveRequest } from './clients.ts';
import { type Constants, objections, type Parameters, quorumOf } from './configuration.ts';
import { changeView, startEpoch, suspect } from './election.ts';
import { decide, execute, takeCheckpoint } from './executor.ts';
import { learn } from './learner.ts';
import { describe, type Message } from './messages.ts';
import { collectPromise, startPhase1, startPhase2 } from './proposer.ts';
import { fillGap, proposeBatch, proposeVoted, startBatchTimer } from './proposing.ts';
import {
  hearHeartbeat,
  initReplica,
  type Replica,
  restartReplica,
  sendHeartbeat,
} from './replica.ts';
import { askForState, askForVotes, noteProgress, repeat1a, repeat2a } from './retry.ts';
import { adoptState, requestState, supplyState } from './stateTransfer.ts';

/** For each type of message the actions that may receive it. */
export const RECEIVED_BY: Readonly<
  Record<Message['type'], readonly PacketAction<Replica, Message>[]>
> = {
  request: [answerFromCache, receiveRequest],
  reply: [],
  '1a': [promise, repeatPromise],
  '1b': [collectPromise],
  '2a': [vote],
  '2b': [learn],
  heartbeat: [hearHeartbeat],
  startingPhase2: [requestState],
  appStateRequest: [supplyState],
  appStateSupply: [adoptState],
  voteRequest: [repeatVotes],
  invalid: [],
};

/** Every packet that no other action may receive is received without effect. */
export const ignore: PacketAction<Replica, Message> = {
  name: 'ignore',
  takes: 'packet',
  readsClock: false,
  guard: (r, input) =>
    clause(
      'the packet is of no use',
      RECEIVED_BY[input.packet.msg.type].every((action) => action.guard(r, input) !== undefined),
    ),
  step: (r) => unchanged(r),
};

/** What the original does not do; the guards say so, too, where the parameters are `compatible`. */
const NOT_COMPATIBLE = new Set<Action<Replica, Message>>([
  repeatPromise,
  repeatVotes,
  noteProgress,
  repeat1a,
  repeat2a,
  askForVotes,
  askForState,
]);

const actionsFor = (
  application: Application,
  { compatible, durable }: Parameters,
): readonly Action<Replica, Message>[] => {
  const all: readonly Action<Replica, Message>[] = [
    ...Object.values(RECEIVED_BY).flat(),
    ignore,
    startPhase1,
    startPhase2,
    proposeVoted,
    proposeBatch,
    fillGap,
    startBatchTimer,
    truncate,
    decide,
    execute(application),
    startEpoch,
    suspect,
    changeView,
    sendHeartbeat,
    noteProgress,
    repeat1a,
    repeat2a,
    askForVotes,
    askForState,
    takeCheckpoint,
  ];
  return all
    .filter((action) => !compatible || !NOT_COMPATIBLE.has(action))
    .filter((action) => durable || action !== takeCheckpoint);
};

/** What the replica at a place knows from the start. Throws a RangeError if there is no such. */
export function constantsOf(
  replicas: readonly EndPoint[],
  parameters: Parameters,
  me: EndPoint,
): Constants {
  const index = replicas.indexOf(me);
  if (index < 0) throw new RangeError(`${me} is no replica`);
  return { me, index, replicas, quorum: quorumOf(replicas.length), parameters };
}

/**
 * The protocol that replicates an application. Throws a RangeError that says why not, where the
 * replicas or the parameters make no service.
 */
export function rsl(
  application: Application,
  replicas: readonly EndPoint[],
  parameters: Parameters,
): Protocol<Replica, Message> {
  const [objection] = objections(replicas, parameters);
  if (objection !== undefined) throw new RangeError(objection);
  return {
    name: 'rsl',
    hosts: replicas,
    actions: actionsFor(application, parameters),
    init: (me) => initReplica(constantsOf(replicas, parameters, me), application),
    ...(parameters.durable && { restart: restartReplica }),
    describe,
  };
}
