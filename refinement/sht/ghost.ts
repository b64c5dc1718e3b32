/**
 * # What the checker remembers of a hash table
 *
 * Everything that was said, the state of each host, where every key is, and the history that all of
 * this stands for. A step moves few keys, if any: those for which a place has changed are looked up
 * again, and where they have another value than the service's table, that is how the table has
 * changed. What the step is called has no part in it.
 *
 * A request takes effect in the step in which a host is done with it and replies to its client. So
 * a row of the log is what was waiting, and what was sent.
 *
 * Besides, it remembers the step that it was told of last. Laws look only at what that step can have
 * changed, so they are to be asked after every step; of a ghost that knows of no step they look at
 * everything.
 */
import type { Configuration, Parameters } from '../../protocol/sht/configuration.ts';
import type { Host } from '../../protocol/sht/host.ts';
import { ALL_KEYS, type Key, type KeyRange, type Value } from '../../protocol/sht/keys.ts';
import type { Content, Message, SingleMessage } from '../../protocol/sht/messages.ts';
import type { Peer } from '../../protocol/sht/singleDelivery.ts';
import { differingKeys } from '../../spec/framework/arrivalMap.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { Executed, RequestMessage } from '../../spec/sht/service.ts';
import type { Act } from '../framework/systemRefinement.ts';
import { History } from './history.ts';
import {
  type Delegation,
  type Place,
  rangesChanged,
  rangesOf,
  underWay,
  valueAt,
  valuesWithin,
  waitingAt,
} from './places.ts';
import { Said } from './said.ts';

/** A service: what does not change. */
export interface Setting {
  readonly configuration: Configuration;
  readonly parameters: Parameters;
}

/** A peer of which a host remembers something else since its last step. */
export interface ChangedPeer {
  readonly id: EndPoint;
  /** Of a peer that is a host, which one it is. */
  readonly place: number | undefined;
  readonly before: Peer | undefined;
  readonly after: Peer;
}

const NOTHING: readonly never[] = [];

export class Ghost {
  readonly setting: Setting;
  /** The last step of a host; nothing if laws are to look at everything. */
  last: Act<Host, Message> | undefined;
  /** What that step has changed: peers, and keys of the host's table that are in the same place. */
  changedPeers: readonly ChangedPeer[] = NOTHING;
  changedKeys: readonly Key[] = NOTHING;
  /** Whether that step has changed where some keys are. */
  haveMoved = false;
  /** How many requests had taken effect before that step. */
  executedBefore = 0;
  readonly #places: ReadonlyMap<EndPoint, number>;
  readonly #hosts: Host[];
  readonly #ownPlaces: Place[];
  /** What is on its way from each host to each host. */
  readonly #ways: (readonly Delegation[])[][];
  #delegations: readonly Delegation[] = NOTHING;
  #said = new Said();
  readonly #history: History;

  /** A service whose hosts are in these states, of which nothing has been heard. */
  constructor(setting: Setting, hosts: readonly Host[], history?: History) {
    const { hosts: names } = setting.configuration;
    this.setting = setting;
    this.#places = new Map(names.map((host, place) => [host, place]));
    this.#hosts = [...hosts];
    this.#ownPlaces = hosts.map(placeOf);
    this.#ways = hosts.map((from) => hosts.map((to) => underWay(from, to)));
    this.#delegations = this.#ways.flat(2);
    this.#history = history ?? this.#beginning();
  }

