import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { host, PARAMETERS, type Parts } from '../../../harness/testing/shtHosts.ts';
import {
  expectWrong,
  MOVING,
  peerWith,
  says,
  told,
  wrongWith,
} from '../../../harness/testing/shtScenes.ts';
import { assign } from '../../../protocol/sht/delegationMap.ts';
import { done, type Host, tell } from '../../../protocol/sht/host.ts';
import type { KeyRange } from '../../../protocol/sht/keys.ts';
import type { Content, Order } from '../../../protocol/sht/messages.ts';
import { stepInvariants } from '../invariants.ts';

const FOLLOWED = 'S23';
const ANSWERED = 'S24';

/** A step that a host must not take: the law, the clause, and the host before and after it. */
type WrongStep = readonly [law: string, because: string, before: Host, after: Host];

const refusalOf = (law: string, before: Host, after: Host): string | undefined =>
  stepInvariants[law]?.(before, after)?.failed;

const SAMPLED = 'which keys there are is for those who may have them moved';

const CONFIGURATION = { administrators: ['admin'], aliases: new Map([['bee', 'b']]) };

/** Host a, which begins with all keys. */
const having = (parts: Parts = {}, compatible = false): Host =>
  host(parts, { ...PARAMETERS, compatible }, CONFIGURATION, 'a');

const order = (low: bigint, high: bigint, recipient = 'b'): Order => ({
  range: { low, high },
  recipient,
});

const SHARD: Content = { type: 'shard', ...order(10n, 20n) };
const SET: Content = { type: 'set', key: 1n, value: 'x' };
const GET: Content = { type: 'get', key: 1n };
const STATUS: Content = { type: 'statusRequest', from: 0n, samples: 0 };
const REFUSAL: Content = { type: 'refusal', reason: 'the range is empty' };
const REPLY: Content = { type: 'reply', key: 1n, value: 'x' };

/** With this waiting, from the administrator unless told otherwise. */
const waiting = (content: Content, parts: Parts = {}, src = 'admin', compatible = false): Host =>
  having(
    {
      received: says(src, 'a', 1, content),
      peers: new Map([[src, peerWith(1, 0)]]),
      ...parts,
    },
    compatible,
  );

/** The host in which keys are with somebody else. */
const given = (h: Host, range: KeyRange, recipient: string): Host => ({
  ...h,
  delegationMap: assign(h.delegationMap, range, recipient),
});

const ORDERED = having({ orders: [order(10n, 20n)] });
const UNDONE = waiting(SHARD);
const TAKEN = { ...done(waiting(SHARD)), orders: [order(10n, 20n)] };

const ORDERS: readonly WrongStep[] = [
  [FOLLOWED, 'an order was given by whoever may have keys moved', having(), ORDERED],
  [
    FOLLOWED,
    'an order was given by whoever may have keys moved',
    waiting(SHARD, {}, 'x'),
    { ...done(waiting(SHARD, {}, 'x')), orders: [order(10n, 20n)] },
  ],
  [
    FOLLOWED,
    'an order was given by whoever may have keys moved',
    waiting(SHARD),
    { ...TAKEN, orders: [order(10n, 21n)] },
  ],
  [
    FOLLOWED,
    'an order was given by whoever may have keys moved',
    waiting(SHARD),
    { ...TAKEN, orders: [order(10n, 20n, 'c')] },
  ],
  // It still waits, so it was not what was done.
  [
    FOLLOWED,
    'an order was given by whoever may have keys moved',
    UNDONE,
    { ...UNDONE, orders: [order(10n, 20n)] },
  ],
  [FOLLOWED, 'an order is forgotten once its keys are with its recipient', ORDERED, having()],
  [
    FOLLOWED,
    'an order is forgotten once its keys are with its recipient',
    ORDERED,
    given(having(), { low: 10n, high: 19n }, 'b'),
  ],
  [
    FOLLOWED,
    'an order is forgotten once its keys are with its recipient',
    ORDERED,
    given(having({ orders: [order(15n, 20n)] }), { low: 10n, high: 14n }, 'b'),
  ],
  [
    FOLLOWED,
    'keys leave a host by order only',
    having(),
    given(having(), { low: 1n, high: 2n }, 'b'),
  ],
  [
    FOLLOWED,
    'keys leave a host by order only',
    ORDERED,
    given(ORDERED, { low: 9n, high: 12n }, 'b'),
  ],
  [
    FOLLOWED,
    'keys leave a host by order only',
    ORDERED,
    given(ORDERED, { low: 10n, high: 12n }, 'c'),
  ],
];

