import { describe, expect, test } from 'vitest';
import { KEY_INF, KEY_ZERO } from '../../protocol/sht/keys.ts';
import { type Content, type Message, REASONS } from '../../protocol/sht/messages.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import { readMessageAsImpl } from './messages.ts';
import { INVALID, readMessage, writeContent, writeMessage } from './wire.ts';

const hex = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const n = (value: number | bigint): string => value.toString(16).padStart(16, '0');

const BOTH = [true, false];
const MOST = 2n ** 64n - 1n;

/** A name of 32 bytes, and how a single message to it with the number 1 begins. */
const NAME = 'ab'.repeat(32);
const HEAD = `${n(0)} ${n(1)} ${n(32)} ${NAME}`;
const single = (content: Content): Message => ({ type: 'single', seqno: 1, dst: NAME, content });

const ALL = { low: KEY_ZERO, high: KEY_INF };
const SOME = { low: 125n, high: 175n };
const ALL_BYTES = `${n(1)} ${n(0)} ${n(1)} ${n(42)}`;
const SOME_BYTES = `${n(0)} ${n(125)} ${n(0)} ${n(175)}`;

/** The original's bytes, and what they say; those without a name of their own are its test vectors. */
const VECTORS: readonly (readonly [what: string, bytes: string, Message])[] = [
  ['an acknowledgement', `${n(1)} ${n(1)}`, { type: 'ack', seqno: 1 }],
  ['a get', `${HEAD} ${n(0)} ${n(5)}`, single({ type: 'get', key: 5n })],
  ['a get of the last key', `${HEAD} ${n(0)} ${n(MOST)}`, single({ type: 'get', key: MOST })],
  [
    'a set',
    `${HEAD} ${n(1)} ${n(5)} ${n(0)} ${n(2)} 6162`,
    single({ type: 'set', key: 5n, value: 'ab' }),
  ],
  [
    'a set to the empty value',
    `${HEAD} ${n(1)} ${n(5)} ${n(0)} ${n(0)}`,
    single({ type: 'set', key: 5n, value: '' }),
  ],
  [
    'a deletion',
    `${HEAD} ${n(1)} ${n(5)} ${n(1)}`,
    single({ type: 'set', key: 5n, value: undefined }),
  ],
  [
    'a reply of nothing',
    `${HEAD} ${n(2)} ${n(5)} ${n(1)}`,
    single({ type: 'reply', key: 5n, value: undefined }),
  ],
  [
    'a reply with a value',
    `${HEAD} ${n(2)} ${n(5)} ${n(0)} ${n(2)} 6162`,
    single({ type: 'reply', key: 5n, value: 'ab' }),
  ],
  [
    'a redirect',
    `${HEAD} ${n(3)} ${n(5)} ${n(1)} 0b`,
    single({ type: 'redirect', key: 5n, owner: '0b' }),
  ],
  [
    'an order for all keys',
    `${HEAD} ${n(4)} ${ALL_BYTES} ${n(1)} 0b`,
    single({ type: 'shard', range: ALL, recipient: '0b' }),
  ],
  [
    'an order for some keys, to a name that is long',
    `${HEAD} ${n(4)} ${SOME_BYTES} ${n(526)} ${'cd'.repeat(526)}`,
    single({ type: 'shard', range: SOME, recipient: 'cd'.repeat(526) }),
  ],
  [
    'a delegation of nothing',
    `${HEAD} ${n(5)} ${SOME_BYTES} ${n(0)}`,
    single({ type: 'delegate', range: SOME, table: OrderedMap.empty() }),
  ],
  [
    'a delegation',
    `${HEAD} ${n(5)} ${SOME_BYTES} ${n(2)} ${n(130)} ${n(1)} ff ${n(140)} ${n(0)}`,
    single({
      type: 'delegate',
      range: SOME,
      table: OrderedMap.of([130n, '\xff'], [140n, '']),
    }),
  ],
];

/** What the original does not know. */
const NEW: readonly (readonly [what: string, bytes: string, Message])[] = [
  ['a request for numbers', n(2), { type: 'numbersRequest' }],
  ['numbers', `${n(3)} ${n(7)} ${n(8)}`, { type: 'numbers', accepted: 7, acked: 8 }],
  [
    'a request for a status',
    `${HEAD} ${n(6)} ${n(1)} ${n(0)} ${n(9)}`,
    single({ type: 'statusRequest', from: KEY_ZERO, samples: 9 }),
  ],
  [
    'a status',
    [
      `${HEAD} ${n(7)} ${n(3)} ${n(2)} ${n(0)} ${n(0)} ${n(1)} 0a ${n(0)} ${n(MOST)} ${n(1)} 0b`,
      `${n(1)} ${n(42)} ${n(1)} ${SOME_BYTES} ${n(1)} 0c ${n(2)} ${n(1)} ${n(MOST)}`,
    ].join(' '),
    single({
      type: 'status',
      keys: 3,
      ranges: [
        { low: 0n, owner: '0a' },
        { low: MOST, owner: '0b' },
      ],
      until: KEY_INF,
      orders: [{ range: SOME, recipient: '0c' }],
      samples: [1n, MOST],
    }),
  ],
  ...REASONS.map(
    (reason, place) =>
      [
        `a refusal because ${reason}`,
        `${HEAD} ${n(8)} ${n(place)}`,
        single({ type: 'refusal', reason }),
      ] as const,
  ),
];

