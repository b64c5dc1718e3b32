/**
 * # The proposer
 *
 * Leads while its view lasts. In phase 1 it asks all replicas to promise its ballot and to tell
 * their votes. When a quorum has, it knows of every value that may have been decided in an earlier
 * ballot. In phase 2 it proposes a value for one operation after the other: where some promise told
 * of a vote, the one of the highest ballot, for that may be decided; elsewhere what clients have
 * asked for, or nothing at all if a later operation must not wait.
 *
 * Follows Protocol/RSL/Proposer.i.dfy of IronFleet, where the actions `proposeVoted`,
 * `proposeBatch`, `fillGap` and `startBatchTimer` are one. Lamport, "Paxos Made Simple" (2001),
 * phases 1a and 2a.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { LocalAction, PacketAction } from '../framework/action.ts';
import { truncateLog } from './acceptor.ts';
import { type Ballot, isBelow, isSame } from './ballot.ts';
import { bounded, boundedSum, type Constants, isReplica } from './configuration.ts';
import {
  type Batch,
  broadcast,
  type Message,
  type Operation,
  type Promise1b,
  type Request,
  type Vote,
} from './messages.ts';
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
  /** For each client the highest number that it has asked for in this view. */
  readonly highestRequested: ReadonlyMap<EndPoint, number>;
  /** When a batch that is not full is proposed all the same. */
  readonly batchDeadline: number | undefined;
}

export const initProposer = ({ index }: Constants): Proposer => ({
  phase: 0,
  requestQueue: [],
  maxBallotSent1a: { seqno: 0, proposer: index },
  nextOperation: 0,
  received1bs: new Map(),
  highestRequested: new Map(),
  batchDeadline: undefined,
});

/** A restarted proposer remembers only which ballots it must not use again. */
export const restartProposer = (p: Proposer, constants: Constants): Proposer => ({
  ...initProposer(constants),
  maxBallotSent1a: p.maxBallotSent1a,
});

/** Another view has begun, so another replica leads, or this one must start anew. */
export const stepDown = (p: Proposer): Proposer => ({ ...p, phase: 0, requestQueue: [] });

/** Queue a request, unless it or a later one of that client was queued in this view. */
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
      requestQueue: bounded([...receivedEarlier, ...receivedThisEpoch], r.constants.parameters),
      maxBallotSent1a: view,
      received1bs: new Map(),
      highestRequested: new Map(),
    };
    return {
      state: { ...r, proposer },
      sends: broadcast(r.constants, { type: '1a', ballot: view }),
    };
  },
};

/** Keep a promise. Whoever made it has truncated its log for a reason, so this replica follows. */
export const collectPromise: PacketAction<Replica, Message> = {
  name: 'collectPromise',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, proposer: p }, { packet: { src, msg } }) =>
    clause('the packet is a 1b', msg.type === '1b')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'it promises the ballot that was asked for',
      msg.type === '1b' && isSame(msg.ballot, p.maxBallotSent1a),
    )
    ?? clause('promises are being collected', p.phase === 1)
    ?? clause('it is the first from this replica', !p.received1bs.has(src)),
  step: (r, { packet: { src, msg } }) => {
    if (msg.type !== '1b') throw new TypeError('the guard lets only a 1b pass');
    const received1bs = new Map(r.proposer.received1bs).set(src, msg);
    const state: Replica = {
      ...r,
      proposer: { ...r.proposer, received1bs },
      acceptor: truncateLog(r.acceptor, msg.logTruncationPoint),
    };
    return { state, sends: [] };
  },
};

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

/** Whether the next operation may be proposed at all. */
const mayPropose = ({ constants, proposer: p, acceptor, election }: Replica): Verdict =>
  clause('the replica proposes', p.phase === 2)
  ?? clause('its view lasts', isSame(election.view, p.maxBallotSent1a))
  ?? clause('a quorum has promised', p.received1bs.size >= constants.quorum)
  ?? clause('no promise is silent about the operation', isToldOf(p))
  ?? clause(
    'the operation is in the window',
    p.nextOperation
      < boundedSum(
        acceptor.logTruncationPoint,
        constants.parameters.maxLogLength,
        constants.parameters,
      ),
  )
  ?? clause('it can be counted', p.nextOperation < constants.parameters.maxInteger);

/** Promises tell of votes only from their log's truncation point on. */
function isToldOf({ received1bs, nextOperation }: Proposer): boolean {
  for (const { logTruncationPoint } of received1bs.values()) {
    if (nextOperation < logTruncationPoint) return false;
  }
  return true;
}

