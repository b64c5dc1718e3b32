/**
 * # Replicas for tests
 *
 * Replicas in a state of one's choosing, and what they receive. Everything is frozen, so that an
 * action that changes what it is given is found out.
 */
import { expect } from 'vitest';
import type { LocalAction, PacketAction, Step } from '../../protocol/framework/action.ts';
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import { DEFAULT, type Parameters } from '../../protocol/rsl/configuration.ts';
import type { Message, Operation, Promise1b, Request, Votes } from '../../protocol/rsl/messages.ts';
import { initReplica, type Replica } from '../../protocol/rsl/replica.ts';
import { constantsOf } from '../../protocol/rsl/rsl.ts';
import { counter, INCREMENT } from '../../spec/apps/counter.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import { deepFreeze } from './deepFreeze.ts';

export const REPLICAS: readonly EndPoint[] = ['a', 'b', 'c'];

/** Small numbers, of which no two are the same. */
export const PARAMETERS: Parameters = {
  ...DEFAULT,
  maxLogLength: 4,
  maxBatchSize: 3,
  maxBatchBytes: 30,
  maxBatchDelay: 10,
  baselineViewTimeout: 1_000,
  heartbeatPeriod: 100,
  retryPeriod: 50,
  maxInteger: 1_000_000,
  maxCachedReplies: 2,
};

export const COMPATIBLE: Parameters = {
  ...PARAMETERS,
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  compatible: true,
  durable: false,
};

/** What is special about a replica; all else is as at the beginning. */
export type Parts = {
  readonly [Part in Exclude<keyof Replica, 'constants'>]?: Replica[Part] extends number
    ? number
    : Partial<Replica[Part]>;
};

/** Replica b, which is no special one, unless `me` says otherwise. */
export function replica(
  parts: Parts = {},
  parameters: Parameters = PARAMETERS,
  me: EndPoint = 'b',
  replicas: readonly EndPoint[] = REPLICAS,
): Replica {
  const r = initReplica(constantsOf(replicas, parameters, me), counter);
  return deepFreeze({
    constants: r.constants,
    nextHeartbeat: parts.nextHeartbeat ?? r.nextHeartbeat,
    retry: { ...r.retry, ...parts.retry },
    proposer: { ...r.proposer, ...parts.proposer },
    election: { ...r.election, ...parts.election },
    acceptor: { ...r.acceptor, ...parts.acceptor },
    learner: { ...r.learner, ...parts.learner },
    executor: { ...r.executor, ...parts.executor },
  });
}

/** The same replica with one part changed, to say what an action does and what it does not do. */
export const withPart = <Part extends Exclude<keyof Replica, 'constants' | 'nextHeartbeat'>>(
  r: Replica,
  part: Part,
  changes: Partial<Replica[Part]>,
): Replica => ({ ...r, [part]: { ...r[part], ...changes } });

export const ballot = (seqno: number, proposer: number): Ballot => ({ seqno, proposer });

/** A client's request, by its number. */
export const request = (client: EndPoint, seqno: number): Request => ({
  client,
  seqno,
  request: INCREMENT,
});

/** Votes by operation: each the seqno of its ballot, which is always replica a's, and a client. */
export const votesOf = (...votes: readonly [Operation, number, EndPoint][]): Votes =>
  new Map(
    votes.map(([operation, seqno, client]) => [
      operation,
      { ballot: ballot(seqno, 0), batch: [request(client, 1)] },
    ]),
  );

/** A promise of the ballot. */
export const promised = (
  promisedBallot: Ballot,
  logTruncationPoint: Operation = 0,
  votes: Votes = new Map(),
): Promise1b => ({ type: '1b', ballot: promisedBallot, logTruncationPoint, votes });

export const sentFrom = (src: EndPoint, msg: Message, dst: EndPoint = 'b'): Packet<Message> =>
  deepFreeze({ src, dst, msg });

/** Replica b says the same to all replicas. */
export const toAll = (msg: Message, src: EndPoint = 'b'): readonly Packet<Message>[] =>
  REPLICAS.map((dst) => ({ src, dst, msg }));

/** Packet actions that read no clock are given none. */
export const NOW = Number.NaN;

export const guardOfReceiving = (
  action: PacketAction<Replica, Message>,
  r: Replica,
  src: EndPoint,
  msg: Message,
): Verdict =>
  action.guard(r, { packet: sentFrom(src, msg, r.constants.me), now: NOW, choice: undefined });

/** What a replica does with a packet that it may receive so. */
export function receive(
  action: PacketAction<Replica, Message>,
  r: Replica,
  src: EndPoint,
  msg: Message,
  now = NOW,
): Step<Replica, Message> {
  expect(guardOfReceiving(action, r, src, msg)).toBeUndefined();
  return action.step(r, { packet: sentFrom(src, msg, r.constants.me), now, choice: undefined });
}

export const guardOfTaking = <Choice>(
  action: LocalAction<Replica, Message, Choice>,
  r: Replica,
  now = NOW,
  choice = undefined as Choice,
): Verdict => action.guard(r, { now, choice });

/** What a replica does of its own accord where it may. */
export function take<Choice>(
  action: LocalAction<Replica, Message, Choice>,
  r: Replica,
  now = NOW,
  choice = undefined as Choice,
): Step<Replica, Message> {
  expect(guardOfTaking(action, r, now, choice)).toBeUndefined();
  return action.step(r, { now, choice });
}
