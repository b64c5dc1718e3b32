/**
 * # Laws of what waits
 *
 * What a message finds that has been accepted is still as it was when it was accepted, in what
 * matters to it. No other law needs to say so of the states that are reached; but from S4 and S20
 * alone it does not follow that they hold after the next step.
 *
 * The original, which hands keys on only in place of what waits, has no need of S26, and S27 is
 * about limits that it does not have.
 */
import type { Host } from '../../../protocol/sht/host.ts';
import { overlap } from '../../../protocol/sht/keys.ts';
import { peerOf } from '../../../protocol/sht/singleDelivery.ts';
import { clause, forAll } from '../../../spec/framework/verdict.ts';
import type { Place } from '../places.ts';
import type { HostLaw } from '../scope.ts';

/** Whether nothing has changed that these laws look at, besides what a host remembers of peers. */
const isAsBefore = ({ received, delegationMap }: Host, before: Host | undefined): boolean =>
  received === before?.received && delegationMap === before?.delegationMap;

/** S26: the keys of a delegation that waits are not the host's own yet: else it could hand them on. */
export const waitsForOthers: HostLaw = (h, ghost, place, before) => {
  if (isAsBefore(h, before)) return undefined;
  const { waiting, own } = ghost.places[place] as Place;
  if (waiting === undefined) return undefined;
  return forAll(own, (range) =>
    clause("keys that wait are not the host's own yet", !overlap(range, waiting.range)),
  );
};

/** S27: whoever waits for an answer leaves so little unacknowledged that there is room for it. */
export const waitsForAnAnswer: HostLaw = (h, ghost, _, before) => {
  const { received, peers, constants } = h;
  if (received === undefined || ghost.placeOf(received.src) !== undefined) return undefined;
  if (peers === before?.peers && received === before.received) return undefined;
  const { unacked, unackedBytes } = peerOf(peers, received.src);
  const { maxUnacked, maxUnackedBytes } = constants.parameters;
  return (
    clause('there is room for another answer', unacked.length < maxUnacked)
    ?? clause('there is room for the bytes of another answer', unackedBytes < maxUnackedBytes)
  );
};
