/**
 * # The parts of a replicated service that are explored
 *
 * All of it at once is too much: too many things happen that have nothing to do with one another.
 * So there are several instances, each about one part, and each leaves out actions that do nothing
 * for that part. What is left out, and why, is said here and in every report.
 */
import type { Parameters } from '../../../protocol/rsl/configuration.ts';
import type { RslBeginning, RslRehearsal } from './beginnings.ts';
import * as beginnings from './beginnings.ts';
import type { Size } from './instance.ts';

/** Actions that an instance leaves out, and why. */
export interface Omission {
  readonly actions: readonly string[];
  readonly because: string;
  /** The places of the replicas that have them all the same. */
  readonly except?: (size: Size) => readonly number[];
}

export interface Part {
  readonly name: string;
  /** What happens in it, in a few words. */
  readonly about: string;
  /** The instances of it that are explored if nobody says otherwise. */
  readonly sizes: readonly [Size, ...Size[]];
  /** How small and how large it may be, where not everything goes. */
  readonly least?: Partial<Size>;
  readonly most?: Partial<Size>;
  readonly parameters?: Partial<Parameters>;
  readonly without: readonly Omission[];
  /** The places of replicas that have stopped for good. */
  readonly stopped?: readonly number[];
  /** What has happened before, in words and in fact. */
  readonly before: string;
  begin(rehearsal: RslRehearsal, size: Size): RslBeginning;
  /**
   * Who is alike: all acceptors, the replicas that lead in no ballot, or all replicas; `alike.ts`
   * checks that they are.
   */
  readonly alike: 'acceptors' | 'followers' | 'replicas';
  /** What is promised of the network, where it is checked that requests are executed in the end. */
  readonly network?: Network;
}

/**
 * A lossy network delivers what is sent again and again; a reliable one delivers whatever is sent,
 * and delivers it again and again.
 */
export type Network = 'lossy' | 'reliable';

const VIEWS_ARE_GIVEN: Omission = {
  actions: ['startEpoch', 'suspect', 'changeView', 'sendHeartbeat'],
  because: 'each leader is in its view from the beginning, and may be as slow as it likes',
};
const NOTHING_IS_REPEATED: Omission = {
  actions: ['noteProgress', 'repeat1a', 'repeat2a', 'askForVotes', 'askForState'],
  because: 'whatever was sent may arrive at any time, so to repeat it adds nothing',
};
const NOBODY_STOPS: Omission = {
  actions: ['takeCheckpoint'],
  because: 'nobody stops, so nobody needs a checkpoint',
};
const LAST_LEARNS: Omission = {
  actions: ['learn', 'decide', 'execute'],
  because: 'what a replica executes does not reach the others here, so one that does is enough',
  except: ({ replicas }) => [replicas - 1],
};
const FIRST_LEARNS: Omission = { ...LAST_LEARNS, except: () => [0] };
const NOBODY_SUSPECTS: Omission = {
  actions: ['startEpoch', 'suspect', 'changeView'],
  because: 'whoever leads may go on',
};

const sizeOf = (replicas: number, operations: number, ballots: number, restarts = 0): Size => ({
  replicas,
  operations,
  ballots,
  restarts,
});

