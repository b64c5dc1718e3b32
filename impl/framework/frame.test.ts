import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameReader, joinFrames } from './frame.ts';

/** How many mutated streams the fuzz test reads. */
const FUZZ_RUNS = Number(process.env['FUZZ_RUNS'] ?? 50_000);

const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
/** Where a stream is cut into chunks, as shares of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

const plain = (arrays: readonly Uint8Array[]): number[][] => arrays.map((bytes) => [...bytes]);

function chunksOf(stream: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const ends = shares.map((share) => Math.round(share * stream.length)).sort((a, b) => a - b);
  return [...ends, stream.length].map((end, index) => stream.subarray(ends[index - 1] ?? 0, end));
}

function readAll(reader: FrameReader, chunks: readonly Uint8Array[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) {
    reader.feed(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(frame);
  }
  return frames;
}

const header = (high: number, low: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(high, 0);
  bytes.writeUInt32BE(low, 4);
  return bytes;
};

describe('frames', () => {
  test('are an 8-byte big-endian length and the payload', () => {
    expect([...encodeFrame(Uint8Array.of(7, 8, 9))]).toEqual([0, 0, 0, 0, 0, 0, 0, 3, 7, 8, 9]);
    expect([...encodeFrame(new Uint8Array(0))]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...encodeFrame(new Uint8Array(0x1_02_03)).subarray(0, 8)]).toEqual([
      0, 0, 0, 0, 0, 1, 2, 3,
    ]);
  });

  test('come out as they went in, however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(payloads, cuts, (frames, shares) => {
        const stream = Buffer.concat(frames.map(encodeFrame));
        const reader = new FrameReader();
        expect(plain(readAll(reader, chunksOf(stream, shares)))).toEqual(plain(frames));
        expect(reader.failure).toBeUndefined();
        expect(reader.incomplete).toBe(0);
      }),
      { includeErrorInReport: true },
    );
  });

  test('come out as they went in, byte by byte', () => {
    const frames = [Uint8Array.of(1), new Uint8Array(0), new Uint8Array(1000).fill(5)];
    const stream = Buffer.concat(frames.map(encodeFrame));
    const crumbs = [...stream].map((byte) => Uint8Array.of(byte));
    expect(plain(readAll(new FrameReader(), crumbs))).toEqual(plain(frames));
  });

  test('joined are the frames one after another, short and long alike', () => {
    const sizes = fc.array(fc.constantFrom(0, 1, 65_536, 65_537, 100_000), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const frames = lengths.map((length, index) => new Uint8Array(length).fill(index));
        const joined = Buffer.concat(joinFrames(frames));
        expect(joined.equals(Buffer.concat(frames.map(encodeFrame)))).toBe(true);
      }),
      { includeErrorInReport: true },
    );
  });

  test('joined copy no long payload and need one piece for a batch of short ones', () => {
    const long = new Uint8Array(1_000_000);
    expect(joinFrames([Uint8Array.of(1), long, Uint8Array.of(2)]).includes(long)).toBe(true);
    expect(joinFrames(Array.from({ length: 1000 }, () => new Uint8Array(100)))).toHaveLength(1);
    expect(joinFrames([])).toEqual([]);
  });

  test('of one chunk are views of it, not copies', () => {
    const stream = Buffer.concat([encodeFrame(Uint8Array.of(1)), encodeFrame(Uint8Array.of(2, 3))]);
    for (const frame of readAll(new FrameReader(), [stream])) {
      expect(frame.buffer).toBe(stream.buffer);
    }
  });
});

describe('a reader', () => {
  test('accepts a payload of its limit and refuses a longer one', () => {
    const reader = new FrameReader(5);
    expect(readAll(reader, [encodeFrame(new Uint8Array(5))])).toHaveLength(1);
    expect(readAll(reader, [encodeFrame(new Uint8Array(6))])).toEqual([]);
    expect(reader.failure).toBe('a frame claims 6 bytes, more than the limit of 5');
  });

  test.each([
    ['of 2^53', 0x20_0000, 0],
    ['of 2^53 + 1', 0x20_0000, 1],
    ['of 2^63', 0x8000_0000, 0],
    ['of 2^64 - 1', 0xffff_ffff, 0xffff_ffff],
  ])('refuses a length %s even without a limit', (_, high, low) => {
    const reader = new FrameReader(Number.MAX_SAFE_INTEGER);
    const whole = header(high, low);
    expect(readAll(reader, [whole.subarray(0, 3), whole.subarray(3)])).toEqual([]);
    expect(reader.failure).toMatch(/^a frame claims/);
  });

  test('gives the frames before a refused one, and nothing after it', () => {
    const good = encodeFrame(Uint8Array.of(1));
    const reader = new FrameReader(100);
    const stream = Buffer.concat([good, header(0, 101), good]);
    expect(plain(readAll(reader, [stream, good]))).toEqual([[1]]);
    expect(reader.failure).toBeDefined();
    expect(reader.incomplete).toBe(0);
  });

  test('holds no more than twice what has come, whatever length was promised', () => {
    const reader = new FrameReader(Number.MAX_SAFE_INTEGER);
    let come = 8;
    readAll(reader, [header(0x1f_ffff, 0xffff_ffff)]);
    for (const size of [1, 10, 1, 5000, 3, 100_000, 7]) {
      readAll(reader, [new Uint8Array(size)]);
      come += size;
      expect(reader.incomplete).toBeGreaterThanOrEqual(come);
      expect(reader.incomplete).toBeLessThanOrEqual(2 * come);
    }
  });

  test('takes a limit that changes between frames', () => {
    const reader = new FrameReader(1);
    reader.feed(Buffer.concat([encodeFrame(Uint8Array.of(1)), encodeFrame(Uint8Array.of(2, 3))]));
    expect(reader.next()).toHaveLength(1);
    reader.limit = 2;
    expect(reader.next()).toHaveLength(2);
  });

  test('must be emptied before it is fed again', () => {
    const reader = new FrameReader();
    reader.feed(encodeFrame(Uint8Array.of(1)));
    expect(() => reader.feed(Uint8Array.of(0))).toThrow();
  });

  /** A small generator of its own: fast-check would spend the time on remembering how to shrink. */
  test(`survives ${FUZZ_RUNS} mutated streams and agrees on each, however it is cut`, () => {
    let state = 0x9e37_79b9;
    const below = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    const whole = new Uint8Array(120);
    for (let run = 0; run < FUZZ_RUNS; run++) {
      let length = 0;
      while (length < 80) {
        const size = below(30);
        whole.set(encodeFrame(new Uint8Array(size).fill(run)), length);
        length += 8 + size;
      }
      for (let mutations = below(4); mutations >= 0; mutations--) whole[below(length)] = below(256);
      const stream = whole.slice(0, length - below(10));
      const cut = below(stream.length);
      const uncut = new FrameReader(64);
      const frames = readAll(uncut, [stream]);
      const halved = new FrameReader(64);
      const sameFrames = readAll(halved, [stream.subarray(0, cut), stream.subarray(cut)]);
      // Expectations cost more than all the rest: there is one only if there is something to tell.
      const same = Buffer.concat(frames).equals(Buffer.concat(sameFrames));
      if (halved.failure !== uncut.failure || sameFrames.length !== frames.length || !same) {
        expect([halved.failure, plain(sameFrames)]).toEqual([uncut.failure, plain(frames)]);
      }
    }
  }, 3_600_000);
});