/** Of all votes for the next operation that promises tell of, the one of the highest ballot. */
export function highestVote({ received1bs, nextOperation }: Proposer): Vote | undefined {
  let highest: Vote | undefined;
  for (const { votes } of received1bs.values()) {
    const vote = votes.get(nextOperation);
    if (vote === undefined) continue;
    if (highest === undefined || isBelow(highest.ballot, vote.ballot)) highest = vote;
  }
  return highest;
}

/** Whether some promise tells of a vote for a later operation than the next. */
function laterIsVoted({ received1bs, nextOperation }: Proposer): boolean {
  for (const { votes } of received1bs.values()) {
    for (const operation of votes.keys()) if (operation > nextOperation) return true;
  }
  return false;
}

/** The next operation is proposed: the proposer as it then is, and the message that says so. */
function propose(r: Replica, batch: Batch, changes: Partial<Proposer>) {
  const { maxBallotSent1a: ballot, nextOperation: operation } = r.proposer;
  const proposer: Proposer = { ...r.proposer, ...changes, nextOperation: operation + 1 };
  return {
    state: { ...r, proposer },
    sends: broadcast(r.constants, { type: '2a', ballot, operation, batch }),
  };
}

/** 2a for an operation that has been voted on: its value may be decided, so it must not change. */
export const proposeVoted: LocalAction<Replica, Message> = {
  name: 'proposeVoted',
  takes: 'nothing',
  readsClock: false,
  guard: (r) =>
    mayPropose(r)
    ?? clause('a promise tells of a vote for it', highestVote(r.proposer) !== undefined),
  step: (r) => propose(r, highestVote(r.proposer)?.batch ?? [], {}),
};

/** 2a with what clients ask for: when the batch is full, has waited long enough, or fills a gap. */
export const proposeBatch: LocalAction<Replica, Message> = {
  name: 'proposeBatch',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) =>
    clause('requests are queued', r.proposer.requestQueue.length > 0)
    ?? mayPropose(r)
    ?? clause('no promise tells of a vote for it', highestVote(r.proposer) === undefined)
    ?? clause(
      'the batch is full, or old, or a later operation waits',
      r.proposer.requestQueue.length >= r.constants.parameters.maxBatchSize
        || (r.proposer.batchDeadline !== undefined && now >= r.proposer.batchDeadline)
        || laterIsVoted(r.proposer),
    ),
  step: (r, { now }) => {
    const { maxBatchSize, maxBatchDelay } = r.constants.parameters;
    const { requestQueue } = r.proposer;
    return propose(r, requestQueue.slice(0, maxBatchSize), {
      requestQueue: requestQueue.slice(maxBatchSize),
      batchDeadline:
        requestQueue.length > maxBatchSize
          ? boundedSum(now, maxBatchDelay, r.constants.parameters)
          : undefined,
    });
  },
};

/** 2a with nothing in it: a later operation must be decided, and there is nothing to ask for. */
export const fillGap: LocalAction<Replica, Message> = {
  name: 'fillGap',
  takes: 'nothing',
  readsClock: false,
  guard: (r) =>
    clause('no request is queued', r.proposer.requestQueue.length === 0)
    ?? mayPropose(r)
    ?? clause('no promise tells of a vote for it', highestVote(r.proposer) === undefined)
    ?? clause('a promise tells of a vote for a later one', laterIsVoted(r.proposer)),
  step: (r) => propose(r, [], { batchDeadline: undefined }),
};

/** The first request of a batch that is not full: others have a little while to join it. */
export const startBatchTimer: LocalAction<Replica, Message> = {
  name: 'startBatchTimer',
  takes: 'nothing',
  readsClock: true,
  guard: (r) =>
    clause('requests are queued', r.proposer.requestQueue.length > 0)
    ?? clause('no batch is waiting', r.proposer.batchDeadline === undefined)
    ?? mayPropose(r)
    ?? clause(
      'the batch is not full',
      r.proposer.requestQueue.length < r.constants.parameters.maxBatchSize,
    )
    ?? clause('no promise tells of a vote for the operation', highestVote(r.proposer) === undefined)
    ?? clause('no later operation waits', !laterIsVoted(r.proposer)),
  step: (r, { now }) => {
    const { parameters } = r.constants;
    const batchDeadline = boundedSum(now, parameters.maxBatchDelay, parameters);
    return { state: { ...r, proposer: { ...r.proposer, batchDeadline } }, sends: [] };
  },
};
