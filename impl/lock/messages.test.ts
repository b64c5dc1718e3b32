import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Message, marshal, parse } from './messages.ts';

const hex = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const messages: fc.Arbitrary<Message> = fc.record({
  type: fc.constantFrom('transfer', 'locked'),
  epoch: fc.maxSafeNat(),
});

describe('lock messages', () => {
  test.each<[Message, string]>([
    [{ type: 'transfer', epoch: 2 }, '0000000000000000 0000000000000002'],
    [{ type: 'locked', epoch: 2 }, '0000000000000001 0000000000000002'],
    [{ type: 'locked', epoch: 2 ** 53 - 1 }, '0000000000000001 001fffffffffffff'],
  ])('%j has its bytes', (msg, bytes) => {
    expect(marshal(msg)).toEqual(hex(bytes));
    expect(parse(hex(bytes))).toEqual(msg);
  });

  test('come back as they were sent', () => {
    fc.assert(
      fc.property(messages, (msg) => {
        expect(parse(marshal(msg))).toEqual(msg);
      }),
    );
  });

  test('are refused one byte short of whole and one byte beyond', () => {
    fc.assert(
      fc.property(messages, fc.uint8Array({ minLength: 1, maxLength: 32 }), (msg, more) => {
        const bytes = marshal(msg);
        for (let length = 0; length < bytes.length; length++) {
          expect(parse(bytes.subarray(0, length))).toBeUndefined();
        }
        expect(parse(Buffer.concat([bytes, more]))).toBeUndefined();
      }),
    );
  });

  test.each([
    ['a third case', '0000000000000002 0000000000000001'],
    ['a case number that is huge', 'ffffffffffffffff 0000000000000001'],
    ['an epoch beyond the safe numbers', '0000000000000000 0020000000000000'],
    ['the largest epoch of the original', '0000000000000001 ffffffffffffffff'],
    ['little-endian numbers', '0100000000000000 0200000000000000'],
  ])('%s is no message', (_, bytes) => {
    expect(parse(hex(bytes))).toBeUndefined();
  });

  test('any bytes are a message written just so, or none', () => {
    let accepted = 0;
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(messages, fc.nat(15), fc.nat(255)).map(([msg, at, byte]) => {
        const bytes = marshal(msg);
        bytes[at] = byte;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const msg = parse(bytes);
        if (msg === undefined) return;
        accepted++;
        expect(marshal(msg)).toEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  test('an epoch that no number on the wire can be is not sent', () => {
    expect(() => marshal({ type: 'transfer', epoch: 2 ** 53 })).toThrow(RangeError);
    expect(() => marshal({ type: 'locked', epoch: -1 })).toThrow(RangeError);
  });
});