describe('messages as bytes', () => {
  test.each(VECTORS)('%s is what the original writes', (_, bytes, msg) => {
    for (const compatible of BOTH) {
      expect(readMessage(hex(bytes), compatible)).toEqual(msg);
      expect(writeMessage(msg, compatible)).toEqual(hex(bytes));
      expect(readMessageAsImpl(hex(bytes), compatible)).toEqual(msg);
    }
  });

  test.each(NEW)('%s says nothing to the original, and something to others', (_, bytes, msg) => {
    expect(readMessage(hex(bytes), false)).toEqual(msg);
    expect(writeMessage(msg, false)).toEqual(hex(bytes));
    expect(readMessageAsImpl(hex(bytes), false)).toEqual(msg);
    expect(readMessage(hex(bytes), true)).toEqual(INVALID);
    expect(() => writeMessage(msg, true)).toThrow(RangeError);
    expect(readMessageAsImpl(hex(bytes), true)).toEqual(INVALID);
  });

  const longName = (length: number): string =>
    `${n(0)} ${n(1)} ${n(length)} ${'ab'.repeat(length)} ${n(0)} ${n(5)}`;
  const ranges = (count: number): string =>
    `${HEAD} ${n(7)} ${n(0)} ${n(count)} ${`${n(0)}${n(1)}${n(0)}`.repeat(count)}
     ${n(1)} ${n(1)} ${n(0)} ${n(0)}`.replaceAll('\n', '');
  const samples = (count: number): string =>
    `${HEAD} ${n(7)} ${n(0)} ${n(0)} ${n(1)} ${n(1)} ${n(0)} ${n(count)} ${n(1).repeat(count)}`;

  test.each([
    ['nothing at all', ''],
    ['a case that is none', n(4)],
    ['a case that is far from being one', n(MOST)],
    ['a content that is none', `${HEAD} ${n(9)} ${n(5)}`],
    ['a byte too many', `${n(1)} ${n(1)} 00`],
    ['a byte too few', `${HEAD} ${n(0)} 00000000000005`],
    ['a request for numbers with a field', `${n(2)} ${n(1)}`],
    ['an acknowledgement beyond what is counted', `${n(1)} ${n(2 ** 53)}`],
    ['a number beyond what is counted', `${n(0)} ${n(2 ** 53)} ${n(0)} ${n(0)} ${n(5)}`],
    ['samples beyond what is counted', `${HEAD} ${n(6)} ${n(1)} ${n(0)} ${n(2 ** 53)}`],
    ['a destination of a mebibyte', longName(0x10_0000)],
    ['a value that is neither there nor absent', `${HEAD} ${n(1)} ${n(5)} ${n(2)}`],
    ['a bound that is none', `${HEAD} ${n(4)} ${n(2)} ${n(0)} ${n(1)} ${n(42)} ${n(0)}`],
    [
      'more entries than there is room for',
      `${HEAD} ${n(5)} ${SOME_BYTES} ${n(2)} ${n(5)} ${n(0)}`,
    ],
    ['a reason that is none', `${HEAD} ${n(8)} ${n(REASONS.length)}`],
    ['more ranges than are told at a time', ranges(257)],
    ['more samples than are told at a time', samples(1_025)],
  ])('%s says nothing', (_, bytes) => {
    for (const compatible of BOTH) {
      expect(readMessage(hex(bytes), compatible)).toEqual(INVALID);
      expect(readMessageAsImpl(hex(bytes), compatible)).toEqual(INVALID);
    }
  });

  test.each([
    ['a destination of just less than a mebibyte', longName(0x10_0000 - 1)],
    ['as many ranges as are told at a time', ranges(256)],
    ['as many samples as are told at a time', samples(1_024)],
  ])('%s says something', (_, bytes) => {
    expect(readMessage(hex(bytes), false).type).toBe('single');
    expect(readMessageAsImpl(hex(bytes), false)).toEqual(readMessage(hex(bytes), false));
  });

  test('any number but none is behind all keys', () => {
    const order = hex(`${HEAD} ${n(4)} ${n(1)} ${n(1)} ${n(1)} ${n(MOST)} ${n(0)}`);
    const range = { low: KEY_INF, high: KEY_INF };
    expect(readMessage(order, true)).toEqual(single({ type: 'shard', range, recipient: '' }));
    expect(readMessageAsImpl(order, true)).toEqual(readMessage(order, true));
  });

  test('of several entries with one key the first counts', () => {
    const entries = `${n(3)} ${n(7)} ${n(1)} 61 ${n(7)} ${n(1)} 62 ${n(6)} ${n(0)}`;
    const delegation = hex(`${HEAD} ${n(5)} ${SOME_BYTES} ${entries}`);
    const table = OrderedMap.of([6n, ''], [7n, 'a']);
    const msg = single({ type: 'delegate', range: SOME, table });
    expect(readMessage(delegation, true)).toEqual(msg);
    expect(readMessageAsImpl(delegation, true)).toEqual(msg);
  });

  test('what means nothing, and what is none, is not written', () => {
    expect(() => writeMessage(INVALID, false)).toThrow(RangeError);
    expect(() => writeMessage({ type: 'ack', seqno: -1 }, false)).toThrow(RangeError);
    expect(() => writeContent({ type: 'get', key: 2n ** 64n }, false)).toThrow(RangeError);
    const nobody: Message = {
      type: 'single',
      seqno: 1,
      dst: 'host',
      content: { type: 'get', key: 0n },
    };
    expect(() => writeMessage(nobody, false)).toThrow(SyntaxError);
  });
});
