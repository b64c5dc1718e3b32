/**
 * # The proposer
 *
 * Leads while its view lasts. In phase 1 it asks all replicas to promise its ballot and to tell
 * their votes. When a quorum has, it knows of every value that may have been chosen in an earlier
 * ballot, and phase 2 begins, in which it proposes.
 *
 * Follows Protocol/RSL/Proposer.i.dfy of IronFleet; departs from it in that it remembers what it
 * has proposed, and forgets which requests it has queued once they are executed. Lamport, "Paxos
 * Made Simple" (2001), phase 1a.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { truncateLog } from './acceptor.ts';
import { type Ballot, isBelow, isSame } from './ballot.ts';
import type { Constants } from './configuration.ts';
import {
  type Batch,
  broadcast,
  type Message,
  type Operation,
  type Promise1b,
  type Request,
} from './messages.ts';
import { fromReplica } from './receiving.ts';
import type { Replica } from './replica.ts';

export interface Proposer {
  /** 0: not leading; 1: collecting promises; 2: proposing. */
  readonly phase: 0 | 1 | 2;
  /** Requests that are not proposed yet, in the order in which they will be. */
  readonly requestQueue: readonly Request[];
  /** The highest ballot that this replica has ever attempted; it never attempts one twice. */
  readonly maxBallotSent1a: Ballot;
  readonly nextOperation: Operation;
  /** The promises for that ballot, by who made them. */
  readonly received1bs: ReadonlyMap<EndPoint, Promise1b>;
  /**
   * For each client the highest number that was queued in this view and is not executed here yet;
   * in the original, executed or not.
   */
  readonly highestRequested: ReadonlyMap<EndPoint, number>;
  /** When a batch that is not full is proposed all the same, by this replica's clock. */
  readonly batchDeadline: number | undefined;
  /**
   * What was proposed in that ballot and is not executed here yet, to be proposed again if it is
   * lost; always empty in the original, which does not.
   */
  readonly proposed: ReadonlyMap<Operation, Batch>;
}

const NOTHING_PROPOSED: ReadonlyMap<Operation, Batch> = new Map();

export const initProposer = ({ index }: Constants): Proposer => ({
  phase: 0,
  requestQueue: [],
  maxBallotSent1a: { seqno: 0, proposer: index },
  nextOperation: 0,
  received1bs: new Map(),
  highestRequested: new Map(),
  batchDeadline: undefined,
  proposed: NOTHING_PROPOSED,
});

/** A restarted proposer remembers only which ballots it must not use again. */
export const restartProposer = (p: Proposer, constants: Constants): Proposer => ({
  ...initProposer(constants),
  maxBallotSent1a: p.maxBallotSent1a,
});

/** Another view has begun, so another replica leads, or this one must start anew. */
export const stepDown = (p: Proposer): Proposer => ({
  ...p,
  phase: 0,
  requestQueue: [],
  proposed: NOTHING_PROPOSED,
});

/** All operations before `operation` are executed: they need not be proposed again. */
export function forgetProposed(p: Proposer, operation: Operation): Proposer {
  if (p.proposed.size === 0) return p;
  const proposed = new Map<Operation, Batch>();
  for (const [later, batch] of p.proposed) if (later >= operation) proposed.set(later, batch);
  return { ...p, proposed };
}

/**
 * Requests are executed: whether to queue them again the reply cache can tell from now on. So no
 * more is remembered than is queued or under way. The original remembers all.
 */
export function forgetRequested(
  p: Proposer,
  { parameters }: Constants,
  executed: Iterable<Pick<Request, 'client' | 'seqno'>>,
): Proposer {
  if (parameters.compatible || p.highestRequested.size === 0) return p;
  const highestRequested = new Map(p.highestRequested);
  for (const { client, seqno } of executed) {
    if ((highestRequested.get(client) ?? Infinity) <= seqno) highestRequested.delete(client);
  }
  return { ...p, highestRequested };
}

/** Queue a request, unless it or a later one of that client is remembered as queued. */
export function queueRequest(p: Proposer, request: Request): Proposer {
  const highest = p.highestRequested.get(request.client);
  if (p.phase === 0 || (highest !== undefined && request.seqno <= highest)) return p;
  return {
    ...p,
    requestQueue: [...p.requestQueue, request],
    highestRequested: new Map(p.highestRequested).set(request.client, request.seqno),
  };
}

/** 1a: it is this replica's turn to lead, so it asks everyone to promise. */
export const startPhase1: LocalAction<Replica, Message> = {
  name: 'startPhase1',
  takes: 'nothing',
  readsClock: false,
  guard: ({ constants, proposer, election }) =>
    clause('the view is this replica’s', election.view.proposer === constants.index)
    ?? clause('it has not attempted it yet', isBelow(proposer.maxBallotSent1a, election.view)),
  step: (r) => {
    const { view, receivedEarlier, receivedThisEpoch } = r.election;
    const proposer: Proposer = {
      ...r.proposer,
      phase: 1,
      requestQueue: [...receivedEarlier, ...receivedThisEpoch],
      maxBallotSent1a: view,
      received1bs: new Map(),
      highestRequested: new Map(),
      proposed: NOTHING_PROPOSED,
    };
    return {
      state: { ...r, proposer },
      sends: broadcast(r.constants, { type: '1a', ballot: view }),
    };
  },
};

/** Keep a promise. Whoever made it has truncated its log for a reason, so this replica follows. */
export const collectPromise = fromReplica('1b', {
  name: 'collectPromise',
  guard: ({ proposer: p }, { ballot }, src) =>
    clause('it promises the ballot that was asked for', isSame(ballot, p.maxBallotSent1a))
    ?? clause('promises are being collected', p.phase === 1)
    ?? clause('it is the first from this replica', !p.received1bs.has(src)),
  step: (r, msg, src) => {
    const received1bs = new Map(r.proposer.received1bs).set(src, msg);
    const state: Replica = {
      ...r,
      proposer: { ...r.proposer, received1bs },
      acceptor: truncateLog(r.acceptor, msg.logTruncationPoint),
    };
    return { state, sends: [] };
  },
});

/** A quorum has promised: from now on, propose. */
export const startPhase2: LocalAction<Replica, Message> = {
  name: 'startPhase2',
  takes: 'nothing',
  readsClock: false,
  guard: ({ constants, proposer: p }) =>
    clause('promises are being collected', p.phase === 1)
    ?? clause('a quorum has promised', p.received1bs.size >= constants.quorum),
  step: (r) => {
    const { logTruncationPoint } = r.acceptor;
    const proposer: Proposer = { ...r.proposer, phase: 2, nextOperation: logTruncationPoint };
    const ballot = proposer.maxBallotSent1a;
    return {
      state: { ...r, proposer },
      sends: broadcast(r.constants, { type: 'startingPhase2', ballot, logTruncationPoint }),
    };
  },
};
