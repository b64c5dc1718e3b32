/**
 * # Instances of a replicated service
 *
 * What makes one small enough to know all of it: few replicas, operations, ballots and restarts, and
 * no time. All clocks read the same for ever, and every period has always passed by then; so
 * whatever may happen at some time may happen at any time.
 */
import { type Ballot, compareBallots, successorOf } from '../../../protocol/rsl/ballot.ts';
import { DEFAULT, objections, type Parameters } from '../../../protocol/rsl/configuration.ts';
import { changeView } from '../../../protocol/rsl/election.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import { startPhase1 } from '../../../protocol/rsl/proposer.ts';
import {
  fillGap,
  proposeBatch,
  proposeVoted,
  startBatchTimer,
} from '../../../protocol/rsl/proposing.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { RESTART } from '../../../refinement/framework/systemRefinement.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
import { namesOf } from '../../simulation/names.ts';
import type { PossibleStep } from '../hostSteps.ts';

/** How large an instance is. */
export interface Size {
  readonly replicas: number;
  /** Operations from 0 on; others are not proposed. */
  readonly operations: number;
  /** Ballots from the lowest on, in their order; others are not attempted. */
  readonly ballots: number;
  /** How often replicas stop and start again in a behaviour, all together. */
  readonly restarts: number;
}

/** What clocks read; the greatest integer there is, so that a period more is no later. */
export const NOW = 1_000;

export const replicasOf = ({ replicas }: Size): readonly EndPoint[] => namesOf(replicas);

/** The parameters of an instance. Nothing that an instance may do is out of their bounds. */
export const parametersOf = (
  { operations }: Size,
  others: Partial<Parameters> = {},
): Parameters => ({
  ...DEFAULT,
  maxLogLength: operations,
  maxBatchSize: 1,
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  maxBatchDelay: NOW,
  baselineViewTimeout: NOW,
  heartbeatPeriod: NOW,
  retryPeriod: NOW,
  maxInteger: NOW,
  ...others,
});

/** Why there is no such instance. */
export const objectionsTo = (size: Size): string[] =>
  objections(replicasOf(size), parametersOf(size));

/** The ballots of an instance, in their order: 1.0, 1.1 and so on. */
export const ballotsOf = ({ replicas, ballots }: Size): readonly Ballot[] =>
  Array.from({ length: ballots }, (_, index) => ballotOf(index, replicas));

const ballotOf = (index: number, replicas: number): Ballot => ({
  seqno: 1 + Math.floor(index / replicas),
  proposer: index % replicas,
});

export const lastBallotOf = ({ replicas, ballots }: Size): Ballot =>
  ballotOf(ballots - 1, replicas);

/** Whether a step stays within the size of an instance, the last of whose ballots is given. */
export function isWithin(
  { action, state }: PossibleStep<Replica, Message>,
  size: Size,
  last: Ballot,
): boolean {
  const { election, proposer, constants } = state;
  switch (action) {
    case changeView.name:
      return compareBallots(successorOf(election.view, constants.replicas.length), last) <= 0;
    case startPhase1.name:
      return compareBallots(election.view, last) <= 0;
    case proposeVoted.name:
    case proposeBatch.name:
    case fillGap.name:
    case startBatchTimer.name:
      return proposer.nextOperation < size.operations;
    case RESTART:
      return size.restarts > 0;
    default:
      return true;
  }
}

/** Such as `3 replicas, 1 operation, 2 ballots`. */
export const showSize = ({ replicas, operations, ballots, restarts }: Size): string =>
  [
    count(replicas, 'replica'),
    count(operations, 'operation'),
    count(ballots, 'ballot'),
    ...(restarts > 0 ? [count(restarts, 'restart')] : []),
  ].join(', ');

const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? '' : 's'}`;
