/**
 * # The invariants of a replicated service, by the book
 *
 * The laws R1 to R30 as the literature has them, and R31 and R33, which are new: of all packets ever
 * sent and all replicas as they are, each in as few quantifiers as it takes. What they mean, and
 * where this protocol is not the original, the modules of the invariants say. R28, R32, and a part
 * of R18, R29 and R30, speak of steps and are not here.
 */
import { equal } from '../../spec/framework/equal.ts';
import { bounds } from './textbookBounds.ts';
import {
  allVotes,
  ballotsUsed,
  below,
  comeTo,
  everyReplica,
  everyRow,
  implies,
  isOfChosen,
  isPastPhase1,
  isPermitted,
  type Law,
  type Moment,
  ownOf,
  progresses,
  same,
  wasReplied,
  wasSent,
} from './textbookTerms.ts';
import { sameBatch, sameVote } from './values.ts';

const constants: Readonly<Record<string, Law>> = {
  R1: (m) =>
    everyReplica(m, ({ constants: c }, place) => {
      const { replicas, parameters } = m.setting;
      const quorum = 1 + (replicas.length - (replicas.length % 2)) / 2;
      const me = replicas[place];
      return equal(c, { me, index: place, replicas, quorum, parameters });
    }),
  R29: (m) =>
    everyReplica(m, ({ election: { epochLength, view, suspectors } }, me) => {
      const { baselineViewTimeout, maxInteger } = m.setting.parameters;
      const saysSo = (place: number): boolean =>
        ownOf(m, 'heartbeat', place).some((said) => said.suspicious && same(said.view, view));
      return (
        epochLength >= Math.min(baselineViewTimeout, maxInteger)
        && epochLength > 0
        && view.seqno >= 1
        && m.states[view.proposer] !== undefined
        && [...suspectors].every((place) => place === me || saysSo(place))
      );
    }),
  R31: (m) => m.said('heartbeat').every(({ msg }) => m.states[msg.view.proposer] !== undefined),
};

const agreement: Readonly<Record<string, Law>> = {
  R2: (m) =>
    m.said('2b').every(({ msg }) => {
      const values = m.chosen(msg.operation);
      return values.every((a) => values.every((b) => sameBatch(a.batch, b.batch)));
    }),
  R3: everyRow('2a', (m, { msg: a }) =>
    m
      .sent('2a')
      .every(({ msg: b }) =>
        implies(
          a.operation === b.operation && same(a.ballot, b.ballot),
          sameBatch(a.batch, b.batch),
        ),
      ),
  ),
  R5: everyRow('2a', isPermitted),
  R6: everyRow('2a', (m, { msg }) =>
    m
      .chosen(msg.operation)
      .every((value) =>
        implies(below(value.ballot, msg.ballot), sameBatch(value.batch, msg.batch)),
      ),
  ),
  R7: everyRow('2b', (m, { msg: b }) =>
    m.said('2a').some(({ msg: a }) => a.operation === b.operation && sameVote(a, b)),
  ),
};

const acceptors: Readonly<Record<string, Law>> = {
  R8: (m) =>
    everyReplica(m, ({ acceptor: a }, place) =>
      ownOf(m, '2b', place).every((cast) => {
        const kept = a.votes.get(cast.operation);
        return (
          !below(a.maxBallot, cast.ballot)
          && implies(
            cast.operation >= a.logTruncationPoint,
            kept !== undefined && (below(cast.ballot, kept.ballot) || sameVote(cast, kept)),
          )
        );
      }),
    ),
  R9: (m) =>
    everyReplica(m, ({ acceptor: a }, place) =>
      ownOf(m, '1b', place).every(
        ({ ballot, votes, logTruncationPoint }) =>
          !below(a.maxBallot, ballot)
          && [...votes.keys(), ...a.votes.keys()].every((operation) => {
            const [told, now] = [votes.get(operation), a.votes.get(operation)];
            const later = now !== undefined && !below(now.ballot, ballot);
            if (operation < a.logTruncationPoint || later) return true;
            if (told !== undefined) return now !== undefined && sameVote(told, now);
            return now === undefined || operation < logTruncationPoint;
          }),
      ),
    ),
  R10: (m) =>
    everyReplica(m, (_, place) => {
      const cast = ownOf(m, '2b', place);
      return ownOf(m, '1b', place).every(({ ballot, votes, logTruncationPoint }) =>
        cast.every((vote) => {
          const told = votes.get(vote.operation);
          return (
            vote.operation < logTruncationPoint
            || !below(vote.ballot, ballot)
            || (told !== undefined && (below(vote.ballot, told.ballot) || sameVote(vote, told)))
          );
        }),
      );
    }),
  R11: everyRow('1b', (_, { msg }) =>
    [...msg.votes.values()].every(({ ballot }) => below(ballot, msg.ballot)),
  ),
  R12: (m) =>
    allVotes(m).every((votes) =>
      [...votes].every(([operation, vote]) =>
        m.said('2a').some(({ msg }) => msg.operation === operation && sameVote(msg, vote)),
      ),
    ),
  R13: (m) =>
    everyReplica(m, ({ acceptor: a }) =>
      [...a.votes.values()].every(({ ballot }) => !below(a.maxBallot, ballot)),
    ),
  R14: (m) =>
    [...m.states.map(({ acceptor }) => acceptor), ...m.said('1b').map(({ msg }) => msg)].every(
      ({ votes, logTruncationPoint: from }) =>
        [...votes.keys()].every(
          (operation) => from <= operation && operation < from + m.setting.parameters.maxLogLength,
        ),
    ),
};

