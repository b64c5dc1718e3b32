/**
 * # Scenes of a hash table
 *
 * Three hosts in the middle of things, and what was sent so far: everything that a law speaks of is
 * there and right. Tests change one thing and see which laws find it wrong.
 */
import { expect } from 'vitest';
import type { Host } from '../../protocol/sht/host.ts';
import { KEY_INF } from '../../protocol/sht/keys.ts';
import type { Content, Message, SingleMessage } from '../../protocol/sht/messages.ts';
import { bytesOf } from '../../protocol/sht/messages.ts';
import type { Peer } from '../../protocol/sht/singleDelivery.ts';
import { type LawList, lawList } from '../../refinement/framework/laws.ts';
import { Ghost, type Setting } from '../../refinement/sht/ghost.ts';
import {
  hostInvariants,
  packetInvariants,
  sampledInvariants,
  systemInvariants,
} from '../../refinement/sht/invariants.ts';
import { brokenLaws } from '../../refinement/sht/textbookLaws.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { HOSTS, host, PARAMETERS, type Parts, table } from './shtHosts.ts';

export interface Scene {
  readonly packets: readonly Packet<Message>[];
  readonly hosts: readonly Host[];
}

/** The service that a scene is of. */
function settingOf({ hosts }: Scene): Setting {
  const { administrators, parameters } = (hosts[0] as Host).constants;
  return { configuration: { hosts: HOSTS, administrators }, parameters };
}

/** A packet with a single message. */
export const says = (
  src: EndPoint,
  dst: EndPoint,
  seqno: number,
  content: Content,
): Packet<SingleMessage> => ({ src, dst, msg: { type: 'single', seqno, dst, content } });

const ack = (src: EndPoint, dst: EndPoint, seqno: number): Packet<Message> => ({
  src,
  dst,
  msg: { type: 'ack', seqno },
});

/** What a host remembers of a peer that has not acknowledged these. */
export function peerWith(
  accepted: number,
  acked: number,
  ...unacked: readonly Packet<SingleMessage>[]
): Peer {
  const messages = unacked.map(({ msg }) => msg);
  const unackedBytes = messages.reduce((sum, { content }) => sum + bytesOf(content), 0);
  return { accepted, acked, unacked: messages, unackedBytes };
}

export const delegation = (low: bigint, high: bigint, ...entries: [bigint, string][]): Content => ({
  type: 'delegate',
  range: { low, high },
  table: table(...entries),
});

const REPLY = says('a', 'x', 1, { type: 'reply', key: 1n, value: 'one' });
/** On its way to b. */
export const FLYING = says('a', 'b', 1, delegation(10n, 20n, [12n, 'k']));
/** Accepted by c, where it waits. */
export const LANDED = says('a', 'c', 1, delegation(20n, 30n));
const ASKED = says('x', 'b', 1, { type: 'get', key: 1n });
const REDIRECT = says('c', 'y', 1, { type: 'redirect', key: 5n, owner: 'a' });

export const MAP = [
  { low: 0n, owner: 'a' },
  { low: 10n, owner: 'b' },
  { low: 20n, owner: 'c' },
  { low: 30n, owner: 'a' },
];

const state = (me: EndPoint, parts: Parts): Host => host(parts, PARAMETERS, {}, me);

/** Host a is handing keys to b and c, and is to hand on more; clients have been answered. */
export const MOVING: Scene = {
  packets: [
    says('x', 'a', 1, { type: 'set', key: 1n, value: 'one' }),
    ack('a', 'x', 1),
    REPLY,
    FLYING,
    LANDED,
    ack('c', 'a', 1),
    ASKED,
    ack('b', 'x', 1),
    says('y', 'c', 1, { type: 'get', key: 5n }),
    REDIRECT,
  ],
  hosts: [
    state('a', {
      table: table([1n, 'one'], [31n, 'z']),
      delegationMap: MAP,
      peers: new Map([
        ['x', peerWith(1, 0, REPLY)],
        ['b', peerWith(0, 0, FLYING)],
        ['c', peerWith(0, 0, LANDED)],
      ]),
      orders: [{ range: { low: 30n, high: KEY_INF }, recipient: 'b' }],
      numDelegations: 3,
      resentAt: 7,
      noted: new Map([['b', 1]]),
    }),
    state('b', { received: ASKED, peers: new Map([['x', peerWith(1, 0)]]) }),
    state('c', {
      received: LANDED,
      peers: new Map([
        ['a', peerWith(1, 0)],
        ['y', peerWith(1, 0, REDIRECT)],
      ]),
    }),
  ],
};

/** The scene in which these packets were sent as well. */
export const plus = ({ packets, hosts }: Scene, ...more: readonly Packet<Message>[]): Scene => ({
  packets: [...packets, ...more],
  hosts,
});

/** The scene in which some parts of a host are others. */
export const but = ({ packets, hosts }: Scene, me: EndPoint, parts: Partial<Host>): Scene => ({
  packets,
  hosts: hosts.map((h) => (h.constants.me === me ? { ...h, ...parts } : h)),
});

