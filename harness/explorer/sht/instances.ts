/**
 * # The instances of the hash table that are explored
 *
 * Each is about one thing. The keys are 0, 1 and 2, and one delegation moves one key that has a
 * value.
 */

import { ALL_KEYS, KEY_INF } from '../../../protocol/sht/keys.ts';
import type { Message } from '../../../protocol/sht/messages.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import { OrderedMap } from '../../../spec/framework/orderedMap.ts';
import { conversation, get, type Instance, type Omission, set, shard } from './instance.ts';

const NOTHING_IS_REPEATED: Omission = {
  actions: ['resend'],
  because: 'whatever was sent may arrive at any time, so to repeat it adds nothing',
};
const NOTHING_IS_IGNORED: Omission = {
  actions: ['ignore'],
  because: 'it changes nothing',
};
/** In all instances that are about what hosts never do, and not about what they do in the end. */
const WITHOUT = [NOTHING_IS_REPEATED, NOTHING_IS_IGNORED];

/** Acknowledgements of the first so many messages of a host. */
const acks = (src: EndPoint, dst: EndPoint, count: number): readonly Packet<Message>[] =>
  Array.from({ length: count }, (_, place) => ({
    src,
    dst,
    msg: { type: 'ack', seqno: place + 1 },
  }));

export const INSTANCES: readonly Instance[] = [
  {
    name: 'hand-over',
    about: 'a key goes to another host while two clients set, get and delete it at both',
    hosts: 2,
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), get(0n)),
      ...conversation('client1', 'b', set(0n, 'y'), get(0n)),
      ...conversation('client2', 'a', set(0n)),
      ...conversation('client2', 'b', get(0n), get(0n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b')),
    ],
    without: WITHOUT,
  },
  {
    name: 'there-and-back',
    about: 'a key goes to another host, comes back, and goes again',
    hosts: 2,
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), get(0n)),
      ...conversation('client1', 'b', set(0n, 'y'), get(0n)),
      ...conversation('client2', 'a', set(0n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b'), shard(0n, 1n, 'b')),
      ...conversation('admin1', 'b', shard(0n, 1n, 'a')),
    ],
    without: WITHOUT,
  },
  {
    name: 'pieces',
    about: 'all keys go to another host one by one, while they are set, and one of them comes back',
    hosts: 2,
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), set(1n, 'y'), set(2n, 'z'), set(0n)),
      ...conversation('client1', 'b', get(0n), set(1n, 'w'), get(2n)),
      ...conversation('admin1', 'a', shard(ALL_KEYS.low, KEY_INF, 'b')),
      ...conversation('admin1', 'b', shard(1n, 2n, 'a')),
    ],
    without: WITHOUT,
  },
  {
    name: 'orders',
    about: 'two administrators order what cannot all be done; one host has room for one order',
    hosts: 2,
    parameters: { maxOrders: 1 },
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), set(1n, 'y')),
      ...conversation('admin1', 'a', shard(0n, 2n, 'b'), shard(1n, 3n, 'b')),
      ...conversation(
        'admin2',
        'a',
        shard(0n, 1n, 'a'),
        shard(2n, 3n, 'nobody'),
        shard(2n, 3n, 'b'),
      ),
      ...conversation('admin2', 'b', shard(0n, 1n, 'a')),
    ],
    without: WITHOUT,
  },
  {
    name: 'three-hosts',
    about: 'a key goes around among three hosts, and clients are sent after it',
    hosts: 3,
    said: [
      ...conversation('client1', 'a', set(0n, 'x')),
      ...conversation('client1', 'b', set(0n, 'y')),
      ...conversation('client1', 'c', get(0n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b'), shard(0n, 1n, 'b')),
      ...conversation('admin1', 'b', shard(0n, 1n, 'c')),
      ...conversation('admin1', 'c', shard(0n, 1n, 'a')),
    ],
    without: WITHOUT,
  },
  {
    name: 'two-givers',
    about: 'two hosts hand keys to a third one at once, and that one hands one of them on',
    hosts: 3,
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), set(1n, 'y')),
      ...conversation('client1', 'b', set(0n, 'z')),
      ...conversation('client1', 'c', get(0n), get(1n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b'), shard(1n, 2n, 'c')),
      ...conversation('admin1', 'b', shard(0n, 1n, 'c')),
      ...conversation('admin1', 'c', shard(1n, 2n, 'b')),
    ],
    without: WITHOUT,
  },
  {
    name: 'acknowledged',
    about: 'clients acknowledge what they are answered, and those who do not are not heard',
    hosts: 2,
    parameters: { maxUnacked: 1, maxPeers: 2 },
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), get(0n), set(0n)),
      ...conversation('client1', 'b', get(0n), get(0n)),
      ...conversation('client2', 'a', get(0n), get(1n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b')),
      ...acks('client1', 'a', 3),
      ...acks('client1', 'b', 3),
      ...acks('client2', 'a', 1),
      { src: 'client2', dst: 'a', msg: { type: 'numbersRequest' } },
    ],
    without: WITHOUT,
  },
  {
    name: 'strangers',
    about: 'whoever is no host says what only hosts say, and orders what he must not',
    hosts: 2,
    configuration: { administrators: ['admin1'], aliases: new Map([['bee', 'b']]) },
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), set(0n, 'too long')),
      ...conversation('client1', 'b', get(0n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'bee'), {
        type: 'statusRequest',
        from: 0n,
        samples: 1,
      }),
      ...conversation(
        'mallory',
        'a',
        shard(0n, 1n, 'mallory'),
        { type: 'delegate', range: ALL_KEYS, table: OrderedMap.of([0n, 'lie']) },
        { type: 'statusRequest', from: 0n, samples: 1 },
        shard(0n, 1n, 'b'),
      ),
      ...conversation('mallory', 'b', {
        type: 'delegate',
        range: ALL_KEYS,
        table: OrderedMap.of([0n, 'lie']),
      }),
      ...acks('mallory', 'a', 2),
      { src: 'mallory', dst: 'b', msg: { type: 'numbersRequest' } },
      { src: 'mallory', dst: 'b', msg: { type: 'invalid' } },
    ],
    without: WITHOUT,
  },
  {
    name: 'at-the-end',
    about: 'hosts run out of numbers, and come to the last of their delegations',
    hosts: 2,
    parameters: { maxSeqno: 2, maxDelegations: 4 },
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), get(0n), set(0n, 'y')),
      ...conversation('client1', 'b', get(0n), get(0n), get(0n)),
      ...conversation('admin1', 'a', shard(0n, 1n, 'b'), shard(0n, 2n, 'b'), shard(1n, 2n, 'b')),
      ...conversation('admin1', 'b', shard(0n, 1n, 'a')),
    ],
    without: WITHOUT,
  },
  {
    name: 'original',
    about: 'what the original does: orders are carried out at once, or not at all',
    hosts: 2,
    parameters: { compatible: true, maxDelegationKeys: 1 },
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), set(1n, 'y'), get(0n)),
      ...conversation('client1', 'b', get(0n), set(0n, 'z')),
      ...conversation('admin1', 'a', shard(0n, 2n, 'b'), shard(0n, 1n, 'b'), shard(1n, 2n, 'b')),
      ...conversation('admin1', 'b', shard(0n, 1n, 'a')),
      ...acks('client1', 'a', 1),
      ...acks('client1', 'b', 2),
    ],
    without: WITHOUT,
  },
  {
    name: 'lossy',
    about: 'what is lost is sent again until it arrives, and keys go where they are ordered to',
    hosts: 2,
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), set(1n, 'y')),
      ...conversation('admin1', 'a', shard(0n, 2n, 'b')),
      ...conversation('admin1', 'b', shard(1n, 2n, 'a')),
    ],
    without: [],
    live: true,
  },
  {
    name: 'lossy-three',
    about: 'two keys are handed on from host to host, and whatever is lost is sent again',
    hosts: 3,
    said: [
      ...conversation('client1', 'a', set(0n, 'x'), set(1n, 'y')),
      ...conversation('client1', 'c', get(0n)),
      ...conversation('admin1', 'a', shard(0n, 2n, 'b'), shard(1n, 2n, 'c')),
      ...conversation('admin1', 'b', shard(0n, 1n, 'c')),
    ],
    without: [],
    live: true,
  },
];
