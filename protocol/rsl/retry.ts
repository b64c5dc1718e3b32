/**
 * # Trying again
 *
 * The network loses messages. A replica that has something outstanding, and sees nothing move for a
 * retry period, repeats what it has said or asks for what it has missed: a leader repeats its 1a or
 * its 2a, which also makes the others repeat their 1b and 2b; anyone else asks for votes that it
 * may have missed. If that does not help either, others may have forgotten those votes, and the
 * replica asks one of them for its whole state.
 *
 * IronFleet has nothing like it: there a lost message costs a view change, and a replica that has
 * fallen behind catches up only then.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { type Ballot, FIRST_VIEW, isSame } from './ballot.ts';
import { boundedSum } from './configuration.ts';
import { broadcast, type Message, type Operation, send } from './messages.ts';
import type { Replica } from './replica.ts';

export interface Retry {
  /** When to look whether anything has moved. */
  readonly time: number;
  /** Where the replica was at the last look. */
  readonly view: Ballot;
  readonly operation: Operation;
  /** How often it has tried since then. */
  readonly tries: number;
}

export const initRetry = (): Retry => ({ time: 0, view: FIRST_VIEW, operation: 0, tries: 0 });

/** Whether this replica waits for others at all. */
function isWaiting({ proposer, acceptor, learner, executor }: Replica): boolean {
  const next = executor.operationsComplete;
  if (proposer.phase === 1) return true;
  for (const operation of acceptor.votes.keys()) if (operation >= next) return true;
  for (const operation of learner.tallies.keys()) if (operation >= next) return true;
  return acceptor.lastCheckpointed.some((checkpoint) => checkpoint > next);
}

const isStuck = (r: Replica): boolean =>
  isWaiting(r)
  && isSame(r.retry.view, r.election.view)
  && r.retry.operation === r.executor.operationsComplete;

const isTime = ({ constants, retry }: Replica, now: number): Verdict =>
  clause('lost messages are repeated', !constants.parameters.compatible)
  ?? clause('a retry period has passed', now >= retry.time);

/**
 * It tries one thing and then the other, if there is another replica: what was only lost need not
 * be replaced by a whole state.
 */
const isSecondTry = ({ constants, retry }: Replica): boolean =>
  retry.tries % 2 === 1 && constants.replicas.length > 1;

/** The replica after one more try. */
const tried = (r: Replica, now: number): Replica => ({
  ...r,
  retry: {
    ...r.retry,
    time: boundedSum(now, r.constants.parameters.retryPeriod, r.constants.parameters),
    tries: r.retry.tries + 1,
  },
});

/** Something has moved, or nothing is outstanding: look again later. */
export const noteProgress: LocalAction<Replica, Message> = {
  name: 'noteProgress',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) => isTime(r, now) ?? clause('the replica is not stuck', !isStuck(r)),
  step: (r, { now }) => {
    const { parameters } = r.constants;
    const time = boundedSum(now, parameters.retryPeriod, parameters);
    const { view } = r.election;
    const retry = { time, view, operation: r.executor.operationsComplete, tries: 0 };
    return { state: { ...r, retry }, sends: [] };
  },
};

/** Ask for promises again. */
export const repeat1a: LocalAction<Replica, Message> = {
  name: 'repeat1a',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) =>
    isTime(r, now)
    ?? clause('the replica is stuck', isStuck(r))
    ?? clause('promises are being collected', r.proposer.phase === 1),
  step: (r, { now }) => ({
    state: tried(r, now),
    sends: broadcast(r.constants, { type: '1a', ballot: r.proposer.maxBallotSent1a }),
  }),
};

/** What a leader has proposed and not executed yet. Its own acceptor remembers that. */
function* unfinished({ constants, proposer, acceptor, executor }: Replica): Iterable<Message> {
  if (proposer.phase !== 2) return;
  const { maxBallotSent1a: ballot } = proposer;
  const end = executor.operationsComplete + constants.parameters.maxLogLength;
  for (let operation = executor.operationsComplete; operation < end; operation++) {
    const vote = acceptor.votes.get(operation);
    if (vote === undefined || !isSame(vote.ballot, ballot)) continue;
    yield { type: '2a', ballot, operation, batch: vote.batch };
  }
}

const hasUnfinished = (r: Replica): boolean => {
  for (const _ of unfinished(r)) return true;
  return false;
};

/** Propose the same once more. */
export const repeat2a: LocalAction<Replica, Message> = {
  name: 'repeat2a',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) =>
    isTime(r, now)
    ?? clause('the replica is stuck', isStuck(r))
    ?? clause('its own proposals are not executed', hasUnfinished(r))
    ?? clause('it is a first try', !isSecondTry(r)),
  step: (r, { now }) => {
    const sends: Packet<Message>[] = [];
    for (const proposal of unfinished(r)) sends.push(...broadcast(r.constants, proposal));
    return { state: tried(r, now), sends };
  },
};

/** Ask everyone for votes from the next operation on. */
export const askForVotes: LocalAction<Replica, Message> = {
  name: 'askForVotes',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) =>
    isTime(r, now)
    ?? clause('the replica is stuck', isStuck(r))
    ?? clause('no promises are being collected', r.proposer.phase !== 1)
    ?? clause('it has no proposals of its own to repeat', !hasUnfinished(r))
    ?? clause('it is a first try', !isSecondTry(r)),
  step: (r, { now }) => {
    const { operationsComplete: operation } = r.executor;
    return {
      state: tried(r, now),
      sends: broadcast(r.constants, { type: 'voteRequest', operation }),
    };
  },
};

/** Whom to ask for its state. */
export interface Ask {
  readonly ask: EndPoint;
}

/** Ask one replica for its state; which one is left open. */
export const askForState: LocalAction<Replica, Message, Ask> = {
  name: 'askForState',
  takes: 'nothing',
  readsClock: true,
  choices: ({ constants: { replicas } }) => replicas.map((ask) => ({ ask })),
  guard: (r, { now, choice: { ask } }) =>
    isTime(r, now)
    ?? clause('the replica is stuck', isStuck(r))
    ?? clause('no promises are being collected', r.proposer.phase !== 1)
    ?? clause('it is a second try', isSecondTry(r))
    ?? clause(
      'it asks another replica',
      ask !== r.constants.me && r.constants.replicas.includes(ask),
    ),
  step: (r, { now, choice: { ask } }) => {
    const ballot = r.election.view;
    const operation = r.executor.operationsComplete + 1;
    return {
      state: tried(r, now),
      sends: [send(r.constants, ask, { type: 'appStateRequest', ballot, operation })],
    };
  },
};
