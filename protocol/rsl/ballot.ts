/**
 * # Ballots
 *
 * A ballot is one attempt of one replica to lead. Ballots are ordered by their number and then by
 * their proposer, so two replicas never attempt the same one. Who is in which *view* is said with
 * the same pairs: the view (s, p) is the time in which replica p leads, with the ballot (s, p).
 *
 * Follows Protocol/RSL/Types.i.dfy and Election.i.dfy of IronFleet.
 */
export interface Ballot {
  readonly seqno: number;
  /** The index of the replica that proposes in this ballot. */
  readonly proposer: number;
}

/** No replica has yet attempted anything: below every ballot that is used. */
export const NO_BALLOT: Ballot = { seqno: 0, proposer: 0 };

/** The view in which every replica begins. */
export const FIRST_VIEW: Ballot = { seqno: 1, proposer: 0 };

/** Negative if `a` is below `b`, zero if they are the same, positive if it is above. */
export const compareBallots = (a: Ballot, b: Ballot): number =>
  a.seqno - b.seqno || a.proposer - b.proposer;

export const isBelow = (a: Ballot, b: Ballot): boolean => compareBallots(a, b) < 0;

export const isSame = (a: Ballot, b: Ballot): boolean =>
  a.seqno === b.seqno && a.proposer === b.proposer;

export const higherOf = (a: Ballot, b: Ballot): Ballot => (isBelow(a, b) ? b : a);

/** The view after `view`, in which the next of `replicas` replicas leads. */
export const successorOf = ({ seqno, proposer }: Ballot, replicas: number): Ballot =>
  proposer + 1 < replicas ? { seqno, proposer: proposer + 1 } : { seqno: seqno + 1, proposer: 0 };

export const showBallot = ({ seqno, proposer }: Ballot): string => `${seqno}.${proposer}`;
