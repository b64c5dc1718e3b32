/**
 * # What liars say to replicas
 *
 * Messages of every type, as replicas send them but with contents that nobody stands for. Numbers
 * are drawn from few, so that they often meet those that are in use.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Batch, Message, Vote } from '../../protocol/rsl/messages.ts';
import type { Application } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Random } from '../simulation/random.ts';

/** Who the liar speaks of, and what is replicated. */
export interface Scenery {
  readonly replicas: readonly EndPoint[];
  readonly application: Application;
  /** Whose requests the liar makes up. */
  readonly clients?: readonly EndPoint[];
  /** Whether only what can be written in bytes is said: other numbers and rubbish are not. */
  readonly inBytes?: boolean;
}

const MAX_SEQNO = 5;
const MAX_OPERATION = 8;

/** How often a number is one that no replica would ever say. */
const ABSURD = 0.1;
const LARGEST = Number.MAX_SAFE_INTEGER;
const HUGE = [LARGEST, 2 ** 53, 2 ** 64, Number.MAX_VALUE] as const;

const TYPES = 12;

export function lie(scenery: Scenery, random: Random): Message {
  const { replicas, application, inBytes = false } = scenery;
  const { clients = ['client1', 'client2', 'mallory'] } = scenery;
  const ballot = ballotOf(random, replicas.length, inBytes);
  const huge = inBytes ? LARGEST : random.pick(HUGE);
  const operation = random.happens(ABSURD) ? huge : random.below(MAX_OPERATION);
  const seqno = random.below(MAX_SEQNO);
  const batch = batchOf(random, clients);
  const checkpoint = operation;
  const logTruncationPoint = operation;
  switch (random.below(inBytes ? TYPES - 1 : TYPES)) {
    case 0:
      return { type: 'request', seqno, request: '\x00'.repeat(8) };
    case 1:
      return { type: 'reply', seqno, reply: '\x00'.repeat(8) };
    case 2:
      return { type: '1a', ballot };
    case 3:
      return { type: '1b', ballot, logTruncationPoint, votes: votesOf(random, ballot, clients) };
    case 4:
      return { type: '2a', ballot, operation, batch };
    case 5:
      return { type: '2b', ballot, operation, batch };
    case 6:
      return { type: 'heartbeat', view: ballot, suspicious: random.happens(0.5), checkpoint };
    case 7:
      return { type: 'startingPhase2', ballot, logTruncationPoint };
    case 8:
      return { type: 'appStateRequest', ballot, operation };
    case 9: {
      const replyCache = random.happens(0.5) ? [] : undefined;
      const app = application.initial;
      return { type: 'appStateSupply', ballot, operation, app, replyCache };
    }
    case 10:
      return { type: 'voteRequest', operation };
    default:
      return { type: 'invalid' };
  }
}

/** Now and then of a proposer who is no replica, or far beyond all others. */
const ballotOf = (random: Random, replicas: number, inBytes: boolean): Ballot => ({
  seqno: random.happens(ABSURD) ? random.pick(inBytes ? [LARGEST] : HUGE) : random.below(4),
  proposer: random.happens(ABSURD)
    ? random.pick(inBytes ? [replicas, LARGEST] : [replicas, -1, 0.5, 2 ** 53])
    : random.below(replicas),
});

const batchOf = (random: Random, clients: readonly EndPoint[]): Batch =>
  Array.from({ length: random.below(3) }, () => ({
    client: random.pick(clients),
    seqno: random.below(MAX_SEQNO),
    request: '\x00'.repeat(8),
  }));

const votesOf = (
  random: Random,
  ballot: Ballot,
  clients: readonly EndPoint[],
): ReadonlyMap<number, Vote> =>
  new Map(
    Array.from({ length: random.below(3) }, () => [
      random.below(MAX_OPERATION),
      { ballot, batch: batchOf(random, clients) },
    ]),
  );
