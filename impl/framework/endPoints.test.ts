import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endPointSize, readEndPoint, writeEndPoint } from './endPoints.ts';

test('an end point is its bytes in digits, there and back, whatever was read before', () => {
  const names = fc.oneof(
    fc.uint8Array({ maxLength: 2 }),
    fc.uint8Array({ maxLength: 40 }),
    // These share their place with one another.
    fc.uint8Array({ minLength: 30, maxLength: 30 }).map((rest) => Uint8Array.of(7, ...rest, 9)),
  );
  fc.assert(
    fc.property(fc.array(names, { maxLength: 8 }), fc.nat(3), (drawn, offset) => {
      for (const name of [...drawn, ...drawn]) {
        const id = Buffer.from(name).toString('hex');
        expect(endPointSize(id)).toBe(name.length);
        const bytes = new Uint8Array(offset + name.length);
        expect(writeEndPoint(id, bytes, offset)).toBe(bytes.length);
        expect(bytes.subarray(offset)).toEqual(name);
        expect(readEndPoint(bytes, offset, bytes.length)).toBe(id);
      }
    }),
    { numRuns: 500 },
  );
});

test('what was read is not changed by whoever changes the bytes later', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const before = readEndPoint(bytes, 0, 3);
  bytes[1] = 9;
  expect([before, readEndPoint(bytes, 0, 3)]).toEqual(['010203', '010903']);
});

test.each(['a', '0x', 'AB', 'ü0', '0\u0130'])('%s is no end point', (id) => {
  const write = () => {
    endPointSize(id);
    writeEndPoint(id, new Uint8Array(8), 0);
  };
  expect(write).toThrow(RangeError);
});
