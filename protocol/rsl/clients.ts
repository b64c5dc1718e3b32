/**
 * # Requests of clients
 *
 * A client sends its request to whichever replica it likes. Every replica remembers it, so that it
 * notices if nothing is done about it; the one that leads queues it. A request that has been
 * executed already is answered from the reply cache.
 *
 * Follows LReplicaNextProcessRequest of Protocol/RSL/Replica.i.dfy of IronFleet. Which of the two
 * a replica does, where both are allowed, is its own choice, and shows in the name of the action.
 */
import { clause } from '../../spec/framework/verdict.ts';
import type { PacketAction } from '../framework/action.ts';
import { noteReceived } from './election.ts';
import { MAX_VALUE_BYTES, type Message, send } from './messages.ts';
import { queueRequest } from './proposer.ts';
import type { Replica } from './replica.ts';

/** Answer with the client's latest reply; its number says which request it answers. */
export const answerFromCache: PacketAction<Replica, Message> = {
  name: 'answerFromCache',
  takes: 'packet',
  readsClock: false,
  guard: ({ executor: { replyCache } }, { packet: { src, msg } }) =>
    clause('the packet is a request', msg.type === 'request')
    ?? clause(
      'it, or a later one of that client, has been executed',
      msg.type === 'request' && (replyCache.get(src)?.seqno ?? -1) >= msg.seqno,
    ),
  step: (r, { packet: { src } }) => {
    const latest = r.executor.replyCache.get(src);
    if (latest === undefined) throw new TypeError('the guard lets only cached replies pass');
    return { state: r, sends: [send(r.constants, src, { type: 'reply', ...latest })] };
  },
};

/** Remember a request, and queue it if this replica leads. */
export const receiveRequest: PacketAction<Replica, Message> = {
  name: 'receiveRequest',
  takes: 'packet',
  readsClock: false,
  guard: (_, { packet: { msg } }) =>
    clause('the packet is a request', msg.type === 'request')
    ?? clause(
      'it is not too long',
      msg.type === 'request' && msg.request.length <= MAX_VALUE_BYTES,
    ),
  step: (r, { packet: { src, msg } }) => {
    if (msg.type !== 'request') throw new TypeError('the guard lets only a request pass');
    const request = { client: src, seqno: msg.seqno, request: msg.request };
    const election = noteReceived(r.election, r.constants, request);
    const proposer = queueRequest(r.proposer, request);
    if (election === r.election && proposer === r.proposer) return { state: r, sends: [] };
    return { state: { ...r, election, proposer }, sends: [] };
  },
};
