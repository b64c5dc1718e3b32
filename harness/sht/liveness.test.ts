import { describe, expect, test } from 'vitest';
import { DEFAULT, type Parameters } from '../../protocol/sht/configuration.ts';
import type { Host } from '../../protocol/sht/host.ts';
import { KEY_INF, KEY_ZERO } from '../../protocol/sht/keys.ts';
import type { Content, Message } from '../../protocol/sht/messages.ts';
import { sht } from '../../protocol/sht/sht.ts';
import { nextMessage, peerOf } from '../../protocol/sht/singleDelivery.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { Healed } from '../simulation/expectation.ts';
import { PLAIN } from './client.ts';
import { expectAllLands, landingBound } from './liveness.ts';
import { namesInMessages, type ShtShape } from './shape.ts';

const SHAPE: ShtShape = {
  hosts: 3,
  clients: 2,
  keys: 4,
  administrators: false,
  parameters: DEFAULT,
};
const NAMES = namesInMessages(SHAPE);

const statesOf = (parameters: Parameters = DEFAULT): [Host, ...Host[]] => {
  const { init, hosts } = sht({ hosts: NAMES.hosts }, parameters);
  return hosts.map(init) as [Host, ...Host[]];
};

const healed = (clocks: readonly number[] = [0, 0, 0]): Healed => ({
  live: [0, 1, 2],
  clocks,
  latency: 10,
  reaction: 3,
});

const range = { low: KEY_ZERO, high: KEY_INF };
const EVERYTHING: Content = { type: 'delegate', range, table: OrderedMap.empty() };

/** A host that has sent so many delegations to another. */
function sending(h: Host, dst: string, count: number): Host {
  let peer = peerOf(h.peers, dst);
  for (let sent = 0; sent < count; sent++) ({ peer } = nextMessage(peer, dst, EVERYTHING));
  return { ...h, peers: new Map(h.peers).set(dst, peer) };
}

const table = (count: number) =>
  OrderedMap.from(Array.from({ length: count }, (_, key) => [BigInt(key), ''] as const));

describe('the bound for what is on its way', () => {
  const [first, ...others] = statesOf();
  const idle = landingBound([first, ...others], healed());
  const { resendPeriod } = DEFAULT;
  /** A message that has to be sent again, as derived in the module. */
  const each = 2 * (resendPeriod + 3) + 2 * 10 + 3;
  const boundOf = (h: Host, clocks?: readonly number[]): number =>
    landingBound([h, ...others], healed(clocks));

  test('is a look where nothing is', () => {
    expect(idle).toBe(resendPeriod + 3 + 3);
  });

  test('grows with every message that a host has for another, one after the other', () => {
    expect(boundOf(sending(first, 'b', 3))).toBe(idle + 3 * each);
    // To another host they go at the same time; those to clients are no concern of it.
    expect(boundOf(sending(sending(first, 'b', 3), 'c', 2))).toBe(idle + 3 * each);
    expect(boundOf(sending(first, 'client1', 3))).toBe(idle);
  });

  test('grows with the entries that orders are for, and with an order that waits', () => {
    const full = { ...first, table: table(5) };
    const ordered = (low: bigint, high: bigint): Host => ({
      ...full,
      orders: [{ range: { low, high }, recipient: 'b' }],
    });
    expect(boundOf(ordered(0n, KEY_INF))).toBe(idle + 6 * each);
    expect(boundOf(ordered(2n, 4n))).toBe(idle + 3 * each);
    expect(boundOf(sending(ordered(7n, 9n), 'b', 1))).toBe(idle + 2 * each);
    const content: Content = { type: 'shard', range, recipient: 'b' };
    const msg = { type: 'single', seqno: 1, dst: 'a', content } as const;
    const waiting: Host = { ...full, received: { src: 'client1', dst: 'a', msg } };
    expect(boundOf(waiting)).toBe(idle + 6 * each);
  });

  test('grows by as much as a clock was set back', () => {
    const later = { ...first, resentAt: 5_000 };
    expect(boundOf(later)).toBe(idle + 5_000);
    expect(boundOf(later, [4_000, 0, 0])).toBe(idle + 1_000);
    expect(boundOf(later, [9_000, 0, 0])).toBe(idle);
  });
});

describe('what is expected', () => {
  const begin = (shape: ShtShape, states: readonly Host[]) => {
    const expectation = expectAllLands(shape, NAMES, PLAIN, states);
    expect(expectation.silent).toBe(0);
    return expectation.begin(healed());
  };

  test('is that nothing waits, nothing is ordered, and nothing is unacknowledged', () => {
    const crowded = { ...SHAPE, parameters: { ...DEFAULT, maxPeers: 4 } };
    const [first, second, third] = statesOf() as [Host, Host, Host];
    const orders = [{ range, recipient: 'c' }];
    const msg = { type: 'single', seqno: 1, dst: 'c', content: EVERYTHING } as const;
    const received = { src: 'a', dst: 'c', msg };
    const waits = (...states: readonly Host[]) => begin(crowded, states).waitsFor();
    expect(waits(first, second, third)).toEqual([]);
    expect(waits(sending(first, 'client1', 2), second, third)).toEqual([]);
    expect(waits(sending(first, 'b', 2), { ...second, orders }, third)).toEqual(['2 from a to b']);
    expect(waits(first, { ...second, orders }, third)).toEqual(["b's order for c"]);
    expect(waits(first, second, { ...third, received })).toEqual(['what c has accepted']);
  });

  test('is of hosts that have room also that a newcomer is served, wherever it is sent', () => {
    const { client, waitsFor, bound } = begin(SHAPE, statesOf());
    if (client === undefined) throw new Error('no newcomer');
    expect(bound).toBeGreaterThan(landingBound(statesOf(), healed()));
    const says = (now: number) => client.act(now).map(({ dst, msg }) => [dst, show(msg)]);
    const hears = (src: string, seqno: number, content: Content) =>
      client.hear({ src, dst: client.name, msg: { type: 'single', seqno, dst: '', content } }, 1);
    expect(says(0)).toEqual([['c', 'set 1']]);
    expect(says(50)).toEqual([['c', 'set 1']]);
    hears('c', 1, { type: 'redirect', key: 1n << 63n, owner: 'a' });
    expect(says(51)).toEqual([
      ['c', 'ack 1'],
      ['a', 'set 1'],
    ]);
    expect(waitsFor()).toEqual(["newcomer's set", "newcomer's get"]);
    hears('a', 1, { type: 'reply', key: 1n << 63n, value: 'n' });
    expect(says(52)).toContainEqual(['a', 'get 2']);
    hears('a', 2, { type: 'reply', key: 1n << 63n, value: 'n' });
    expect(waitsFor()).toEqual([]);
    says(53);
    expect(client.wakeAt).toBe(Number.POSITIVE_INFINITY);
  });
});

const show = (msg: Message): string =>
  msg.type === 'single'
    ? `${msg.content.type} ${msg.seqno}`
    : `${msg.type} ${'seqno' in msg && msg.seqno}`;
