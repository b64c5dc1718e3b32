/**
 * # Changes of a hash table that keep its parts in step
 *
 * What belongs together changes together: keys go from one place to another, what is said is also
 * remembered, what is accepted was said. None of it is a step of the protocol, or in the order in
 * which steps would come.
 */
import { assign } from '../../../protocol/sht/delegationMap.ts';
import { type Host, mayTell, tell } from '../../../protocol/sht/host.ts';
import { isEmpty, KEY_INF, type KeyRange } from '../../../protocol/sht/keys.ts';
import type { Content, Message, SingleMessage } from '../../../protocol/sht/messages.ts';
import { acknowledge, peerOf, withPeer } from '../../../protocol/sht/singleDelivery.ts';
import { rangesOf as rangesIn } from '../../../refinement/sht/places.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import type { Random } from '../../simulation/random.ts';
import { type Scene, withHost, withPackets } from '../scene.ts';
import type { Move } from '../walk.ts';
import { contentsOf, tablesOf } from './domains.ts';
import { ADMINISTRATOR, type Atoms, CLIENTS, type ShtProtocol } from './universe.ts';

export type ShtScene = Scene<Host, Message>;

/** Whatever changes a scene has this at hand. */
export interface Hand {
  readonly protocol: ShtProtocol;
  readonly atoms: Atoms;
  readonly random: Random;
}

type Change = (scene: ShtScene, hand: Hand) => ShtScene | undefined;

const hostAt = ({ hosts }: ShtScene, place: number): Host => hosts[place] as Host;

/** The places of two different hosts, if there are two. */
function two({ hosts }: ShtScene, random: Random): readonly [number, number] {
  const first = random.below(hosts.length);
  return [first, (first + 1 + random.below(Math.max(1, hosts.length - 1))) % hosts.length];
}

const changed = (scene: ShtScene, place: number, parts: Partial<Host>): ShtScene =>
  withHost(scene, place, { ...hostAt(scene, place), ...parts });

/** A part of a range that a host has by its map, or all of it. */
function ownRange(h: Host, { atoms, random }: Hand): KeyRange | undefined {
  const own = rangesIn(h.delegationMap, h.constants.me).filter((range) => !isEmpty(range));
  if (own.length === 0) return undefined;
  const range = random.pick(own);
  const bound = atoms.bounds.draw(random);
  if (bound <= range.low || bound >= range.high || random.happens(0.3)) return range;
  return random.happens(0.5) ? { low: range.low, high: bound } : { low: bound, high: range.high };
}

/** A host tells somebody something, and remembers it. */
function told(scene: ShtScene, place: number, dst: EndPoint, content: Content) {
  const h = hostAt(scene, place);
  if (!mayTell(h, dst)) return undefined;
  const { state, sends } = tell(h, dst, content);
  return withPackets(withHost(scene, place, state), sends);
}

/** Keys of a host are on their way to another. */
const handOver: Change = (scene, hand) => {
  const [from, to] = two(scene, hand.random);
  const h = hostAt(scene, from);
  const range = ownRange(h, hand);
  if (range === undefined || from === to) return undefined;
  const recipient = hostAt(scene, to).constants.me;
  const { low, high } = range;
  const left = changed(scene, from, {
    delegationMap: assign(h.delegationMap, range, recipient),
    table: h.table.outside(low, high),
    numDelegations: h.numDelegations + 1,
  });
  const table = h.table.within(low, high);
  return told(left, from, recipient, { type: 'delegate', range, table });
};

/** Keys that one host has are another's, with other values. */
const moveKeys: Change = (scene, hand) => {
  const { random, atoms } = hand;
  const [from, to] = two(scene, random);
  const range = ownRange(hostAt(scene, from), hand);
  if (range === undefined) return undefined;
  const { low, high } = range;
  const { me } = hostAt(scene, to).constants;
  const values = tablesOf(atoms).draw(random).within(low, high);
  const hosts = scene.hosts.map((h, place) => {
    const rest = h.table.outside(low, high);
    if (place === to) {
      return { ...h, delegationMap: assign(h.delegationMap, range, me), table: rest.merge(values) };
    }
    return place === from
      ? { ...h, delegationMap: assign(h.delegationMap, range, me), table: rest }
      : h;
  });
  return { ...scene, hosts };
};

