/**
 * # Promises
 *
 * What acceptors have told whoever asked them to promise, and that they keep it.
 *
 * Follows Protocol/RSL/CommonProof/Message1b.i.dfy and RefinementProof/Votes.i.dfy of IronFleet. An
 * acceptor of this protocol may promise the same ballot again, from a later truncation point: every
 * law holds of each of its promises.
 */
import type { Acceptor } from '../../../protocol/rsl/acceptor.ts';
import type { Operation, Promise1b, Vote } from '../../../protocol/rsl/messages.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost, PromisePacket } from '../ghost.ts';
import type { PacketLaw, ReplicaLaw } from '../scope.ts';
import { order, sameVote } from '../values.ts';

/**
 * R9, 1bMessageImplicationsForAcceptorState, for one operation that the acceptor still has: what it
 * told of it is still so, or it has voted since, in that ballot or a higher one.
 */
function isStillSo(promise: Promise1b, operation: Operation, now: Vote | undefined): Verdict {
  const told = promise.votes.get(operation);
  if (now !== undefined && order(now.ballot, promise.ballot) >= 0) return undefined;
  if (told !== undefined) {
    return clause(
      'a vote that was told of is kept until a higher one',
      now !== undefined && sameVote(told, now),
    );
  }
  return clause(
    'who told of no vote has voted in no lower ballot since',
    now === undefined || operation < promise.logTruncationPoint,
  );
}

function isKept(promise: Promise1b, { votes, logTruncationPoint }: Acceptor): Verdict {
  for (const operation of promise.votes.keys()) {
    if (operation < logTruncationPoint) continue;
    const refusal = isStillSo(promise, operation, votes.get(operation));
    if (refusal !== undefined) return refusal;
  }
  for (const [operation, vote] of votes) {
    if (operation < logTruncationPoint) continue;
    const refusal = isStillSo(promise, operation, vote);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** As {@link isKept} of all promises, for what has become of one operation. */
function isKeptFor(
  promises: readonly PromisePacket[],
  operation: Operation,
  now: Vote | undefined,
): Verdict {
  for (let index = promises.length - 1; index >= 0; index--) {
    const { msg } = promises[index] as PromisePacket;
    // Neither this one nor any below it forbids such a vote.
    if (now !== undefined && order(now.ballot, msg.ballot) >= 0) return undefined;
    const refusal = isStillSo(msg, operation, now);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** R9 of the votes that are not what they were. */
function changesAreAllowed(now: Acceptor, before: Acceptor, ghost: Ghost, place: number): Verdict {
  if (now.votes === before.votes) return undefined;
  const promises = ghost.promisesOf(place);
  for (const [operation, vote] of now.votes) {
    if (operation < now.logTruncationPoint || before.votes.get(operation) === vote) continue;
    const refusal = isKeptFor(promises, operation, vote);
    if (refusal !== undefined) return refusal;
  }
  for (const operation of before.votes.keys()) {
    if (operation < now.logTruncationPoint || now.votes.has(operation)) continue;
    const refusal = isKeptFor(promises, operation, undefined);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** R9: an acceptor keeps all its promises. */
const keepsPromises: ReplicaLaw = ({ acceptor }, ghost, place, before) => {
  const promises = ghost.promisesOf(place);
  const highest = promises.at(-1)?.msg.ballot;
  const lower = clause(
    'an acceptor has promised what it said',
    highest === undefined || order(acceptor.maxBallot, highest) >= 0,
  );
  if (lower !== undefined) return lower;
  const old = before?.acceptor;
  if (old === undefined || old.logTruncationPoint > acceptor.logTruncationPoint) {
    return keepsAll(acceptor, ghost, place);
  }
  for (const { msg } of ghost.news) {
    const refusal = msg.type === '1b' ? isKept(msg, acceptor) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return changesAreAllowed(acceptor, old, ghost, place);
};

/** R9 of all promises and all operations. */
function keepsAll({ votes, logTruncationPoint }: Acceptor, ghost: Ghost, place: number): Verdict {
  const promises = ghost.promisesOf(place);
  for (const [operation, vote] of votes) {
    if (operation < logTruncationPoint) continue;
    const refusal = isKeptFor(promises, operation, vote);
    if (refusal !== undefined) return refusal;
  }
  for (const operation of ghost.toldBy(place, logTruncationPoint)) {
    const refusal = votes.has(operation) ? undefined : isKeptFor(promises, operation, undefined);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * R10, 1bMessage{Without,With}OpnImplicationsFor2b: who promises tells the highest vote that it has
 * cast in any lower ballot, and never casts another in one.
 */
function agreesWith(promise: Promise1b, operation: Operation, vote: Vote): Verdict {
  if (operation < promise.logTruncationPoint) return undefined;
  if (order(vote.ballot, promise.ballot) >= 0) return undefined;
  const told = promise.votes.get(operation);
  if (told === undefined) return { failed: 'who has voted tells of it' };
  return clause(
    'the vote told of is the highest',
    order(vote.ballot, told.ballot) < 0 || sameVote(vote, told),
  );
}

const tellsVotes: PacketLaw = ({ src, msg }, ghost) => {
  const place = ghost.placeOf(src) ?? -1;
  if (msg.type === '2b') {
    const promises = ghost.promisesOf(place);
    for (let index = promises.length - 1; index >= 0; index--) {
      const promise = promises[index]?.msg as Promise1b;
      if (order(msg.ballot, promise.ballot) >= 0) return undefined;
      const refusal = agreesWith(promise, msg.operation, msg);
      if (refusal !== undefined) return refusal;
    }
  }
  if (msg.type !== '1b') return undefined;
  return ghost.forVotesOf(place, msg.logTruncationPoint, (operation, vote) =>
    agreesWith(msg, operation, vote),
  );
};

/** R11, Vote1bMessageIsFromEarlierBallot: a promise tells of votes in lower ballots. */
const votesAreEarlier: PacketLaw = ({ msg }) => {
  if (msg.type !== '1b') return undefined;
  for (const { ballot } of msg.votes.values()) {
    const refusal = clause(
      'a promise tells of votes in lower ballots',
      order(ballot, msg.ballot) < 0,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

export const lawsOfPromises: Readonly<Record<string, PacketLaw>> = {
  R10: tellsVotes,
  R11: votesAreEarlier,
};

export const promisesOfReplicas: Readonly<Record<string, ReplicaLaw>> = { R9: keepsPromises };
