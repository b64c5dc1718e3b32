import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  COMPATIBLE,
  guardOfTaking,
  host,
  PARAMETERS,
  type Parts,
  peer,
  single,
  table,
  take,
  waiting,
} from '../../harness/testing/shtHosts.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { DelegationMap } from './delegationMap.ts';
import type { Host } from './host.ts';
import { KEY_INF, type KeyRange } from './keys.ts';
import type { Content, Order } from './messages.ts';
import { adopt, delegate, isWellFormed, shard } from './moving.ts';

/** Keys 3 to 8 are b's, and five of them have a value. */
const MAP: DelegationMap = [
  { low: 0n, owner: 'a' },
  { low: 3n, owner: 'b' },
  { low: 9n, owner: 'c' },
];
const TABLE = table([3n, 'v3'], [4n, 'v4'], [5n, 'v5'], [6n, 'v6'], [8n, 'v8']);
const owning: Parts = { delegationMap: MAP, table: TABLE };

const order = (low: bigint, high: bigint, recipient: EndPoint = 'c'): Order => ({
  range: { low, high },
  recipient,
});

const shardOf = (...args: Parameters<typeof order>): Content => ({
  type: 'shard',
  ...order(...args),
});

const ordered = (content: Content, parts: Parts = {}, parameters = PARAMETERS): Host =>
  host({ ...owning, received: waiting('x', content), ...parts }, parameters);

const TOO_MANY = 'there were not too many delegations';
const GOOD = 'nothing is to be said against the order';

const SHARD_REFUSES: readonly [because: string, h: Host][] = [
  [TOO_MANY, ordered(shardOf(3n, 5n), { numDelegations: 18 })],
  [GOOD, ordered(shardOf(2n, 5n))],
  [GOOD, ordered(shardOf(3n, 7n), {}, COMPATIBLE)],
];

describe('sht: shard', () => {
  test.each(SHARD_REFUSES)('refuses, because ✗ %s', (because, h) => {
    expect(guardOfTaking(shard, h)).toEqual({ failed: because });
  });

  test('remembers the order, last of all, by the name that the recipient has here', () => {
    const aliases = new Map([['rawC', 'c']]);
    const parts = {
      ...owning,
      orders: [order(3n, 4n)],
      received: waiting('x', shardOf(5n, 9n, 'rawC')),
    };
    const h = host(parts, PARAMETERS, { aliases });
    const { state, sends } = take(shard, h);
    const orders = [order(3n, 4n), order(5n, 9n)];
    expect(state).toEqual({ ...h, orders, received: undefined });
    expect(sends).toEqual([]);
  });

  test('in the compatible preset hands on the range at once, and counts it', () => {
    const h = ordered(shardOf(3n, 6n), {}, COMPATIBLE);
    const { state, sends } = take(shard, h);
    const moved = table([3n, 'v3'], [4n, 'v4'], [5n, 'v5']);
    const msg = single(1, { type: 'delegate', range: { low: 3n, high: 6n }, table: moved }, 'c');
    expect(sends).toEqual([{ src: 'b', dst: 'c', msg }]);
    expect(state).toEqual({
      ...h,
      received: undefined,
      delegationMap: [
        { low: 0n, owner: 'a' },
        { low: 3n, owner: 'c' },
        { low: 6n, owner: 'b' },
        { low: 9n, owner: 'c' },
      ],
      table: table([6n, 'v6'], [8n, 'v8']),
      peers: new Map([['c', { ...peer(0, 0, [msg]), unackedBytes: 6 }]]),
      numDelegations: 2,
    });
  });

  test('in the compatible preset only counts it, where there is no number left', () => {
    const peers = new Map([['c', peer(0, 50)]]);
    const h = ordered(shardOf(3n, 6n), { peers }, COMPATIBLE);
    const { state, sends } = take(shard, h);
    expect(state).toEqual({ ...h, received: undefined, numDelegations: 2 });
    expect(sends).toEqual([]);
  });
});

const unacked = (count: number) =>
  Array.from({ length: count }, (_, place) => single(place + 1, { type: 'get', key: 1n }, 'c'));

const DELEGATE_REFUSES: readonly [because: string, h: Host][] = [
  ['there is an order', host(owning)],
  [TOO_MANY, host({ ...owning, orders: [order(3n, 5n)], numDelegations: 18 })],
  [
    'the recipient of one has room',
    host({ ...owning, orders: [order(3n, 5n)], peers: new Map([['c', peer(0, 0, unacked(2))]]) }),
  ],
  [
    'the recipient of one has room',
    host({ ...owning, orders: [order(3n, 5n)], peers: new Map([['c', peer(0, 50)]]) }),
  ],
];

/** What is handed on of an order, and what is left of the orders. */
function handedOn(h: Host) {
  const { state, sends } = take(delegate, h);
  const { dst, msg } = sends[0] ?? { dst: '', msg: { type: 'invalid' } };
  const content = msg.type === 'single' ? msg.content : undefined;
  if (content?.type !== 'delegate') throw new Error('nothing was handed on');
  return { dst, range: content.range, keys: [...content.table].map(([key]) => key), state };
}

