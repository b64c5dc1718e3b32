/**
 * # Messages of replicas at the limits
 *
 * What somebody might send to replicas who knows where reading messages comes to its limits: lists
 * that are just too long or promise more than is there, flags that are neither 0 nor 1.
 *
 * A message is a row of numbers of eight bytes as long as nothing in it has a name or contents. So
 * all that is made up here is such a row.
 */
import type { Random } from '../simulation/random.ts';
import { written } from '../simulation/tampering.ts';

/** Numbers that mean something in many places. */
const SMALL = 10;
/** How many votes the original reads, and how many requests anybody does, at most. */
const VOTES = 7;
const REQUESTS = 100;

/** A message at the limits, or just beyond. */
export function extreme(random: Random): Uint8Array {
  switch (random.below(5)) {
    case 0:
      return written([5, 1, 0, random.below(4), random.below(SMALL)]);
    case 1:
      return promise(VOTES + random.below(2), 0, (index) => index);
    case 2:
      return promise(2 + random.below(2), 0, () => random.below(2));
    case 3:
      return promise(random.below(3), random.below(3), (index) => index);
    default:
      return proposal(random, REQUESTS + random.below(2));
  }
}

/** A promise of votes for nothing, which says that there are so many more. */
function promise(votes: number, more: number, operationOf: (index: number) => number): Uint8Array {
  const each = (_: unknown, index: number) => [operationOf(index), 1 + index, 0, 0];
  const all = Array.from({ length: votes }, each);
  return written([2, 9, 0, 0, votes + more, ...all.flat()]);
}

/** A proposal or a vote, for a batch of so many requests of a client without a name. */
function proposal(random: Random, requests: number): Uint8Array {
  const all = Array.from({ length: requests }, (_, index) => [0, index, 0]);
  return written([random.pick([3, 4]), 1, 0, 0, requests, ...all.flat()]);
}
