import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marshal, marshalContent } from './marshal.ts';
import {
  type Content,
  KEY_INF,
  KEY_ZERO,
  MAX_END_POINT_BYTES,
  MAX_RANGES_TOLD,
  MAX_SAMPLES,
  type Message,
  REASONS,
} from './messages.ts';
import { parse, parseContent } from './parse.ts';

const number = fc.oneof(fc.nat(9), fc.maxSafeNat());
const key = fc.oneof(
  fc.bigInt(0n, 9n),
  fc.bigInt(0n, KEY_INF - 1n),
  fc.bigInt(KEY_INF - 9n, KEY_INF - 1n),
);
const bound = fc.oneof(key, fc.constantFrom(KEY_ZERO, KEY_INF));
const range = fc.record({ low: bound, high: bound });
const value = fc
  .oneof(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 99 }))
  .map((drawn) => Buffer.from(drawn).toString('latin1'));
const optional = fc.option(value, { nil: undefined });
const endPoint = fc
  .oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map((name) => Buffer.from(name).toString('hex'));
const order = fc.record({ range, recipient: endPoint });

const type = <T extends string>(name: T) => fc.constant(name);
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ type: type('get'), key }),
  fc.record({ type: type('set'), key, value: optional }),
  fc.record({ type: type('reply'), key, value: optional }),
  fc.record({ type: type('redirect'), key, owner: endPoint }),
  fc.record({ type: type('shard'), range, recipient: endPoint }),
  fc.record({
    type: type('delegate'),
    range,
    entries: fc.array(fc.tuple(key, value), { maxLength: 5 }),
  }),
  fc.record({ type: type('statusRequest'), from: bound, samples: number }),
  fc.record({
    type: type('status'),
    keys: number,
    ranges: fc.array(fc.record({ low: bound, owner: endPoint }), { maxLength: 3 }),
    until: bound,
    orders: fc.array(order, { maxLength: 3 }),
    samples: fc.array(key, { maxLength: 5 }),
  }),
  fc.record({ type: type('refusal'), reason: fc.constantFrom(...REASONS) }),
);
const message: fc.Arbitrary<Message> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: type('single'), seqno: number, dst: endPoint, content }),
  },
  { weight: 1, arbitrary: fc.record({ type: type('ack'), seqno: number }) },
  { weight: 1, arbitrary: fc.record({ type: type('numbersRequest') }) },
  { weight: 1, arbitrary: fc.record({ type: type('numbers'), accepted: number, acked: number }) },
);

const ADDITIONS = ['numbersRequest', 'numbers', 'statusRequest', 'status', 'refusal'];
const isAddition = (msg: Message): boolean =>
  ADDITIONS.includes(msg.type === 'single' ? msg.content.type : msg.type);

test('what is written is read, wherever it lies', () => {
  fc.assert(
    fc.property(message, fc.nat(9), (msg, offset) => {
      const written = marshal(msg);
      const elsewhere = new Uint8Array(offset + written.length);
      elsewhere.set(written, offset);
      expect(parse(elsewhere.subarray(offset), false)).toEqual(msg);
      expect(parse(written, true)).toEqual(isAddition(msg) ? undefined : msg);
    }),
    { numRuns: 2000 },
  );
});

test('what a message carries is written and read by itself, too', () => {
  fc.assert(
    fc.property(content, (inner) => {
      const written = marshalContent(inner);
      expect(parseContent(written, false)).toEqual(inner);
      expect(parseContent(Buffer.concat([written, Uint8Array.of(0)]), false)).toBeUndefined();
      const whole = marshal({ type: 'single', seqno: 1, dst: 'ab', content: inner });
      expect(Buffer.compare(whole.subarray(25), written)).toBe(0);
    }),
  );
});

test('with a byte less or a byte more it is nothing', () => {
  fc.assert(
    fc.property(message, fc.nat(), (msg, draw) => {
      const written = marshal(msg);
      expect(parse(written.subarray(0, draw % written.length), false)).toBeUndefined();
      expect(parse(Buffer.concat([written, Uint8Array.of(0)]), false)).toBeUndefined();
    }),
  );
});

test('any bytes are read without a complaint, and mean what is written in as many bytes', () => {
  const wild = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.tuple(message, fc.nat(), fc.nat(255)).map(([msg, at, byte]) => {
      const written = Uint8Array.from(marshal(msg));
      written[at % written.length] = byte;
      return written;
    }),
  );
  fc.assert(
    fc.property(wild, (drawn) => {
      const msg = parse(drawn, false);
      if (msg === undefined) return;
      // Only what is behind all keys has more than one spelling.
      const written = marshal(msg);
      expect(written.length).toBe(drawn.length);
      expect(parse(written, false)).toEqual(msg);
    }),
    { numRuns: 2000 },
  );
});

test('what cannot be carried is not written', () => {
  const carrying = (inner: Content, dst = 'ab'): Message => {
    return { type: 'single', seqno: 1, dst, content: inner };
  };
  const get: Content = { type: 'get', key: 1n };
  const named = (id: string): Content => ({ type: 'redirect', key: 1n, owner: id });
  const status = (ranges: number, samples: number): Content => ({
    type: 'status',
    keys: 0,
    ranges: Array.from({ length: ranges }, () => ({ low: 0n, owner: '' })),
    until: KEY_INF,
    orders: [],
    samples: Array.from({ length: samples }, () => 0n),
  });
  expect(marshal(carrying(status(MAX_RANGES_TOLD, MAX_SAMPLES)))).toBeInstanceOf(Uint8Array);
  expect(() => marshal(carrying(status(MAX_RANGES_TOLD + 1, 0)))).toThrow('257 ranges');
  expect(() => marshal(carrying(status(0, MAX_SAMPLES + 1)))).toThrow('1025 samples');
  expect(() => marshal(carrying(get, '00'.repeat(MAX_END_POINT_BYTES + 1)))).toThrow('end point');
  expect(() => marshal(carrying(named('00'.repeat(MAX_END_POINT_BYTES + 1))))).toThrow('end point');
  expect(() => marshal(carrying(get, 'a'))).toThrow(RangeError);
  expect(() => marshal(carrying(named('AB')))).toThrow(RangeError);
  expect(() => marshal(carrying({ type: 'get', key: KEY_INF }))).toThrow('2^64 - 1');
  expect(() => marshal(carrying({ type: 'get', key: KEY_ZERO }))).toThrow('2^64 - 1');
  expect(() => marshal({ type: 'ack', seqno: 2 ** 53 })).toThrow('whole number');
  expect(() => marshal({ type: 'numbers', accepted: 0.5, acked: 0 })).toThrow('whole number');
});
