/**
 * # Where instances begin
 *
 * What has happened before, step by step, and which of the packets sent until then may still
 * arrive; the others are lost.
 */
import { type Ballot, isSame } from '../../../protocol/rsl/ballot.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Ghost } from '../../../refinement/rsl/ghost.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import type { State as Service } from '../../../spec/rsl/service.ts';
import type { Beginning } from '../ghostModel.ts';
import { ballotsOf, replicasOf, type Size } from './instance.ts';
import type { Rehearsal } from './rehearsal.ts';

export type RslRehearsal = Rehearsal<Replica, Message, Ghost, Service>;
export type RslBeginning = Beginning<Replica, Message, Ghost>;

type Fits = (packet: Packet<Message>) => boolean;

/** The client whose requests go to the replica at a place, and one that asks all of them. */
const clientOf = (place: number): EndPoint => `c${place}`;
const CLIENT = 'client';

/** The client because of whom replicas suspect their leaders. */
const IMPATIENT = 'impatient';

const is =
  (...types: readonly Message['type'][]): Fits =>
  ({ msg }) =>
    types.includes(msg.type);

const isRequest: Fits = ({ src, msg }) => msg.type === 'request' && src !== IMPATIENT;

const suspects =
  (view: Ballot): Fits =>
  ({ msg }) =>
    msg.type === 'heartbeat' && msg.suspicious && isSame(msg.view, view);

/** A heartbeat to a replica that says in which view its sender is, and nothing more. */
const tells =
  (dst: EndPoint | undefined, view: Ballot): Fits =>
  (packet) =>
    packet.dst === dst
    && packet.msg.type === 'heartbeat'
    && !packet.msg.suspicious
    && isSame(packet.msg.view, view);

/** News of these views, each to the replica that leads in it. */
const tellsLeaders =
  (size: Size, views: readonly Ballot[]): Fits =>
  (packet) =>
    views.some((view) => tells(replicasOf(size)[view.proposer], view)(packet));

/** News of the views that replicas lead after their first ones. */
const tellsLaterViews = (size: Size): Fits =>
  tellsLeaders(size, ballotsOf(size).slice(size.replicas));

const leadersOf = ({ replicas, ballots }: Size): number => Math.min(replicas, ballots);

/** The replica at a place has waited for a request through an epoch. */
function growImpatient(rehearsal: RslRehearsal, size: Size, place: number): void {
  const dst = replicasOf(size)[place] as EndPoint;
  rehearsal.send({ src: IMPATIENT, dst, msg: { type: 'request', seqno: 0, request: IMPATIENT } });
  rehearsal.receive(place, 'receiveRequest', ({ src }) => src === IMPATIENT);
  rehearsal.act(place, 'startEpoch');
}

/**
 * Every replica has gone through all the views of the instance, and the first has told of each; then
 * all start again and remember nothing, and each leader is told of the first view that is its own.
 */
function goThroughViews(rehearsal: RslRehearsal, size: Size): void {
  const places = [...replicasOf(size).keys()];
  const views = ballotsOf(size);
  for (const place of places) growImpatient(rehearsal, size, place);
  for (const view of views) {
    rehearsal.act(0, 'sendHeartbeat');
    if (view === views.at(-1)) break;
    for (const place of places) rehearsal.act(place, 'suspect', 'sendHeartbeat');
    for (const place of places) {
      rehearsal.receive(place, 'hearHeartbeat', suspects(view));
      rehearsal.act(place, 'changeView');
    }
  }
  for (const place of places) rehearsal.restart(place);
  for (let place = 1; place < leadersOf(size); place++) {
    const own = tells(replicasOf(size)[place], views[place] as Ballot);
    rehearsal.receive(place, 'hearHeartbeat', own);
  }
}

/** A client asks the replica at a place for so many things. */
function ask(
  rehearsal: RslRehearsal,
  size: Size,
  place: number,
  client: EndPoint,
  requests = size.operations,
): void {
  const dst = replicasOf(size)[place] as EndPoint;
  for (let seqno = 1; seqno <= requests; seqno++) {
    const msg: Message = { type: 'request', seqno, request: `${client}#${seqno}` };
    rehearsal.send({ src: client, dst, msg });
  }
}

const knowRequests = (rehearsal: RslRehearsal, place: number): void =>
  rehearsal.receive(place, 'receiveRequest', isRequest);

/** The first replica leads, because these have promised. */
function leadFirst(rehearsal: RslRehearsal, promising: readonly number[]): void {
  rehearsal.act(0, 'startPhase1');
  for (const place of promising) rehearsal.receive(place, 'promise', is('1a'));
  rehearsal.receive(0, 'collectPromise', is('1b'));
  rehearsal.act(0, 'startPhase2');
}

/** Each leader is in its first view and has requests of its own to propose. */
export function leadersWithRequests(rehearsal: RslRehearsal, size: Size): RslBeginning {
  goThroughViews(rehearsal, size);
  for (let place = 0; place < leadersOf(size); place++) {
    ask(rehearsal, size, place, clientOf(place));
    knowRequests(rehearsal, place);
  }
  return rehearsal.end(tellsLaterViews(size));
}

/** The same, and news of views and requests may arrive again after a restart. */
export function leadersToRestart(rehearsal: RslRehearsal, size: Size): RslBeginning {
  leadersWithRequests(rehearsal, size);
  const tellsViews = tellsLeaders(size, ballotsOf(size));
  return rehearsal.end((packet) => isRequest(packet) || tellsViews(packet));
}

