/**
 * # Proposers
 *
 * Each ballot is led by one replica, once: it asks for promises, and proposes only what follows from
 * those that it got.
 *
 * Follows Protocol/RSL/CommonProof/{MaxBallotISent1a,Received1b,Message2a,PrimaryState,
 * MaxBallot}.i.dfy of IronFleet. A restarted proposer has forgotten everything but which ballots it
 * has attempted, so R4 does not ask how far it has come, once it leads no more.
 */
import type { Ballot } from '../../../protocol/rsl/ballot.ts';
import type { Promise1b } from '../../../protocol/rsl/messages.ts';
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Laws } from '../../framework/laws.ts';
import type { Ghost } from '../ghost.ts';
import { voiceFor } from '../operation.ts';
import type { PacketLaw, ReplicaLaw, WholeService } from '../scope.ts';
import { order, sameVotes } from '../values.ts';

/** R4, 2aMessageImplicationsForProposerState: a proposer knows how far it has proposed. */
const knowsProposals: ReplicaLaw = (r, ghost, place, before) =>
  isPastProposals(r, ghost, place)
  ?? remembersProposals(r.proposer, ghost, place, before?.proposer);

function isPastProposals({ proposer: p }: Replica, { claims }: Ghost, place: number): Verdict {
  const proposed = claims.leadershipOf(place);
  if (proposed === undefined || proposed.operation < 0) return undefined;
  const above = order(p.maxBallotSent1a, proposed.proposed);
  return (
    clause('a proposer has attempted the ballots it proposed in', above >= 0)
    ?? clause(
      'a proposer is past what it has proposed',
      above > 0 || p.phase === 0 || (p.phase === 2 && p.nextOperation > proposed.operation),
    )
  );
}