  /** One that shares nothing with this that may change. */
  copy(): Ghost {
    const copy = new Ghost(this.setting, this.#hosts, this.#history.copy());
    copy.last = this.last;
    copy.changedPeers = this.changedPeers;
    copy.changedKeys = this.changedKeys;
    copy.haveMoved = this.haveMoved;
    copy.executedBefore = this.executedBefore;
    copy.#said = this.#said.copy();
    return copy;
  }

  get history(): History {
    return this.#history;
  }

  get said(): Said {
    return this.#said;
  }

  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  /** What is on its way between hosts, and the places that each host has. */
  get delegations(): readonly Delegation[] {
    return this.#delegations;
  }

  get places(): readonly Place[] {
    return this.#ownPlaces;
  }

  /** A host's place in the configuration. */
  placeOf(host: EndPoint): number | undefined {
    return this.#places.get(host);
  }

  /** What a client has asked that bears out a row of the log. */
  requestsFor({ client, server, seqno }: Executed): readonly Packet<RequestMessage>[] {
    return this.#said.under(client, server, seqno).flatMap(({ content }) => {
      if (content.type !== 'get' && content.type !== 'set') return [];
      return [{ src: client, dst: server, msg: { type: 'request', seqno, request: content } }];
    });
  }

  /** Somebody who is no host has sent a packet. */
  hear(packet: Packet<Message>): void {
    this.#said.add(packet);
  }

  /** A host has taken a step. */
  act(act: Act<Host, Message>): void {
    const { host, before, step } = act;
    this.last = act;
    this.executedBefore = this.#history.state.executed.length;
    this.haveMoved = false;
    this.changedKeys = NOTHING;
    this.changedPeers = NOTHING;
    for (const packet of step.sends) this.#said.add(packet);
    if (step.state === before) return;
    this.#hosts[host] = step.state;
    this.changedPeers = changedPeers(before, step.state, this.#places);
    const moved = this.#replace(host, before, step.state);
    this.changedKeys = changedKeys(before, step.state, moved);
    this.haveMoved = moved.length > 0;
    this.#history.advance(this.#mapAfter(moved), rowOf(act));
  }

  #beginning(): History {
    const map = valuesWithin(ALL_KEYS, this.#delegations, this.#ownPlaces);
    return new History(new Set(this.setting.configuration.hosts), map);
  }

  /** A host's places are others now; gives the ranges of those that have come or gone. */
  #replace(host: number, before: Host, after: Host): readonly KeyRange[] {
    const ranges: KeyRange[] = [];
    for (const { place: other } of this.changedPeers) {
      if (other === undefined) continue;
      ranges.push(...this.#look(host, other), ...this.#look(other, host));
    }
    if (ranges.length > 0) this.#delegations = this.#ways.flat(2);
    const { table, received, delegationMap } = after;
    const place = this.#ownPlaces[host] as Place;
    const isSameMap = delegationMap === before.delegationMap;
    if (isSameMap && received === before.received && table === place.table) return ranges;
    const waiting = waitingAt(after);
    const own = isSameMap ? place.own : rangesOf(delegationMap, after.constants.me);
    this.#ownPlaces[host] = { waiting, own, table };
    if (waiting !== place.waiting) {
      if (waiting !== undefined) ranges.push(waiting.range);
      if (place.waiting !== undefined) ranges.push(place.waiting.range);
    }
    if (!isSameMap) {
      ranges.push(...rangesChanged(before.delegationMap, delegationMap, after.constants.me));
    }
    return ranges;
  }

  /** Looks what is on its way from one host to another; gives the ranges of what is new or gone. */
  #look(from: number, to: number): readonly KeyRange[] {
    const ways = this.#ways[from] as (readonly Delegation[])[];
    const old = ways[to] as readonly Delegation[];
    const now = underWay(this.#hosts[from] as Host, this.#hosts[to] as Host);
    if (old.length === 0 && now.length === 0) return NOTHING;
    ways[to] = now;
    const changed = [
      ...old.filter((each) => !now.includes(each)),
      ...now.filter((each) => !old.includes(each)),
    ];
    return changed.map(({ range }) => range);
  }

  /** The service's table, now that these ranges and the changed keys have been looked up. */
  #mapAfter(ranges: readonly KeyRange[]): OrderedMap<Value> {
    let { map } = this.#history.state;
    for (const range of ranges) {
      const { low, high } = range;
      const values = valuesWithin(range, this.#delegations, this.#ownPlaces);
      if (!map.within(low, high).equals(values)) map = map.outside(low, high).merge(values);
    }
    for (const key of this.changedKeys) {
      const value = valueAt(key, this.#delegations, this.#ownPlaces);
      map = value === undefined ? map.without(key) : map.with(key, value);
    }
    return map;
  }
}

const placeOf = (h: Host): Place => ({
  waiting: waitingAt(h),
  own: rangesOf(h.delegationMap, h.constants.me),
  table: h.table,
});

/** The peers of which a host remembers something else. */
function changedPeers(
  before: Host,
  after: Host,
  places: ReadonlyMap<EndPoint, number>,
): readonly ChangedPeer[] {
  if (before.peers === after.peers) return NOTHING;
  const changed: ChangedPeer[] = [];
  for (const id of differingKeys(before.peers, after.peers)) {
    const [old, peer] = [before.peers.get(id), after.peers.get(id)];
    if (peer !== undefined) changed.push({ id, place: places.get(id), before: old, after: peer });
  }
  return changed;
}

/** The keys that have something else in a host's table, outside of these ranges. */
function changedKeys(before: Host, after: Host, ranges: readonly KeyRange[]): readonly Key[] {
  let [old, now] = [before.table, after.table];
  if (old === now) return NOTHING;
  for (const { low, high } of ranges) [old, now] = [old.outside(low, high), now.outside(low, high)];
  return [...old.differences(now)];
}

/** What took effect in a step: the request that was waiting, if it was done with and replied to. */
export function rowOf({ before, step }: Act<Host, Message>): Executed | undefined {
  const { received: waiting } = before;
  if (waiting === undefined || step.state.received === waiting) return undefined;
  const { src: client, msg } = waiting;
  const { seqno, content: request } = msg;
  if (request.type !== 'get' && request.type !== 'set') return undefined;
  const server = before.constants.me;
  for (const { dst, msg: answer } of step.sends) {
    if (dst !== client || !isReply(answer)) continue;
    const { seqno: replySeqno, content } = answer;
    return { client, server, seqno, request, reply: content.value, replySeqno };
  }
  return undefined;
}

/** A single message that replies. */
interface Reply extends SingleMessage {
  readonly content: Extract<Content, { readonly type: 'reply' }>;
}

/** Whether a message replies. */
export const isReply = (msg: Message): msg is Reply =>
  msg.type === 'single' && msg.content.type === 'reply';
