import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, fromHex, i32 } from '../framework/bytes.ts';
import type { AppState } from './application.ts';
import { keyValue } from './keyValue.ts';

/**
 * The original's store, offset by offset, on the platform's own buffers and decoder. Throws a
 * RangeError where the original does, which ends its server.
 */
class Original {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #store = new Map<string, string>();

  handle(bytes: Bytes): Bytes {
    const request = Buffer.from(bytes, 'latin1');
    return (this.#answer(request) ?? Buffer.from([0, 0, 0, 7])).toString('latin1');
  }

  /** Nothing where the request is invalid. */
  #answer(request: Buffer): Buffer | undefined {
    if (request.length < 4) return undefined;
    const type = request.readInt32BE(0);
    if (type < 1 || type > 3) return undefined;
    const keySize = request.readInt32BE(4);
    if (keySize < 0) return undefined;
    if (type === 2) return this.#set(request, keySize);
    if (keySize !== request.length - 8) return undefined;
    const key = this.#decoder.decode(request.subarray(8));
    if (key.length > 0x10_0000) return undefined;
    if (type === 3) return Buffer.from([0, 0, 0, this.#store.delete(key) ? 5 : 6]);
    const found = this.#store.get(key);
    if (found === undefined) return Buffer.from([0, 0, 0, 2]);
    const value = Buffer.from(found, 'utf8');
    const head = Buffer.alloc(8);
    head.writeInt32BE(1);
    head.writeInt32BE(value.length, 4);
    return Buffer.concat([head, value]);
  }

  #set(request: Buffer, keySize: number): Buffer | undefined {
    if (keySize > request.length - 12) return undefined;
    const valueSize = request.readInt32BE(8 + keySize);
    if (valueSize < 0 || valueSize !== request.length - 12 - keySize) return undefined;
    const key = this.#decoder.decode(request.subarray(8, 8 + keySize));
    if (key.length > 0x10_0000) return undefined;
    this.#store.set(key, this.#decoder.decode(request.subarray(12 + keySize)));
    return Buffer.from([0, 0, 0, 3]);
  }
}

/** Texts that are alike, byte order marks, and what is no text at all. */
const TEXT = fc
  .array(fc.constantFrom('61', 'c3a9', 'c3', 'ff', 'efbbbf', 'f09f9880', 'eda080'), {
    maxLength: 2,
  })
  .map((pieces) => fromHex(pieces.join('')));

const LENGTH_ERROR = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  fc.constantFrom(-1, 1, 2, -9, 100),
);

const field = fc.tuple(TEXT, LENGTH_ERROR).map(([text, error]) => i32(text.length + error) + text);

const REQUEST: fc.Arbitrary<Bytes> = fc
  .tuple(
    fc.constantFrom(1, 2, 2, 2, 3, 0, 4, -1),
    fc.array(field, { minLength: 1, maxLength: 2 }),
    LENGTH_ERROR,
  )
  .map(([type, fields, cut]) => {
    const whole = i32(type) + (type === 2 ? fields.join('') : fields[0]);
    return cut < 0 ? whole.slice(0, cut) : whole + '\0'.repeat(cut);
  });

/** How the original answers; nothing where it fails. */
function answerOf(original: Original, request: Bytes): Bytes | undefined {
  try {
    return original.handle(request);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

describe('the key-value store', () => {
  test('answers as the original does, and calls invalid what the original fails on', () => {
    const seen = new Map<Bytes | undefined, number>();
    fc.assert(
      fc.property(fc.array(REQUEST, { maxLength: 30 }), (requests) => {
        const original = new Original();
        let state: AppState = keyValue.initial;
        for (const request of requests) {
          const handled = keyValue.handle(state, request);
          const answer = answerOf(original, request);
          expect(handled.reply).toBe(answer ?? i32(7));
          state = handled.state;
          const kind = answer?.slice(0, 4);
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
        }
      }),
      { numRuns: 500 },
    );
    // The store is never full here, so the original never answers 4.
    const kinds = [...[1, 2, 3, 5, 6, 7].map(i32), undefined];
    expect(new Set(seen.keys())).toEqual(new Set(kinds));
  });
});
