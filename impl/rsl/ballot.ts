/**
 * # Ballots
 *
 * Ballots are ordered by their number and then by their proposer. Views are named by ballots.
 *
 * Follows Impl/RSL/CTypes.i.dfy and ElectionImpl of IronFleet.
 */
import type { Ballot } from './messages.ts';

/** No replica has yet attempted anything: below every ballot that is used. */
export const NO_BALLOT: Ballot = { seqno: 0, proposer: 0 };

/** The view in which every replica begins. */
export const FIRST_VIEW: Ballot = { seqno: 1, proposer: 0 };

export const isBelow = (a: Ballot, b: Ballot): boolean =>
  a.seqno < b.seqno || (a.seqno === b.seqno && a.proposer < b.proposer);

export const isSame = (a: Ballot, b: Ballot): boolean =>
  a.seqno === b.seqno && a.proposer === b.proposer;

/** The view after `view`, in which the next of `replicas` replicas leads. */
export const successorOf = ({ seqno, proposer }: Ballot, replicas: number): Ballot =>
  proposer + 1 < replicas ? { seqno, proposer: proposer + 1 } : { seqno: seqno + 1, proposer: 0 };