/** Some host has accepted what was said to it, and it waits. */
const wait: Change = (scene, { random }) => {
  const place = random.below(scene.hosts.length);
  const h = hostAt(scene, place);
  const said = scene.sent.filter(
    (packet): packet is Packet<SingleMessage> =>
      packet.dst === h.constants.me && packet.msg.type === 'single',
  );
  if (said.length === 0) return undefined;
  const received = random.pick(said);
  const { src, msg } = received;
  const peer = { ...peerOf(h.peers, src), accepted: msg.seqno };
  const ack = { src: h.constants.me, dst: src, msg: { type: 'ack', seqno: msg.seqno } } as const;
  const accepted = changed(scene, place, { received, peers: withPeer(h.peers, src, peer) });
  return random.happens(0.5) ? withPackets(accepted, [ack]) : accepted;
};

/** A request or an order of somebody waits with a host; mostly for keys that are its own. */
const beAsked: Change = (scene, hand) => {
  const { random, atoms } = hand;
  const [place, to] = two(scene, random);
  const h = hostAt(scene, place);
  const { me } = h.constants;
  const range = random.happens(0.8) ? ownRange(h, hand) : undefined;
  const { low, high } = range ?? { low: 0n, high: KEY_INF };
  const key = low < 0n ? 0n : low;
  const recipient = random.happens(0.8) ? hostAt(scene, to).constants.me : atoms.hosts.draw(random);
  const content = random.pick<Content>([
    { type: 'get', key },
    { type: 'set', key, value: random.happens(0.3) ? undefined : atoms.values.draw(random) },
    { type: 'shard', range: { low, high }, recipient },
    { type: 'statusRequest', from: low, samples: 1 },
  ]);
  const src = random.pick([...CLIENTS, ADMINISTRATOR]);
  const before = peerOf(h.peers, src);
  const seqno = before.accepted + 1;
  const received = { src, dst: me, msg: { type: 'single', seqno, dst: me, content } } as const;
  const peers = withPeer(h.peers, src, { ...before, accepted: seqno });
  const ack = { src: me, dst: src, msg: { type: 'ack', seqno } } as const;
  const said = random.happens(0.5) ? [received] : [received, ack];
  return withPackets(changed(scene, place, { received, peers }), said);
};

/** Nothing waits with a host. */
const waitNoMore: Change = (scene, { random }) =>
  changed(scene, random.below(scene.hosts.length), { received: undefined });

/** Somebody who is no host says the next thing to a host, or something else than it said. */
const ask: Change = (scene, { random, atoms }) => {
  const h = hostAt(scene, random.below(scene.hosts.length));
  const { me } = h.constants;
  const src = random.pick([...CLIENTS, ADMINISTRATOR]);
  const seqno = peerOf(h.peers, src).accepted + random.below(2);
  const content = contentsOf(atoms).draw(random);
  return withPackets(scene, [{ src, dst: me, msg: { type: 'single', seqno, dst: me, content } }]);
};

/** A host has said something to somebody. */
const say: Change = (scene, { random, atoms }) => {
  const dst = random.pick([...CLIENTS, ADMINISTRATOR]);
  const content = contentsOf(atoms).draw(random);
  return told(scene, random.below(scene.hosts.length), dst, content);
};

