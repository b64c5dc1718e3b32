/**
 * # How high and how far replicas have said to be
 *
 * What replicas have said of themselves and of the ballots of others, at most. Each of these claims
 * binds someone: whoever has led a ballot does not lead it again, whoever has voted in one has
 * promised it, and what a replica has come to for good it never loses.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Operation } from '../../protocol/rsl/messages.ts';
import { LOWEST, order } from './values.ts';

/** What one replica has said of itself, at most. */
export interface Claim {
  /** The highest ballot in a 1a, a 2a or a startingPhase2 of its own. */
  led: Ballot;
  /** The highest ballot in a 2b of its own, and the highest operation or −1. */
  voted: Ballot;
  votedOperation: Operation;
  /** The highest operation of whose vote a 1b of its own tells, or −1. */
  toldOperation: Operation;
  /** The highest checkpoint in a heartbeat of its own. */
  checkpoint: Operation;
  /** The views whose leaders it has said to suspect, in the order in which it said so. */
  suspected: readonly Ballot[];
}

/** What was said of the ballots of one replica, at most, whoever said it. */
export interface Leadership {
  /** The highest of them that was used as if a majority had promised it. */
  used: Ballot;
  /** The highest of them in which something was proposed, and the last such operation or −1. */
  proposed: Ballot;
  operation: Operation;
}

/** The claims of all replicas, by their places. */
export class Claims {
  readonly #claims: readonly Claim[];
  readonly #leaderships: readonly Leadership[];
  /** The highest operation of which someone has said that it knows nothing of those before. */
  truncation: Operation = 0;

  constructor(replicas: number) {
    const places = Array.from({ length: replicas });
    this.#claims = places.map(() => ({
      led: LOWEST,
      voted: LOWEST,
      votedOperation: -1,
      toldOperation: -1,
      checkpoint: 0,
      suspected: [],
    }));
    this.#leaderships = places.map(() => ({ used: LOWEST, proposed: LOWEST, operation: -1 }));
  }

  /** Claims that grow apart from these. */
  copy(): Claims {
    const copy = new Claims(this.#claims.length);
    for (const [place, claim] of this.#claims.entries()) {
      Object.assign(copy.#claims[place] as Claim, claim);
      Object.assign(copy.#leaderships[place] as Leadership, this.#leaderships[place]);
    }
    copy.truncation = this.truncation;
    return copy;
  }

  of(place: number): Readonly<Claim> | undefined {
    return this.#claims[place];
  }

  leadershipOf(place: number): Readonly<Leadership> | undefined {
    return this.#leaderships[place];
  }

  lead(place: number, ballot: Ballot): void {
    const claim = this.#claims[place];
    if (claim !== undefined && order(ballot, claim.led) > 0) claim.led = ballot;
  }

  vote(place: number, ballot: Ballot, operation: Operation): void {
    const claim = this.#claims[place];
    if (claim === undefined) return;
    if (order(ballot, claim.voted) > 0) claim.voted = ballot;
    if (operation > claim.votedOperation) claim.votedOperation = operation;
  }

  tell(place: number, operations: Iterable<Operation>): void {
    const claim = this.#claims[place];
    if (claim === undefined) return;
    for (const operation of operations) {
      if (operation > claim.toldOperation) claim.toldOperation = operation;
    }
  }

  checkpoint(place: number, operation: Operation): void {
    const claim = this.#claims[place];
    if (claim !== undefined && operation > claim.checkpoint) claim.checkpoint = operation;
  }

  suspect(place: number, view: Ballot): void {
    const claim = this.#claims[place];
    if (claim === undefined || this.hasSuspected(place, view)) return;
    claim.suspected = [...claim.suspected, view];
  }

  /** Whether a replica has said to suspect the leader of a view. */
  hasSuspected(place: number, view: Ballot): boolean {
    return this.#claims[place]?.suspected.findLast((one) => order(one, view) === 0) !== undefined;
  }

  use(ballot: Ballot): void {
    const leadership = this.#leaderships[ballot.proposer];
    if (leadership !== undefined && order(ballot, leadership.used) > 0) leadership.used = ballot;
  }

  propose(ballot: Ballot, operation: Operation): void {
    this.use(ballot);
    const leadership = this.#leaderships[ballot.proposer];
    if (leadership === undefined) return;
    const later = order(ballot, leadership.proposed);
    if (later < 0 || (later === 0 && operation <= leadership.operation)) return;
    leadership.proposed = ballot;
    leadership.operation = operation;
  }

  truncate(operation: Operation): void {
    if (operation > this.truncation) this.truncation = operation;
  }
}
