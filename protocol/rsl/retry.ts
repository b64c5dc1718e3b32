/**
 * # Trying again
 *
 * The network loses messages. A replica that has something outstanding, and sees nothing move for a
 * retry period, repeats what it has said or asks for what it has missed: a leader repeats its 1a or
 * its 2a, which also makes the others repeat their 1b and 2b; anyone else asks for votes that it
 * may have missed. If that does not help, others may have forgotten those votes, and the replica
 * asks one of them for its whole state.
 *
 * IronFleet has nothing like it: there a lost message costs a view change, and a replica that has
 * fallen behind catches up only then.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause, exists, type Verdict } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { type Ballot, isSame, NO_BALLOT } from './ballot.ts';
import { boundedSum } from './configuration.ts';
import { broadcast, type Message, type Operation, send } from './messages.ts';
import type { Replica } from './replica.ts';

export interface Retry {
  /** When to look whether anything has moved, by this replica's clock. */
  readonly time: number;
  /** Where the replica was at the last look. */
  readonly view: Ballot;
  readonly operation: Operation;
  /** How often it has tried since then. */
  readonly tries: number;
}

/** It has not looked yet: nothing is stuck that has not been seen twice. */
export const initRetry = (): Retry => ({ time: 0, view: NO_BALLOT, operation: 0, tries: 0 });

/** Whether this replica knows of anything that it has not executed yet, or waits for promises. */
function isWaiting({ proposer, acceptor, learner, executor }: Replica): boolean {
  const next = executor.operationsComplete;
  const isOutstanding = (operation: Operation): boolean => operation >= next;
  return (
    proposer.phase === 1
    || proposer.proposed.size > 0
    || acceptor.lastCheckpointed.some((checkpoint) => checkpoint > next)
    || exists(acceptor.votes.keys(), isOutstanding)
    || exists(learner.tallies.keys(), isOutstanding)
  );
}

/** It waits, and nothing has moved since it looked last. */
const isStuck = (r: Replica): boolean =>
  isSame(r.retry.view, r.election.view)
  && r.retry.operation === r.executor.operationsComplete
  && isWaiting(r);

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

const hasProposals = ({ proposer }: Replica): boolean => proposer.proposed.size > 0;

/** Propose the same once more. */
export const repeat2a: LocalAction<Replica, Message> = {
  name: 'repeat2a',
  takes: 'nothing',
  readsClock: true,
  guard: (r, { now }) =>
    isTime(r, now)
    ?? clause('the replica is stuck', isStuck(r))
    ?? clause('its own proposals are not executed', hasProposals(r))
    ?? clause('it is a first try', !isSecondTry(r)),
  step: (r, { now }) => {
    const { maxBallotSent1a: ballot, proposed } = r.proposer;
    const sends: Packet<Message>[] = [];
    for (const [operation, batch] of proposed) {
      sends.push(...broadcast(r.constants, { type: '2a', ballot, operation, batch }));
    }
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
    ?? clause('it has no proposals of its own to repeat', !hasProposals(r))
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
  choices: (r, now) =>
    isTime(r, now) === undefined ? r.constants.replicas.map((ask) => ({ ask })) : [],
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
