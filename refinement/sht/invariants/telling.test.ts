import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { host, PARAMETERS, type Parts, table } from '../../../harness/testing/shtHosts.ts';
import { peerWith, says } from '../../../harness/testing/shtScenes.ts';
import { done, type Host, tell } from '../../../protocol/sht/host.ts';
import { KEY_INF, KEY_ZERO } from '../../../protocol/sht/keys.ts';
import {
  type Content,
  type Order,
  REASONS,
  type Reason,
  type Status,
} from '../../../protocol/sht/messages.ts';
import { refuse, tellStatus } from '../../../protocol/sht/telling.ts';
import { stepInvariants } from '../invariants.ts';

const MAP = [
  { low: 0n, owner: 'a' },
  { low: 10n, owner: 'b' },
  { low: 20n, owner: 'a' },
];

const order = (low: bigint, high: bigint, recipient = 'b'): Order => ({
  range: { low, high },
  recipient,
});

/** Host a with this waiting from client x, who may have keys moved unless told otherwise. */
const waiting = (content: Content, parts: Parts = {}, administrator = 'x'): Host =>
  host(
    {
      delegationMap: MAP,
      table: table([1n, ''], [2n, ''], [25n, '']),
      orders: [order(20n, 30n)],
      received: says('x', 'a', 1, content),
      peers: new Map([['x', peerWith(1, 0)]]),
      ...parts,
    },
    PARAMETERS,
    { administrators: [administrator], aliases: new Map([['bee', 'b']]) },
    'a',
  );

/** Why a host must not say this about what waits. */
const refusalOf = (before: Host, said: Content): string | undefined =>
  stepInvariants['S28']?.(before, tell(done(before), 'x', said).state)?.failed;

const shard = (low: bigint, high: bigint, recipient = 'c'): Content => ({
  type: 'shard',
  ...order(low, high, recipient),
});

/** What is to be refused, for all reasons that there are. */
const REFUSED: readonly (readonly [before: Host, reasons: readonly Reason[]])[] = [
  [waiting({ type: 'set', key: 1n, value: 'far too long' }), ['the value is too long']],
  [waiting(shard(0n, 1n), {}, 'y'), ['only an administrator may move keys']],
  [waiting(shard(1n, 1n)), ['the range is empty']],
  [waiting(shard(0n, 1n, 'nobody')), ['the recipient is no host']],
  [waiting(shard(0n, 1n, 'a')), ['the recipient has given the order']],
  [waiting(shard(9n, 11n)), ['the keys are not all here']],
  [waiting(shard(29n, 31n)), ['some of the keys are on the move already']],
  [
    waiting(shard(5n, 6n), { orders: [order(0n, 1n), order(1n, 2n), order(2n, 3n)] }),
    ['there are too many orders'],
  ],
  [
    waiting(shard(KEY_ZERO, 2n, 'b'), {
      delegationMap: [...MAP, ...MAP.map(({ owner, low }) => ({ owner, low: low + 30n }))],
    }),
    ['there are too many orders'],
  ],
  [
    waiting(shard(9n, 21n, 'nobody'), {}, 'y'),
    [
      'only an administrator may move keys',
      'the recipient is no host',
      'the keys are not all here',
      'some of the keys are on the move already',
    ],
  ],
  [waiting(shard(0n, 1n, 'bee')), []],
  [waiting({ type: 'set', key: 1n, value: 'short' }), []],
  [waiting({ type: 'get', key: 1n }), []],
];

const ASKED: Content = { type: 'statusRequest', from: 10n, samples: 2 };

const STATUS: Status = {
  type: 'status',
  keys: 3,
  ranges: MAP.slice(1),
  until: KEY_INF,
  orders: [order(20n, 30n)],
  samples: [1n, 25n],
};

const KNOWN = 'a status tells who has the keys';
const SAMPLED = 'samples are keys of the table, each once, as many as were asked for at most';
const LED = 'a redirect leads to whoever has the key, as far as is known';

const WRONG: readonly (readonly [because: string, asked: Content, said: Content])[] = [
  [LED, { type: 'get', key: 12n }, { type: 'redirect', key: 12n, owner: 'c' }],
  [LED, { type: 'get', key: 12n }, { type: 'redirect', key: 11n, owner: 'b' }],
  [LED, ASKED, { type: 'redirect', key: 12n, owner: 'b' }],
  ['a refusal has its reason', ASKED, { type: 'refusal', reason: 'the range is empty' }],
  ['a status counts the keys', ASKED, { ...STATUS, keys: 2 }],
  [KNOWN, ASKED, { ...STATUS, ranges: MAP }],
  [KNOWN, ASKED, { ...STATUS, ranges: [{ low: 10n, owner: 'b' }] }],
  [KNOWN, ASKED, { ...STATUS, ranges: MAP.slice(1).map(({ low }) => ({ low, owner: 'b' })) }],
  ['a status says how far it goes', ASKED, { ...STATUS, until: 20n }],
  ['a status tells what is on the move', ASKED, { ...STATUS, orders: [] }],
  [SAMPLED, ASKED, { ...STATUS, samples: [1n, 2n, 25n] }],
  [SAMPLED, ASKED, { ...STATUS, samples: [1n, 3n] }],
  [SAMPLED, ASKED, { ...STATUS, samples: [1n, 1n] }],
  [SAMPLED, ASKED, { ...STATUS, samples: [2n, 1n] }],
];

describe('what hosts tell', () => {
  test.each(WRONG)('S28: ✗ %s', (because, asked, said) => {
    expect(refusalOf(waiting(asked), said)).toBe(because);
  });

  test.each(REFUSED)('a refusal has a reason that there is', (before, reasons) => {
    for (const reason of REASONS) {
      const refusal = refusalOf(before, { type: 'refusal', reason });
      expect(refusal).toBe(reasons.includes(reason) ? undefined : 'a refusal has its reason');
    }
  });

  test.each(REFUSED)('the protocol gives one of them, if there is one', (before, reasons) => {
    const isRefused = refuse.guard(before, { now: 0, choice: undefined }) === undefined;
    expect(isRefused).toBe(reasons.length > 0);
    if (!isRefused) return;
    const { state } = refuse.step(before, { now: 0, choice: undefined });
    expect(stepInvariants['S28']?.(before, state)).toBeUndefined();
  });

  test.each([KEY_ZERO, 0n, 9n, 10n, 19n, 20n, KEY_INF])('a status from %s on is so', (from) => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      low: BigInt(index),
      owner: index % 2 === 0 ? 'a' : 'b',
    }));
    for (const delegationMap of [MAP, many]) {
      for (const samples of [0, 2, 9]) {
        const before = waiting({ type: 'statusRequest', from, samples }, { delegationMap });
        const { state } = tellStatus.step(before, { now: 0, choice: undefined });
        expect(stepInvariants['S28']?.(before, state)).toBeUndefined();
      }
    }
  });

  test('is not looked at while nothing is done, nor where nothing is told', () => {
    const before = waiting(ASKED);
    expect(stepInvariants['S28']?.(before, { ...before, resentAt: 1 })).toBeUndefined();
    expect(stepInvariants['S28']?.(before, done(before))).toBeUndefined();
    expect(
      refusalOf(waiting({ type: 'get', key: 12n }), { type: 'redirect', key: 12n, owner: 'b' }),
    ).toBeUndefined();
  });

  test('has no clause that never fails', () => {
    const clauses = clausesOf(new URL('./telling.ts', import.meta.url));
    expect(
      untried(
        clauses,
        WRONG.map(([because]) => because),
      ),
    ).toEqual([]);
  });
});
