/**
 * # Trying again
 *
 * A replica that has something outstanding, and sees nothing move for a retry period, repeats what
 * it has said or asks for what it has missed: first votes, then a whole state.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import { isSame, NO_BALLOT } from './ballot.ts';
import { boundedSum, type Constants } from './constants.ts';
import { marshal } from './marshal.ts';
import type { Ballot } from './messages.ts';
import type { Replica } from './replica.ts';

export class Retry {
  time = 0;
  view: Ballot = NO_BALLOT;
  operation = 0;
  tries = 0;
  readonly #others: readonly EndPoint[];
  /** How often a state has been asked for. */
  #asked: number;

  constructor({ replicas, me, index }: Constants) {
    this.#others = replicas.filter((replica) => replica !== me);
    this.#asked = index; // So that not all ask the same one.
  }

  /** Whom to ask for a state: the others in turn. */
  nextToAsk(): EndPoint | undefined {
    return this.#others[this.#asked++ % this.#others.length];
  }
}

/** It knows of something that it has not executed yet, or waits for promises. */
function isWaiting({ proposer, acceptor, learner, executor }: Replica): boolean {
  const { operationsComplete: next } = executor;
  return (
    proposer.phase === 1
    || proposer.proposed.size > 0
    || learner.tallies.size > 0
    || acceptor.hasVotedFrom(next)
    || acceptor.lastCheckpointed.some((checkpoint) => checkpoint > next)
  );
}

/** Looks whether anything has moved, and if not, though something should, tries something. */
export function retry(r: Replica, io: Io, now: number): string {
  const { retry: latest, election, executor, constants, proposer } = r;
  const { parameters } = constants;
  latest.time = boundedSum(now, parameters.retryPeriod, parameters);
  const { operationsComplete: operation } = executor;
  const hasMoved = latest.operation !== operation || !isSame(latest.view, election.view);
  if (hasMoved || !isWaiting(r)) {
    latest.view = election.view;
    latest.operation = operation;
    latest.tries = 0;
    return 'noteProgress';
  }
  // It tries one thing and then the other, if there is another replica.
  const isSecondTry = latest.tries % 2 === 1 && constants.replicas.length > 1;
  latest.tries++;
  if (proposer.phase === 1) {
    r.broadcast(io, marshal({ type: '1a', ballot: proposer.maxBallotSent1a }));
    return 'repeat1a';
  }
  if (isSecondTry) return askForState(r, io);
  if (proposer.proposed.size > 0) return repeat2a(r, io);
  r.broadcast(io, marshal({ type: 'voteRequest', operation }));
  return 'askForVotes';
}

function repeat2a(r: Replica, io: Io): string {
  const { maxBallotSent1a: ballot, proposed } = r.proposer;
  for (const [operation, batch] of proposed) {
    r.broadcast(io, marshal({ type: '2a', ballot, operation, batch }));
  }
  return 'repeat2a';
}

function askForState({ retry: latest, election, executor }: Replica, io: Io): string {
  const ask = latest.nextToAsk();
  const operation = executor.operationsComplete + 1;
  const msg = marshal({ type: 'appStateRequest', ballot: election.view, operation });
  if (ask !== undefined) io.send(ask, msg);
  return 'askForState';
}