/** The first leader has requests to propose; one to each other may arrive at any time. */
export function leadersWithLateRequests(rehearsal: RslRehearsal, size: Size): RslBeginning {
  goThroughViews(rehearsal, size);
  for (let place = 0; place < leadersOf(size); place++) {
    ask(rehearsal, size, place, clientOf(place), place === 0 ? size.operations : 1);
  }
  knowRequests(rehearsal, 0);
  const isLate: Fits = (packet) => isRequest(packet) && packet.src !== clientOf(0);
  const tellsViews = tellsLaterViews(size);
  return rehearsal.end((packet) => isLate(packet) || tellsViews(packet));
}

/**
 * The first leader has proposed everything, and nobody has voted yet; each other leader knows of the
 * same client's first request, which may so be decided twice.
 */
export function leaderHasProposed(rehearsal: RslRehearsal, size: Size): RslBeginning {
  goThroughViews(rehearsal, size);
  for (let place = 0; place < leadersOf(size); place++) {
    ask(rehearsal, size, place, clientOf(0), place === 0 ? size.operations : 1);
    knowRequests(rehearsal, place);
  }
  leadFirst(rehearsal, [...replicasOf(size).keys()]);
  for (let operation = 0; operation < size.operations; operation++) {
    rehearsal.act(0, 'proposeBatch');
  }
  const tellsViews = tellsLaterViews(size);
  return rehearsal.end((packet) => is('2a')(packet) || tellsViews(packet));
}

/**
 * All but the last replica have executed operation 0, which the first leads, and say so; the last
 * was not there, and has asked the first for its state. The window allows another operation only
 * when operation 0 is settled. If there is a second ballot, the second replica is about to lead it.
 */
export function oneIsBehind(rehearsal: RslRehearsal, size: Size): RslBeginning {
  const last = size.replicas - 1;
  const others = [...replicasOf(size).keys()].slice(0, -1);
  ask(rehearsal, size, 0, clientOf(0));
  knowRequests(rehearsal, 0);
  leadFirst(rehearsal, others);
  rehearsal.act(0, 'proposeBatch');
  for (const place of others) rehearsal.receive(place, 'vote', is('2a'));
  for (const place of others) {
    rehearsal.receive(place, 'learn', is('2b'));
    rehearsal.act(place, 'decide', 'execute', 'sendHeartbeat');
  }
  rehearsal.receive(last, 'hearHeartbeat', is('heartbeat'));
  rehearsal.act(last, 'noteProgress', 'askForVotes', 'askForState');
  if (size.ballots > 1) secondLeads(rehearsal, size);
  const isAhead: Fits = ({ msg }) =>
    msg.type === 'heartbeat' && msg.checkpoint > 0 && !msg.suspicious;
  return rehearsal.end((packet) => isAhead(packet) || is('appStateRequest')(packet));
}

/** All but the first replica suspect it, and the second is in its own view. */
function secondLeads(rehearsal: RslRehearsal, size: Size): void {
  const [first] = ballotsOf(size);
  for (let place = 1; place < size.replicas; place++) {
    growImpatient(rehearsal, size, place);
    rehearsal.act(place, 'suspect', 'sendHeartbeat');
  }
  rehearsal.receive(1, 'hearHeartbeat', suspects(first as Ballot));
  rehearsal.act(1, 'changeView');
}

/**
 * All but the last replica have executed operation 0, know that of one another and have truncated
 * their logs. The second replica is about to lead, and the client whose request that was may ask it
 * for the same once more. Nothing that the original does not do was done.
 */
export function originalGoesOn(rehearsal: RslRehearsal, size: Size): RslBeginning {
  const others = [...replicasOf(size).keys()].slice(0, -1);
  ask(rehearsal, size, 0, clientOf(0), 1);
  knowRequests(rehearsal, 0);
  leadFirst(rehearsal, others);
  rehearsal.act(0, 'startBatchTimer', 'proposeBatch');
  for (const place of others) rehearsal.receive(place, 'vote', is('2a'));
  for (const place of others) {
    rehearsal.receive(place, 'learn', is('2b'));
    rehearsal.act(place, 'decide', 'execute', 'sendHeartbeat');
  }
  for (const place of others) {
    rehearsal.receive(place, 'hearHeartbeat', is('heartbeat'));
    rehearsal.act(place, 'truncateLog');
  }
  secondLeads(rehearsal, size);
  ask(rehearsal, size, 1, clientOf(0), 1);
  const second = replicasOf(size)[1];
  return rehearsal.end((packet) => isRequest(packet) && packet.dst === second);
}

/**
 * The first leader has proposed everything, but its first proposal is lost; it has voted for the
 * others. Everybody is in the second leader's view, who was asked for nothing.
 */
export function gapIsLeft(rehearsal: RslRehearsal, size: Size): RslBeginning {
  goThroughViews(rehearsal, size);
  ask(rehearsal, size, 0, clientOf(0));
  knowRequests(rehearsal, 0);
  leadFirst(rehearsal, [...replicasOf(size).keys()]);
  for (let operation = 0; operation < size.operations; operation++) {
    rehearsal.act(0, 'proposeBatch');
  }
  rehearsal.receive(0, 'vote', ({ msg }) => msg.type === '2a' && msg.operation > 0);
  rehearsal.receive(0, 'hearHeartbeat', tells(replicasOf(size)[0], ballotsOf(size)[1] as Ballot));
  return rehearsal.end(() => false);
}

/** Every replica has long waited for a request to be executed. */
export function allWait(rehearsal: RslRehearsal, size: Size): RslBeginning {
  for (const place of replicasOf(size).keys()) growImpatient(rehearsal, size, place);
  return rehearsal.end(() => false);
}

/** Nothing has happened but that a client has asked all replicas. */
export function nothingYet(rehearsal: RslRehearsal, size: Size): RslBeginning {
  for (const place of replicasOf(size).keys()) ask(rehearsal, size, place, CLIENT);
  return rehearsal.end(isRequest);
}
