/**
 * # The refinement of a replicated service, by the book
 *
 * What a set of packets stands for, and what must be true of it, said as the theory says it: from
 * scratch, of every packet, whatever it costs. Far too slow to follow a campaign, and short enough
 * to be believed; a test shows that the checker, which looks only at what a step changes, comes to
 * the same after every step of random behaviours.
 *
 *     chosen(o)  =  the batches for which a majority has sent a 2b of one ballot for operation o
 *     batches    =  ⟨chosen(0), chosen(1), …⟩ as long as something is chosen
 *     executed   =  the requests of these batches in their order, each with the reply to it,
 *                   without those that a session shows to have been executed before
 *
 * Follows Protocol/RSL/RefinementProof/{Refinement,Chosen}.i.dfy of IronFleet.
 */
import type { Batch, Message, Operation, Request, Vote } from '../../protocol/rsl/messages.ts';
import type { AppState } from '../../spec/apps/application.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Log } from '../../spec/framework/log.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import * as service from '../../spec/rsl/service.ts';
import type { Setting } from './ghost.ts';
import { order, orderOfBatches, sameVote } from './values.ts';

export type Packets = readonly Packet<Message>[];

/** The packets of one type that replicas have sent. */
export const sentBy = <Type extends Message['type']>(
  { replicas }: Setting,
  packets: Packets,
  type: Type,
): readonly Packet<Message & { readonly type: Type }>[] =>
  packets.filter(
    (packet): packet is Packet<Message & { readonly type: Type }> =>
      packet.msg.type === type && replicas.includes(packet.src),
  );

/** What majorities have voted for in one operation, the values of lower ballots first. */
export function chosen(setting: Setting, packets: Packets, operation: Operation): readonly Vote[] {
  const votes = sentBy(setting, packets, '2b').filter(({ msg }) => msg.operation === operation);
  const votersFor = (vote: Vote): ReadonlySet<EndPoint> =>
    new Set(votes.filter(({ msg }) => sameVote(msg, vote)).map(({ src }) => src));
  return votes
    .map(({ msg }) => msg)
    .filter((vote) => 2 * votersFor(vote).size > setting.replicas.length)
    .sort((a, b) => order(a.ballot, b.ballot) || orderOfBatches(a.batch, b.batch));
}

/** The values of the longest run of chosen operations, from operation 0 on. */
export function chosenRun(setting: Setting, packets: Packets): readonly Batch[] {
  const batches: Batch[] = [];
  for (;;) {
    const [value] = chosen(setting, packets, batches.length);
    if (value === undefined) return batches;
    batches.push(value.batch);
  }
}

/** Whether a request takes effect after all of these have. */
function takesEffect(request: Request, executed: readonly service.Executed[], setting: Setting) {
  const { compatible, maxCachedReplies } = setting.parameters;
  if (compatible) return true;
  const clients = [...executed].reverse().map(({ client }) => client);
  const sessions = [...new Set(clients)].slice(0, maxCachedReplies);
  const last = executed.findLast(({ client }) => client === request.client);
  return !sessions.includes(request.client) || last === undefined || last.seqno < request.seqno;
}

/** What takes effect of some batches, and where it leads the application. */
export function execution(setting: Setting, batches: readonly Batch[]) {
  const executed: service.Executed[] = [];
  let app: AppState = setting.application.initial;
  for (const { client, seqno, request } of batches.flat()) {
    if (!takesEffect({ client, seqno, request }, executed, setting)) continue;
    const { state, reply } = setting.application.handle(app, request);
    app = state;
    executed.push({ client, seqno, request, reply });
  }
  return { app, executed };
}

/** The service's state that a set of packets stands for. */
export function abstractPackets(setting: Setting, packets: Packets): service.State {
  const { app, executed } = execution(setting, chosenRun(setting, packets));
  return { servers: new Set(setting.replicas), app, executed: Log.of(...executed) };
}

/** B3: one step of the service or none. */
export const isStep = (s: service.State, t: service.State, setting: Setting): Verdict =>
  setting.parameters.compatible
    ? service.next(s, t, setting.application)
    : service.nextAtMostOnce(s, t, setting.application, setting.parameters.maxCachedReplies);

type Spoken = Packet<service.RequestMessage | service.ReplyMessage>;

/** B4: what was said agrees with the service. */
export const corresponds = (packets: Packets, s: service.State): Verdict =>
  service.correspondence(
    packets.filter((packet): packet is Spoken => ['request', 'reply'].includes(packet.msg.type)),
    s,
  );
