import { expect, test } from 'vitest';
import { marshal } from './marshal.ts';
import { type Content, KEY_INF, KEY_ZERO, type Message, REASONS } from './messages.ts';
import { parse } from './parse.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const read = (digits: string, compatible = false): Message | undefined =>
  parse(Buffer.from(digits, 'hex'), compatible);
const words = (...numbers: readonly (number | bigint)[]): string =>
  numbers.map((number) => number.toString(16).padStart(16, '0')).join('');

const D = 'ab'.repeat(32);
const HEAD = words(0, 1, 32) + D;
const single = (content: Content): Message => ({ type: 'single', seqno: 1, dst: D, content });

const ALL = { low: KEY_ZERO, high: KEY_INF };
const EVERYTHING = words(1, 0, 1, 42);
const SOME = { low: 125n, high: 175n };
const FROM_125_TO_175 = words(0, 125, 0, 175);
const LAST = 2n ** 64n - 1n;

/** The original's bytes for a message of each kind. */
const VECTORS: readonly (readonly [string, Message])[] = [
  [words(1, 1), { type: 'ack', seqno: 1 }],
  [HEAD + words(0, 5), single({ type: 'get', key: 5n })],
  [HEAD + words(0, LAST), single({ type: 'get', key: LAST })],
  [HEAD + words(1, 5, 1), single({ type: 'set', key: 5n, value: undefined })],
  [`${HEAD}${words(1, 5, 0, 1)}ff`, single({ type: 'set', key: 5n, value: '\xff' })],
  [HEAD + words(1, 5, 0, 0), single({ type: 'set', key: 5n, value: '' })],
  [HEAD + words(2, 5, 1), single({ type: 'reply', key: 5n, value: undefined })],
  [`${HEAD}${words(2, 5, 0, 2)}6162`, single({ type: 'reply', key: 5n, value: 'ab' })],
  [HEAD + words(3, 5, 32) + D, single({ type: 'redirect', key: 5n, owner: D })],
  [
    HEAD + words(4) + FROM_125_TO_175 + words(32) + D,
    single({ type: 'shard', range: SOME, recipient: D }),
  ],
  [HEAD + words(5) + EVERYTHING + words(0), single({ type: 'delegate', range: ALL, entries: [] })],
  [
    `${HEAD}${words(5)}${FROM_125_TO_175}${words(2, 130, 2)}6162${words(140, 0)}`,
    single({
      type: 'delegate',
      range: SOME,
      entries: [
        [130n, 'ab'],
        [140n, ''],
      ],
    }),
  ],
];

test.each(VECTORS)('the bytes %s are what the original writes', (expected, msg) => {
  expect(hex(marshal(msg))).toBe(expected);
  for (const compatible of [true, false]) expect(read(expected, compatible)).toEqual(msg);
});

test('a get has 72 bytes, and a reply 80 and those of a value with its length', () => {
  const sizes = VECTORS.map(([digits]) => digits.length / 2);
  expect(sizes.slice(1, 2)).toEqual([72]);
  expect(sizes.slice(6, 8)).toEqual([80, 90]);
});

/** What the original does not know. */
const ADDITIONS: readonly (readonly [string, Message])[] = [
  [words(2), { type: 'numbersRequest' }],
  [words(3, 7, 5), { type: 'numbers', accepted: 7, acked: 5 }],
  [HEAD + words(6, 1, 0, 3), single({ type: 'statusRequest', from: KEY_ZERO, samples: 3 })],
  [
    `${HEAD}${words(7, 9, 1, 1, 0, 1)}aa${words(0, 8, 1)}${FROM_125_TO_175}${words(1)}bb${words(
      2,
      1,
      LAST,
    )}`,
    single({
      type: 'status',
      keys: 9,
      ranges: [{ low: KEY_ZERO, owner: 'aa' }],
      until: 8n,
      orders: [{ range: SOME, recipient: 'bb' }],
      samples: [1n, LAST],
    }),
  ],
  ...REASONS.map(
    (reason, place) => [HEAD + words(8, place), single({ type: 'refusal', reason })] as const,
  ),
];

test.each(ADDITIONS)('the bytes %s mean nothing to the original', (expected, msg) => {
  expect(hex(marshal(msg))).toBe(expected);
  expect(read(expected)).toEqual(msg);
  expect(read(expected, true)).toBeUndefined();
});

test('whatever bound is not zero is behind all keys', () => {
  for (const number of [1, 42, 2n ** 53n, LAST]) {
    const msg = read(HEAD + words(4, 1, 0, 1, number, 1) + D.slice(2, 4), true);
    expect(msg).toMatchObject({ content: { range: ALL } });
  }
  expect(read(`${HEAD}${words(4, 2, 0, 1, 42, 1)}aa`)).toBeUndefined();
});

test('numbers that are not safe make a message nothing, unless they are keys', () => {
  for (const number of [2n ** 53n, 2n ** 63n, LAST]) {
    expect(read(words(1, number))).toBeUndefined();
    expect(read(words(3, number, 1))).toBeUndefined();
    expect(read(words(3, 1, number))).toBeUndefined();
    expect(read(words(number))).toBeUndefined();
    expect(read(words(0, number, 0, 0, 5))).toBeUndefined();
    expect(read(HEAD + words(0, number))).toEqual(single({ type: 'get', key: number }));
  }
  expect(read(words(1, 2n ** 53n - 1n))).toEqual({ type: 'ack', seqno: Number.MAX_SAFE_INTEGER });
});

test('there are so many cases, and so many reasons', () => {
  expect(read(words(4))).toBeUndefined();
  expect(read(HEAD + words(9))).toBeUndefined();
  expect(read(HEAD + words(8, REASONS.length))).toBeUndefined();
  expect(read(HEAD + words(1, 5, 2))).toBeUndefined();
  expect(read('')).toBeUndefined();
});

test('the name of whoever a message is for has less than 1 MiB', () => {
  const named = (length: number): string => words(0, 1, length) + '00'.repeat(length) + words(0, 5);
  expect(read(named(0x10_0000 - 1))).toMatchObject({ content: { type: 'get' } });
  expect(read(named(0x10_0000))).toBeUndefined();
});

test('counts and lengths are not believed before the bytes are there', () => {
  const largest = Number.MAX_SAFE_INTEGER;
  expect(read(words(0, 1, largest, 0, 5))).toBeUndefined();
  expect(read(HEAD + words(1, 5, 0, largest))).toBeUndefined();
  expect(read(HEAD + words(5) + EVERYTHING + words(largest))).toBeUndefined();
  expect(read(HEAD + words(5) + EVERYTHING + words(2, 1, 0))).toBeUndefined();
  expect(read(HEAD + words(7, 0, largest))).toBeUndefined();
  expect(read(HEAD + words(7, 0, 0, 1, 42, largest))).toBeUndefined();
  expect(read(HEAD + words(7, 0, 0, 1, 42, 0, largest))).toBeUndefined();
});

test('a status tells of at most 256 ranges and 1024 samples', () => {
  const status = (ranges: number, samples: number): string =>
    HEAD
    + words(7, 0, ranges)
    + words(0, 1, 0).repeat(ranges)
    + words(1, 42, 0, samples)
    + words(1).repeat(samples);
  expect(read(status(256, 1_024))).toMatchObject({ content: { type: 'status' } });
  expect(read(status(257, 0))).toBeUndefined();
  expect(read(status(0, 1_025))).toBeUndefined();
});
