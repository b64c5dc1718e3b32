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
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction, PacketAction } from '../framework/action.ts';
import { type Ballot, isBelow, isSame, NO_BALLOT } from './ballot.ts';
import { type Constants, isReplica } from './configuration.ts';
import {
  broadcast,
  type Message,
  type Operation,
  type Promise1b,
  send,
  type Vote,
  type Votes,
} from './messages.ts';
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
export const promise: PacketAction<Replica, Message> = {
  name: 'promise',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, acceptor }, { packet: { src, msg } }) =>
    clause('the packet is a 1a', msg.type === '1a')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'its ballot is above the promise',
      msg.type === '1a' && isBelow(acceptor.maxBallot, msg.ballot),
    ),
  step: (r, { packet: { src, msg } }) => {
    const maxBallot = msg.type === '1a' ? msg.ballot : r.acceptor.maxBallot;
    const acceptor = { ...r.acceptor, maxBallot };
    return { state: { ...r, acceptor }, sends: [send(r.constants, src, promiseOf(acceptor))] };
  },
};

/**
 * The same promise once more, for whoever asks again because it was lost. Only while there is no
 * vote in that ballot: a promise tells of votes in earlier ballots, and its proposer now asks in
 * vain.
 */
export const repeatPromise: PacketAction<Replica, Message> = {
  name: 'repeatPromise',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, acceptor }, { packet: { src, msg } }) =>
    clause('lost messages are repeated', !constants.parameters.compatible)
    ?? clause('the packet is a 1a', msg.type === '1a')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'its ballot is the one promised',
      msg.type === '1a' && isSame(msg.ballot, acceptor.maxBallot),
    )
    ?? clause(
      'there is no vote in it yet',
      [...acceptor.votes.values()].every(({ ballot }) => isBelow(ballot, acceptor.maxBallot)),
    ),
  step: (r, { packet: { src } }) => ({
    state: r,
    sends: [send(r.constants, src, promiseOf(r.acceptor))],
  }),
};

/**
 * 2b: vote for a proposal, unless a higher ballot has been promised, and tell all replicas. An
 * operation beyond the window shows that a quorum is past the window's beginning.
 */
export const vote: PacketAction<Replica, Message> = {
  name: 'vote',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, acceptor }, { packet: { src, msg } }) =>
    clause('the packet is a 2a', msg.type === '2a')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'its ballot is not below the promise',
      msg.type === '2a' && !isBelow(msg.ballot, acceptor.maxBallot),
    )
    ?? clause(
      'its operation can be counted',
      msg.type === '2a' && msg.operation <= constants.parameters.maxInteger,
    ),
  step: (r, { packet: { msg } }) => {
    if (msg.type !== '2a') throw new TypeError('the guard lets only a 2a pass');
    const { ballot, operation, batch } = msg;
    const { votes, logTruncationPoint, lastCheckpointed } = r.acceptor;
    const windowed = operation - r.constants.parameters.maxLogLength + 1;
    const from = Math.max(logTruncationPoint, windowed);
    const kept = from > logTruncationPoint ? votesFrom(votes, from) : votes;
    const acceptor: Acceptor = {
      maxBallot: ballot,
      votes: operation < logTruncationPoint ? kept : withVote(kept, operation, { ballot, batch }),
      lastCheckpointed,
      logTruncationPoint: from,
    };
    return {
      state: { ...r, acceptor },
      sends: broadcast(r.constants, { type: '2b', ballot, operation, batch }),
    };
  },
};

const withVote = (votes: Votes, operation: Operation, cast: Vote): Votes =>
  new Map(votes).set(operation, cast);

const votesFrom = (votes: Votes, from: Operation): Votes =>
  new Map([...votes].filter(([operation]) => operation >= from));

/** Votes that a replica asks for because it may have missed them, as they were first told. */
export const repeatVotes: PacketAction<Replica, Message> = {
  name: 'repeatVotes',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, acceptor }, { packet: { src, msg } }) =>
    clause('lost messages are repeated', !constants.parameters.compatible)
    ?? clause('the packet is a vote request', msg.type === 'voteRequest')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'there is such a vote',
      msg.type === 'voteRequest'
        && [...acceptor.votes.keys()].some((operation) => operation >= msg.operation),
    ),
  step: (r, { packet: { src, msg } }) => {
    const from = msg.type === 'voteRequest' ? msg.operation : 0;
    const wanted = [...r.acceptor.votes]
      .filter(([operation]) => operation >= from)
      .sort(([a], [b]) => a - b);
    return {
      state: r,
      sends: wanted.map(([operation, { ballot, batch }]) =>
        send(r.constants, src, { type: '2b', ballot, operation, batch }),
      ),
    };
  },
};

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

/** Forget what a quorum has executed for good. */
export const truncate: LocalAction<Replica, Message> = {
  name: 'truncateLog',
  takes: 'nothing',
  readsClock: false,
  guard: ({ constants, acceptor }) =>
    clause(
      'a quorum has executed operations that the log still has',
      quorumCheckpoint(acceptor, constants.quorum) > acceptor.logTruncationPoint,
    ),
  step: (r) => ({
    state: {
      ...r,
      acceptor: truncateLog(r.acceptor, quorumCheckpoint(r.acceptor, r.constants.quorum)),
    },
    sends: [],
  }),
};
