import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Readings } from './readings.ts';

/** Reads bytes as the list of them, a new one each time, and counts. */
function counting() {
  const counts = { read: 0 };
  const readings = new Readings((bytes) => {
    counts.read++;
    return [...bytes];
  });
  return { readings, counts };
}

describe('what bytes were found to mean', () => {
  test('is what reading them says, whatever was read before', () => {
    const { readings, counts } = counting();
    let asked = 0;
    const few = fc.uint8Array({ maxLength: 6, max: 2 });
    fc.assert(
      fc.property(fc.oneof(few, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        asked++;
        expect(readings.of(bytes).msg).toEqual([...bytes]);
      }),
      { numRuns: 5_000 },
    );
    expect(counts.read).toBeLessThan(asked);
  });

  test('is the same object for equal bytes, and remembers that the other side agreed', () => {
    const { readings, counts } = counting();
    const first = readings.of(Uint8Array.of(1, 2, 3, 4, 5));
    first.agreed = true;
    const again = readings.of(Uint8Array.of(1, 2, 3, 4, 5));
    expect(again.msg).toBe(first.msg);
    expect(again.agreed).toBe(true);
    expect(readings.of(Uint8Array.of(1, 2, 3, 4, 6)).agreed).toBe(false);
    expect(counts.read).toBe(2);
  });

  test('does not change with the memory that the bytes were in', () => {
    const { readings } = counting();
    const bytes = Uint8Array.of(1, 2, 3);
    readings.of(bytes);
    bytes[0] = 9;
    expect(readings.of(bytes).msg).toEqual([9, 2, 3]);
    expect(readings.of(Uint8Array.of(1, 2, 3)).msg).toEqual([1, 2, 3]);
  });

  test('is read again where it is long, and forgotten when there is too much of it', () => {
    const { readings, counts } = counting();
    const long = new Uint8Array(70_000);
    readings.of(long).agreed = true;
    expect(readings.of(long).agreed).toBe(false);
    expect(counts.read).toBe(2);
    for (let high = 0; high < 20; high++) {
      for (let low = 0; low < 256; low++) readings.of(Uint8Array.of(high, low));
    }
    const before = counts.read;
    readings.of(Uint8Array.of(0, 0));
    expect(counts.read).toBe(before + 1);
    for (let first = 0; first < 200; first++) readings.of(new Uint8Array(60_000).fill(first));
    readings.of(Uint8Array.of(0, 0));
    expect(counts.read).toBe(before + 202);
  });
});