/** The scene in which a host remembers something else of a peer. */
export const butPeer = (scene: Scene, me: EndPoint, id: EndPoint, peer: Partial<Peer>): Scene => {
  const { peers } = scene.hosts.find(({ constants }) => constants.me === me) as Host;
  const known = peers.get(id) ?? peerWith(0, 0);
  return but(scene, me, { peers: new Map([...peers, [id, { ...known, ...peer }]]) });
};

/** The scene in which a host has told somebody something more. */
export function told(
  scene: Scene,
  src: EndPoint,
  dst: EndPoint,
  ...contents: readonly Content[]
): Scene {
  const { peers } = scene.hosts.find(({ constants }) => constants.me === src) as Host;
  const { accepted, acked, unacked } = peers.get(dst) ?? peerWith(0, 0);
  const before = unacked.map((msg) => ({ src, dst, msg }));
  const from = acked + unacked.length + 1;
  const sent = contents.map((content, index) => says(src, dst, from + index, content));
  const peer = peerWith(accepted, acked, ...before, ...sent);
  return plus(butPeer(scene, src, dst, peer), ...sent);
}

const PACKET_LAWS = lawList(packetInvariants);
const HOST_LAWS = lawList(hostInvariants);
const SYSTEM_LAWS = lawList(systemInvariants);
const SAMPLED_LAWS = lawList(sampledInvariants);

/** Every law of a table that does not hold, with its clause. */
const broken = <Subject extends readonly unknown[]>(
  laws: LawList<Subject>,
  ...subject: Subject
): readonly string[] =>
  laws.flatMap(([number, law]) => {
    const verdict = law(...subject);
    return verdict === undefined ? [] : [`${number}: ${verdict.failed}`];
  });

function ghostOf({ packets, hosts }: Scene, setting: Setting): Ghost {
  const ghost = new Ghost(setting, hosts);
  for (const packet of packets) ghost.hear(packet);
  return ghost;
}

/** What is wrong with a scene for a checker that looks at everything. */
export function wrongWith(scene: Scene): readonly string[] {
  const { packets, hosts } = scene;
  const ghost = ghostOf(scene, settingOf(scene));
  const sampled = broken(SAMPLED_LAWS, { states: hosts, ghost });
  const found = [
    ...hosts.flatMap((h, place) => broken(HOST_LAWS, h, { states: hosts, ghost }, place)),
    ...broken(SYSTEM_LAWS, { states: hosts, ghost }),
    ...packets.flatMap((packet) => broken(PACKET_LAWS, packet, { states: hosts, ghost })),
  ];
  expect(found).toEqual(expect.arrayContaining([...sampled]));
  return found;
}

/** The numbers of the laws that do not hold of a scene, by the book. */
export const wrongByTheBook = (scene: Scene): readonly string[] => [
  ...new Set(brokenLaws({ ...scene, setting: settingOf(scene), executed: [] })),
];

/**
 * What is wrong with a scene for a checker that knows an earlier one to be right, and is told of
 * one step of each host that leads from there, and looks only at what that changes.
 */
export function wrongAfter(earlier: Scene, later: Scene): readonly string[] {
  const { packets, hosts } = later;
  const fresh = packets.filter((packet) => !earlier.packets.includes(packet));
  const ghost = ghostOf(earlier, settingOf(later));
  const now = [...earlier.hosts];
  for (const packet of fresh) if (!HOSTS.includes(packet.src)) ghost.hear(packet);
  return hosts.flatMap((after, place) => {
    const before = now[place] as Host;
    const sends = fresh.filter(({ src }) => src === HOSTS[place]);
    if (after === before && sends.length === 0) return [];
    const step = { state: after, sends };
    ghost.act({ host: place, action: 'act', before, packet: undefined, step });
    now[place] = after;
    const whole = { states: now, ghost };
    return [
      ...broken(HOST_LAWS, after, whole, place),
      ...broken(SYSTEM_LAWS, whole),
      ...sends.flatMap((packet) => broken(PACKET_LAWS, packet, whole)),
    ];
  });
}

/** A scene in which a clause of a law does not hold, and all the laws that do not. */
export type WrongScene = readonly [law: string, because: string, wrong: string, scene: Scene];

/**
 * Tells whether a scene is wrong in this point, and in no others than these; and whether a checker
 * sees it that knows the right scene.
 */
export function expectWrong(law: string, because: string, wrong: string, scene: Scene): void {
  const numbers = wrong.split(' ').sort();
  const found = wrongWith(scene);
  expect([...wrongByTheBook(scene)].sort()).toEqual(numbers);
  expect([...new Set(found.map((one) => one.replace(/:.*/, '')))].sort()).toEqual(numbers);
  expect(found).toContain(`${law}: ${because}`);
  expect(wrongAfter(MOVING, scene)).toContain(`${law}: ${because}`);
}
