/**
 * # The election
 *
 * Says who should lead, and has no say in what is chosen: a leader that is wrongly suspected costs
 * time, no more.
 *
 * Time passes in epochs. A request that a replica has known since an earlier epoch and that is
 * still not executed at the end of this one makes the replica suspect the leader. Once a quorum
 * suspects it, everyone moves on to the next view. The first epoch of each view is twice as long as
 * the last, so that in the end some leader has time enough, however slow the network is; when an
 * epoch ends and nothing old is waiting, epochs are short again.
 *
 * Follows Protocol/RSL/Election.i.dfy of IronFleet.
 */
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { type Ballot, FIRST_VIEW, isBelow, isSame, successorOf } from './ballot.ts';
import { bounded, boundedSum, type Constants } from './configuration.ts';
import {
  type Batch,
  isSameRequest,
  isSatisfiedBy,
  type Message,
  type ReplyCache,
  type Request,
} from './messages.ts';
import { stepDown } from './proposer.ts';
import type { Replica } from './replica.ts';
import { isSettled } from './replyCache.ts';

export interface Election {
  /** Whoever this names leads, as far as this replica knows. */
  readonly view: Ballot;
  /** The replicas that suspect the leader of this view, by their places. */
  readonly suspectors: ReadonlySet<number>;
  /**
   * When the present epoch ends, by this replica's clock, and how long it was to last, in
   * milliseconds.
   */
  readonly epochEnd: number;
  readonly epochLength: number;
  /** Requests that are not executed yet: those that came in this epoch, and those from before. */
  readonly receivedThisEpoch: readonly Request[];
  readonly receivedEarlier: readonly Request[];
}

export const initElection = (
  { parameters: { baselineViewTimeout } }: Constants,
  view: Ballot = FIRST_VIEW,
): Election => ({
  view,
  suspectors: new Set(),
  epochEnd: 0,
  epochLength: baselineViewTimeout,
  receivedThisEpoch: [],
  receivedEarlier: [],
});

/** All requests that wait, oldest first. */
const waiting = (e: Election, { parameters }: Constants): readonly Request[] =>
  bounded([...e.receivedEarlier, ...e.receivedThisEpoch], parameters);

/** A new view begins, and with it an epoch that is twice as long as the last. */
function enterView(
  e: Election,
  constants: Constants,
  view: Ballot,
  suspectors: ReadonlySet<number>,
  now: number,
): Election {
  const epochLength = boundedSum(e.epochLength, e.epochLength, constants.parameters);
  return {
    view,
    suspectors,
    epochEnd: boundedSum(now, epochLength, constants.parameters),
    epochLength,
    receivedThisEpoch: [],
    receivedEarlier: waiting(e, constants),
  };
}

/** A request is waiting from now on, unless it already is. */
export function noteReceived(e: Election, { parameters }: Constants, request: Request): Election {
  const known = (other: Request): boolean => isSameRequest(other, request);
  if (e.receivedEarlier.some(known) || e.receivedThisEpoch.some(known)) return e;
  return { ...e, receivedThisEpoch: bounded([...e.receivedThisEpoch, request], parameters) };
}

/** What a batch has executed waits no longer. */
export function noteExecuted(e: Election, batch: Batch): Election {
  if (batch.length === 0) return e;
  return stopWaiting(e, (request) => batch.some((executed) => isSatisfiedBy(request, executed)));
}

/** What others have executed, as the reply cache that was taken over from them says. */
export const noteSettled = (e: Election, cache: ReplyCache): Election =>
  stopWaiting(e, ({ client, seqno }) => isSettled(cache, client, seqno));

function stopWaiting(e: Election, isDone: (request: Request) => boolean): Election {
  if (!e.receivedThisEpoch.some(isDone) && !e.receivedEarlier.some(isDone)) return e;
  return {
    ...e,
    receivedThisEpoch: e.receivedThisEpoch.filter((request) => !isDone(request)),
    receivedEarlier: e.receivedEarlier.filter((request) => !isDone(request)),
  };
}

/** An epoch is over and nothing old is waiting: the leader does well, and epochs are short again. */
export const startEpoch: LocalAction<Replica, Message> = {
  name: 'startEpoch',
  takes: 'nothing',
  readsClock: true,
  guard: ({ election: e }, { now }) =>
    clause('the epoch is over', now >= e.epochEnd)
    ?? clause('no request of an earlier epoch is waiting', e.receivedEarlier.length === 0),
  step: (r, { now }) => {
    const { baselineViewTimeout } = r.constants.parameters;
    const election: Election = {
      ...r.election,
      epochEnd: boundedSum(now, baselineViewTimeout, r.constants.parameters),
      epochLength: baselineViewTimeout,
      receivedThisEpoch: [],
      receivedEarlier: r.election.receivedThisEpoch,
    };
    return { state: { ...r, election }, sends: [] };
  },
};

/** An epoch is over and a request has waited all the while: the leader is suspect. */
export const suspect: LocalAction<Replica, Message> = {
  name: 'suspect',
  takes: 'nothing',
  readsClock: true,
  guard: ({ election: e }, { now }) =>
    clause('the epoch is over', now >= e.epochEnd)
    ?? clause('a request of an earlier epoch is waiting', e.receivedEarlier.length > 0),
  step: (r, { now }) => {
    const election: Election = {
      view: r.election.view,
      suspectors: new Set(r.election.suspectors).add(r.constants.index),
      epochEnd: boundedSum(now, r.election.epochLength, r.constants.parameters),
      epochLength: r.election.epochLength,
      receivedThisEpoch: [],
      receivedEarlier: waiting(r.election, r.constants),
    };
    return { state: { ...r, election }, sends: [] };
  },
};

/** A quorum suspects the leader: the next one's turn. */
export const changeView: LocalAction<Replica, Message> = {
  name: 'changeView',
  takes: 'nothing',
  readsClock: true,
  guard: ({ constants, election: e }) =>
    clause('a quorum suspects the leader', e.suspectors.size >= constants.quorum)
    ?? clause('there is a next view', e.view.seqno < constants.parameters.maxInteger),
  step: (r, { now }) => {
    const { constants } = r;
    const view = successorOf(r.election.view, constants.replicas.length);
    const election = enterView(r.election, constants, view, new Set(), now);
    return { state: { ...r, election, proposer: stepDown(r.proposer) }, sends: [] };
  },
};

/** What another replica's heartbeat says about views: perhaps the same view, perhaps a later one. */
export function hearView(
  e: Election,
  constants: Constants,
  from: number,
  view: Ballot,
  suspicious: boolean,
  now: number,
): Election {
  if (isSame(view, e.view)) {
    if (!suspicious || e.suspectors.has(from)) return e;
    return { ...e, suspectors: new Set(e.suspectors).add(from) };
  }
  if (isBelow(view, e.view)) return e;
  return enterView(e, constants, view, new Set(suspicious ? [from] : []), now);
}
