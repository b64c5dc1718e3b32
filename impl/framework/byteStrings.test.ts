import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBytes, writeBytes } from './byteStrings.ts';

test('bytes are the same bytes as a string, there and back, wherever they lie', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(9), (drawn, offset) => {
      const length = offset + drawn.length;
      const within = new Uint8Array(length + 3).fill(0xaa);
      within.set(drawn, offset);
      const text = readBytes(within, offset, length);
      expect(Array.from(text, (byte) => byte.charCodeAt(0))).toEqual(Array.from(drawn));
      const written = new Uint8Array(length + 3).fill(0xaa);
      expect(writeBytes(text, written, offset)).toBe(length);
      expect(written).toEqual(within);
    }),
  );
});

test('a string outlives the bytes that it came from', () => {
  for (const length of [4, 4_000]) {
    const bytes = new Uint8Array(length).fill(7);
    const text = readBytes(bytes, 0, length);
    bytes.fill(9);
    expect(text).toBe('\u0007'.repeat(length));
  }
});