export const PARTS: readonly Part[] = [
  {
    name: 'agreement',
    about: 'leaders that know nothing of one another propose different values',
    sizes: [sizeOf(3, 1, 3), sizeOf(2, 1, 3)],
    most: { restarts: 0 },
    without: [VIEWS_ARE_GIVEN, NOTHING_IS_REPEATED, NOBODY_STOPS, LAST_LEARNS],
    before: 'each leader is in its first view and has requests of its own',
    begin: beginnings.leadersWithRequests,
    alike: 'acceptors',
  },
  {
    name: 'log',
    about: 'leaders take over a log with gaps',
    sizes: [sizeOf(3, 2, 2), sizeOf(2, 2, 3)],
    most: { restarts: 0 },
    without: [
      VIEWS_ARE_GIVEN,
      NOTHING_IS_REPEATED,
      NOBODY_STOPS,
      {
        actions: ['learn', 'decide', 'execute'],
        because: 'what is chosen is chosen, whoever learns of it',
      },
    ],
    before:
      'each leader is in its first view, and the first has requests; those to others may come late',
    begin: beginnings.leadersWithLateRequests,
    alike: 'acceptors',
  },
  {
    name: 'execution',
    about: 'a replica executes a log that two leaders have made, with a request in it twice',
    sizes: [sizeOf(3, 2, 2), sizeOf(2, 2, 3)],
    most: { restarts: 0 },
    without: [VIEWS_ARE_GIVEN, NOTHING_IS_REPEATED, NOBODY_STOPS, LAST_LEARNS],
    before: 'the first leader has proposed everything, and nobody has voted',
    begin: beginnings.leaderHasProposed,
    alike: 'acceptors',
  },
  {
    name: 'restart',
    about: 'replicas stop and start again while they agree',
    sizes: [sizeOf(3, 1, 2, 1), sizeOf(2, 1, 2, 2)],
    without: [VIEWS_ARE_GIVEN, NOTHING_IS_REPEATED, FIRST_LEARNS],
    before: 'each leader is in its first view and has requests of its own',
    begin: beginnings.leadersToRestart,
    alike: 'followers',
  },
  {
    name: 'catch-up',
    about: 'logs are truncated, and a replica that was not there catches up',
    sizes: [sizeOf(3, 2, 1)],
    least: { replicas: 3 },
    most: { ballots: 1, restarts: 0 },
    parameters: { maxLogLength: 1, durable: false },
    without: [
      NOBODY_SUSPECTS,
      NOTHING_IS_REPEATED,
      {
        actions: ['sendHeartbeat'],
        because: 'how far the last replica has come is needed by nobody',
        except: ({ replicas }) => [...Array(replicas - 1).keys()],
      },
      {
        actions: ['learn', 'decide', 'execute'],
        because: 'one of those who are ahead and the one that is behind are enough',
        except: ({ replicas }) => [0, replicas - 1],
      },
    ],
    before: 'all but the last replica have executed operation 0, and the last has asked for it',
    begin: beginnings.oneIsBehind,
    alike: 'followers',
  },
  {
    name: 'takeover',
    about: 'a new leader finds that logs are truncated, and one replica behind',
    sizes: [sizeOf(3, 2, 2)],
    least: { replicas: 3, ballots: 2 },
    most: { ballots: 2, restarts: 0 },
    parameters: { maxLogLength: 1, durable: false },
    without: [
      {
        ...VIEWS_ARE_GIVEN,
        because: 'the new leader is in its view, and all know how far others are',
      },
      { ...NOTHING_IS_REPEATED, actions: [...NOTHING_IS_REPEATED.actions, 'repeatPromise'] },
      {
        actions: ['learn', 'decide', 'execute'],
        because: 'it is enough that one replica goes further',
        except: () => [0],
      },
    ],
    before: 'the same is so, and the second replica is about to lead',
    begin: beginnings.oneIsBehind,
    alike: 'followers',
  },
  {
    name: 'original',
    about: 'what only the original does: replies are forgotten at will, requests executed twice',
    sizes: [sizeOf(3, 2, 2)],
    least: { replicas: 3, operations: 2, ballots: 2 },
    most: { operations: 7, ballots: 2, restarts: 0 },
    parameters: { compatible: true, durable: false, maxCachedReplies: 1, maxBatchSize: 2 },
    without: [
      {
        ...VIEWS_ARE_GIVEN,
        because: 'the new leader is in its view, and all know how far others are',
      },
      {
        actions: ['learn', 'decide', 'execute'],
        because: 'the new leader and one that is behind are enough',
        except: ({ replicas }) => [1, replicas - 1],
      },
    ],
    before:
      'all but the last replica have executed operation 0 and truncated their logs, and the second'
      + ' is about to lead; whoever asked for that operation may ask again, and so does another client',
    begin: beginnings.originalGoesOn,
    alike: 'followers',
  },
  {
    name: 'election',
    about: 'replicas suspect one leader after the other',
    sizes: [sizeOf(3, 1, 2), sizeOf(2, 1, 4)],
    most: { restarts: 0 },
    without: [
      NOTHING_IS_REPEATED,
      NOBODY_STOPS,
      {
        actions: ['startPhase1'],
        because: 'no leader does anything, and so all replicas are alike',
      },
    ],
    before: 'every replica has waited long for a request',
    begin: beginnings.allWait,
    alike: 'replicas',
  },
  {
    name: 'service',
    about: 'all that replicas do while one of them leads, on a network that loses packets',
    sizes: [sizeOf(2, 1, 1)],
    most: { ballots: 1 },
    parameters: { maxBatchSize: 2 },
    without: [NOBODY_SUSPECTS],
    before: 'a client has asked all replicas, and asks again and again',
    begin: beginnings.nothingYet,
    alike: 'followers',
    network: 'lossy',
  },
  {
    name: 'gap',
    about: 'a new leader fills a gap in the log, on a network that loses packets',
    sizes: [sizeOf(2, 2, 2)],
    least: { ballots: 2 },
    most: { ballots: 2, restarts: 0 },
    without: [
      NOBODY_SUSPECTS,
      NOBODY_STOPS,
      { actions: ['sendHeartbeat'], because: 'all are in the new view' },
    ],
    before: 'the first leader’s first proposal is lost, its others are not, and it leads no more',
    begin: beginnings.gapIsLeft,
    alike: 'followers',
    network: 'lossy',
  },
  {
    name: 'succession',
    about: 'the first leader has stopped, and the others do without it, on a reliable network',
    sizes: [sizeOf(3, 1, 2)],
    least: { replicas: 3, ballots: 2 },
    most: { restarts: 0 },
    without: [NOTHING_IS_REPEATED, NOBODY_STOPS],
    stopped: [0],
    before: 'a client has asked all replicas, and asks again and again',
    begin: beginnings.nothingYet,
    alike: 'followers',
    network: 'reliable',
  },
];

export const partOf = (name: string): Part | undefined => PARTS.find((part) => part.name === name);

/** Why a part cannot be so large or so small. */
export function misfit({ name, least = {}, most = {} }: Part, size: Size): string | undefined {
  for (const what of ['replicas', 'operations', 'ballots', 'restarts'] as const) {
    const { [what]: low = 0 } = least;
    const { [what]: high = Number.POSITIVE_INFINITY } = most;
    if (size[what] < low) return `${name} needs at least ${bounded(low, what)}`;
    if (size[what] > high) return `${name} has at most ${bounded(high, what)}`;
  }
  return undefined;
}

const bounded = (bound: number, what: string): string =>
  bound === 1 ? `1 ${what.slice(0, -1)}` : `${bound} ${what}`;