/** R4, of what a proposer remembers, which the original's does not: it is what it has proposed. */
function remembersProposals(
  { proposed, maxBallotSent1a }: Proposer,
  ghost: Ghost,
  place: number,
  before: Proposer | undefined,
): Verdict {
  if (proposed === before?.proposed && maxBallotSent1a === before.maxBallotSent1a) return undefined;
  for (const [operation, batch] of proposed) {
    const { proposals } = ghost.operation(operation);
    const refusal = clause(
      'what a proposer remembers it has proposed',
      voiceFor(proposals, maxBallotSent1a, batch)?.by.includes(place) ?? false,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** R16, ProposerLogTruncationPointAlwaysBeyondThatOfAllReceived1bs. */
const followsTruncation: ReplicaLaw = ({ proposer, acceptor }, _ghost, _place, before) => {
  if (before?.proposer === proposer && before.acceptor === acceptor) return undefined;
  for (const { logTruncationPoint } of proposer.received1bs.values()) {
    const refusal = clause(
      'a proposer has forgotten what those who promised have',
      logTruncationPoint <= acceptor.logTruncationPoint,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** R18, MaxBallotISent1aHasMeAsProposer: a replica attempts its own ballots, and knows which. */
const knowsAttempts: ReplicaLaw = ({ proposer: { maxBallotSent1a } }, { claims }, place) => {
  const led = claims.of(place)?.led;
  return (
    clause('a replica attempts its own ballots', maxBallotSent1a.proposer === place)
    ?? clause(
      'a replica has attempted the ballots that it says',
      led === undefined || order(maxBallotSent1a, led) >= 0,
    )
  );
};

/** R18, and the first part of R4, of packets: nobody speaks for the leader of another ballot. */
const speaksForItself = (src: EndPoint, ballot: Ballot, ghost: Ghost): Verdict =>
  clause('only its proposer leads a ballot', ghost.placeOf(src) === ballot.proposer);

/** R21, Received1bPacketsAreFromMaxBallotISent1a and PacketInReceived1bWasSent. */
const promisesWereSent: ReplicaLaw = ({ proposer: p, constants }, ghost, _place, before) => {
  const old = before?.proposer;
  if (p.received1bs === old?.received1bs && p.maxBallotSent1a === old.maxBallotSent1a) {
    return undefined;
  }
  for (const [src, promise] of p.received1bs) {
    const refusal =
      clause(
        'the promises kept are for the ballot attempted last',
        order(promise.ballot, p.maxBallotSent1a) === 0,
      )
      ?? clause(
        'the promises kept were sent',
        old?.received1bs.get(src) === promise || wasPromised(src, promise, constants.me, ghost),
      );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

function wasPromised(src: EndPoint, promise: Promise1b, to: EndPoint, ghost: Ghost): boolean {
  const promises = ghost.promisesOf(ghost.placeOf(src) ?? -1);
  for (let index = promises.length - 1; index >= 0; index--) {
    const packet = promises[index];
    if (packet === undefined || order(packet.msg.ballot, promise.ballot) < 0) return false;
    if (packet.dst === to && samePromise(packet.msg, promise)) return true;
  }
  return false;
}

const samePromise = (a: Promise1b, b: Promise1b): boolean =>
  a === b
  || (order(a.ballot, b.ballot) === 0
    && a.logTruncationPoint === b.logTruncationPoint
    && sameVotes(a.votes, b.votes));

/** R19, MaxBalLeqMaxBallotPrimarySent1a: what is promised was asked for. */
function promisesWereAskedFor({ states }: WholeService): Verdict {
  for (const { acceptor } of states) {
    const asked = states[acceptor.maxBallot.proposer]?.proposer.maxBallotSent1a;
    const refusal = clause(
      'a ballot that is promised was attempted',
      asked !== undefined && order(acceptor.maxBallot, asked) <= 0,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** R20: the replica that a ballot names has been past phase 1 in it. */
function isPastPhase1(ballot: Ballot, states: readonly Replica[]): boolean {
  const p = states[ballot.proposer]?.proposer;
  if (p === undefined) return false;
  const above = order(p.maxBallotSent1a, ballot);
  return above > 0 || (above === 0 && p.phase !== 1);
}

/** R20, PrimaryHasReachedState2OfBallot: a ballot is used only after phase 1. */
function phasesFollow({ states, ghost }: WholeService): Verdict {
  for (let place = 0; place < states.length; place++) {
    const { learner, executor } = states[place] as Replica;
    const used = ghost.claims.leadershipOf(place)?.used;
    const { decided, checkpoint } = executor;
    const refusal =
      clause(
        'a ballot is spoken of as used only after its phase 1',
        used === undefined || isPastPhase1(used, states),
      )
      ?? clause('votes are counted only after phase 1', isPastPhase1(learner.maxBallotSeen, states))
      ?? clause(
        'a decision is made only after phase 1',
        decided === undefined || isPastPhase1(decided.ballot, states),
      )
      ?? clause(
        'a ballot is reflected only after its phase 1',
        isPastPhase1(executor.maxBallotReflected, states)
          && (checkpoint === undefined || isPastPhase1(checkpoint.maxBallotReflected, states)),
      );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** R20 of packets, as far as the states cannot tell: the ballot names a replica. */
const namesReplica = ({ proposer }: Ballot, { setting }: Ghost): Verdict =>
  clause('a ballot that is used names a replica', proposer in setting.replicas);

export const proposerOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R4: knowsProposals,
  R16: followsTruncation,
  R18: knowsAttempts,
  R21: promisesWereSent,
};

export const proposerInPackets: Readonly<Record<string, PacketLaw>> = {
  R4: ({ src, msg }, ghost) =>
    msg.type === '2a' ? speaksForItself(src, msg.ballot, ghost) : undefined,
  R18: ({ src, msg }, ghost) =>
    msg.type === '1a' || msg.type === 'startingPhase2'
      ? speaksForItself(src, msg.ballot, ghost)
      : undefined,
  R20: ({ msg }, ghost) =>
    msg.type === '2b' || msg.type === 'appStateSupply'
      ? namesReplica(msg.ballot, ghost)
      : undefined,
};

export const ballotsOfAll: Laws<[whole: WholeService]> = {
  R19: promisesWereAskedFor,
  R20: phasesFollow,
};
