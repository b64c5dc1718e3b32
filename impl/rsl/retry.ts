/**
 * # Trying again
 *
 * A replica that has something outstanding, and sees nothing move for a retry period, repeats what
 * it has said or asks for what it has missed: first votes, then a whole state.
 *
 * The protocol lets it try at any time from `time` on. It does so later each time in a row, and
 * later the more bytes have to come: what is only slow would be made slower by being sent again.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import { isSame, NO_BALLOT } from './ballot.ts';
import { boundedSum, type Constants } from './constants.ts';
import { marshal } from './marshal.ts';
import type { Ballot } from './messages.ts';
import type { Replica } from './replica.ts';

/** From this try on the waiting grows no more: 31 retry periods besides the usual one. */
export const MOST_DOUBLINGS = 5;
/** How many retry periods there are at least between a replica's asking for states. */
export const PERIODS_BETWEEN_STATES = 10;
/** What is taken to come through within a millisecond: 10 MB a second. */
export const BYTES_PER_MILLISECOND = 10_000;

export class Retry {
  time = 0;
  view: Ballot = NO_BALLOT;
  operation = 0;
  tries = 0;
  readonly #others: readonly EndPoint[];
  readonly #leastBetweenStates: number;
  /** How often a state has been asked for. */
  #asked: number;
  /** When one was asked for last. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #stateBytes = 0;

  constructor({ replicas, me, index, parameters }: Constants) {
    this.#others = replicas.filter((replica) => replica !== me);
    this.#asked = index; // So that not all ask the same one.
    this.#leastBetweenStates = PERIODS_BETWEEN_STATES * parameters.retryPeriod;
  }

  /** Whom to ask for a state: the others in turn. */
  nextToAsk(now: number): EndPoint | undefined {
    this.#askedAt = now;
    return this.#others[this.#asked++ % this.#others.length];
  }

  /** A state of so many bytes has come, so the next may have as many. */
  noteState(bytes: number): void {
    this.#stateBytes = bytes;
  }

  /** From when on a state may be asked for. */
  get stateTime(): number {
    // Each try sets `time` beyond itself. If it is not, the clock was set back: then never mind.
    if (this.#askedAt > this.time) return this.time;
    const bytesTake = this.#stateBytes / BYTES_PER_MILLISECOND;
    return this.#askedAt + Math.max(this.#leastBetweenStates, bytesTake);
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

/** It waits, and nothing has moved since it looked last. */
function isStuck(r: Replica): boolean {
  const { retry: latest, election, executor } = r;
  const { operationsComplete: operation } = executor;
  const hasMoved = latest.operation !== operation || !isSame(latest.view, election.view);
  return !hasMoved && isWaiting(r);
}

/** It tries one thing and then the other, if there is another replica. */
const isSecondTry = ({ retry: latest, constants }: Replica): boolean =>
  latest.tries % 2 === 1 && constants.replicas.length > 1;

/** When to look whether anything has moved, or to try something. */
export function retryTime(r: Replica): number {
  const { retry: latest, constants, proposer } = r;
  if (!isStuck(r)) return latest.time;
  const periods = 2 ** Math.min(latest.tries, MOST_DOUBLINGS) - 1;
  const time = latest.time + periods * constants.parameters.retryPeriod;
  if (proposer.phase === 1) return time + r.acceptor.voteBytes / BYTES_PER_MILLISECOND;
  if (isSecondTry(r)) return Math.max(time, latest.stateTime);
  return time + outstandingBytes(r) / BYTES_PER_MILLISECOND;
}

/** How many bytes the batches have that it has proposed, or knows of, and has not executed. */
function outstandingBytes({ proposer, learner }: Replica): number {
  let bytes = 0;
  for (const batch of proposer.proposed.values()) bytes += batch.bytes.length;
  if (bytes > 0) return bytes;
  for (const { batch } of learner.tallies.values()) bytes += batch.bytes.length;
  return bytes;
}

/** Looks whether anything has moved, and if not, though something should, tries something. */
export function retry(r: Replica, io: Io, now: number): string {
  const { retry: latest, election, executor, constants, proposer } = r;
  const { parameters } = constants;
  const wasStuck = isStuck(r);
  latest.time = boundedSum(now, parameters.retryPeriod, parameters);
  const { operationsComplete: operation } = executor;
  if (!wasStuck) {
    latest.view = election.view;
    latest.operation = operation;
    latest.tries = 0;
    return 'noteProgress';
  }
  const isSecond = isSecondTry(r);
  latest.tries++;
  if (proposer.phase === 1) {
    r.broadcast(io, marshal({ type: '1a', ballot: proposer.maxBallotSent1a }));
    return 'repeat1a';
  }
  if (isSecond) return askForState(r, io, now);
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

function askForState({ retry: latest, election, executor }: Replica, io: Io, now: number): string {
  const ask = latest.nextToAsk(now);
  const operation = executor.operationsComplete + 1;
  const msg = marshal({ type: 'appStateRequest', ballot: election.view, operation });
  if (ask !== undefined) io.send(ask, msg);
  return 'askForState';
}
