import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Answer,
  ackMessage,
  getRequest,
  KEY_INF,
  KEY_ZERO,
  keyOf,
  kindOf,
  numbersRequest,
  REASONS,
  readAnswer,
  readMessage,
  setRequest,
  shardOrder,
  singleMessage,
  statusRequest,
  valueIn,
} from '../../impl/client/shtMessages.ts';
import { marshal, marshalContent } from '../../impl/sht/marshal.ts';
import * as host from '../../impl/sht/messages.ts';
import { parse, parseContent } from '../../impl/sht/parse.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const number = fc.nat(2 ** 40);
const key = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const bound = fc.oneof(key, fc.constantFrom(KEY_ZERO, KEY_INF));
const name = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((b) => Buffer.from(b).toString('hex'));
const value = fc.option(fc.uint8Array({ maxLength: 50 }), { nil: undefined });

const content: fc.Arbitrary<host.Content> = fc.oneof(
  fc.record({ type: fc.constant('reply' as const), key, value: value.map((v) => v && latin1(v)) }),
  fc.record({ type: fc.constant('redirect' as const), key, owner: name }),
  fc.record({
    type: fc.constant('status' as const),
    keys: number,
    ranges: fc.array(fc.record({ low: bound, owner: name }), { maxLength: 5 }),
    until: bound,
    orders: fc.array(
      fc.record({ range: fc.record({ low: bound, high: bound }), recipient: name }),
      { maxLength: 3 },
    ),
    samples: fc.array(key, { maxLength: 5 }),
  }),
  fc.record({ type: fc.constant('refusal' as const), reason: fc.constantFrom(...host.REASONS) }),
);

/** What an answer says, as the host would have said it. */
function said(answer: Answer | undefined): host.Content | undefined {
  if (answer?.type === 'reply') {
    const found = valueIn(answer.content);
    return { type: 'reply', key: keyOf(answer.content), value: found && latin1(found) };
  }
  if (answer?.type === 'redirect') {
    return { type: 'redirect', key: keyOf(answer.content), owner: answer.owner };
  }
  return answer;
}

describe('a client and a host of the hash table mean the same by the same bytes', () => {
  test('whatever a client asks', () => {
    const asked = fc.oneof(
      key.map((k) => [getRequest(k), { type: 'get', key: k }] as const),
      fc.tuple(key, value).map(([k, v]) => {
        return [setRequest(k, v), { type: 'set', key: k, value: v && latin1(v) }] as const;
      }),
      fc.tuple(bound, bound, name).map(([low, high, recipient]) => {
        const range = { low, high };
        return [shardOrder(range, recipient), { type: 'shard', range, recipient }] as const;
      }),
      fc.tuple(bound, number).map(([from, samples]) => {
        return [statusRequest(from, samples), { type: 'statusRequest', from, samples }] as const;
      }),
    );
    fc.assert(
      fc.property(asked, number, name, ([bytes, meant], seqno, dst) => {
        expect(parseContent(bytes, false)).toEqual(meant);
        const message = singleMessage(seqno, Buffer.from(dst, 'hex'), bytes);
        expect(parse(message, false)).toEqual({ type: 'single', seqno, dst, content: meant });
        expect(marshalContent(meant)).toEqual(new Uint8Array(bytes));
      }),
    );
    expect(parse(ackMessage(7), false)).toEqual({ type: 'ack', seqno: 7 });
    expect(parse(numbersRequest(), false)).toEqual({ type: 'numbersRequest' });
  });

  test('whatever a host answers', () => {
    fc.assert(
      fc.property(content, number, name, (meant, seqno, dst) => {
        const bytes = marshal({ type: 'single', seqno, dst, content: meant });
        const message = readMessage(bytes);
        if (message?.type !== 'single') throw new Error('it is a single message');
        expect(message.seqno).toBe(seqno);
        expect(said(readAnswer(message.content))).toEqual(meant);
      }),
    );
    const numbers = { type: 'numbers', accepted: 5, acked: 3 } as const;
    expect(readMessage(marshal(numbers))).toEqual(numbers);
    expect(readMessage(marshal({ type: 'ack', seqno: 9 }))).toEqual({ type: 'ack', seqno: 9 });
    expect([...REASONS]).toEqual([...host.REASONS]);
  });

  test('bytes that are cut short, or have some more, are no answer', () => {
    fc.assert(
      fc.property(content, fc.nat(), (meant, cut) => {
        const bytes = marshalContent(meant);
        expect(readAnswer(bytes.subarray(0, cut % bytes.length))).toBeUndefined();
        expect(readAnswer(Buffer.concat([bytes, Buffer.of(0)]))).toBeUndefined();
      }),
    );
  });

  test('any bytes at all are read without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(9), (bytes, kind) => {
        if (bytes.length >= 8) bytes.set([0, 0, 0, 0, 0, 0, 0, kind]);
        const answer = said(readAnswer(bytes));
        const read = parseContent(bytes, false);
        const isAnswer = ['reply', 'redirect', 'status', 'refusal'].includes(read?.type ?? '');
        expect(answer).toEqual(isAnswer ? read : undefined);
        readMessage(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});

test('requests are the bytes of the original', () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const five = '0000000000000005';
  expect(hex(getRequest(5n))).toBe(`0000000000000000${five}`);
  expect(hex(setRequest(5n, undefined))).toBe(`0000000000000001${five}0000000000000001`);
  expect(hex(setRequest(5n, Buffer.from('ab')))).toBe(
    `0000000000000001${five}000000000000000000000000000000026162`,
  );
  expect(hex(shardOrder({ low: 125n, high: KEY_INF }, 'ab'))).toBe(
    '0000000000000004' // a shard
      + '0000000000000000000000000000007d' // from key 125
      + '0000000000000001000000000000002a' // to the end
      + '0000000000000001ab',
  );
  expect(kindOf(getRequest(5n))).toBe(0);
  expect(() => getRequest(1n << 64n)).toThrow(RangeError);
});
