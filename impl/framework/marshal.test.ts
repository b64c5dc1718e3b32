import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  array,
  byteArray,
  type Codec,
  marshal,
  parse,
  taggedUnion,
  tuple,
  u64,
  u64Exact,
  type ValueOf,
} from './marshal.ts';

const hex = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const u64Bytes = (...numbers: readonly (number | bigint)[]): Uint8Array => {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [index, n] of numbers.entries()) bytes.writeBigUInt64BE(BigInt(n), 8 * index);
  return new Uint8Array(bytes);
};

/** Every constructor of the grammar, nested, with the shapes that the services have. */
const ballot = tuple({ seqno: u64, proposer: u64 });
const request = tuple({ client: byteArray(32), seqno: u64, request: byteArray(100) });
const vote = tuple({ opn: u64, ballot, batch: array(request, 4) });
const message = taggedUnion({
  request: { seqno: u64, request: byteArray(100) },
  '1a': { ballot },
  '1b': { ballot, truncationPoint: u64, votes: array(vote) },
  get: { key: u64Exact },
  nothing: {},
});
type Message = ValueOf<typeof message>;

const natural = fc.maxSafeNat();
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const ballots = fc.record({ seqno: natural, proposer: natural });
const requests = fc.record({ client: bytes(32), seqno: natural, request: bytes(100) });
const votes = fc.record({
  opn: natural,
  ballot: ballots,
  batch: fc.array(requests, { maxLength: 4 }),
});
const is = <const T extends string>(type: T): fc.Arbitrary<T> => fc.constant(type);
const messages: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: is('request'), seqno: natural, request: bytes(100) }),
  fc.record({ type: is('1a'), ballot: ballots }),
  fc.record({
    type: is('1b'),
    ballot: ballots,
    truncationPoint: natural,
    votes: fc.array(votes, { maxLength: 3 }),
  }),
  fc.record({ type: is('get'), key: fc.bigInt(0n, 2n ** 64n - 1n) }),
  fc.record({ type: is('nothing') }),
);

/** A codec that counts how often it is asked to read. */
const counting = (element: Codec<number>) => {
  const spy = {
    ...element,
    reads: 0,
    read: (input: Parameters<typeof element.read>[0]) => {
      spy.reads++;
      return element.read(input);
    },
  };
  return spy;
};

describe('marshalling writes the grammar byte for byte', () => {
  test('a u64 is eight bytes, big-endian', () => {
    expect(marshal(u64, 5)).toEqual(hex('00 00 00 00 00 00 00 05'));
    fc.assert(
      fc.property(natural, (n) => {
        expect(marshal(u64, n)).toEqual(u64Bytes(n));
        expect(parse(u64, u64Bytes(n))).toBe(n);
      }),
    );
  });

  test('an exact u64 is written the same way, over the whole range', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (n) => {
        expect(marshal(u64Exact, n)).toEqual(u64Bytes(n));
        expect(parse(u64Exact, u64Bytes(n))).toBe(n);
      }),
    );
  });

  test.each<[string, Message, string]>([
    [
      'a Counter request',
      { type: 'request', seqno: 0, request: u64Bytes(0) },
      '0000000000000000 0000000000000000 0000000000000008 0000000000000000',
    ],
    [
      'a 1a',
      { type: '1a', ballot: { seqno: 1, proposer: 0 } },
      '0000000000000001 0000000000000001 0000000000000000',
    ],
    [
      'a 1b without votes',
      { type: '1b', ballot: { seqno: 1, proposer: 0 }, truncationPoint: 0, votes: [] },
      '0000000000000002 0000000000000001 0000000000000000 0000000000000000 0000000000000000',
    ],
    [
      'a 1b with a vote for an empty batch',
      {
        type: '1b',
        ballot: { seqno: 1, proposer: 0 },
        truncationPoint: 7,
        votes: [{ opn: 9, ballot: { seqno: 3, proposer: 4 }, batch: [] }],
      },
      '0000000000000002 0000000000000001 0000000000000000 0000000000000007 0000000000000001'
        + '0000000000000009 0000000000000003 0000000000000004 0000000000000000',
    ],
    ['a case without fields', { type: 'nothing' }, '0000000000000004'],
  ])('%s', (_, value, expected) => {
    expect(marshal(message, value)).toEqual(hex(expected));
    expect(parse(message, hex(expected))).toEqual(value);
  });

  test('an empty tuple takes no bytes', () => {
    expect(marshal(tuple({}), {})).toEqual(new Uint8Array());
    expect(parse(tuple({}), new Uint8Array())).toEqual({});
  });
});