describe('sht: delegate', () => {
  test.each(DELEGATE_REFUSES)('refuses, because ✗ %s', (because, h) => {
    expect(guardOfTaking(delegate, h)).toEqual({ failed: because });
  });

  test.each<[string, KeyRange, number, KeyRange, readonly bigint[]]>([
    [
      'all that fits into one message',
      { low: 4n, high: 7n },
      99,
      { low: 4n, high: 7n },
      [4n, 5n, 6n],
    ],
    ['no more entries than may be', { low: 3n, high: 9n }, 99, { low: 3n, high: 6n }, [3n, 4n, 5n]],
    ['no more bytes than may be', { low: 3n, high: 9n }, 5, { low: 3n, high: 5n }, [3n, 4n]],
    ['as many bytes as may be', { low: 3n, high: 6n }, 6, { low: 3n, high: 6n }, [3n, 4n, 5n]],
    ['one entry, however long', { low: 3n, high: 9n }, 1, { low: 3n, high: 4n }, [3n]],
    ['keys without entries', { low: 7n, high: 8n }, 1, { low: 7n, high: 8n }, []],
  ])('hands on %s', (_, range, maxDelegationBytes, piece, keys) => {
    const orders: Order[] = [{ range, recipient: 'c' }];
    const h = host({ ...owning, orders }, { ...PARAMETERS, maxDelegationBytes });
    const { state, ...handed } = handedOn(h);
    expect(handed).toEqual({ dst: 'c', range: piece, keys });
    expect([...state.table].map(([key]) => key)).toEqual(
      [3n, 4n, 5n, 6n, 8n].filter((key) => !keys.includes(key)),
    );
    const rest = piece.high === range.high ? [] : [order(piece.high, range.high)];
    expect(state.orders).toEqual(rest);
    expect(state.numDelegations).toBe(2);
  });

  test('hands on, piece by piece, the whole range and nothing else, each key once', () => {
    let h = host({ ...owning, orders: [order(4n, 9n)] }, { ...PARAMETERS, maxDelegationKeys: 1 });
    const pieces: KeyRange[] = [];
    while (h.orders.length > 0) {
      const { range, keys, state } = handedOn(h);
      pieces.push(range);
      expect(keys).toHaveLength(1);
      h = { ...state, peers: new Map() };
    }
    expect(pieces.map(({ low, high }) => [low, high])).toEqual([
      [4n, 5n],
      [5n, 6n],
      [6n, 8n],
      [8n, 9n],
    ]);
    expect(h.delegationMap).toEqual([
      { low: 0n, owner: 'a' },
      { low: 3n, owner: 'b' },
      { low: 4n, owner: 'c' },
    ]);
    expect([...h.table]).toEqual([[3n, 'v3']]);
  });

  test('lets those wait whose recipient has no room, and keeps the order of the others', () => {
    const orders = [order(3n, 4n), order(4n, 9n, 'a'), order(5n, 6n)];
    const peers = new Map([['c', peer(0, 0, unacked(2))]]);
    const { dst, range, state } = handedOn(host({ ...owning, orders, peers }));
    expect([dst, range]).toEqual(['a', { low: 4n, high: 8n }]);
    expect(state.orders).toEqual([orders[0], order(8n, 9n, 'a'), orders[2]]);
  });
});

type Delegation = Extract<Content, { type: 'delegate' }>;
const delegation = (low: bigint, high: bigint, entries = table()): Delegation => ({
  type: 'delegate',
  range: { low, high },
  table: entries,
});

const given = (src: EndPoint, content: Content, parts: Parts = {}): Host =>
  host({ ...owning, received: waiting(src, content), ...parts });

const ADOPT_REFUSES: readonly [because: string, h: Host][] = [
  [TOO_MANY, given('a', delegation(0n, 2n), { numDelegations: 18 })],
  ['it comes from a host', given('x', delegation(0n, 2n))],
  ['a host may have sent it', given('a', delegation(2n, 2n))],
];

describe('sht: adopt', () => {
  test.each(ADOPT_REFUSES)('refuses, because ✗ %s', (because, h) => {
    expect(guardOfTaking(adopt, h)).toEqual({ failed: because });
  });

  test('makes the keys this host’s own, with what came with them', () => {
    const h = given('a', delegation(1n, 3n, table([1n, 'new'])));
    const { state, sends } = take(adopt, h);
    expect(sends).toEqual([]);
    expect(state).toEqual({
      ...h,
      received: undefined,
      delegationMap: [
        { low: 0n, owner: 'a' },
        { low: 1n, owner: 'b' },
        { low: 9n, owner: 'c' },
      ],
      table: TABLE.with(1n, 'new'),
      numDelegations: 2,
    });
  });

  test('forgets what the table had there', () => {
    const h = given('a', delegation(4n, KEY_INF, table([5n, 'new'])));
    expect([...take(adopt, h).state.table]).toEqual([
      [3n, 'v3'],
      [5n, 'new'],
    ]);
  });

  test.each<[string, Delegation, boolean]>([
    ['without entries', delegation(1n, 2n), true],
    ['with as many as may be', delegation(1n, 9n, table([1n, ''], [2n, ''], [3n, ''])), true],
    ['with more', delegation(1n, 9n, table([1n, ''], [2n, ''], [3n, ''], [4n, ''])), false],
    ['with the longest value', delegation(1n, 9n, table([1n, '12345678'])), true],
    ['with a longer one', delegation(1n, 9n, table([1n, ''], [2n, '123456789'])), false],
    ['of no keys', delegation(9n, 1n), false],
  ])('a delegation %s may be a host’s own: %s', (_, some, may) => {
    expect(isWellFormed(host(), some)).toBe(may);
  });
});

test('every clause of moving has a row in which it fails', () => {
  const rows = [SHARD_REFUSES, DELEGATE_REFUSES, ADOPT_REFUSES].flatMap((each) =>
    each.map(([because]) => because),
  );
  expect(untried(clausesOf(new URL('./moving.ts', import.meta.url)), rows)).toEqual([]);
});
