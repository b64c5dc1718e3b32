import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { COMPATIBLE, host, PARAMETERS, table } from '../../../harness/testing/shtHosts.ts';
import {
  but,
  butPeer,
  delegation,
  expectWrong,
  MAP,
  MOVING,
  peerWith,
  plus,
  type Scene,
  says,
  told,
  type WrongScene,
  wrongWith,
} from '../../../harness/testing/shtScenes.ts';
import { KEY_INF, KEY_ZERO, type Value } from '../../../protocol/sht/keys.ts';
import type { Content, Order } from '../../../protocol/sht/messages.ts';
import { OrderedMap } from '../../../spec/framework/orderedMap.ts';
import { stepInvariants } from '../invariants.ts';

const LONG = 'far too long';
const NOTHING = undefined as unknown as Value;

/** Host a hands on [30, ∞) to c, with this. */
function moved(...entries: [bigint, string][]): Scene {
  const scene = told(MOVING, 'a', 'c', delegation(30n, KEY_INF, ...entries));
  return but(scene, 'a', {
    table: table([1n, 'one']),
    delegationMap: MAP.with(3, { low: 30n, owner: 'b' }),
    orders: [],
    numDelegations: 4,
  });
}

const ordered = (...orders: readonly Order[]): Scene => but(MOVING, 'a', { orders });
const order = (low: bigint, high: bigint, recipient = 'b'): Order => ({
  range: { low, high },
  recipient,
});

const reply = (value: string): Content => ({ type: 'reply', key: 1n, value });

/** All hosts go by other limits. */
const allBy = ({ packets, hosts }: Scene, parameters: Partial<typeof PARAMETERS>): Scene => ({
  packets,
  hosts: hosts.map((h) => ({
    ...h,
    constants: { ...h.constants, parameters: { ...PARAMETERS, ...parameters } },
  })),
});