describe('parsing', () => {
  test('gives back what was marshalled', () => {
    fc.assert(
      fc.property(messages, (value) => {
        expect(parse(message, marshal(message, value))).toEqual(value);
      }),
    );
  });

  test('gives back lists of the shortest messages, as of any', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant<Message>({ type: 'nothing' }), messages)),
        (list) => {
          expect(parse(array(message), marshal(array(message), list))).toEqual(list);
        },
      ),
    );
  });

  test('finds a message wherever it lies in a larger buffer', () => {
    fc.assert(
      fc.property(messages, bytes(9), bytes(9), (value, before, after) => {
        const whole = marshal(message, value);
        const buffer = Buffer.concat([before, whole, after]);
        const part = buffer.subarray(before.length, before.length + whole.length);
        expect(parse(message, part)).toEqual(value);
      }),
    );
  });

  test('refuses every truncation and every extension', () => {
    fc.assert(
      fc.property(messages, fc.uint8Array({ minLength: 1, maxLength: 20 }), (value, more) => {
        const whole = marshal(message, value);
        for (let length = 0; length < whole.length; length++) {
          expect(parse(message, whole.subarray(0, length))).toBeUndefined();
        }
        expect(parse(message, Buffer.concat([whole, more]))).toBeUndefined();
      }),
    );
  });

  test('never throws, and takes of mutated bytes only what is written just so', () => {
    let accepted = 0;
    let refused = 0;
    const mutations = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(messages, mutations, (value, changes) => {
        const mutated = marshal(message, value);
        for (const [at, byte] of changes) mutated[at % mutated.length] = byte;
        const parsed = parse(message, mutated);
        if (parsed === undefined) refused++;
        else {
          accepted++;
          expect(marshal(message, parsed)).toEqual(mutated);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(0);
  });

  test.each([
    ['a number beyond the safe ones', u64, u64Bytes(2n ** 53n)],
    ['the largest number', u64, u64Bytes(2n ** 64n - 1n)],
    ['a case past the last', message, u64Bytes(5)],
    ['a case number beyond the safe ones', message, u64Bytes(2n ** 63n)],
    ['a length past the end', byteArray(100), u64Bytes(9, 0)],
    ['a length beyond the safe numbers', byteArray(Infinity), u64Bytes(2n ** 64n - 1n, 0)],
    ['more bytes than are allowed', byteArray(7), u64Bytes(8, 0)],
    ['more elements than are allowed', array(u64, 1), u64Bytes(2, 0, 0)],
    ['one element less than promised', array(u64), u64Bytes(2, 0)],
    ['one element more than promised', array(u64), u64Bytes(1, 0, 0)],
    ['more elements of no size than are allowed', array(tuple({}), 3), u64Bytes(4)],
  ] as [string, Codec<unknown>, Uint8Array][])('refuses %s', (_, codec, input) => {
    expect(parse(codec, input)).toBeUndefined();
  });

  test('takes the largest safe number and full bounds', () => {
    expect(parse(u64, u64Bytes(2n ** 53n - 1n))).toBe(Number.MAX_SAFE_INTEGER);
    expect(parse(byteArray(8), u64Bytes(8, 0))).toEqual(new Uint8Array(8));
    expect(parse(array(u64, 2), u64Bytes(2, 0, 1))).toEqual([0, 1]);
    expect(parse(array(tuple({}), 3), u64Bytes(3))).toEqual([{}, {}, {}]);
  });

  test('a count that the bytes cannot hold is refused before any element is read', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.bigInt(1n, 2n ** 63n), (present, excess) => {
        const element = counting(u64);
        const lie = BigInt(present) + excess;
        const input = u64Bytes(lie, ...Array.from({ length: present }, (_, n) => n));
        expect(parse(array(element), input)).toBeUndefined();
        expect(element.reads).toBe(0);
      }),
    );
  });

  test('reading stops at the first element that is none', () => {
    const element = counting(u64);
    expect(parse(array(element), u64Bytes(3, 0, 2n ** 60n, 0))).toBeUndefined();
    expect(element.reads).toBe(2);
  });
});

describe('marshalling throws a RangeError', () => {
  test.each([
    ['at a negative number', u64, -1],
    ['at a fraction', u64, 1.5],
    ['at a number that is not exact', u64, 2 ** 53],
    ['at what is no number', u64, Number.NaN],
    ['at a negative exact number', u64Exact, -1n],
    ['at an exact number of 65 bits', u64Exact, 2n ** 64n],
    ['at too many bytes', byteArray(3), new Uint8Array(4)],
    ['at too many elements', array(u64, 1), [1, 2]],
    ['at a bad element', array(u64), [1, -2]],
    ['at an unknown case', message, { type: 'toString' }],
    ['at a missing field', message, { type: 'request', seqno: 1.5, request: new Uint8Array() }],
  ] as [string, Codec<unknown>, unknown][])('%s', (_, codec, value) => {
    expect(() => marshal(codec, value)).toThrow(RangeError);
  });

  test('nothing bounds the count of elements that may take no bytes, so that is no codec', () => {
    expect(() => array(tuple({}))).toThrow(RangeError);
  });
});
