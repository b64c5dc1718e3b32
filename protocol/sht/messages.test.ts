import { describe, expect, test } from 'vitest';
import { single, table } from '../../harness/testing/shtHosts.ts';
import { ALL_KEYS } from './keys.ts';
import { bytesOf, type Content, describe as inWords, type Message, showRange } from './messages.ts';

const STATUS: Content = { type: 'status', keys: 3, ranges: [], until: 5n, orders: [], samples: [] };

/** Each with how many bytes of values it has, and how it reads. */
const CONTENTS: readonly (readonly [Content, number, string])[] = [
  [{ type: 'get', key: 7n }, 0, 'get(7)'],
  [{ type: 'set', key: 7n, value: 'four' }, 4, 'set(7,4)'],
  [{ type: 'set', key: 7n, value: undefined }, 0, 'set(7,nothing)'],
  [{ type: 'reply', key: 7n, value: '' }, 0, 'reply(7,0)'],
  [{ type: 'reply', key: 7n, value: undefined }, 0, 'reply(7,nothing)'],
  [{ type: 'redirect', key: 7n, owner: 'c' }, 0, 'redirect(7,c)'],
  [{ type: 'shard', range: { low: 1n, high: 9n }, recipient: 'c' }, 0, 'shard([1,9),c)'],
  [
    { type: 'delegate', range: ALL_KEYS, table: table([1n, 'x'], [2n, 'yz']) },
    3,
    'delegate([−∞,∞),2)',
  ],
  [{ type: 'statusRequest', from: -1n, samples: 3 }, 0, 'statusRequest(−∞)'],
  [STATUS, 0, 'status(3)'],
  [{ type: 'refusal', reason: 'the range is empty' }, 0, 'refusal(the range is empty)'],
];

describe('a message', () => {
  test.each(CONTENTS)('%o has %i bytes of values and reads %s', (content, bytes, words) => {
    expect(bytesOf(content)).toBe(bytes);
    expect(inWords(single(4, content))).toBe(`4:${words}`);
  });

  test.each<[Message, string]>([
    [{ type: 'ack', seqno: 3 }, 'ack(3)'],
    [{ type: 'numbers', accepted: 3, acked: 4 }, 'numbers(3,4)'],
    [{ type: 'numbersRequest' }, 'numbersRequest'],
    [{ type: 'invalid' }, 'invalid'],
  ])('%o reads %s', (msg, words) => {
    expect(inWords(msg)).toBe(words);
  });

  test('tells the last key from what lies behind it', () => {
    expect(showRange({ low: 0n, high: (1n << 64n) - 1n })).toBe('[0,18446744073709551615)');
    expect(showRange({ low: 0n, high: 1n << 64n })).toBe('[0,∞)');
  });
});
