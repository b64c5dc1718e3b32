import { describe, expect, test } from 'vitest';
import { hostIn } from '../../harness/sht/hostIn.ts';
import { PARAMETERS } from '../../harness/testing/shtHosts.ts';
import { peerWith, says } from '../../harness/testing/shtScenes.ts';
import { type Host, initHost } from '../../protocol/sht/host.ts';
import type { Content } from '../../protocol/sht/messages.ts';
import type { Peer } from '../../protocol/sht/singleDelivery.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import { hostComparison } from './host.ts';
import { compareSummary } from './summary.ts';

const CONFIGURATION = { hosts: ['a0', 'b0', 'c0'] };
const CONSTANTS = { ...CONFIGURATION, me: 'a0', parameters: PARAMETERS };

const RANGE = { low: 10n, high: 20n };
const DELEGATION: Content = { type: 'delegate', range: RANGE, table: OrderedMap.of([12n, 'k']) };
const FIRST = says('a0', 'b0', 3, DELEGATION);
const SECOND = says('a0', 'b0', 4, { type: 'delegate', range: RANGE, table: OrderedMap.empty() });
const REPLY = says('a0', '01', 1, { type: 'reply', key: 1n, value: 'x' });
const WAITS = says('01', 'a0', 2, { type: 'get', key: 5n });
const KNOWS: Peer = peerWith(1, 2, FIRST, SECOND);

/** A host of which every part has something in it. */
const RICH: Host = {
  ...initHost(CONSTANTS),
  delegationMap: [
    { low: 0n, owner: 'a0' },
    { low: 10n, owner: 'b0' },
    { low: 20n, owner: 'a0' },
  ],
  table: OrderedMap.of([1n, 'one'], [25n, ''], [2n ** 64n - 1n, 'last']),
  peers: new Map([
    ['01', peerWith(2, 0, REPLY)],
    ['b0', KNOWS],
  ]),
  received: WAITS,
  orders: [{ range: { low: 20n, high: 30n }, recipient: 'c0' }],
  numDelegations: 3,
  resentAt: 7,
  noted: new Map([['b0', 3]]),
};

const having = (parts: Partial<Host>): Host => ({ ...RICH, ...parts });
const knowing = (peer: Partial<Peer>): Host =>
  having({ peers: new Map([...RICH.peers, ['b0', { ...KNOWS, ...peer }]]) });
const order = (low: bigint, high: bigint, recipient = 'c0') => ({
  range: { low, high },
  recipient,
});

const ROWS: readonly (readonly [path: string, Host])[] = [
  [
    '.delegationMap[1].owner',
    having({ delegationMap: RICH.delegationMap.with(1, { low: 10n, owner: 'c0' }) }),
  ],
  [
    '.delegationMap[1].low',
    having({ delegationMap: RICH.delegationMap.with(1, { low: 11n, owner: 'b0' }) }),
  ],
  ['.delegationMap.length', having({ delegationMap: RICH.delegationMap.slice(0, 2) })],
  ['.table.get(1n)', having({ table: RICH.table.with(1n, 'two') })],
  ['.table.size', having({ table: RICH.table.without(25n) })],
  ['.table.get(25n)', having({ table: RICH.table.without(25n).with(26n, '') })],
  ['.peers.keys().length', having({ peers: new Map([...RICH.peers, ['02', KNOWS]]) })],
  ['.peers.get(b0).accepted', knowing({ accepted: 2 })],
  ['.peers.get(b0).acked', knowing({ acked: 1 })],
  ['.peers.get(b0).unackedBytes', knowing({ unackedBytes: 0 })],
  ['.peers.get(b0).unacked.length', knowing({ unacked: [FIRST.msg] })],
  ['.peers.get(b0).unacked[0].seqno', knowing({ unacked: [SECOND.msg, FIRST.msg] })],
  [
    '.peers.get(b0).unacked[0].content.table.get(12n)',
    knowing({
      unacked: [
        { ...FIRST.msg, content: { ...DELEGATION, table: OrderedMap.of([12n, 'l']) } as Content },
        SECOND.msg,
      ],
    }),
  ],
  [
    '.peers.get(b0).unacked[1].dst',
    knowing({ unacked: [FIRST.msg, { ...SECOND.msg, dst: 'c0' }] }),
  ],
  ['.received', having({ received: undefined })],
  ['.received.src', having({ received: { ...WAITS, src: '02' } })],
  [
    '.received.msg.content.key',
    having({ received: says('01', 'a0', 2, { type: 'get', key: 6n }) }),
  ],
  ['.orders[0].recipient', having({ orders: [order(20n, 30n, 'b0')] })],
  ['.orders[0].range.low', having({ orders: [order(21n, 30n)] })],
  ['.orders[0].range.high', having({ orders: [order(20n, 31n)] })],
  ['.orders.length', having({ orders: [] })],
  ['.numDelegations', having({ numDelegations: 4 })],
  ['.resentAt', having({ resentAt: 8 })],
  ['.noted.get(b0)', having({ noted: new Map([['b0', 4]]) })],
  ['.noted.size', having({ noted: new Map() })],
];

