/**
 * # Running hosts in any state
 *
 * Puts running hosts into states that no behaviour need lead to, and there they receive packets that
 * nobody need ever send, or act of their own accord. Whatever is in such a state is of the right
 * kind and agrees with itself: a map has its ranges in order, numbers that are not acknowledged have
 * no gaps. But keys may be in a table that are somebody else's, orders may be for keys that are not
 * here, and anything may be waiting.
 */
import type { ShtHost } from '../../impl/sht/host.ts';
import type { Constants } from '../../protocol/sht/configuration.ts';
import { allTo, assign, type DelegationMap } from '../../protocol/sht/delegationMap.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Key } from '../../protocol/sht/keys.ts';
import { bytesOf, type Message, type SingleMessage } from '../../protocol/sht/messages.ts';
import type { Peer } from '../../protocol/sht/singleDelivery.ts';
import { shtRefinement } from '../../refinement/sht/service.ts';
import { writeMessage } from '../../refinement/sht/wire.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { AnyStates, Situation } from '../simulation/anyState.ts';
import type { Random } from '../simulation/random.ts';
import { hostIn } from './hostIn.ts';
import { keysOf, rangeIn, valueBy } from './keys.ts';
import { contentIn, lie, type Scenery } from './liars.ts';
import { urgent } from './service.ts';
import { configurationOf, type Names, namesInBytes, type ShtShape } from './shape.ts';
import { extreme } from './tampering.ts';

/** How many steps are taken at a time, each from a state of its own. */
const STEPS = 24;
/** How much there is in a state, at most. */
const MOVES = 6;
const ENTRIES = 12;
const UNACKED = 4;
const ORDERS = 3;
const MAX_SEQNO = 4;
/** How often there is so much that tables are in pieces, and that not all can be told at once. */
const LARGE = 0.01;
const MANY_KEYS = 2_000;
const MANY_MOVES = 600;
/** How often a number is one of the last that there are. */
const LAST = 0.05;
/** How often a host is woken by a packet, how often something waits, and with what kind of packet. */
const RECEIVES = 0.7;
const WAITS = 0.5;
const EXTREME = 0.1;
/** How often most keys are the host's own. */
const MINE = 0.5;

/** Some steps of hosts in a configuration. */
export function anyHosts(shape: ShtShape, random: Random): AnyStates<ShtHost, Host, Message> {
  const names = namesInBytes(shape);
  const refinement = shtRefinement(configurationOf(shape, names), shape.parameters);
  return { refinement, urgent, situations: situationsOf(shape, names, random) };
}

function* situationsOf(
  shape: ShtShape,
  names: Names,
  random: Random,
): Iterable<Situation<ShtHost, Host, Message>> {
  const configuration = configurationOf(shape, names);
  const scenery = { shape, names, keys: keysOf(shape.keys) };
  const large = { ...scenery, shape: { ...shape, keys: MANY_KEYS }, keys: keysOf(MANY_KEYS) };
  for (let step = 0; step < STEPS; step++) {
    const scene = random.happens(LARGE) ? large : scenery;
    const host = random.below(names.hosts.length);
    const me = names.hosts[host] as EndPoint;
    const { parameters } = shape;
    const state = stateIn(scene, { ...configuration, me, parameters }, random);
    const clock = state.resentAt + (random.below(5) - 2) * parameters.resendPeriod;
    yield {
      host,
      impl: hostIn(state, configuration),
      state,
      packet: random.happens(RECEIVES)
        ? { src: anybodyBut(me, names, random), bytes: bytesIn(scene.shape, names, random) }
        : undefined,
      clock,
    };
  }
}

const bytesIn = (shape: ShtShape, names: Names, random: Random): Uint8Array =>
  random.happens(EXTREME) ? extreme(random) : writeMessage(lie(shape, names, random), false);

