/**
 * # The acceptor
 *
 * The memory of Paxos. An acceptor promises never to vote in a ballot below the highest one that it
 * has heard of, and tells whoever asked for the promise what it has voted for so far. That is all
 * that keeps two leaders from deciding differently, so an acceptor must never forget a promise or a
 * vote.
 *
 * Votes for operations that a quorum of replicas has executed and will not forget are of no more
 * use: the log is truncated there.
 *
 * Follows Protocol/RSL/Acceptor.i.dfy of IronFleet; departs from it in `repeatPromise` and
 * `repeatVotes`, which make good what the network has lost. Lamport, "Paxos Made Simple" (2001),
 * phases 1b and 2b.
 */
import { clause, exists } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { type Ballot, isBelow, isSame, NO_BALLOT } from './ballot.ts';
import type { Constants } from './configuration.ts';
import {
  broadcast,
  type Message,
  type Operation,
  type Promise1b,
  send,
  type Vote,
  type Votes,
} from './messages.ts';
import { fromReplica } from './receiving.ts';
import type { Replica } from './replica.ts';

export interface Acceptor {
  /** The promise: this replica votes in no ballot below this one. */
  readonly maxBallot: Ballot;
  /** For each operation the latest vote, from the log's truncation point on. */
  readonly votes: Votes;
  /** How far each replica says it has come for good, by its place. */
  readonly lastCheckpointed: readonly Operation[];
  /** Votes for operations before this one are forgotten. */
  readonly logTruncationPoint: Operation;
}

export const initAcceptor = ({ replicas }: Constants): Acceptor => ({
  maxBallot: NO_BALLOT,
  votes: new Map(),
  lastCheckpointed: replicas.map(() => 0),
  logTruncationPoint: 0,
});

/** A restarted acceptor has forgotten what others told it, and nothing that it told others. */
export const restartAcceptor = (a: Acceptor): Acceptor => ({
  ...a,
  lastCheckpointed: a.lastCheckpointed.map(() => 0),
});

const promiseOf = ({ maxBallot, logTruncationPoint, votes }: Acceptor): Promise1b => ({
  type: '1b',
  ballot: maxBallot,
  logTruncationPoint,
  votes,
});

/** 1b: promise a ballot that is higher than any before, and tell all votes. */
export const promise = fromReplica('1a', {
  name: 'promise',
  guard: ({ acceptor }, { ballot }) =>
    clause('its ballot is above the promise', isBelow(acceptor.maxBallot, ballot)),
  step: (r, { ballot }, src) => {
    const acceptor = { ...r.acceptor, maxBallot: ballot };
    return { state: { ...r, acceptor }, sends: [send(r.constants, src, promiseOf(acceptor))] };
  },
});

/**
 * The same promise once more, for whoever asks again because it was lost. Only while there is no
 * vote in that ballot: a promise tells of votes in earlier ballots, and once there are others its
 * proposer has promises enough.
 */
export const repeatPromise = fromReplica('1a', {
  name: 'repeatPromise',
  guard: ({ constants, acceptor: { maxBallot, votes } }, { ballot }) =>
    clause('lost messages are repeated', !constants.parameters.compatible)
    ?? clause('its ballot is the one promised', isSame(ballot, maxBallot))
    ?? clause(
      'there is no vote in it yet',
      !exists(votes.values(), (vote) => isSame(vote.ballot, maxBallot)),
    ),
  step: (r, _, src) => ({ state: r, sends: [send(r.constants, src, promiseOf(r.acceptor))] }),
});

/**
 * 2b: vote for a proposal, unless a higher ballot has been promised, and tell all replicas. An
 * operation is proposed only when a quorum has executed whatever is a whole window before it, so
 * votes for that are forgotten. What is older than the log is voted for, but not remembered.
 */
export const vote = fromReplica('2a', {
  name: 'vote',
  guard: ({ constants, acceptor }, { ballot, operation }) =>
    clause('its ballot is not below the promise', !isBelow(ballot, acceptor.maxBallot))
    ?? clause('its operation can be counted', operation <= constants.parameters.maxInteger),
  step: (r, { ballot, operation, batch }) => {
    const { votes, logTruncationPoint, lastCheckpointed } = r.acceptor;
    const windowStart = operation - r.constants.parameters.maxLogLength + 1;
    const from = Math.max(logTruncationPoint, windowStart);
    const acceptor: Acceptor = {
      maxBallot: ballot,
      votes:
        operation < logTruncationPoint
          ? votes
          : votesFrom(votes, from).set(operation, { ballot, batch }),
      lastCheckpointed,
      logTruncationPoint: from,
    };
    return {
      state: { ...r, acceptor },
      sends: broadcast(r.constants, { type: '2b', ballot, operation, batch }),
    };
  },
});

/** The votes for operations from `from` on, in a new map. */
function votesFrom(votes: Votes, from: Operation): Map<Operation, Vote> {
  const kept = new Map<Operation, Vote>();
  for (const [operation, cast] of votes) if (operation >= from) kept.set(operation, cast);
  return kept;
}

/** Votes that a replica asks for because it may have missed them, as they were first told. */
export const repeatVotes = fromReplica('voteRequest', {
  name: 'repeatVotes',
  guard: ({ constants, acceptor }, { operation: from }) =>
    clause('lost messages are repeated', !constants.parameters.compatible)
    ?? clause(
      'there is such a vote',
      exists(acceptor.votes.keys(), (operation) => operation >= from),
    ),
  step: (r, { operation: from }, src) => {
    const wanted = [...votesFrom(r.acceptor.votes, from)].sort(([a], [b]) => a - b);
    return {
      state: r,
      sends: wanted.map(([operation, { ballot, batch }]) =>
        send(r.constants, src, { type: '2b', ballot, operation, batch }),
      ),
    };
  },
});

/** The log without the operations before `from`; the same log if there are none. */
export function truncateLog(a: Acceptor, from: Operation): Acceptor {
  if (from <= a.logTruncationPoint) return a;
  return { ...a, votes: votesFrom(a.votes, from), logTruncationPoint: from };
}

/** What a replica says about how far it has come, if it is further than was known. */
export function noteCheckpoint(a: Acceptor, replica: number, checkpoint: Operation): Acceptor {
  if (checkpoint <= (a.lastCheckpointed[replica] ?? 0)) return a;
  return { ...a, lastCheckpointed: a.lastCheckpointed.with(replica, checkpoint) };
}

/** The operation up to which a quorum has come: the quorum-th highest of all checkpoints. */
export const quorumCheckpoint = ({ lastCheckpointed }: Acceptor, quorum: number): Operation =>
  [...lastCheckpointed].sort((a, b) => b - a)[quorum - 1] ?? 0;

/** How many replicas have come further than an operation. */
function countBeyond({ lastCheckpointed }: Acceptor, operation: Operation): number {
  let count = 0;
  for (const checkpoint of lastCheckpointed) if (checkpoint > operation) count++;
  return count;
}

/** Forget what a quorum has executed for good. */
export const truncate: LocalAction<Replica, Message> = {
  name: 'truncateLog',
  takes: 'nothing',
  readsClock: false,
  guard: ({ constants, acceptor }) =>
    clause(
      'a quorum has executed operations that the log still has',
      countBeyond(acceptor, acceptor.logTruncationPoint) >= constants.quorum,
    ),
  step: (r) => ({
    state: {
      ...r,
      acceptor: truncateLog(r.acceptor, quorumCheckpoint(r.acceptor, r.constants.quorum)),
    },
    sends: [],
  }),
};
