/**
 * # Everything that a replica may know and say
 *
 * The domains of states and packets in a small universe. They know nothing of what fits together:
 * a vote may lie before the log's truncation point, a ballot may be nobody's, a reply may come from
 * a client. What does not fit is for the invariants to refuse.
 */

import type { Acceptor } from '../../../protocol/rsl/acceptor.ts';
import type { Constants } from '../../../protocol/rsl/configuration.ts';
import type { Election } from '../../../protocol/rsl/election.ts';
import type { Executor, Progress } from '../../../protocol/rsl/executor.ts';
import type { Learner, Tally } from '../../../protocol/rsl/learner.ts';
import type {
  CachedReply,
  Message,
  Promise1b,
  ReplyCache,
  Vote,
} from '../../../protocol/rsl/messages.ts';
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Retry } from '../../../protocol/rsl/retry.ts';
import { INCREMENT } from '../../../spec/apps/counter.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import {
  type Domain,
  fixed,
  listOf,
  mapOf,
  oneOf,
  optional,
  record,
  rowOf,
  setOf,
  variants,
  weighing,
} from '../domain.ts';
import type { Atoms, Universe } from './universe.ts';

/** At most so many entries are in a map or a list that is drawn. */
const MOST = 3;

const votesOf = ({ operations, ballots, batches }: Atoms) =>
  mapOf(operations, record<Vote>({ ballot: ballots, batch: batches }), MOST);

export const promisesOf = (atoms: Atoms): Domain<Promise1b> =>
  record<Promise1b>({
    type: fixed('1b'),
    ballot: atoms.ballots,
    logTruncationPoint: atoms.operations,
    votes: votesOf(atoms),
  });

const repliesOf = ({ clients, cachedReplies }: Atoms): Domain<ReplyCache> =>
  mapOf(clients, cachedReplies, MOST);

const progressOf = (atoms: Atoms): Domain<Progress> =>
  record<Progress>({
    app: atoms.apps,
    operationsComplete: atoms.operations,
    maxBallotReflected: atoms.ballots,
    replyCache: repliesOf(atoms),
  });

const proposersOf = (atoms: Atoms): Domain<Proposer> =>
  record<Proposer>({
    phase: oneOf<Proposer['phase']>([0, 1, 2]),
    requestQueue: listOf(atoms.requests, MOST),
    maxBallotSent1a: atoms.ballots,
    nextOperation: atoms.operations,
    received1bs: mapOf(atoms.replicas, promisesOf(atoms), MOST),
    highestRequested: weighing(1, mapOf(atoms.clients, atoms.counts, MOST)),
    batchDeadline: optional(atoms.times),
    proposed: mapOf(atoms.operations, atoms.batches, MOST),
  });

const electionsOf = (atoms: Atoms): Domain<Election> =>
  record<Election>({
    view: atoms.ballots,
    suspectors: setOf([0, 1, 2, 3]),
    epochEnd: atoms.times,
    epochLength: oneOf([1, 2], [0, 4]),
    receivedThisEpoch: weighing(1, listOf(atoms.requests, MOST)),
    receivedEarlier: weighing(1, listOf(atoms.requests, MOST)),
  });

const acceptorsOf = (atoms: Atoms, replicas: number): Domain<Acceptor> =>
  record<Acceptor>({
    maxBallot: atoms.ballots,
    votes: votesOf(atoms),
    lastCheckpointed: rowOf(atoms.operations, replicas),
    logTruncationPoint: atoms.operations,
  });

const learnersOf = (atoms: Atoms): Domain<Learner> =>
  record<Learner>({
    maxBallotSeen: atoms.ballots,
    tallies: mapOf(
      atoms.operations,
      record<Tally>({ voters: setOf([0, 1, 2, 3]), batch: atoms.batches }),
      MOST,
    ),
  });

