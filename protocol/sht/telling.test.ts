import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  COMPATIBLE,
  guardOfTaking,
  host,
  PARAMETERS,
  peer,
  single,
  table,
  take,
  waiting,
} from '../../harness/testing/shtHosts.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { LocalAction } from '../framework/action.ts';
import type { DelegationMap } from './delegationMap.ts';
import type { Host } from './host.ts';
import { KEY_INF, KEY_ZERO } from './keys.ts';
import {
  type Content,
  MAX_RANGES_TOLD,
  MAX_SAMPLES,
  type Message,
  type Reason,
  type Status,
} from './messages.ts';
import { refuse, tellStatus } from './telling.ts';

const MAP: DelegationMap = [
  { low: 0n, owner: 'a' },
  { low: 3n, owner: 'b' },
  { low: 9n, owner: 'c' },
];
const TABLE = table([3n, 'v'], [4n, 'v'], [5n, 'v'], [6n, 'v'], [8n, 'v']);
const ORDERS = [{ range: { low: 3n, high: 5n }, recipient: 'c' }];
const owning = { delegationMap: MAP, table: TABLE, orders: ORDERS };

const asked = (content: Content, src = 'x', parameters = PARAMETERS): Host =>
  host({ ...owning, received: waiting(src, content) }, parameters, { administrators: ['admin1'] });

const exhausted = (content: Content): Host => ({
  ...asked(content),
  peers: new Map([['x', peer(1, 50)]]),
});

const statusFrom = (from: bigint, samples = 0): Content => ({
  type: 'statusRequest',
  from,
  samples,
});
const LONG: Content = { type: 'set', key: 3n, value: '123456789' };
const shardOf = (low: bigint, high: bigint): Content => ({
  type: 'shard',
  range: { low, high },
  recipient: 'c',
});

const NUMBER = 'there is a number left for an answer';
const TOO_MANY = 'there were not too many delegations';
const AGAINST = 'something is to be said against it';

const REFUSES: readonly [because: string, action: LocalAction<Host, Message>, h: Host][] = [
  ['the original does not know this', tellStatus, asked(statusFrom(0n), 'x', COMPATIBLE)],
  [NUMBER, tellStatus, exhausted(statusFrom(0n))],
  ['the original says nothing', refuse, asked(LONG, 'x', COMPATIBLE)],
  [TOO_MANY, refuse, { ...asked(shardOf(3n, 3n)), numDelegations: 18 }],
  [AGAINST, refuse, asked({ type: 'set', key: 3n, value: '12345678' })],
  [AGAINST, refuse, asked({ type: 'set', key: 3n, value: undefined })],
  [AGAINST, refuse, asked(shardOf(5n, 9n), 'admin1')],
  [NUMBER, refuse, exhausted(LONG)],
];

test.each(REFUSES)('sht: ✗ %s', (because, action, h) => {
  expect(guardOfTaking(action, h)).toEqual({ failed: because });
});

/** What a host tells who asks. */
function told(h: Host, dst: EndPoint = 'x'): Status {
  const { state, sends } = take(tellStatus, h);
  const { msg } = sends[0] ?? { msg: { type: 'invalid' } };
  if (msg.type !== 'single' || msg.content.type !== 'status') throw new Error('not told');
  expect(sends).toEqual([{ src: 'b', dst, msg: single(1, msg.content, dst) }]);
  expect(state).toEqual({
    ...h,
    received: undefined,
    peers: new Map([[dst, peer(0, 0, [msg])]]),
  });
  return msg.content;
}

describe('sht: tellStatus', () => {
  test('tells how many keys there are, who has which, and what is under way', () => {
    expect(told(asked(statusFrom(KEY_ZERO)))).toEqual({
      type: 'status',
      keys: 5,
      ranges: MAP,
      until: KEY_INF,
      orders: ORDERS,
      samples: [],
    });
  });

  test.each([
    [KEY_ZERO, 0],
    [2n, 0],
    [3n, 1],
    [8n, 1],
    [9n, 2],
    [KEY_INF, 2],
  ])('tells of the ranges from the one on in which %i is', (from, first) => {
    expect(told(asked(statusFrom(from))).ranges).toEqual(MAP.slice(first));
  });

  test('tells of so many ranges, and where the next one begins', () => {
    const delegationMap = Array.from({ length: MAX_RANGES_TOLD + 2 }, (_, place) => ({
      low: BigInt(place),
      owner: place % 2 === 0 ? 'a' : 'b',
    }));
    const h = { ...asked(statusFrom(1n)), delegationMap };
    const { ranges, until } = told(h);
    expect(ranges).toEqual(delegationMap.slice(1, -1));
    expect(until).toBe(BigInt(MAX_RANGES_TOLD + 1));
    expect(told({ ...h, received: waiting('x', statusFrom(2n)) }).until).toBe(KEY_INF);
  });

  test.each([
    [0, []],
    [1, [3n]],
    [2, [3n, 5n]],
    [3, [3n, 4n, 6n]],
    [5, [3n, 4n, 5n, 6n, 8n]],
    [99, [3n, 4n, 5n, 6n, 8n]],
  ])('tells an administrator %i of its keys, evenly spread', (samples, keys) => {
    expect(told(asked(statusFrom(0n, samples), 'admin1'), 'admin1').samples).toEqual(keys);
  });

  test('tells no more samples than may be, and others none', () => {
    const many = OrderedMap.from(
      Array.from({ length: 3_000 }, (_, key): [bigint, string] => [BigInt(key), 'v']),
    );
    const h = { ...asked(statusFrom(0n, 5_000), 'admin1'), table: many };
    const { samples } = told(h, 'admin1');
    expect(samples).toHaveLength(MAX_SAMPLES);
    expect(new Set(samples).size).toBe(MAX_SAMPLES);
    expect(told(asked(statusFrom(0n, 3))).samples).toEqual([]);
  });
});

describe('sht: refuse', () => {
  test.each<[Reason, Host, EndPoint]>([
    ['the value is too long', asked(LONG), 'x'],
    ['the value is too long', asked({ ...LONG, key: 0n } as Content), 'x'],
    ['only an administrator may move keys', asked(shardOf(5n, 9n)), 'x'],
    ['the range is empty', asked(shardOf(5n, 5n), 'admin1'), 'admin1'],
    ['the keys are not all here', asked(shardOf(2n, 5n), 'admin1'), 'admin1'],
    ['some of the keys are on the move already', asked(shardOf(4n, 6n), 'admin1'), 'admin1'],
  ])('says that %s, and nothing else changes', (reason, h, dst) => {
    const { state, sends } = take(refuse, h);
    const msg = single(1, { type: 'refusal', reason }, dst);
    expect(sends).toEqual([{ src: 'b', dst, msg }]);
    expect(state).toEqual({
      ...h,
      received: undefined,
      peers: new Map([[dst, peer(0, 0, [msg])]]),
    });
  });

  test('a host at its end still refuses values that are too long', () => {
    expect(guardOfTaking(refuse, { ...asked(LONG), numDelegations: 18 })).toBeUndefined();
  });
});

test('every clause of telling has a row in which it fails', () => {
  const rows = REFUSES.map(([because]) => because);
  expect(untried(clausesOf(new URL('./telling.ts', import.meta.url)), rows)).toEqual([]);
});