describe('a running host', () => {
  const compare = hostComparison();
  const fresh = (state: Host) => hostIn(state, CONFIGURATION);

  test('is in the state that it was put in, again and again', () => {
    const running = fresh(RICH);
    for (let times = 0; times < 200; times++) expect(compare(running, RICH)).toBeUndefined();
    const begins = initHost(CONSTANTS);
    expect(compare(fresh(begins), begins)).toBeUndefined();
  });

  test.each(ROWS)('is not in a state with another %s', (path, other) => {
    // The first time, the entries of the table are counted through.
    const first = path.replace(/^(\.table)\.get.*/, '$1');
    expect(compare(fresh(RICH), other)?.path.replace(/^(\.table)\[\d\]$/, '$1')).toBe(first);
    // Nor is it once it was found to be in its own.
    const running = fresh(RICH);
    expect(compare(running, RICH)).toBeUndefined();
    expect(compare(running, other)?.path).toBe(path);
  });

  test('knows its peers in the order of their first contact', () => {
    const other = having({ peers: new Map([...RICH.peers].reverse()) });
    expect(compare(fresh(RICH), other)?.path).toBe('.peers.keys()[0]');
  });

  test('is compared in every field that a state has', () => {
    const missing = Object.keys(RICH).filter(
      (field) => field !== 'constants' && !ROWS.some(([path]) => path.startsWith(`.${field}`)),
    );
    expect(missing).toEqual([]);
  });

  test('is found out sooner or later if it changes what must not be changed', () => {
    const running = fresh(RICH);
    expect(compare(running, RICH)).toBeUndefined();
    running.table.set(1n, 'two');
    const found = Array.from({ length: 100 }, () => compare(running, RICH)?.path);
    expect(found.filter((path) => path === undefined).length).toBeGreaterThan(10);
    expect(found).toContain('.table[0]');
    running.table.set(1n, 'one');
    const known = running.peers.get('b0') as unknown as {
      unacked: [{ content: { range: object } }];
    };
    known.unacked[0].content.range = { low: 10n, high: 21n };
    const later = Array.from({ length: 100 }, () => compare(running, RICH)?.path);
    expect(later).toContain('.peers.get(b0).unacked[0].content.range.high');
  });
});

describe('a summary', () => {
  const summary = hostIn(RICH, CONFIGURATION).snapshot();

  test('is that of the host whose it is', () => {
    expect(compareSummary(summary, RICH)).toBeUndefined();
  });

  test.each([
    ['.keys', having({ table: RICH.table.without(1n) })],
    ['.ranges', having({ delegationMap: RICH.delegationMap.slice(0, 2) })],
    ['.peers', having({ peers: new Map([...RICH.peers, ['02', peerWith(1, 0)]]) })],
    ['.unacked', knowing({ unacked: [FIRST.msg] })],
    ['.waiting', having({ received: undefined })],
    ['.orders', having({ orders: [] })],
    ['.numDelegations', having({ numDelegations: 2 })],
    ['.resentAt', having({ resentAt: 8 })],
    ['.noted', having({ noted: new Map() })],
  ])('shows another %s', (path, other) => {
    expect(compareSummary(summary, other)?.path).toBe(path);
  });
});
