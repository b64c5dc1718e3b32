import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex, u64 } from '../framework/bytes.ts';
import { counter, INCREMENT } from './counter.ts';

const COUNT = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('the counter', () => {
  test('begins at 0', () => {
    expect(toHex(counter.serialize(counter.initial))).toBe('0000000000000000');
  });

  test('is incremented by eight zero bytes, and replies with the new count', () => {
    expect(toHex(INCREMENT)).toBe('0000000000000000');
    const { state, reply } = counter.handle(counter.initial, INCREMENT);
    expect(toHex(reply)).toBe('0000000000000001');
    expect(toHex(counter.handle(state, INCREMENT).reply)).toBe('0000000000000002');
  });

  test('counts exactly beyond what a number can, and goes from its end to 0', () => {
    const next = (count: bigint): string => toHex(counter.handle(count, INCREMENT).reply);
    expect(next(2n ** 53n)).toBe('0020000000000001');
    expect(next(2n ** 64n - 2n)).toBe('ffffffffffffffff');
    expect(next(2n ** 64n - 1n)).toBe('0000000000000000');
  });

  test.each(['', '00', '00000000000000', '000000000000000000', '0000000000000001'])(
    'counts nothing for the request %s, and replies with the count as it is',
    (request) => {
      expect(counter.handle(41n, fromHex(request))).toEqual({ state: 41n, reply: u64(41) });
    },
  );

  test('is restored from what it wrote', () => {
    fc.assert(
      fc.property(COUNT, (count) => {
        expect(counter.deserialize(counter.serialize(count))).toBe(count);
      }),
    );
  });

  test.each(['', '00000000000001', '000000000000000001'])('is never %s at rest', (bytes) => {
    expect(counter.deserialize(fromHex(bytes))).toBeUndefined();
  });
});
