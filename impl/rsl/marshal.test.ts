import { expect, test } from 'vitest';
import { batchOf, EMPTY_BATCH } from './batch.ts';
import { marshal } from './marshal.ts';
import { MAX_BATCH_SIZE, type Message } from './messages.ts';
import { parse } from './parse.ts';

const ballot = { seqno: 1, proposer: 0 };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const words = (...numbers: readonly number[]): string =>
  numbers.map((number) => number.toString(16).padStart(16, '0')).join('');

const client = 'ab'.repeat(32);
const increment = { client, seqno: 3, request: new Uint8Array(8) };
const batch = batchOf([increment]);
const BATCH = words(1, 32) + client + words(3, 8, 0);

/** The original's bytes for a message of each kind. */
const VECTORS: readonly (readonly [string, Message])[] = [
  [words(0, 0, 8, 0), { type: 'request', seqno: 0, request: new Uint8Array(8) }],
  [words(6, 0, 8, 1), { type: 'reply', seqno: 0, reply: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1) }],
  [words(1, 1, 0), { type: '1a', ballot }],
  [words(2, 1, 0, 0, 0), { type: '1b', ballot, logTruncationPoint: 0, votes: [] }],
  [
    words(2, 1, 0, 4, 1, 5, 1, 2) + BATCH,
    {
      type: '1b',
      ballot,
      logTruncationPoint: 4,
      votes: [[5, { ballot: { seqno: 1, proposer: 2 }, batch }]],
    },
  ],
  [words(3, 1, 0, 0, 0), { type: '2a', ballot, operation: 0, batch: EMPTY_BATCH }],
  [words(3, 1, 0, 6) + BATCH, { type: '2a', ballot, operation: 6, batch }],
  [words(4, 1, 0, 6) + BATCH, { type: '2b', ballot, operation: 6, batch }],
  [words(5, 1, 0, 0, 0), { type: 'heartbeat', view: ballot, suspicious: false, checkpoint: 0 }],
  [
    words(5, 2, 1, 1, 9),
    { type: 'heartbeat', view: { seqno: 2, proposer: 1 }, suspicious: true, checkpoint: 9 },
  ],
  [words(7, 1, 0, 7), { type: 'appStateRequest', ballot, operation: 7 }],
  [
    words(8, 1, 0, 7, 8, 5),
    {
      type: 'appStateSupply',
      ballot,
      operation: 7,
      app: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5),
      replyCache: undefined,
    },
  ],
  [words(9, 1, 0, 0), { type: 'startingPhase2', ballot, logTruncationPoint: 0 }],
];

test.each(VECTORS)('the bytes %s are what the original writes', (expected, msg) => {
  expect(hex(marshal(msg))).toBe(expected);
  for (const compatible of [true, false]) {
    expect(parse(Buffer.from(expected, 'hex'), compatible)).toEqual(msg);
  }
});

test('a batch costs 64 bytes for each request of eight bytes', () => {
  expect(batchOf([increment, increment]).bytes.length - batch.bytes.length).toBe(64);
  expect(EMPTY_BATCH.bytes).toEqual(new Uint8Array(8));
});

test('what the original does not know has numbers of its own', () => {
  const supply: Message = {
    type: 'appStateSupply',
    ballot,
    operation: 7,
    app: Uint8Array.of(9),
    replyCache: [[client, { seqno: 3, reply: Uint8Array.of(1, 2) }]],
  };
  const written = `${words(11, 1, 0, 7, 1)}09${words(1, 32)}${client}${words(3, 2)}0102`;
  expect(hex(marshal({ type: 'voteRequest', operation: 5 }))).toBe(words(10, 5));
  expect(hex(marshal(supply))).toBe(written);
  expect(parse(marshal(supply), false)).toEqual(supply);
  expect(parse(marshal(supply), true)).toBeUndefined();
});

test('what cannot be carried is not written', () => {
  const tooMany = new Array(MAX_BATCH_SIZE + 1).fill(increment);
  const named = (name: string) => [{ ...increment, client: name }];
  expect(batchOf(tooMany.slice(1)).requests.length).toBe(MAX_BATCH_SIZE);
  expect(() => batchOf(tooMany)).toThrow('101 requests are more than 100');
  expect(() => batchOf(named('a'))).toThrow(RangeError);
  expect(() => batchOf(named('xy'))).toThrow(RangeError);
  expect(() => batchOf(named('AB'))).toThrow(RangeError);
  expect(() => batchOf(named('00'.repeat(0x10_0000)))).toThrow('a client');
  expect(() => batchOf([{ ...increment, seqno: 2 ** 53 }])).toThrow('whole number');
  expect(() => marshal({ type: '1a', ballot: { seqno: -1, proposer: 0 } })).toThrow('whole number');
  expect(() => marshal({ type: 'voteRequest', operation: 0.5 })).toThrow('whole number');
});