/** A replica that is not durable never has a checkpoint. */
const executorsOf = (atoms: Atoms, durable: boolean): Domain<Executor> =>
  record<Executor>({
    app: atoms.apps,
    operationsComplete: atoms.operations,
    maxBallotReflected: atoms.ballots,
    replyCache: repliesOf(atoms),
    decided: optional(
      record<NonNullable<Executor['decided']>>({ batch: atoms.batches, ballot: atoms.ballots }),
    ),
    checkpoint: durable ? progressOf(atoms) : fixed<Executor['checkpoint']>(undefined),
  });

/** The states of the replicas; what they know from the start is left as it is. */
export const replicasOf = (universe: Universe, atoms: Atoms): Domain<Replica> =>
  record<Replica>({
    constants: fixed<Constants>({} as Constants),
    nextHeartbeat: atoms.times,
    retry: weighing(
      2,
      record<Retry>({
        time: atoms.times,
        view: atoms.ballots,
        operation: atoms.operations,
        tries: atoms.counts,
      }),
    ),
    proposer: proposersOf(atoms),
    election: electionsOf(atoms),
    acceptor: acceptorsOf(atoms, universe.replicas.length),
    learner: learnersOf(atoms),
    executor: executorsOf(atoms, universe.parameters.durable),
  });

type Said<Type extends Message['type']> = Extract<Message, { readonly type: Type }>;

/** Something about one operation in a ballot. */
const proposal = <Type extends '2a' | '2b'>(type: Type, { ballots, operations, batches }: Atoms) =>
  record<{ type: Type } & Omit<Said<'2a'>, 'type'>>({
    type: fixed(type),
    ballot: ballots,
    operation: operations,
    batch: batches,
  } as never);

const messagesOf = (atoms: Atoms): Domain<Message> => {
  const { ballots, operations, flags } = atoms;
  return variants<Message>({
    invalid: fixed<Said<'invalid'>>({ type: 'invalid' }),
    request: record<Said<'request'>>({
      type: fixed('request'),
      seqno: atoms.seqnos,
      request: oneOf([INCREMENT, '']),
    }),
    reply: record<Said<'reply'>>({
      type: fixed('reply'),
      seqno: atoms.seqnos,
      reply: atoms.replies,
    }),
    '1a': record<Said<'1a'>>({ type: fixed('1a'), ballot: ballots }),
    '1b': promisesOf(atoms),
    '2a': proposal('2a', atoms),
    '2b': proposal('2b', atoms),
    heartbeat: record<Said<'heartbeat'>>({
      type: fixed('heartbeat'),
      view: ballots,
      suspicious: flags,
      checkpoint: operations,
    }),
    startingPhase2: record<Said<'startingPhase2'>>({
      type: fixed('startingPhase2'),
      ballot: ballots,
      logTruncationPoint: operations,
    }),
    appStateRequest: record<Said<'appStateRequest'>>({
      type: fixed('appStateRequest'),
      ballot: ballots,
      operation: operations,
    }),
    appStateSupply: record<Said<'appStateSupply'>>({
      type: fixed('appStateSupply'),
      ballot: ballots,
      operation: operations,
      app: atoms.apps,
      replyCache: optional(listOf(cacheEntriesOf(atoms), MOST)),
    }),
    voteRequest: record<Said<'voteRequest'>>({ type: fixed('voteRequest'), operation: operations }),
  });
};

const cacheEntriesOf = ({ clients, cachedReplies }: Atoms): Domain<CacheEntry> => ({
  weight: 1,
  simplest: [clients.simplest, cachedReplies.simplest],
  draw: (random) => [clients.draw(random), cachedReplies.draw(random)],
  alter: ([client, cached], random) => [client, cachedReplies.alter(cached, random)],
  *nearer([client, cached], [, goal]) {
    for (const nearer of cachedReplies.nearer(cached, goal)) yield [client, nearer];
  },
});

type CacheEntry = readonly [EndPoint, CachedReply];

/** Packets of anyone to anyone: that hosts forge nothing is all that is taken for granted. */
export const packetsOf = (atoms: Atoms): Domain<Packet<Message>> =>
  record<Packet<Message>>({
    src: atoms.anyone,
    dst: atoms.anyone,
    msg: weighing(3, messagesOf(atoms)),
  });