/** Somebody has acknowledged what a host has said to him; if it is a host, it has accepted it. */
const acknowledgeSome: Change = (scene, { random }) => {
  const place = random.below(scene.hosts.length);
  const h = hostAt(scene, place);
  const open = [...h.peers].filter(([, { unacked }]) => unacked.length > 0);
  if (open.length === 0) return undefined;
  const [id, peer] = random.pick(open);
  const { me } = h.constants;
  const seqno = peer.acked + 1 + random.below(peer.unacked.length);
  const acked = changed(scene, place, { peers: withPeer(h.peers, id, acknowledge(peer, seqno)) });
  const other = scene.hosts.findIndex(({ constants }) => constants.me === id);
  const said = withPackets(acked, [{ src: id, dst: me, msg: { type: 'ack', seqno } }]);
  if (other < 0) return said;
  const { peers } = hostAt(said, other);
  const before = peerOf(peers, me);
  const accepted = { ...before, accepted: Math.max(before.accepted, seqno) };
  return changed(said, other, { peers: withPeer(peers, me, accepted) });
};

/** A host's key has another value, or none. */
const store: Change = (scene, { random, atoms }) => {
  const place = random.below(scene.hosts.length);
  const { table } = hostAt(scene, place);
  const key = atoms.keys.draw(random);
  const after = random.happens(0.3)
    ? table.without(key)
    : table.with(key, atoms.values.draw(random));
  return changed(scene, place, { table: after });
};

/** A host is to hand on some of its keys. */
const order: Change = (scene, hand) => {
  const [place, to] = two(scene, hand.random);
  const h = hostAt(scene, place);
  const range = ownRange(h, hand);
  if (range === undefined) return undefined;
  const recipient = hostAt(scene, to).constants.me;
  return changed(scene, place, { orders: [...h.orders, { range, recipient }] });
};

/** A host takes another for the owner of keys that are not its own. */
const believe: Change = (scene, { random }) => {
  const [place, other] = two(scene, random);
  const { delegationMap, constants } = hostAt(scene, place);
  const at = random.below(delegationMap.length);
  const range = delegationMap[at];
  if (range === undefined || range.owner === constants.me) return undefined;
  const high = delegationMap[at + 1]?.low ?? KEY_INF;
  const owner = hostAt(scene, other).constants.me;
  return changed(scene, place, {
    delegationMap: assign(delegationMap, { low: range.low, high }, owner),
  });
};

/** A host has noted what was left unacknowledged. */
const note: Change = (scene, { random, atoms }) => {
  const place = random.below(scene.hosts.length);
  const { peers, constants } = hostAt(scene, place);
  const noted = [...peers].flatMap(
    ([
      id,
      {
        unacked: [first],
      },
    ]): [EndPoint, number][] =>
      first !== undefined && constants.hosts.includes(id) ? [[id, first.seqno]] : [],
  );
  return changed(scene, place, { noted: new Map(noted), resentAt: atoms.times.draw(random) });
};

/** A host has sent again what is unacknowledged, or acknowledges again what it has accepted. */
const sayAgain: Change = (scene, { random }) => {
  const { peers, constants } = hostAt(scene, random.below(scene.hosts.length));
  if (peers.size === 0) return undefined;
  const [dst, { accepted, unacked }] = random.pick([...peers]);
  const msg: Message =
    unacked.length > 0 && random.happens(0.5)
      ? random.pick(unacked)
      : { type: 'ack', seqno: random.below(accepted + 1) };
  return withPackets(scene, [{ src: constants.me, dst, msg }]);
};

const CHANGES: Readonly<Record<string, Change>> = {
  'hand over': handOver,
  'move keys': moveKeys,
  wait,
  'wait no more': waitNoMore,
  ask,
  'be asked': beAsked,
  say,
  'acknowledge some': acknowledgeSome,
  store,
  order,
  believe,
  note,
  'say again': sayAgain,
};

export const shtMoves = (hand: Omit<Hand, 'random'>): readonly Move<Host, Message>[] =>
  Object.entries(CHANGES).map(([name, change]) => ({
    name,
    weight: change === beAsked ? 8 : 3,
    change: (scene, random) => change(scene, { ...hand, random }),
  }));
