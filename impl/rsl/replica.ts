/**
 * # The replica that runs
 *
 * All roles of one replica, and what makes them act. Woken by a packet, it receives it; otherwise
 * it takes the most urgent action of its own. What there is to do is known from what the roles keep
 * at hand: nothing is searched, and the clock is read only by actions that need it.
 *
 * Follows Impl/RSL/ReplicaModel.i.dfy of IronFleet; departs from it in that actions have no fixed
 * turns, and in that it sleeps when there is nothing to do.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { ServiceClass } from '../apps/service.ts';
import { type Flow, FREE_FLOW, type Host, type Io, type Wake } from '../framework/io.ts';
import { Acceptor, truncate } from './acceptor.ts';
import { BackPressure } from './backPressure.ts';
import { boundedSum, type Constants, constantsOf } from './constants.ts';
import { changeView, Election } from './election.ts';
import { decide, Executor, execute, mayDecide, mayExecute } from './executor.ts';
import { Learner } from './learner.ts';
import { marshal } from './marshal.ts';
import type { Parameters } from './parameters.ts';
import { mayStartPhase1, mayStartPhase2, Proposer, startPhase1, startPhase2 } from './proposer.ts';
import { batchTime, nextProposal, proposeBatch } from './proposing.ts';
import { receive } from './receiving.ts';
import type { ReplicaState } from './replicaState.ts';
import { Retry, retry, retryTime } from './retry.ts';
import { type ReplicaSummary, summarize } from './summary.ts';

/** Takes an action and returns its name. */
export type Act = (r: Replica, io: Io) => string;

/** Whoever watches a replica serve clients. */
export interface Observer {
  requestReceived?(client: EndPoint, seqno: number): void;
  replySent?(client: EndPoint, seqno: number): void;
  cachedReplySent?(client: EndPoint, seqno: number): void;
}

export interface ReplicaOptions {
  /** Whom not to read from; nobody is held unless this is given. */
  readonly flow?: Flow;
  readonly observer?: Observer;
}

/** What a replica counts besides its actions, from its start. */
class Counters implements Readonly<Record<string, number>> {
  readonly [name: string]: number;
  /** Packets whose bytes are no message, and states that are none. */
  malformed = 0;
  /** Packets from strangers that are no requests; they are not even read. */
  uncalledFor = 0;
  answeredFromCache = 0;
  /** Replies of the service that were too long, and replaced by empty ones. */
  repliesTooLong = 0;
  /** How often a client was made to wait because too much of it was waiting. */
  clientsHeld = 0;
}

export class Replica implements Host, ReplicaState {
  readonly constants: Constants;
  readonly service: ServiceClass;
  readonly observer: Observer;
  readonly counters = new Counters();
  readonly backPressure: BackPressure;
  nextHeartbeat = 0;
  readonly retry: Retry;
  readonly proposer: Proposer;
  readonly election: Election;
  readonly acceptor: Acceptor;
  readonly learner = new Learner();
  readonly executor: Executor;

  /** Throws a RangeError if `me` is no replica. */
  constructor(
    me: EndPoint,
    replicas: readonly EndPoint[],
    parameters: Parameters,
    service: ServiceClass,
    { flow = FREE_FLOW, observer = {} }: ReplicaOptions = {},
  ) {
    const constants = constantsOf(me, replicas, parameters);
    this.constants = constants;
    this.service = service;
    this.observer = observer;
    this.backPressure = new BackPressure(this.#towardsClients(flow));
    this.retry = new Retry(constants);
    this.proposer = new Proposer(constants);
    this.election = new Election(constants, this.backPressure);
    this.acceptor = new Acceptor(constants);
    this.executor = new Executor(service.initialize());
  }

  step(io: Io, wake: Wake): string {
    if (wake === 'packet') return receive(this, io);
    const act = this.#urgent();
    return act === undefined ? this.#actInTime(io) : act(this, io);
  }

  nextDeadline(): number {
    if (this.#urgent() !== undefined) return Number.NEGATIVE_INFINITY;
    const { compatible } = this.constants.parameters;
    return Math.min(
      this.nextHeartbeat,
      this.election.epochEnd,
      compatible ? Number.POSITIVE_INFINITY : retryTime(this),
      batchTime(this),
    );
  }

  snapshot(): ReplicaSummary {
    return summarize(this);
  }

  /** Sends to every replica in the order of the configuration, itself included. */
  broadcast(io: Io, bytes: Uint8Array): void {
    for (const replica of this.constants.replicas) io.send(replica, bytes);
  }

  /** Counts who is held; another replica never is, whatever it asks for. */
  #towardsClients(flow: Flow): Flow {
    const { places } = this.constants;
    return {
      hold: (src) => {
        if (places.has(src)) return;
        this.counters.clientsHeld++;
        flow.hold(src);
      },
      release: (src) => flow.release(src),
    };
  }

  /** What is to be done at once. */
  #urgent(): Act | undefined {
    if (this.election.isOver) return changeView;
    if (mayStartPhase1(this)) return startPhase1;
    if (mayStartPhase2(this)) return startPhase2;
    if (mayExecute(this)) return execute;
    if (mayDecide(this)) return decide;
    const proposal = nextProposal(this);
    if (proposal !== undefined) return proposal;
    const { quorumCheckpoint, logTruncationPoint } = this.acceptor;
    if (quorumCheckpoint > logTruncationPoint) return truncate;
    return this.#hasNews() ? sendHeartbeat : undefined;
  }

  /** Does what its time has come for. */
  #actInTime(io: Io): string {
    const now = io.readClock();
    if (now >= batchTime(this)) return proposeBatch(this, io, now);
    if (now >= this.nextHeartbeat) return sendHeartbeat(this, io, now);
    if (now >= this.election.epochEnd) return this.election.endEpoch(now);
    const { compatible } = this.constants.parameters;
    return !compatible && now >= retryTime(this) ? retry(this, io, now) : 'idle';
  }

  /** Whether it has come a good part of the window further than it has told. */
  #hasNews(): boolean {
    const { index, parameters } = this.constants;
    const told = this.acceptor.lastCheckpointed[index] ?? 0;
    const news = this.executor.operationsComplete - told;
    return news >= 1 && news >= parameters.maxLogLength / 4 && !parameters.compatible;
  }
}

/** Tells everyone, itself included, about itself. */
function sendHeartbeat(r: Replica, io: Io, now = io.readClock()): string {
  const { constants, election, executor, acceptor } = r;
  const { parameters, index } = constants;
  const checkpoint = executor.operationsComplete;
  const suspicious = election.suspectors.has(index);
  r.nextHeartbeat = boundedSum(now, parameters.heartbeatPeriod, parameters);
  if (!parameters.compatible) acceptor.noteCheckpoint(index, checkpoint);
  r.broadcast(io, marshal({ type: 'heartbeat', view: election.view, suspicious, checkpoint }));
  return 'sendHeartbeat';
}
