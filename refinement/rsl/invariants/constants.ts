/**
 * # Constants and bounds
 *
 * What a replica knows from the start it never changes, and what it keeps stays within bounds.
 *
 * Follows Protocol/RSL/CommonProof/Constants.i.dfy, LivenessProof/EpochLength.i.dfy and
 * Impl/RSL/{AcceptorState,ExecutorState,ElectionState}.i.dfy of IronFleet.
 */
import type { Constants, Parameters } from '../../../protocol/rsl/configuration.ts';
import type { Election } from '../../../protocol/rsl/election.ts';
import type { Request } from '../../../protocol/rsl/messages.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import type { PacketLaw, ReplicaLaw } from '../scope.ts';
import { timersAreNear } from './timers.ts';

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

/** R30: no request waits twice. */
function waitsOnce({ receivedEarlier, receivedThisEpoch }: Election): Verdict {
  return clause(
    'no request waits twice',
    !hasTwice(receivedEarlier)
      && !hasTwice(receivedThisEpoch)
      && !receivedThisEpoch.some((request) => receivedEarlier.some(isSame(request))),
  );
}

const isSame =
  (a: Request) =>
  (b: Request): boolean =>
    a.client === b.client && a.seqno === b.seqno;

const hasTwice = (requests: readonly Request[]): boolean =>
  requests.some((request, index) => requests.findIndex(isSame(request)) < index);

/** R30: what a replica keeps is within its bounds. */
const isBounded: ReplicaLaw = (r, { setting, last }, _, before) => {
  const { acceptor, executor, election } = r;
  const { maxLogLength, maxCachedReplies } = setting.parameters;
  const now = before === undefined ? undefined : last?.now;
  return (
    clause(
      'there are no more votes than operations in the window',
      acceptor.votes.size <= maxLogLength,
    )
    ?? clause('the replies kept are not too many', executor.replyCache.size <= maxCachedReplies)
    ?? (before?.election === election ? undefined : waitsOnce(election))
    ?? (before === undefined || now === undefined
      ? undefined
      : timersAreNear(r, before, now, setting.parameters))
  );
};

export const constantsOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R1: ({ constants }, ghost, place, before) =>
    before?.constants === constants ? undefined : areConfigured(constants, ghost, place),
  R29: ({ election }, ghost, place, before) =>
    before?.election === election ? undefined : isTimed(election, ghost, place),
  R30: isBounded,
};

export const boundsOfPackets: Readonly<Record<string, PacketLaw>> = {
  R30: ({ msg }, { setting }) =>
    msg.type === '2a'
      ? clause('no batch is too large', msg.batch.length <= setting.parameters.maxBatchSize)
      : undefined,
};
