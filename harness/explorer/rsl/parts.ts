/**
 * # The parts of a replicated service that are explored
 *
 * All of it at once is too much: too many things happen that have nothing to do with one another.
 * So there are several instances, each about one part, and each leaves out actions that do nothing
 * for that part. What is left out, and why, is said here and in every report.
 */
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Ghost } from '../../../refinement/rsl/ghost.ts';
import type { State as Service } from '../../../spec/rsl/service.ts';
import type { Beginning } from '../ghostModel.ts';
import type { Symmetry } from '../symmetry.ts';
import * as beginnings from './beginnings.ts';
import { replicasOf, type Size } from './instance.ts';
import type { Rehearsal } from './rehearsal.ts';
import { acceptorsAlike, followersAlike } from './symmetry.ts';

export type RslRehearsal = Rehearsal<Replica, Message, Ghost, Service>;
export type RslBeginning = Beginning<Replica, Message, Ghost>;

/** Actions that an instance leaves out, and why. */
export interface Omission {
  readonly actions: readonly string[];
  readonly because: string;
  /** Whether only the last replica has them, instead of none. */
  readonly lastHasThem?: boolean;
}

export interface Part {
  readonly name: string;
  /** What it is about. */
  readonly about: string;
  /** How large it is if nobody says otherwise. */
  readonly size: Size;
  readonly without: readonly Omission[];
  /** What has happened before. */
  begin(rehearsal: RslRehearsal, size: Size): RslBeginning;
  /** Which replicas are alike. */
  symmetry(size: Size): Symmetry<Message>;
}

const VIEWS_ARE_GIVEN: Omission = {
  actions: ['startEpoch', 'suspect', 'changeView', 'sendHeartbeat'],
  because: 'each leader is in its view from the beginning, and may be as slow as it likes',
};
const NOTHING_IS_LOST: Omission = {
  actions: ['noteProgress', 'repeat1a', 'repeat2a', 'askForVotes', 'askForState'],
  because: 'whatever was sent may arrive at any time, so to repeat it changes nothing',
};
const NOTHING_IS_KEPT: Omission = {
  actions: ['takeCheckpoint'],
  because: 'no replica stops',
};
const ONE_LEARNS: Omission = {
  actions: ['learn', 'decide', 'execute'],
  because: 'what a replica executes does not reach the others here',
  lastHasThem: true,
};

const followers = (size: Size) => followersAlike(replicasOf(size), size.ballots);
const acceptors = (size: Size) => acceptorsAlike(replicasOf(size));

export const PARTS: readonly Part[] = [
  {
    name: 'agreement',
    about: 'leaders that know nothing of one another decide one operation',
    size: { replicas: 3, operations: 1, ballots: 3, restarts: 0 },
    without: [VIEWS_ARE_GIVEN, NOTHING_IS_LOST, NOTHING_IS_KEPT, ONE_LEARNS],
    begin: beginnings.leadersWithRequests,
    symmetry: acceptors,
  },
  {
    name: 'log',
    about: 'a leader takes over a log with gaps',
    size: { replicas: 3, operations: 2, ballots: 2, restarts: 0 },
    without: [VIEWS_ARE_GIVEN, NOTHING_IS_LOST, NOTHING_IS_KEPT, ONE_LEARNS],
    begin: beginnings.leadersWithLateRequests,
    symmetry: acceptors,
  },
  {
    name: 'restart',
    about: 'replicas stop and start again while they agree',
    size: { replicas: 3, operations: 1, ballots: 2, restarts: 1 },
    without: [VIEWS_ARE_GIVEN, NOTHING_IS_LOST, ONE_LEARNS],
    begin: beginnings.leadersToRestart,
    symmetry: followers,
  },
];
