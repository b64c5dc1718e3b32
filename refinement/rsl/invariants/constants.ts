/**
 * # Constants, views and epochs
 *
 * What a replica knows from the start it never changes, and there is sense in how it elects.
 *
 * Follows Protocol/RSL/CommonProof/Constants.i.dfy and LivenessProof/EpochLength.i.dfy of IronFleet.
 */
import type { Constants, Parameters } from '../../../protocol/rsl/configuration.ts';
import type { Election } from '../../../protocol/rsl/election.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import type { ReplicaLaw } from '../scope.ts';
import { electsForReason } from './electing.ts';

/** R1, ConstantsAllConsistent: a replica knows its place, the others, and the parameters. */
function areConfigured(constants: Constants, ghost: Ghost, place: number): Verdict {
  const { replicas, parameters } = ghost.setting;
  return (
    clause(
      'a replica knows its place',
      constants.index === place && constants.me === replicas[place],
    )
    ?? clause('a replica knows all replicas', sameItems(constants.replicas, replicas))
    ?? clause('a quorum is a majority', constants.quorum === ghost.majority)
    ?? clause('a replica goes by the parameters', sameParameters(constants.parameters, parameters))
  );
}

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a === b || (a.length === b.length && a.every((item, index) => item === b[index]));

const sameParameters = (a: Parameters, b: Parameters): boolean =>
  a === b || sameItems(Object.entries(a).flat(), Object.entries(b).flat());

/**
 * R29, EpochLength: epochs have a length, and views are of replicas. Also, what the original proves
 * only where it needs it for liveness: who is counted as suspicious has said so of this view.
 */
function isTimed(election: Election, { setting, claims }: Ghost, place: number): Verdict {
  const { view, epochLength, suspectors } = election;
  const { replicas, parameters } = setting;
  const shortest = Math.min(parameters.baselineViewTimeout, parameters.maxInteger);
  const refusal =
    clause('no epoch is shorter than the first', epochLength >= shortest && epochLength > 0)
    ?? clause('the first view is the first', view.seqno >= 1)
    ?? clause('a replica leads each view', isPlace(view.proposer, replicas.length));
  if (refusal !== undefined) return refusal;
  for (const suspector of suspectors) {
    if (suspector === place || claims.hasSuspected(suspector, view)) continue;
    return { failed: 'who is counted as suspicious has said so' };
  }
  return undefined;
}

const isPlace = (place: number, count: number): boolean =>
  Number.isInteger(place) && 0 <= place && place < count;

export const constantsOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R1: ({ constants }, ghost, place, before) =>
    before?.constants === constants ? undefined : areConfigured(constants, ghost, place),
  R29: ({ election }, ghost, place, before) =>
    before?.election === election
      ? undefined
      : (isTimed(election, ghost, place)
        ?? (before && electsForReason(before.election, election, ghost, place))),
};
