/**
 * # Requests of clients
 *
 * A request that is settled is answered from the reply cache; any other is remembered, and queued
 * if this replica leads.
 *
 * Follows Impl/RSL/ReplicaModel.i.dfy of IronFleet, whose rule for what to answer from the cache is
 * kept where compatible.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { allocate } from '../framework/allocate.ts';
import type { Io } from '../framework/io.ts';
import { REQUEST_COST } from './backPressure.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';

/** How far behind a client's latest request the original answers an older one from its cache. */
const ORIGINAL_REACH = 10;

/** Whether to answer with the client's latest reply, that to request `latest`. */
const isAnswered = (seqno: number, latest: number, compatible: boolean): boolean =>
  latest >= seqno && (!compatible || latest < ORIGINAL_REACH || seqno > latest - ORIGINAL_REACH);

export function hearRequest(
  r: Replica,
  io: Io,
  client: EndPoint,
  { seqno, request }: Message & { type: 'request' },
): string {
  r.observer.requestReceived?.(client, seqno);
  const latest = r.executor.replyCache.get(client);
  if (latest !== undefined && isAnswered(seqno, latest.seqno, r.constants.parameters.compatible)) {
    io.send(client, latest.message);
    r.counters.answeredFromCache++;
    r.observer.cachedReplySent?.(client, latest.seqno);
    return 'answerFromCache';
  }
  const asked = { client, seqno, request: worthKeeping(request) };
  r.election.waiting.add(asked);
  r.proposer.queueRequest(asked);
  return 'receiveRequest';
}

/**
 * A request as it may be kept until it is executed. It may have come with a lot that is not kept
 * otherwise, and for which nobody is charged.
 */
function worthKeeping(request: Uint8Array): Uint8Array {
  if (request.buffer.byteLength <= 4 * (request.length + REQUEST_COST)) return request;
  const copy = allocate(request.length);
  copy.set(request);
  return copy;
}