/** Nobody ever speaks to himself. */
function anybodyBut(me: EndPoint, { hosts, ...names }: Names, random: Random): EndPoint {
  const others = hosts.filter((host) => host !== me);
  const clients = [names.client(1), names.administrator, ...names.strangers];
  return random.pick(random.happens(0.5) && others.length > 0 ? others : clients);
}

function stateIn(scenery: Scenery, constants: Constants, random: Random): Host {
  const { names, keys } = scenery;
  const { me, parameters } = constants;
  const delegationMap = mapIn(keys, me, names.hosts, random);
  const peers = peersIn(scenery, me, random);
  const src = anybodyBut(me, names, random);
  const msg = singleIn(scenery, 1 + random.below(MAX_SEQNO), me, random);
  return {
    constants,
    delegationMap,
    table: tableIn(scenery, random),
    peers,
    received: random.happens(WAITS) ? { src, dst: me, msg } : undefined,
    orders: Array.from({ length: parameters.compatible ? 0 : random.below(ORDERS + 1) }, () => ({
      range: rangeIn(keys, random),
      recipient: random.pick(names.hosts),
    })).filter(({ recipient, range }) => recipient !== me && range.low < range.high),
    numDelegations: 1 + random.below(MOVES),
    resentAt: random.below(4) * parameters.resendPeriod,
    noted: new Map(
      [...peers].filter(() => random.happens(0.7)).map(([id, { acked }]) => [id, acked + 1]),
    ),
  };
}

function mapIn(
  keys: readonly Key[],
  me: EndPoint,
  hosts: readonly EndPoint[],
  random: Random,
): DelegationMap {
  const most = keys.length === MANY_KEYS ? MANY_MOVES : MOVES;
  let map = allTo(random.happens(MINE) ? me : random.pick(hosts));
  for (let moves = random.below(most); moves > 0; moves--) {
    const key = random.pick(keys);
    // Where there are many, each is of one key, so that they stay many.
    const range = most === MOVES ? rangeIn(keys, random) : { low: key, high: key + 1n };
    map = assign(map, range, random.pick(hosts));
  }
  return map;
}

function tableIn({ keys, shape }: Scenery, random: Random): OrderedMap<string> {
  const { maxValueBytes } = shape.parameters;
  const most = keys.length === MANY_KEYS ? MANY_KEYS : ENTRIES;
  return OrderedMap.from(
    Array.from({ length: random.below(most) }, (_, count) => {
      const value = valueBy('any', count, maxValueBytes, random) ?? '';
      return [random.pick(keys), value.slice(0, maxValueBytes)] as const;
    }),
  );
}

function peersIn(scenery: Scenery, me: EndPoint, random: Random): Map<EndPoint, Peer> {
  const { names, shape } = scenery;
  const { maxPeers } = shape.parameters;
  const peers = new Map<EndPoint, Peer>();
  for (let count = random.below(6); count > 0 && peers.size < maxPeers; count--) {
    const unackedCount = random.below(UNACKED);
    const acked = numberIn(unackedCount, shape, random);
    const id = anybodyBut(me, names, random);
    const unacked = Array.from({ length: unackedCount }, (_, place) =>
      singleIn(scenery, acked + 1 + place, id, random),
    );
    const unackedBytes = unacked.reduce((sum, { content }) => sum + bytesOf(content), 0);
    peers.set(id, { accepted: numberIn(0, shape, random), acked, unacked, unackedBytes });
  }
  return peers;
}

/** A number after which there are so many more. */
const numberIn = (more: number, { parameters }: ShtShape, random: Random): number =>
  random.happens(LAST)
    ? Math.max(0, parameters.maxSeqno - more - random.below(3))
    : random.below(MAX_SEQNO);

/** A message as it can be written by whoever is like the hosts. */
function singleIn(scenery: Scenery, seqno: number, dst: EndPoint, random: Random): SingleMessage {
  for (;;) {
    const content = contentIn(scenery, random);
    const isNew = 'statusRequest status refusal'.includes(content.type);
    if (scenery.shape.parameters.compatible && isNew) continue;
    return { type: 'single', seqno, dst, content };
  }
}
