/**
 * # The invariants of a hash table
 *
 * What is true of the hosts and of what they have said, in every state of the system, each under its
 * number: S1 to S15 as in the literature, S16 to S28 about what this protocol adds. They explain why
 * there seems to be one table: each key is in one place, and what carries it there comes once.
 *
 * Of packets is asked once, when they are sent, for what holds of them then holds for ever. Of hosts
 * is asked what their last step may have changed, and of everything now and then. What tables have
 * is looked at only where it changes, however much that is: tables are values.
 *
 * Follows Protocol/SHT/RefinementProof/InvDefs.i.dfy of IronFleet.
 */
import type { Host } from '../../protocol/sht/host.ts';
import { equal } from '../../spec/framework/equal.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { Laws } from '../framework/laws.ts';
import * as bounds from './invariants/bounds.ts';
import * as delivery from './invariants/delivery.ts';
import * as keys from './invariants/keys.ts';
import * as orders from './invariants/orders.ts';
import * as telling from './invariants/telling.ts';
import * as waiting from './invariants/waiting.ts';
import {
  afterSteps,
  all,
  type HostLaw,
  ofEverything,
  ofHosts,
  type WholeService,
} from './scope.ts';

const isItself: HostLaw = ({ constants }, ghost, place) =>
  clause('a host is who it is', ghost.placeOf(constants.me) === place);

/** True of each host by itself, and asked of everything now and then. */
const HOST_LAWS = {
  S1: keys.mapComplete,
  S2: isItself,
  S3: keys.ownersAreHosts,
  S5: keys.storesOwnKeys,
  S7: delivery.waitsRightly,
  S9: delivery.unackedInSequence,
  S10: delivery.unackedWasSent,
  S13: delivery.acceptedWasSent,
  S15: all(bounds.mapIsCanonical, bounds.fewDelegations, bounds.fewNumbers),
  S16: delivery.fewPeers,
  S18: bounds.ordersAreOwn,
  S19: delivery.ackedWasAccepted,
  S20: bounds.littleUnacked,
  S22: bounds.notesWhatWasSent,
  S26: waiting.waitsForOthers,
  S27: waiting.waitsForAnAnswer,
} as const satisfies Readonly<Record<string, HostLaw>>;

/** True of each host by itself. */
export const hostInvariants = afterSteps({
  ...HOST_LAWS,
  S14: bounds.storesValues,
  S15: all(HOST_LAWS.S15, bounds.storesShortValues),
});

/** True of each packet that a host has sent. */
export const packetInvariants = ofHosts({
  S6: keys.delegatesItsRange,
  S8: delivery.saysWhomFor,
  S11: delivery.numbersAreUnique,
  S12: delivery.numbersAreKnown,
  S14: keys.delegatesValues,
  S15: bounds.delegatesLittle,
  S19: delivery.acksWhatItAccepted,
  S21: bounds.goesToOthers,
  S25: orders.tellsAdministrators,
});

/** True of each step of a host: what it never takes back. */
export const stepInvariants: Laws<[before: Host, after: Host]> = {
  S2: (before, after) =>
    clause(
      'what a host knows from the start never changes',
      equal(before.constants, after.constants),
    ),
  S17: (before, after) =>
    clause('delegations are not forgotten', before.numDelegations <= after.numDelegations)
    ?? delivery.numbersOnlyRise(before, after),
  S23: orders.ordersAreFollowed,
  S24: orders.answersWhoAsks,
  S28: telling.tellsWhatIsSo,
};

/** True of all hosts together. */
export const systemInvariants: Laws<[whole: Pick<WholeService, 'ghost'>]> = {
  S4: keys.inOnePlace,
};

export const sampledInvariants: Laws<[whole: WholeService]> = ofEverything(HOST_LAWS);