const checkpoints: Readonly<Record<string, Law>> = {
  R15: (m) =>
    [
      ...m.states.map(({ acceptor }) => acceptor.logTruncationPoint),
      ...m.said('1b').map(({ msg }) => msg.logTruncationPoint),
      ...m.said('startingPhase2').map(({ msg }) => msg.logTruncationPoint),
      ...m.said('2a').map(({ msg }) => msg.operation - m.setting.parameters.maxLogLength + 1),
    ].every((from) => 2 * m.states.filter((r) => comeTo(r) >= from).length > m.states.length),
  R17: (m) =>
    everyReplica(
      m,
      (r, place) =>
        ownOf(m, 'heartbeat', place).every(({ checkpoint }) => checkpoint <= comeTo(r))
        && equal(r.acceptor.lastCheckpointed.length, m.states.length)
        && r.acceptor.lastCheckpointed.every((known, at) => known <= comeTo(m.states[at] ?? r)),
    ),
};

const proposers: Readonly<Record<string, Law>> = {
  R4: (m) =>
    m.said('2a').every(({ src, msg }) => {
      const p = m.states[msg.ballot.proposer]?.proposer;
      return (
        src === m.setting.replicas[msg.ballot.proposer]
        && p !== undefined
        && !below(p.maxBallotSent1a, msg.ballot)
        && implies(
          same(p.maxBallotSent1a, msg.ballot),
          p.phase === 0 || (p.phase === 2 && p.nextOperation > msg.operation),
        )
      );
    })
    && everyReplica(m, ({ proposer: p, constants: { me } }) =>
      [...p.proposed].every(([operation, batch]) =>
        m
          .sent('2a')
          .some(
            ({ src, msg }) =>
              src === me
              && msg.operation === operation
              && sameVote(msg, { ballot: p.maxBallotSent1a, batch }),
          ),
      ),
    ),
  R16: (m) =>
    everyReplica(m, ({ proposer, acceptor }) =>
      [...proposer.received1bs.values()].every(
        (promise) => promise.logTruncationPoint <= acceptor.logTruncationPoint,
      ),
    ),
  R18: (m) =>
    everyReplica(m, ({ proposer }, place) => proposer.maxBallotSent1a.proposer === place)
    && [...m.said('1a'), ...m.said('2a'), ...m.said('startingPhase2')].every(({ src, msg }) => {
      const leader = m.states[m.setting.replicas.indexOf(src)];
      const itself = src === m.setting.replicas[msg.ballot.proposer];
      return (
        (itself || msg.type === '2a')
        && leader !== undefined
        && !below(leader.proposer.maxBallotSent1a, msg.ballot)
      );
    }),
  R19: (m) =>
    everyReplica(m, ({ acceptor: { maxBallot } }) => {
      const asked = m.states[maxBallot.proposer]?.proposer.maxBallotSent1a;
      return asked !== undefined && !below(asked, maxBallot);
    }),
  R20: (m) => ballotsUsed(m).every((ballot) => isPastPhase1(m, ballot)),
  R21: (m) =>
    everyReplica(m, ({ proposer: p, constants: { me } }) =>
      [...p.received1bs].every(
        ([from, promise]) =>
          same(promise.ballot, p.maxBallotSent1a)
          && m
            .sent('1b')
            .some(({ src, dst, msg }) => src === from && dst === me && equal(msg, promise)),
      ),
    ),
};

const services: Readonly<Record<string, Law>> = {
  R22: (m) => progresses(m).every((progress) => isOfChosen(m, progress)),
  R23: (m) =>
    everyReplica(m, ({ learner: { tallies, maxBallotSeen: ballot } }) =>
      [...tallies].every(
        ([operation, { voters, batch }]) =>
          voters.size > 0
          && [...voters].every((voter) =>
            ownOf(m, '2b', voter).some(
              (msg) => msg.operation === operation && sameVote(msg, { ballot, batch }),
            ),
          ),
      ),
    ),
  R24: (m) =>
    everyReplica(
      m,
      ({ executor: { decided, operationsComplete } }) =>
        decided === undefined
        || m.chosen(operationsComplete).some((value) => sameVote(value, decided)),
    ),
  R25: (m) =>
    everyReplica(m, ({ executor }) =>
      [...executor.replyCache].every(([client, { seqno, reply }]) =>
        wasReplied(m, client, seqno, reply),
      ),
    ),
  R26: (m) => m.sent('reply').every(({ dst, msg }) => wasReplied(m, dst, msg.seqno, msg.reply)),
  R27: (m) =>
    [
      ...m.states.flatMap(({ election: e, proposer: p }) => [
        ...e.receivedEarlier,
        ...e.receivedThisEpoch,
        ...p.requestQueue,
      ]),
      ...m.said('2a').flatMap(({ msg }) => msg.batch),
      ...m.said('1b').flatMap(({ msg }) => [...msg.votes.values()].flatMap(({ batch }) => batch)),
    ].every((request) => wasSent(m, request)),
  R33: (m) =>
    m.setting.parameters.compatible
    || everyReplica(m, ({ proposer, election, executor }) =>
      [
        ...[...proposer.highestRequested].map(([client, seqno]) => ({ client, seqno })),
        ...election.receivedEarlier,
        ...election.receivedThisEpoch,
      ].every(({ client, seqno }) => (executor.replyCache.get(client)?.seqno ?? -1) < seqno),
    ),
};

export const LAWS: Readonly<Record<string, Law>> = {
  ...constants,
  ...bounds,
  ...agreement,
  ...acceptors,
  ...checkpoints,
  ...proposers,
  ...services,
};

/** The numbers of the laws that do not hold. */
export const brokenLaws = (m: Moment): readonly string[] =>
  Object.keys(LAWS).filter((number) => !LAWS[number]?.(m));
