/**
 * # Which replicas are alike
 *
 * Not all are: a ballot names its proposer, ballots are ordered, and replica 0 leads first. Two
 * kinds of renaming are sound, each for instances of a kind; `alike.ts` checks that they are.
 *
 * **Acceptors.** As long as no log is truncated and no replica starts again, an acceptor and the
 * other roles at its replica know nothing of one another: a proposer asks all acceptors alike, its
 * own as well, and over the network. So the acceptors may change places while all else stays, and
 * with them their names, wherever an acceptor is meant: who made a promise, whose vote is counted,
 * to whom a 1a or a 2a goes and from whom a 1b or a 2b comes.
 *
 * **Followers.** Replicas that lead in none of an instance's ballots, and may all do the same in it,
 * may change places with everything that they have. So may all replicas where none leads.
 *
 * Laws must be as blind as the protocol. Those of a replicated service are: they speak of any
 * acceptor or of any replica, and of particular ones only where a ballot names its proposer.
 */
import type { Acceptor } from '../../../protocol/rsl/acceptor.ts';
import type { Ballot } from '../../../protocol/rsl/ballot.ts';
import type { Constants } from '../../../protocol/rsl/configuration.ts';
import type { Election } from '../../../protocol/rsl/election.ts';
import type { Learner } from '../../../protocol/rsl/learner.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
import { type Placed, permutations, type Symmetry } from '../symmetry.ts';

/** Where each place goes. */
export type Renaming = readonly number[];

/** Ways in which the places from one on may change; the first changes nothing. */
export function renamingsFrom(first: number, replicas: number): readonly Renaming[] {
  const places = [...Array(replicas).keys()];
  const fixed = places.slice(0, first);
  return permutations(places.slice(first)).map((order) => [...fixed, ...order]);
}

/** Acceptors change places, and nothing else does. */
export const acceptorsAlike = (
  replicas: readonly EndPoint[],
  renamings: readonly Renaming[],
): Symmetry<Message> => ({
  size: renamings.length,
  field: (renaming, place, name, value) => {
    const to = renamings[renaming] as Renaming;
    const moved = name === 'acceptor' ? (to[place] as number) : place;
    return { place: moved, value: renameRoles(name, value, to, replicas) };
  },
  packet: (renaming, packet) => {
    const rename = renamer(replicas, renamings[renaming] as Renaming);
    const { src, dst, msg } = packet;
    switch (msg.type) {
      case '1a':
      case '2a':
      case 'voteRequest':
        return { src, dst: rename(dst), msg };
      case '1b':
      case '2b':
        return { src: rename(src), dst, msg };
      default:
        return packet;
    }
  },
});

/** Replicas change places, with all that they have. */
export const replicasAlike = (
  replicas: readonly EndPoint[],
  renamings: readonly Renaming[],
): Symmetry<Message> => ({
  size: renamings.length,
  field: (renaming, place, name, value) =>
    renameReplica(name, value, place, renamings[renaming] as Renaming, replicas),
  packet: (renaming, { src, dst, msg }) => {
    const rename = renamer(replicas, renamings[renaming] as Renaming);
    return { src: rename(src), dst: rename(dst), msg };
  },
});

const renamer =
  (replicas: readonly EndPoint[], to: Renaming) =>
  (name: EndPoint): EndPoint =>
    replicas[to[replicas.indexOf(name)] ?? -1] ?? name;

/** The names of acceptors, where a proposer or a learner knows them. */
function renameRoles(
  name: string,
  value: unknown,
  to: Renaming,
  replicas: readonly EndPoint[],
): unknown {
  if (name === 'proposer') {
    const proposer = value as Proposer;
    const rename = renamer(replicas, to);
    const received1bs = new Map([...proposer.received1bs].map(([who, msg]) => [rename(who), msg]));
    return { ...proposer, received1bs };
  }
  if (name === 'learner') {
    const { maxBallotSeen, tallies } = value as Learner;
    const renamed = [...tallies].map(([operation, { voters, batch }]) => {
      return [
        operation,
        { voters: new Set([...voters].map((voter) => to[voter])), batch },
      ] as const;
    });
    return { maxBallotSeen, tallies: new Map(renamed) };
  }
  return value;
}

/** All that a replica has, at its new place. */
function renameReplica(
  name: string,
  value: unknown,
  place: number,
  to: Renaming,
  replicas: readonly EndPoint[],
): Placed {
  const index = to[place] as number;
  const renamed = (): unknown => {
    switch (name) {
      case 'constants':
        return { ...(value as Constants), me: replicas[index], index };
      case 'acceptor': {
        const acceptor = value as Acceptor;
        const lastCheckpointed = acceptor.lastCheckpointed.slice();
        for (const [at, checkpoint] of acceptor.lastCheckpointed.entries()) {
          lastCheckpointed[to[at] as number] = checkpoint;
        }
        return { ...acceptor, lastCheckpointed };
      }
      case 'election': {
        const election = value as Election;
        const suspectors = new Set([...election.suspectors].map((who) => to[who]));
        return { ...election, suspectors };
      }
      case 'proposer': {
        const proposer = renameRoles(name, value, to, replicas) as Proposer;
        return { ...proposer, maxBallotSent1a: renameBallot(proposer.maxBallotSent1a, to) };
      }
      default:
        return renameRoles(name, value, to, replicas);
    }
  };
  return { place: index, value: renamed() };
}

/** A replica that has attempted nothing yet names itself all the same. */
const renameBallot = ({ seqno, proposer }: Ballot, to: Renaming): Ballot => ({
  seqno,
  proposer: to[proposer] as number,
});