const ANSWERS: readonly WrongStep[] = [
  [ANSWERED, 'an order is taken or refused', waiting(SHARD), done(waiting(SHARD))],
  [ANSWERED, 'an order is taken or refused', waiting(SHARD), tell(TAKEN, 'admin', REFUSAL).state],
  [ANSWERED, 'who asks is answered', waiting(GET), done(waiting(GET))],
  [ANSWERED, 'who asks is answered', waiting(SET), tell(done(waiting(SET)), 'x', REPLY).state],
  [
    ANSWERED,
    'who asks is answered',
    waiting(GET),
    tell(done(waiting(GET)), 'admin', REFUSAL).state,
  ],
  [
    ANSWERED,
    'who asks is answered',
    waiting(STATUS),
    tell(tell(done(waiting(STATUS)), 'admin', REPLY).state, 'admin', REPLY).state,
  ],
  [
    ANSWERED,
    'who asks is answered',
    waiting(GET, {}, 'x', true),
    done(waiting(GET, {}, 'x', true)),
  ],
  [
    ANSWERED,
    'who does not ask is not answered',
    waiting(REPLY),
    tell(done(waiting(REPLY)), 'admin', REPLY).state,
  ],
];

describe('laws of orders and answers', () => {
  test.each([...ORDERS, ...ANSWERS])('%s: ✗ %s', (law, because, before, after) => {
    expect(refusalOf(law, before, after)).toBe(because);
  });

  test('allow orders to be taken, carried out bit by bit, and done with', () => {
    const rest = { ...ORDERED, orders: [order(15n, 20n)] };
    const half = given(rest, { low: 10n, high: 15n }, 'b');
    const all = given({ ...half, orders: [] }, { low: 15n, high: 20n }, 'b');
    const named = waiting({ ...SHARD, recipient: 'bee' } as Content);
    for (const [before, after] of [
      [waiting(SHARD), TAKEN],
      [named, { ...done(named), orders: [order(10n, 20n)] }],
      [ORDERED, half],
      [half, all],
      [ORDERED, given(having(), { low: 10n, high: 20n }, 'b')],
      [given(having(), { low: 10n, high: 15n }, 'b'), having()],
    ] as const) {
      expect(refusalOf(FOLLOWED, before, after)).toBeUndefined();
    }
  });

  test('allow what has to be said, and silence where there is nothing to be said with', () => {
    const refused = tell(done(waiting(SHARD)), 'admin', REFUSAL).state;
    const last = { peers: new Map([['admin', peerWith(1, PARAMETERS.maxSeqno)]]) };
    for (const [before, after] of [
      [waiting(SHARD), TAKEN],
      [waiting(SHARD), refused],
      [waiting(SET), tell(done(waiting(SET)), 'admin', REPLY).state],
      [waiting(SET), tell(done(waiting(SET)), 'admin', REFUSAL).state],
      [waiting(REPLY), done(waiting(REPLY))],
      [UNDONE, { ...UNDONE, resentAt: 1 }],
      [waiting(GET, last), done(waiting(GET, last))],
      [waiting(SET, {}, 'x', true), done(waiting(SET, {}, 'x', true))],
    ] as const) {
      expect(refusalOf(ANSWERED, before, after)).toBeUndefined();
    }
  });

  const status = (...samples: bigint[]): Content => ({
    type: 'status',
    keys: 1,
    ranges: [],
    until: 0n,
    orders: [],
    samples,
  });

  test('S25: ✗ which keys there are is for those who may have them moved', () => {
    const anybody = told(MOVING, 'a', 'x', status(1n));
    expect(wrongWith(anybody)).toEqual([]);
    const hosts = anybody.hosts.map((h) => ({
      ...h,
      constants: { ...h.constants, administrators: ['admin'] },
    }));
    expectWrong('S25', SAMPLED, 'S25', { ...anybody, hosts });
    expect(wrongWith({ ...told(MOVING, 'a', 'x', status()), hosts })).not.toContain(
      `S25: ${SAMPLED}`,
    );
  });

  test('have no clause that never fails', () => {
    const clauses = clausesOf(new URL('./orders.ts', import.meta.url));
    const rows = [...ORDERS, ...ANSWERS].map(([, because]) => because);
    expect(untried(clauses, [...rows, SAMPLED])).toEqual([]);
  });
});
