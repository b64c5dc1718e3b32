/**
 * # What hosts of a hash table may be, and what may be said
 */
import { allTo, assign, type DelegationMap } from '../../../protocol/sht/delegationMap.ts';
import type { Host } from '../../../protocol/sht/host.ts';
import type { KeyRange, Value } from '../../../protocol/sht/keys.ts';
import {
  bytesOf,
  type Content,
  type Message,
  type Order,
  REASONS,
  type SingleMessage,
} from '../../../protocol/sht/messages.ts';
import type { Peer, Peers } from '../../../protocol/sht/singleDelivery.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import { equal } from '../../../spec/framework/equal.ts';
import { OrderedMap } from '../../../spec/framework/orderedMap.ts';
import type { Random } from '../../simulation/random.ts';
import {
  type Domain,
  fixed,
  listOf,
  mapOf,
  oneOf,
  optional,
  record,
  variants,
  weighing,
} from '../domain.ts';
import type { Atoms, ShtProtocol } from './universe.ts';

export const rangesOf = ({ bounds }: Atoms): Domain<KeyRange> =>
  record({ low: bounds, high: bounds });

/** Tables with a few entries. */
export function tablesOf({ keys, values }: Atoms): Domain<OrderedMap<Value>> {
  const more = (table: OrderedMap<Value>, random: Random): OrderedMap<Value> =>
    table.with(keys.draw(random), values.draw(random));
  return {
    weight: 2,
    simplest: OrderedMap.empty(),
    draw(random) {
      let table = OrderedMap.empty<Value>();
      for (let left = random.below(3); left > 0; left--) table = more(table, random);
      return table;
    },
    alter: (table, random) =>
      random.happens(0.5) ? more(table, random) : table.without(keys.draw(random)),
    *nearer(table, origin) {
      if (equal(table, origin)) return;
      yield origin;
      for (const [key] of table) if (!origin.has(key)) yield table.without(key);
    },
  };
}

/** Delegation maps, seldom such that no assignments lead to them. */
function delegationMapsOf(atoms: Atoms): Domain<DelegationMap> {
  const ranges = rangesOf(atoms);
  const { hosts, bounds } = atoms;
  const assigned = (map: DelegationMap, random: Random): DelegationMap =>
    assign(map, ranges.draw(random), hosts.draw(random));
  return {
    weight: 3,
    simplest: allTo(hosts.simplest),
    draw(random) {
      let map = allTo(hosts.draw(random));
      for (let left = random.below(4); left > 0; left--) map = assigned(map, random);
      return map;
    },
    alter(map, random) {
      if (random.happens(0.8) && map.length > 0) return assigned(map, random);
      const place = random.below(map.length + 1);
      const range = { low: bounds.draw(random), owner: hosts.draw(random) };
      return map.toSpliced(place, random.below(2), range);
    },
    *nearer(map, origin) {
      if (equal(map, origin)) return;
      yield origin;
      for (const place of map.keys()) if (map.length > 1) yield map.toSpliced(place, 1);
    },
  };
}

const ordersOf = (atoms: Atoms): Domain<Order> =>
  record({ range: rangesOf(atoms), recipient: atoms.hosts });

const type = <Type extends string>(name: Type): Domain<Type> => fixed(name);

export const contentsOf = (atoms: Atoms): Domain<Content> => {
  const { keys, values, everyone, bounds, counts } = atoms;
  const value = optional(values);
  const [reason, ...reasons] = REASONS;
  return variants<Content>({
    get: record({ type: type('get'), key: keys }),
    set: record({ type: type('set'), key: keys, value }),
    reply: record({ type: type('reply'), key: keys, value }),
    redirect: record({ type: type('redirect'), key: keys, owner: everyone }),
    shard: record({ type: type('shard'), range: rangesOf(atoms), recipient: atoms.hosts }),
    delegate: record({ type: type('delegate'), range: rangesOf(atoms), table: tablesOf(atoms) }),
    statusRequest: record({ type: type('statusRequest'), from: bounds, samples: counts }),
    status: record({
      type: type('status'),
      keys: counts,
      ranges: fixed([]),
      until: bounds,
      orders: listOf(ordersOf(atoms), 1),
      samples: listOf(keys, 1),
    }),
    refusal: record({ type: type('refusal'), reason: oneOf([reason, ...reasons]) }),
  });
};

const singlesOf = (atoms: Atoms): Domain<SingleMessage> =>
  record({
    type: type('single'),
    seqno: atoms.counts,
    dst: atoms.everyone,
    content: contentsOf(atoms),
  });

export function packetsOf(atoms: Atoms): Domain<Packet<Message>> {
  const { everyone, counts } = atoms;
  const messages = variants<Message>({
    invalid: record({ type: type('invalid') }),
    ack: record({ type: type('ack'), seqno: counts }),
    single: singlesOf(atoms),
    numbersRequest: record({ type: type('numbersRequest') }),
    numbers: record({ type: type('numbers'), accepted: counts, acked: counts }),
  });
  return record({ src: everyone, dst: everyone, msg: messages });
}

/** What is unacknowledged has its number, its recipient and its bytes. */
const tidied = (peers: Peers): Peers =>
  new Map(
    [...peers].map(([id, { accepted, acked, unacked }]): [string, Peer] => {
      const numbered = unacked.map((msg, place) => ({ ...msg, dst: id, seqno: acked + 1 + place }));
      const unackedBytes = numbered.reduce((sum, { content }) => sum + bytesOf(content), 0);
      return [id, { accepted, acked, unacked: numbered, unackedBytes }];
    }),
  );

/** What is remembered of peers, mostly in good order. */
function peersOf(atoms: Atoms): Domain<Peers> {
  const { counts, everyone } = atoms;
  const each = record<Peer>({
    accepted: counts,
    acked: counts,
    unacked: listOf(singlesOf(atoms), 2),
    unackedBytes: weighing(1, counts),
  });
  const peers = mapOf(everyone, each, 4);
  const mostly = (some: Peers, random: Random): Peers =>
    random.happens(0.9) ? tidied(some) : some;
  return {
    ...peers,
    draw: (random) => mostly(peers.draw(random), random),
    alter: (some, random) => mostly(peers.alter(some, random), random),
    *nearer(some, origin) {
      for (const nearer of peers.nearer(some, origin)) {
        yield nearer;
        yield tidied(nearer);
      }
    },
  };
}

export const hostsOf = ({ hosts, init }: ShtProtocol, atoms: Atoms): Domain<Host> => {
  const { counts, times, everyone } = atoms;
  const waiting = record({ src: everyone, dst: atoms.hosts, msg: singlesOf(atoms) });
  return record<Host>({
    constants: fixed(init(hosts[0] ?? '').constants),
    delegationMap: delegationMapsOf(atoms),
    table: tablesOf(atoms),
    peers: weighing(4, peersOf(atoms)),
    received: weighing(2, optional(waiting)),
    orders: weighing(2, listOf(ordersOf(atoms), 3)),
    numDelegations: oneOf([1, 2, 3, 4], [0, 5, 6]),
    resentAt: times,
    noted: mapOf(everyone, counts, 2),
  });
};
