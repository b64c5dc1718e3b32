/**
 * # Where instances begin
 *
 * What has happened before, step by step, and which of the packets sent until then may still
 * arrive; the others are lost.
 */
import { type Ballot, isSame } from '../../../protocol/rsl/ballot.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import { ballotsOf, replicasOf, type Size } from './instance.ts';
import type { RslBeginning, RslRehearsal } from './parts.ts';

/** The client whose requests go to the replica at a place. */
const clientOf = (place: number): EndPoint => `c${place}`;

const requestOf = (place: number, seqno: number): string => `${clientOf(place)}#${seqno}`;

/** The client because of whom replicas suspect their leaders. */
const IMPATIENT = 'impatient';

/** A heartbeat that says in which view its sender is, and nothing more. */
const tellsOf =
  (view: Ballot, dst: EndPoint | undefined) =>
  (packet: Packet<Message>): boolean =>
    packet.dst === dst
    && packet.msg.type === 'heartbeat'
    && !packet.msg.suspicious
    && isSame(packet.msg.view, view);

/**
 * Every replica has gone through all the views of the instance, and replica 0 has told of each; then
 * all start again, and remember nothing. So each may be told of any view.
 */
function goThroughViews(rehearsal: RslRehearsal, size: Size): void {
  const replicas = replicasOf(size);
  for (const [place, dst] of replicas.entries()) {
    const msg: Message = { type: 'request', seqno: 0, request: IMPATIENT };
    rehearsal.send({ src: IMPATIENT, dst, msg });
    rehearsal.receive(place, 'receiveRequest', ({ src }) => src === IMPATIENT);
    rehearsal.act(place, 'startEpoch');
  }
  const [first, ...others] = ballotsOf(size);
  let view = first;
  rehearsal.act(0, 'sendHeartbeat');
  for (const next of others) {
    for (const place of replicas.keys()) rehearsal.act(place, 'suspect', 'sendHeartbeat');
    for (const place of replicas.keys()) {
      rehearsal.receive(
        place,
        'hearHeartbeat',
        ({ msg }) =>
          msg.type === 'heartbeat'
          && msg.suspicious
          && view !== undefined
          && isSame(msg.view, view),
      );
      rehearsal.act(place, 'changeView');
    }
    rehearsal.act(0, 'sendHeartbeat');
    view = next;
  }
  for (const place of replicas.keys()) rehearsal.restart(place);
}

/** The replica at a place is told of the view that it leads first. */
function enterOwnView(rehearsal: RslRehearsal, size: Size, place: number): void {
  const own = ballotsOf(size)[place];
  if (own === undefined || place === 0 || place >= size.replicas) return;
  rehearsal.receive(place, 'hearHeartbeat', tellsOf(own, replicasOf(size)[place]));
}

/** The requests that the replica at a place is asked to have executed. */
function ask(rehearsal: RslRehearsal, size: Size, place: number, requests = size.operations): void {
  const dst = replicasOf(size)[place];
  if (dst === undefined) return;
  for (let seqno = 1; seqno <= requests; seqno++) {
    const msg: Message = { type: 'request', seqno, request: requestOf(place, seqno) };
    rehearsal.send({ src: clientOf(place), dst, msg });
  }
}

const knowRequests = (rehearsal: RslRehearsal, place: number): void =>
  rehearsal.receive(place, 'receiveRequest', ({ src }) => src === clientOf(place));

/** News of the views that replicas lead after their first ones. */
const laterViews =
  (size: Size) =>
  (packet: Packet<Message>): boolean =>
    ballotsOf(size)
      .slice(size.replicas)
      .some((view) => tellsOf(view, replicasOf(size)[view.proposer])(packet));

const leaders = ({ replicas, ballots }: Size): number => Math.min(replicas, ballots);

/** Each leader is in its first view and has requests of its own to propose. */
export function leadersWithRequests(rehearsal: RslRehearsal, size: Size): RslBeginning {
  goThroughViews(rehearsal, size);
  for (let place = 0; place < leaders(size); place++) {
    enterOwnView(rehearsal, size, place);
    ask(rehearsal, size, place);
    knowRequests(rehearsal, place);
  }
  return rehearsal.end(laterViews(size));
}

/** The first leader has requests to propose; one to each other may arrive at any time. */
export function leadersWithLateRequests(rehearsal: RslRehearsal, size: Size): RslBeginning {
  goThroughViews(rehearsal, size);
  for (let place = 0; place < leaders(size); place++) {
    enterOwnView(rehearsal, size, place);
    ask(rehearsal, size, place, place === 0 ? size.operations : 1);
  }
  knowRequests(rehearsal, 0);
  const late = (packet: Packet<Message>): boolean =>
    packet.msg.type === 'request' && packet.src !== IMPATIENT && packet.src !== clientOf(0);
  return rehearsal.end((packet) => late(packet) || laterViews(size)(packet));
}

/** As with requests, and after a restart news of views and requests may arrive again. */
export function leadersToRestart(rehearsal: RslRehearsal, size: Size): RslBeginning {
  goThroughViews(rehearsal, size);
  for (let place = 0; place < leaders(size); place++) {
    enterOwnView(rehearsal, size, place);
    ask(rehearsal, size, place);
    knowRequests(rehearsal, place);
  }
  return rehearsal.end(
    (packet) =>
      (packet.msg.type === 'request' && packet.src !== IMPATIENT)
      || ballotsOf(size).some((view) => tellsOf(view, replicasOf(size)[view.proposer])(packet)),
  );
}
