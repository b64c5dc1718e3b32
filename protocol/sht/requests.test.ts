import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  guardOfTaking,
  host,
  peer,
  single,
  table,
  take,
  waiting,
} from '../../harness/testing/shtHosts.ts';
import type { LocalAction } from '../framework/action.ts';
import type { DelegationMap } from './delegationMap.ts';
import { type Host, initHost, isMine, mayDelegate, onWaiting } from './host.ts';
import type { Content, Message } from './messages.ts';
import { get, redirect, set } from './requests.ts';

/** Keys 3 to 8 are b's, and three of them have a value. */
const MAP: DelegationMap = [
  { low: 0n, owner: 'a' },
  { low: 3n, owner: 'b' },
  { low: 9n, owner: 'c' },
];
const TABLE = table([3n, 'three'], [5n, ''], [8n, 'eight']);

/** Host b, which has been asked this by x. */
const asked = (content: Content): Host =>
  host({ delegationMap: MAP, table: TABLE, received: waiting('x', content) });

/** The same, when x has been told as much as there are numbers for. */
const exhausted = (content: Content): Host => ({
  ...asked(content),
  peers: new Map([['x', peer(1, 50)]]),
});

const getOf = (key: bigint): Content => ({ type: 'get', key });
const setOf = (key: bigint, value?: string): Content => ({ type: 'set', key, value });

const LONG = '123456789';
const NONE = 'a message is waiting';
const TYPE = 'it is of a type that the action processes';
const MINE = "the key is this host's own";
const NOT_MINE = "the key is not this host's own";
const SHORT = 'the value is not too long';
const NUMBER = 'there is a number left for an answer';

const REFUSES: readonly [because: string, action: LocalAction<Host, Message>, h: Host][] = [
  [NONE, get, host()],
  [TYPE, get, asked(setOf(3n, 'v'))],
  [MINE, get, asked(getOf(2n))],
  [MINE, get, asked(getOf(9n))],
  [NUMBER, get, exhausted(getOf(3n))],
  [NONE, set, host()],
  [TYPE, set, asked(getOf(3n))],
  [MINE, set, asked(setOf(9n, 'v'))],
  [SHORT, set, asked(setOf(3n, LONG))],
  [NUMBER, set, exhausted(setOf(3n, 'v'))],
  [NONE, redirect, host()],
  [TYPE, redirect, asked({ type: 'reply', key: 2n, value: 'v' })],
  [NOT_MINE, redirect, asked(getOf(3n))],
  [NOT_MINE, redirect, asked(setOf(8n, 'v'))],
  [SHORT, redirect, asked(setOf(9n, LONG))],
  [NUMBER, redirect, exhausted(getOf(9n))],
];

