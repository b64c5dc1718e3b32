import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marshal, marshalContent } from '../../impl/sht/marshal.ts';
import { parse, parseContent } from '../../impl/sht/parse.ts';
import { KEY_INF, KEY_ZERO } from '../../protocol/sht/keys.ts';
import { type Content, type Message, REASONS } from '../../protocol/sht/messages.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import { ofBytes, toDigits } from '../framework/byteStrings.ts';
import { abstractContent, readMessageAsImpl } from './messages.ts';
import { readContent, readMessage, writeContent, writeMessage } from './wire.ts';

const MOST = 2n ** 64n - 1n;
const key = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, MOST));
const bound = fc.oneof(key, fc.constantFrom(KEY_ZERO, KEY_INF));
const range = fc.record({ low: bound, high: bound });
const count = fc.oneof(fc.nat({ max: 3 }), fc.maxSafeNat());
const name = fc.uint8Array({ maxLength: 3 }).map(toDigits);
const value = fc.string({
  unit: fc.nat({ max: 255 }).map((c) => String.fromCharCode(c)),
  maxLength: 3,
});
const valueOrNone = fc.option(value, { nil: undefined });
const table = fc
  .array(fc.tuple(key, value), { maxLength: 4 })
  .map((entries) => OrderedMap.from(entries));
const type = <T extends string>(is: T) => fc.constant(is);

const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ type: type('get'), key }),
  fc.record({ type: type('set'), key, value: valueOrNone }),
  fc.record({ type: type('reply'), key, value: valueOrNone }),
  fc.record({ type: type('redirect'), key, owner: name }),
  fc.record({ type: type('shard'), range, recipient: name }),
  fc.record({ type: type('delegate'), range, table }),
  fc.record({ type: type('statusRequest'), from: bound, samples: count }),
  fc.record({
    type: type('status'),
    keys: count,
    ranges: fc.array(fc.record({ low: bound, owner: name }), { maxLength: 3 }),
    until: bound,
    orders: fc.array(fc.record({ range, recipient: name }), { maxLength: 3 }),
    samples: fc.array(key, { maxLength: 3 }),
  }),
  fc.record({ type: type('refusal'), reason: fc.constantFrom(...REASONS) }),
);

const message: fc.Arbitrary<Message> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: type('single'), seqno: count, dst: name, content }) },
  { weight: 1, arbitrary: fc.record({ type: type('ack'), seqno: count }) },
  { weight: 1, arbitrary: fc.constant({ type: 'numbersRequest' as const }) },
  { weight: 1, arbitrary: fc.record({ type: type('numbers'), accepted: count, acked: count }) },
);

/** Bytes as they were, or of which something is cut off, added or changed. */
const damage = fc.oneof(
  fc.constant((bytes: Uint8Array) => bytes),
  fc.nat().map((at) => (bytes: Uint8Array) => bytes.subarray(0, at % (bytes.length + 1))),
  fc.tuple(fc.nat(), fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 255 }))).map(
    ([at, byte]) =>
      (bytes: Uint8Array) =>
        bytes.with(at % bytes.length, byte),
  ),
);

describe('the wire format and the implementation', () => {
  test('take the same bytes for the same messages, and the same for none', () => {
    const counts = { messages: 0, damaged: 0, none: 0 };
    fc.assert(
      fc.property(message, damage, fc.boolean(), (msg, harm, compatible) => {
        const whole = writeMessage(msg, false);
        expect(readMessage(whole, false)).toEqual(msg);
        const parsed = parse(whole, false);
        expect(parsed && marshal(parsed)).toEqual(whole);
        const bytes = harm(whole);
        const found = readMessage(bytes, compatible);
        expect(readMessageAsImpl(bytes, compatible)).toEqual(found);
        if (found.type === 'invalid') counts.none++;
        else counts[bytes === whole ? 'messages' : 'damaged']++;
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(counts.messages, counts.damaged, counts.none)).toBeGreaterThan(200);
  });

  test('take the same for what a single message carries, by itself', () => {
    fc.assert(
      fc.property(content, damage, (said, harm) => {
        const whole = writeContent(said, false);
        const parsed = parseContent(whole, false);
        expect(parsed && marshalContent(parsed)).toEqual(whole);
        const bytes = harm(whole);
        const asImpl = parseContent(bytes, false);
        expect(asImpl && abstractContent(asImpl)).toEqual(readContent(bytes, false));
      }),
      { numRuns: 500 },
    );
    expect(readContent(ofBytes('x'), false)).toBeUndefined();
  });
});
