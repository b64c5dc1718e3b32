import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, i32, isBytes, ofUtf8, readI32, readU64, toHex, toUtf8, u64 } from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 20 }).map((octets) => String.fromCharCode(...octets));

/** Few bytes, but those where the rules of UTF-8 change. */
const hostile = fc
  .array(fc.constantFrom(...('7f8081909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5ff'.match(/../g) ?? [])))
  .map((digits) => fromHex(digits.join('')));

const buffer = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('bytes', () => {
  test('are strings without a character beyond one byte', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(isBytes(value)).toBe(true);
      }),
    );
    expect(isBytes('')).toBe(true);
    for (const value of ['\u0100', 'a\u{1f600}', undefined, 7, new Uint8Array(2)]) {
      expect(isBytes(value)).toBe(false);
    }
  });

  test('are read back from the digits that write them', () => {
    expect(toHex('\0\x0a\xff')).toBe('000aff');
    expect(fromHex('000AfF')).toBe('\0\x0a\xff');
    fc.assert(
      fc.property(bytes, (value) => {
        expect(fromHex(toHex(value))).toBe(value);
      }),
    );
  });

  test.each(['0', 'abc', '0g', '00 01', '0x00'])('are not written as %s', (digits) => {
    expect(() => fromHex(digits)).toThrow(SyntaxError);
  });
});

describe('numbers of eight bytes', () => {
  test('have their highest byte first', () => {
    expect(toHex(u64(5))).toBe('0000000000000005');
    expect(toHex(u64(0x0102_0304_0506n))).toBe('0000010203040506');
    expect(toHex(u64(0x1_8000_0001))).toBe('0000000180000001');
    expect(toHex(u64(Number.MAX_SAFE_INTEGER))).toBe('001fffffffffffff');
    expect(toHex(u64(2n ** 64n - 1n))).toBe('ffffffffffffffff');
  });

  test('are as the platform writes them, and are read back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), bytes, (n, before) => {
        const expected = Buffer.alloc(8);
        expected.writeBigUInt64BE(n);
        expect(toHex(u64(n))).toBe(expected.toString('hex'));
        expect(readU64(before + u64(n), before.length)).toBe(n);
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), (n) => {
        expect(readU64(u64(n))).toBe(BigInt(n));
      }),
    );
  });

  test.each<number | bigint>([
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    -1n,
    2n ** 64n,
  ])('are not made of %s', (n) => {
    expect(() => u64(n)).toThrow(RangeError);
  });

  test('are not read where there are fewer bytes', () => {
    expect(readU64('')).toBeUndefined();
    expect(readU64(u64(1).slice(1))).toBeUndefined();
    expect(readU64(u64(1), 1)).toBeUndefined();
    expect(readU64(u64(1), -1)).toBeUndefined();
  });
});

describe('numbers of four bytes', () => {
  test('are as the platform writes them, and are read back', () => {
    expect(toHex(i32(-2))).toBe('fffffffe');
    fc.assert(
      fc.property(fc.integer(), bytes, (n, before) => {
        const expected = Buffer.alloc(4);
        expected.writeInt32BE(n);
        expect(toHex(i32(n))).toBe(expected.toString('hex'));
        expect(readI32(before + i32(n), before.length)).toBe(n);
      }),
    );
  });

  test.each([2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN])('are not made of %s', (n) => {
    expect(() => i32(n)).toThrow(RangeError);
  });

  test('are not read where there are fewer bytes', () => {
    expect(readI32('\0\0\0')).toBeUndefined();
    expect(readI32('\0\0\0\0', 1)).toBeUndefined();
    expect(readI32('\0\0\0\0', -1)).toBeUndefined();
  });
});

describe('UTF-8', () => {
  test('is written as the platform writes it, whatever the text', () => {
    const units = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      // Halves of pairs, which may come to be beside one another.
      fc.integer({ min: 0xd7fe, max: 0xe001 }),
    );
    const text = fc.array(units).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(text, (value) => {
        expect(toHex(ofUtf8(value))).toBe(Buffer.from(value, 'utf8').toString('hex'));
      }),
    );
  });

  test('is read as the platform reads it, well-formed or not', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(fc.oneof(bytes, hostile), (value) => {
        expect(toUtf8(value)).toBe(decoder.decode(buffer(value)));
      }),
      { numRuns: 2000 },
    );
  });

  test('is read as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(toUtf8(ofUtf8(text))).toBe(text);
      }),
    );
    expect(toUtf8(fromHex('efbbbf61'))).toBe('\ufeffa');
  });

  // The example of the Unicode Standard, in its section 3.9.
  test('has one replacement for each piece that could have begun a character', () => {
    expect(toUtf8(fromHex('61f1808041e18041c241'))).toBe('a\ufffdA\ufffdA\ufffdA');
    expect(toUtf8(fromHex('c0afe080bff0818241'))).toBe(`${'\ufffd'.repeat(8)}A`);
    expect(toUtf8(fromHex('eda080'))).toBe('\ufffd\ufffd\ufffd');
  });
});
