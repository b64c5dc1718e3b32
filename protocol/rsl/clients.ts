/**
 * # Requests of clients
 *
 * A client sends its request to whichever replica it likes. Every replica remembers it, so that it
 * notices if nothing is done about it; the one that leads queues it. A request that has been
 * executed already is answered from the reply cache.
 *
 * Follows LReplicaNextProcessRequest of Protocol/RSL/Replica.i.dfy of IronFleet, where a replica
 * may as well propose such a request again, which is then executed again; in the `compatible`
 * preset that choice shows in the name of the action. Otherwise there is nothing to choose: what is
 * settled is answered, and nobody waits for it.
 */
import { MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import { clause } from '../../spec/framework/verdict.ts';
import { noteReceived } from './election.ts';
import { send } from './messages.ts';
import { queueRequest } from './proposer.ts';
import { fromAnyone } from './receiving.ts';
import { isSettled } from './replyCache.ts';

/** Answer with the client's latest reply; its number says which request it answers. */
export const answerFromCache = fromAnyone('request', {
  name: 'answerFromCache',
  guard: ({ executor }, { seqno, request }, client) =>
    clause('the request is not too long', request.length <= MAX_REQUEST_BYTES)
    ?? clause('it is settled', isSettled(executor.replyCache, client, seqno)),
  step: (r, _, client) => {
    const latest = r.executor.replyCache.get(client);
    if (latest === undefined) throw new TypeError('the guard lets only settled requests pass');
    return { state: r, sends: [send(r.constants, client, { type: 'reply', ...latest })] };
  },
});

/** Remember a request, and queue it if this replica leads. */
export const receiveRequest = fromAnyone('request', {
  name: 'receiveRequest',
  guard: ({ constants, executor }, { seqno, request }, client) =>
    clause('the request is not too long', request.length <= MAX_REQUEST_BYTES)
    ?? clause(
      'it is not settled, unless such are executed again',
      constants.parameters.compatible || !isSettled(executor.replyCache, client, seqno),
    ),
  step: (r, { seqno, request: asked }, client) => {
    const request = { client, seqno, request: asked };
    const election = noteReceived(r.election, r.constants, request);
    const proposer = queueRequest(r.proposer, request);
    if (election === r.election && proposer === r.proposer) return { state: r, sends: [] };
    return { state: { ...r, election, proposer }, sends: [] };
  },
});
