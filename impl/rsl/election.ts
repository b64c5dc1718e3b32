/**
 * # The election
 *
 * Says who should lead. A request that has waited since before this epoch when it ends makes the
 * leader suspect; a quorum that suspects the leader moves on to the next view.
 *
 * Follows Impl/RSL/ElectionModel.i.dfy of IronFleet.
 */
import type { Io } from '../framework/io.ts';
import type { BackPressure } from './backPressure.ts';
import { FIRST_VIEW, isBelow, isSame, successorOf } from './ballot.ts';
import { boundedSum, type Constants } from './constants.ts';
import type { Ballot, Batch, CachedReply } from './messages.ts';
import type { Replica } from './replica.ts';
import type { ReplicaState, Requests } from './replicaState.ts';
import { Waiting } from './waiting.ts';

export class Election {
  view: Ballot = FIRST_VIEW;
  readonly suspectors = new Set<number>();
  epochEnd = 0;
  epochLength: number;
  readonly waiting: Waiting;
  readonly #constants: Constants;

  constructor(constants: Constants, backPressure: BackPressure) {
    this.#constants = constants;
    this.epochLength = constants.parameters.baselineViewTimeout;
    this.waiting = new Waiting(constants.parameters.maxInteger, backPressure);
  }

  get receivedEarlier(): Requests {
    return this.waiting.earlier;
  }

  get receivedThisEpoch(): Requests {
    return this.waiting.new;
  }

  /** What a batch has executed waits no longer. */
  noteExecuted({ requests }: Batch): void {
    for (const { client, seqno } of requests) this.waiting.settle(client, seqno);
  }

  /** Nor does what others have executed. */
  noteSettled(cache: ReplicaState['executor']['replyCache']): void {
    this.waiting.forEachClient((client) => {
      const latest: CachedReply | undefined = cache.get(client);
      if (latest !== undefined) this.waiting.settle(client, latest.seqno);
    });
  }

  /** Whether there is a next view and a quorum wants it. */
  get isOver(): boolean {
    const { quorum, parameters } = this.#constants;
    return this.suspectors.size >= quorum && this.view.seqno < parameters.maxInteger;
  }

  /** A new view begins, and with it an epoch that is twice as long as the last. */
  enterView(view: Ballot, now: number): void {
    const { parameters } = this.#constants;
    this.view = view;
    this.suspectors.clear();
    this.epochLength = boundedSum(this.epochLength, this.epochLength, parameters);
    this.epochEnd = boundedSum(now, this.epochLength, parameters);
    this.waiting.startEpoch();
  }

  /** Another replica's view: perhaps the same, perhaps a later one. Says whether it is entered. */
  hearView(from: number, view: Ballot, suspicious: boolean, now: number): boolean {
    const isLater = isBelow(this.view, view);
    if (isLater) this.enterView(view, now);
    if (suspicious && isSame(view, this.view)) this.suspectors.add(from);
    return isLater;
  }

  /** The epoch is over: the leader does well if nothing old is waiting. Returns the action's name. */
  endEpoch(now: number): string {
    const { index, parameters } = this.#constants;
    const isWell = this.waiting.earlierCount === 0;
    if (isWell) this.epochLength = parameters.baselineViewTimeout;
    else this.suspectors.add(index);
    this.epochEnd = boundedSum(now, this.epochLength, parameters);
    this.waiting.startEpoch();
    return isWell ? 'startEpoch' : 'suspect';
  }
}

export function changeView(r: Replica, io: Io): string {
  const { election, constants } = r;
  election.enterView(successorOf(election.view, constants.replicas.length), io.readClock());
  r.proposer.stepDown();
  return 'changeView';
}
