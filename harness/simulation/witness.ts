/**
 * # Witnesses
 *
 * A witness sees a service only from outside: what is said to its hosts, and what they say to others
 * who are no hosts. Of the inside it knows nothing, so it is deceived by nothing that deceives the
 * checkers of the inside.
 */
import type { Packet } from '../../spec/framework/environment.ts';

/** How much a witness has judged. */
export interface Testimony {
  /** Calls whose answers were compared. */
  readonly calls: number;
  /** How often it could not tell whether what it saw can be. */
  readonly undecided: number;
}

export interface Witness<Said> {
  readonly testimony: Testimony;
  /** Somebody who is no host has said something to a host. */
  asked(packet: Packet<Said>): void;
  /** A host has said something to somebody who is no host; whether it arrives or not. */
  answered(packet: Packet<Said>): void;
  /** Judges all that it has seen so far; throws a BoundaryRefusal. */
  judge(): void;
}
