/**
 * # State transfer
 *
 * A replica that has fallen behind further than others remember takes over the state of one.
 *
 * Follows Impl/RSL/ExecutorModel.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Service } from '../apps/service.ts';
import type { Io } from '../framework/io.ts';
import { isBelow } from './ballot.ts';
import { marshal } from './marshal.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';
import { RememberedReply, type ReplyCache } from './replyCache.ts';

/** A new leader begins where this replica has not come yet: it asks everyone for their state. */
export function requestState(r: Replica, io: Io, msg: Message & { type: 'startingPhase2' }) {
  const { ballot, logTruncationPoint: operation } = msg;
  if (operation <= r.executor.operationsComplete) return 'ignore';
  r.broadcast(io, marshal({ type: 'appStateRequest', ballot, operation }));
  return 'requestState';
}

/** Gives the whole state to a replica that has fallen behind. */
export function supplyState(
  { executor, constants }: Replica,
  io: Io,
  src: EndPoint,
  { ballot, operation }: Message & { type: 'appStateRequest' },
): string {
  const { app, operationsComplete, maxBallotReflected, replyCache } = executor;
  if (isBelow(ballot, maxBallotReflected) || operationsComplete < operation) return 'ignore';
  // While nothing is executed, all who ask are told the same, and it is written once.
  executor.supply ??= marshal({
    type: 'appStateSupply',
    ballot: maxBallotReflected,
    operation: operationsComplete,
    app: app.serialize(),
    replyCache: constants.parameters.compatible ? undefined : [...replyCache],
  });
  io.send(src, executor.supply);
  return 'supplyState';
}

/** Takes over the state of a replica that is ahead, and with it its memory of clients. */
export function adoptState(r: Replica, msg: Message & { type: 'appStateSupply' }): string {
  const { executor, constants, proposer } = r;
  const { compatible } = constants.parameters;
  r.retry.noteState(bytesOf(msg));
  if (msg.operation <= executor.operationsComplete) return 'ignore';
  if (!compatible && msg.replyCache === undefined) return 'ignore';
  const app = restore(r, msg.app);
  if (app === undefined) return 'ignore';
  executor.app = app;
  executor.operationsComplete = msg.operation;
  executor.maxBallotReflected = msg.ballot;
  executor.decided = undefined;
  executor.supply = undefined;
  if (!compatible) executor.replyCache = remembered(msg.replyCache ?? []);
  r.learner.forgetBefore(msg.operation);
  if (!compatible) r.election.noteSettled(executor.replyCache);
  proposer.noteSettled(msg.operation, executor.replyCache);
  return 'adoptState';
}

/** How many bytes a state has, but for its lengths. */
function bytesOf({ app, replyCache = [] }: Message & { type: 'appStateSupply' }): number {
  let bytes = app.length;
  for (const [, { reply }] of replyCache) bytes += reply.length;
  return bytes;
}

/** The service in a state that was told, if it is one. */
function restore({ service, counters }: Replica, state: Uint8Array): Service | undefined {
  try {
    return service.deserialize(state);
  } catch {
    counters.malformed++;
    return undefined;
  }
}

function remembered(cache: NonNullable<(Message & { type: 'appStateSupply' })['replyCache']>) {
  const replies: ReplyCache = new Map();
  for (const [client, { seqno, reply }] of cache) {
    replies.set(client, new RememberedReply(seqno, reply));
  }
  return replies;
}