const ROWS: readonly WrongScene[] = [
  ['S15', 'a delegation adds two ranges at most', 'S15', but(MOVING, 'a', { numDelegations: 2 })],
  [
    'S15',
    'bounds rise',
    'S15',
    but(MOVING, 'b', {
      delegationMap: [
        { low: 0n, owner: 'a' },
        { low: 5n, owner: 'c' },
        { low: 5n, owner: 'a' },
      ],
      numDelegations: 2,
    }),
  ],
  [
    'S15',
    'neighbours have different owners',
    'S15',
    but(MOVING, 'b', {
      delegationMap: [
        { low: 0n, owner: 'a' },
        { low: 5n, owner: 'a' },
      ],
      numDelegations: 2,
    }),
  ],
  ['S15', 'there are not too many delegations', 'S15', but(MOVING, 'b', { numDelegations: 19 })],
  [
    'S15',
    'no number is beyond the last',
    'S15',
    plus(
      butPeer(MOVING, 'c', 'y', peerWith(1, 50, says('c', 'y', 51, reply('')))),
      says('c', 'y', 51, reply('')),
    ),
  ],
  [
    'S14',
    'every key that is stored has a value',
    'S14',
    but(MOVING, 'a', { table: OrderedMap.of([1n, 'one'], [31n, NOTHING]) }),
  ],
  [
    'S15',
    'values are not too long',
    'S15',
    but(MOVING, 'a', { table: table([1n, LONG], [31n, 'z']) }),
  ],
  ['S15', 'a delegation has a range', 'S15', told(MOVING, 'a', 'c', delegation(40n, 40n))],
  [
    'S15',
    'a delegation carries so many keys at most',
    'S15',
    moved([31n, ''], [32n, ''], [33n, ''], [34n, '']),
  ],
  [
    'S15',
    'a delegation carries so many bytes at most',
    'S15',
    moved([31n, 'sixsix'], [32n, 'fives']),
  ],
  ['S15', 'a delegation carries no value that is too long', 'S15', moved([31n, LONG])],
  ['S18', 'the original keeps no orders', 'S18', allBy(ordered(order(30n, 31n)), COMPATIBLE)],
  [
    'S18',
    'there are not too many orders',
    'S18',
    ordered(order(30n, 31n), order(31n, 32n), order(32n, 33n), order(33n, 34n)),
  ],
  ['S18', 'an order is for some keys', 'S18', ordered(order(40n, 40n))],
  ['S18', 'the recipient is a host', 'S18', ordered(order(30n, KEY_INF, 'x'))],
  ['S18', 'the recipient is another host', 'S18', ordered(order(30n, KEY_INF, 'a'))],
  ['S18', "the keys of an order are the host's own", 'S18', ordered(order(KEY_ZERO, 11n))],
  ['S18', "the keys of an order are the host's own", 'S18', ordered(order(12n, 13n))],
  [
    'S18',
    'orders have no key in common',
    'S18',
    ordered(order(30n, 40n), order(39n, KEY_INF, 'c')),
  ],
  [
    'S20',
    'few delegations are under way to a host',
    'S20 S4',
    told(MOVING, 'a', 'c', delegation(40n, 41n), delegation(41n, 42n)),
  ],
  [
    'S20',
    'a client leaves few messages unacknowledged',
    'S20',
    told(MOVING, 'c', 'y', reply(''), reply(''), reply(''), reply('')),
  ],
  [
    'S20',
    'a client leaves few bytes unacknowledged',
    'S20',
    told(MOVING, 'c', 'y', reply('12345678'), reply('12345678'), reply('1234')),
  ],
  ['S21', 'keys are handed to another host', 'S21', told(MOVING, 'a', 'x', delegation(40n, 41n))],
  [
    'S21',
    'a redirect leads to another host',
    'S21',
    told(MOVING, 'c', 'y', { type: 'redirect', key: 1n, owner: 'c' }),
  ],
  [
    'S21',
    'a redirect leads to another host',
    'S21',
    told(MOVING, 'c', 'y', { type: 'redirect', key: 1n, owner: 'y' }),
  ],
  ['S21', 'only keys are sent to hosts', 'S21', told(MOVING, 'b', 'c', reply(''))],
  ['S22', 'only hosts are sent to again', 'S22', but(MOVING, 'a', { noted: new Map([['x', 1]]) })],
  ['S22', 'what is noted was sent', 'S22', but(MOVING, 'a', { noted: new Map([['c', 2]]) })],
];

describe('laws of bounds', () => {
  test.each(ROWS)('%s: ✗ %s, of all laws %s', expectWrong);

  test('allow what is just within them', () => {
    expect(wrongWith(but(MOVING, 'b', { numDelegations: 18 }))).toEqual([]);
    expect(wrongWith(moved([31n, 'sixsix'], [32n, ''], [33n, 'four']))).toEqual([]);
    expect(wrongWith(ordered(order(KEY_ZERO, 10n), order(30n, 31n, 'c'), order(31n, 32n)))).toEqual(
      [],
    );
    expect(wrongWith(told(MOVING, 'c', 'y', reply('12345678'), reply('123'), reply('')))).toEqual(
      [],
    );
  });

  test('what a host knows from the start never changes, and it never counts backwards', () => {
    const changed = host({}, COMPATIBLE);
    expect(stepInvariants['S2']?.(host(), host())).toBeUndefined();
    expect(stepInvariants['S2']?.(host(), changed)?.failed).toBe(
      'what a host knows from the start never changes',
    );
    expect(stepInvariants['S17']?.(host({ numDelegations: 3 }), host())?.failed).toBe(
      'delegations are not forgotten',
    );
    const other = MOVING.hosts.map((h) => ({ ...h, constants: { ...h.constants, me: 'b' } }));
    expect(wrongWith({ ...MOVING, hosts: other })).toContain('S2: a host is who it is');
  });

  test('have no clause that never fails', () => {
    const clauses = clausesOf(new URL('./bounds.ts', import.meta.url));
    const rows = ROWS.map(([, because]) => because);
    expect(untried(clauses, rows)).toEqual([]);
  });
});
