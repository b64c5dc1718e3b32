/**
 * # Where replicas stand when they are promised something
 *
 * How far their timers and their ballots are ahead, when the network delivers again.
 */
import { type Ballot, compareBallots } from '../../protocol/rsl/ballot.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Healed } from '../simulation/expectation.ts';

/** How far the latest of the live replicas' timers is ahead of its clock. */
export function timersLeft(live: readonly Replica[], { live: places, clocks }: Healed): number {
  const left = live.map(({ nextHeartbeat, election, proposer, retry }, index) => {
    const clock = clocks[places[index] as number] as number;
    const latest = Math.max(
      nextHeartbeat,
      election.epochEnd,
      proposer.batchDeadline ?? 0,
      retry.time,
    );
    return Math.max(0, latest - clock);
  });
  return Math.max(...left);
}

/** How many views the highest ballot that anyone has seen is ahead of the highest live view. */
export function ballotsAhead(states: readonly Replica[], live: readonly Replica[]): number {
  const highest = states
    .flatMap(({ acceptor, proposer, election, learner }) => [
      acceptor.maxBallot,
      proposer.maxBallotSent1a,
      election.view,
      learner.maxBallotSeen,
    ])
    .reduce(higher);
  const view = live.map(({ election }) => election.view).reduce(higher);
  const rank = ({ seqno, proposer }: Ballot): number => seqno * states.length + proposer;
  return Math.max(0, rank(highest) - rank(view));
}

/** The higher of two ballots. */
export const higher = (a: Ballot, b: Ballot): Ballot => (compareBallots(a, b) >= 0 ? a : b);