describe('sht: requests', () => {
  test.each(REFUSES)('✗ %s', (because, action, h) => {
    expect(guardOfTaking(action, h)).toEqual({ failed: because });
  });

  const answer = (content: Content, seqno = 1): Message => single(seqno, content, 'x');

  test.each<[string, LocalAction<Host, Message>, Content, Content, Host['table']]>([
    [
      'a get, with what is there',
      get,
      getOf(3n),
      { type: 'reply', key: 3n, value: 'three' },
      TABLE,
    ],
    [
      'a get, with a value of no bytes',
      get,
      getOf(5n),
      { type: 'reply', key: 5n, value: '' },
      TABLE,
    ],
    [
      'a get of what is not there',
      get,
      getOf(4n),
      { type: 'reply', key: 4n, value: undefined },
      TABLE,
    ],
    [
      'a set of a new key',
      set,
      setOf(4n, 'four'),
      { type: 'reply', key: 4n, value: 'four' },
      TABLE.with(4n, 'four'),
    ],
    [
      'a set of an old key',
      set,
      setOf(3n, '12345678'),
      { type: 'reply', key: 3n, value: '12345678' },
      TABLE.with(3n, '12345678'),
    ],
    [
      'a set to no bytes',
      set,
      setOf(3n, ''),
      { type: 'reply', key: 3n, value: '' },
      TABLE.with(3n, ''),
    ],
    [
      'a set to nothing, which deletes',
      set,
      setOf(3n),
      { type: 'reply', key: 3n, value: undefined },
      table([5n, ''], [8n, 'eight']),
    ],
    [
      'a get of another’s key',
      redirect,
      getOf(2n),
      { type: 'redirect', key: 2n, owner: 'a' },
      TABLE,
    ],
    [
      'a set of another’s key',
      redirect,
      setOf(9n, 'v'),
      { type: 'redirect', key: 9n, owner: 'c' },
      TABLE,
    ],
    [
      'a deletion of another’s key',
      redirect,
      setOf(0n),
      { type: 'redirect', key: 0n, owner: 'a' },
      TABLE,
    ],
  ])('answer %s, and nothing else changes', (_, action, content, told, after) => {
    const h = asked(content);
    const { state, sends } = take(action, h);
    const msg = answer(told);
    expect(sends).toEqual([{ src: 'b', dst: 'x', msg }]);
    const { unackedBytes } = state.peers.get('x') ?? peer(0);
    const peers = new Map([['x', { ...peer(0, 0, [single(1, told, 'x')]), unackedBytes }]]);
    expect({ ...state, table: h.table }).toEqual({ ...h, received: undefined, peers });
    expect([...state.table]).toEqual([...after]);
    expect(unackedBytes).toBe('value' in told ? (told.value?.length ?? 0) : 0);
  });

  test('number their answers on from what was told before', () => {
    const told = single(5, { type: 'reply', key: 3n, value: 'v' }, 'x');
    const h = { ...asked(getOf(3n)), peers: new Map([['x', peer(2, 4, [told])]]) };
    const { state, sends } = take(get, h);
    expect(sends[0]?.msg).toEqual(answer({ type: 'reply', key: 3n, value: 'three' }, 6));
    expect(state.peers.get('x')?.unacked.map(({ seqno }) => seqno)).toEqual([5, 6]);
  });
});

describe('a host', () => {
  test('has no key at first, but for the first host, which has all', () => {
    expect([0n, (1n << 64n) - 1n].map((key) => isMine(host({}, undefined, {}, 'a'), key))).toEqual([
      true,
      true,
    ]);
    expect(isMine(host(), 0n)).toBe(false);
    const { constants, ...others } = initHost(host().constants);
    expect(others).toMatchObject({ peers: new Map(), received: undefined, orders: [] });
    expect(others).toMatchObject({ numDelegations: 1, resentAt: 0, noted: new Map() });
    expect([others.table.size, constants]).toEqual([0, host().constants]);
  });

  test('takes part in delegations until there were so many, less two', () => {
    const may = (numDelegations: number) => mayDelegate(host({ numDelegations }));
    expect([17, 18, 19].map(may)).toEqual([true, false, false]);
  });

  test('has dealt with a message when it acts on it, whatever it does', () => {
    const nothing = onWaiting({
      name: 'nothing',
      types: ['get', 'statusRequest'],
      guard: (_, content) => (content.type === 'get' ? { failed: 'no' } : undefined),
      step: (state) => ({ state, sends: [] }),
    });
    expect(guardOfTaking(nothing, asked(getOf(3n)))).toEqual({ failed: 'no' });
    const h = asked({ type: 'statusRequest', from: 0n, samples: 0 });
    expect(take(nothing, h).state).toEqual({ ...h, received: undefined });
  });
});

test('every clause of requests has a row in which it fails, whosever it is', () => {
  const rows = REFUSES.map(([because]) => because);
  expect(untried(clausesOf(new URL('./requests.ts', import.meta.url)), rows)).toEqual([]);
  expect(untried(clausesOf(new URL('./host.ts', import.meta.url)), rows)).toEqual([]);
  const numbers = REFUSES.filter(([because]) => because === NUMBER);
  expect(new Set(numbers.map(([, { name }]) => name))).toEqual(new Set(['get', 'set', 'redirect']));
});
