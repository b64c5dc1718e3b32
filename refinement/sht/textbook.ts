/**
 * # The refinement of a hash table, by the book
 *
 * What a behaviour stands for, said as the theory says it: from scratch, of every key and every
 * packet ever sent, whatever it costs. Far too slow to follow a campaign, and short enough to be
 * believed; a test shows that the checker, which looks only at what a step changes, comes to the
 * same after every step of random behaviours.
 *
 *     map[k]    =  what a delegation has for k that was sent to a host which has not accepted it,
 *                  else what a delegation has for k that waits at a host,
 *                  else what the table of the host has for k that has k by its map
 *     executed  =  the requests that were replied to, in the order of the replies
 *
 * Follows Protocol/SHT/RefinementProof/Refinement.i.dfy of IronFleet.
 */
import type { DelegationMap } from '../../protocol/sht/delegationMap.ts';
import type { Host } from '../../protocol/sht/host.ts';
import { contains, type Key, type KeyRange, type Value } from '../../protocol/sht/keys.ts';
import type { Message, SingleMessage } from '../../protocol/sht/messages.ts';
import { peerOf } from '../../protocol/sht/singleDelivery.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Log } from '../../spec/framework/log.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import * as service from '../../spec/sht/service.ts';
import type { Setting } from './ghost.ts';
import type { Delegation } from './places.ts';

/** A behaviour so far: all packets sent, the hosts as they are, and what was replied to. */
export interface Moment {
  readonly setting: Setting;
  readonly packets: readonly Packet<Message>[];
  readonly hosts: readonly Host[];
  readonly executed: readonly service.Executed[];
}

/** The single messages that hosts have sent. */
export const saidByHosts = ({ setting, packets }: Moment): readonly Packet<SingleMessage>[] =>
  packets.filter(
    (packet): packet is Packet<SingleMessage> =>
      packet.msg.type === 'single' && setting.configuration.hosts.includes(packet.src),
  );

/** The delegations between hosts that were sent and not accepted. */
export const inFlight = (moment: Moment): readonly Delegation[] =>
  saidByHosts(moment).flatMap(({ src, dst, msg }) => {
    const { seqno, content } = msg;
    const recipient = moment.hosts.find(({ constants }) => constants.me === dst);
    if (recipient === undefined || content.type !== 'delegate') return [];
    return seqno > peerOf(recipient.peers, src).accepted ? [content] : [];
  });

/** The delegation of a host that waits at a host, if one does. */
export const buffered = ({ constants, received }: Host): Delegation | undefined =>
  received !== undefined
  && constants.hosts.includes(received.src)
  && received.msg.content.type === 'delegate'
    ? received.msg.content
    : undefined;

/** Who has a key by a map. */
export const ownerAt = (map: DelegationMap, key: Key): EndPoint | undefined =>
  map.findLast(({ low }) => low <= key)?.owner;

export const hasByMap = ({ constants, delegationMap }: Host, key: Key): boolean =>
  ownerAt(delegationMap, key) === constants.me;

export const hasWaiting = (h: Host, key: Key): boolean => {
  const delegation = buffered(h);
  return delegation !== undefined && contains(delegation.range, key);
};

/** The tables in which something is to be found for a key, the first of which counts. */
function* tablesFor(moment: Moment, key: Key): Generator<OrderedMap<Value>> {
  for (const { range, table } of inFlight(moment)) if (contains(range, key)) yield table;
  for (const h of moment.hosts) if (hasWaiting(h, key)) yield (buffered(h) as Delegation).table;
  for (const h of moment.hosts) if (hasByMap(h, key)) yield h.table;
}

/** Every key that any table has. */
const keysOf = (moment: Moment): readonly Key[] =>
  [...inFlight(moment), ...moment.hosts, ...moment.hosts.flatMap((h) => buffered(h) ?? [])].flatMap(
    ({ table }) => Array.from(table, ([key]) => key),
  );

/** The service's state that a behaviour has come to. */
export function abstractMoment(moment: Moment): service.State {
  let map = OrderedMap.empty<Value>();
  for (const key of keysOf(moment)) {
    const [table] = tablesFor(moment, key);
    const value = table?.get(key);
    if (value !== undefined) map = map.with(key, value);
  }
  const servers = new Set(moment.setting.configuration.hosts);
  return { servers, map, executed: Log.of(...moment.executed) };
}

/** B4: what was said agrees with the service. */
export const corresponds = ({ packets }: Moment, s: service.State): Verdict =>
  service.correspondence(packets.flatMap(spoken), s);

type Spoken = Packet<service.RequestMessage | service.ReplyMessage>;

/** A packet as the world understands it, if it is about the service. */
function spoken({ src, dst, msg }: Packet<Message>): readonly Spoken[] {
  if (msg.type !== 'single') return [];
  const { seqno, content } = msg;
  switch (content.type) {
    case 'get':
    case 'set':
      return [{ src, dst, msg: { type: 'request', seqno, request: content } }];
    case 'reply': {
      const { key, value } = content;
      return [{ src, dst, msg: { type: 'reply', seqno, key, value } }];
    }
    default:
      return [];
  }
}

/** Keys of which every other is treated as one of them: where some range begins, or ends. */
export function criticalKeys(moment: Moment): readonly Key[] {
  const ranges: readonly Pick<KeyRange, 'low'>[] = [
    ...moment.hosts.flatMap(({ delegationMap }) => delegationMap),
    ...[...inFlight(moment), ...moment.hosts.flatMap((h) => buffered(h) ?? [])].flatMap(
      ({ range: { low, high } }) => [{ low }, { low: high }],
    ),
  ];
  const keys = new Set([0n, ...ranges.map(({ low }) => low)]);
  return [...keys].filter((key) => 0n <= key && key < 1n << 64n);
}
