/**
 * # Frames
 *
 * A connection carries messages as frames: 8 bytes, big-endian, that say how long the payload is,
 * then the payload. Any length from 0 on is legal, up to a limit that the reader sets.
 *
 * Follows the framing of IoFramework.cs of IronFleet; departs from it in that a reader refuses
 * lengths above its limit, and that what it allocates depends on the bytes that came, not on the
 * length that was promised.
 */

const HEADER = 8;
const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * The longest payload accepted unless a service says otherwise: 64 MiB, in bytes. The longest
 * messages are application states that a server hands to one that lags behind; several of this size
 * fit into the memory of a small machine.
 */
export const MAX_PAYLOAD = 64 * 1024 * 1024;

/**
 * Payloads longer than this are handed to the socket as they are; shorter ones are copied together.
 * Copying so much takes a few microseconds, and less than a write of several pieces costs more.
 */
const WORTH_COPYING = 64 * 1024;
/** So short payloads are copied by hand: to ask the platform takes longer. */
const SHORT = 32;
/** A buffer of frames copied together is closed once it has reached this size. */
const PIECE = 256 * 1024;

/** One payload as a frame, header and payload in one array. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(HEADER + payload.length);
  writeLength(frame, 0, payload.length);
  frame.set(payload, HEADER);
  return frame;
}

/**
 * The frames of all `payloads`, in order, in few pieces: short payloads are copied together, long
 * ones follow their header uncopied. Writing the pieces one after another writes the frames.
 */
export function joinFrames(payloads: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let first = 0;
  let size = 0;
  for (let index = 0; index < payloads.length; index++) {
    const payload = payloads[index] as Uint8Array;
    const long = payload.length > WORTH_COPYING;
    size += long ? HEADER : HEADER + payload.length;
    if (!long && size < PIECE) continue;
    pieces.push(copyTogether(payloads, first, index + 1, size));
    if (long) pieces.push(payload);
    first = index + 1;
    size = 0;
  }
  if (size > 0) pieces.push(copyTogether(payloads, first, payloads.length, size));
  return pieces;
}

function copyTogether(
  payloads: readonly Uint8Array[],
  first: number,
  end: number,
  size: number,
): Uint8Array {
  const piece = Buffer.allocUnsafe(size);
  let at = 0;
  for (let index = first; index < end; index++) {
    const payload = payloads[index] ?? NOTHING;
    writeLength(piece, at, payload.length);
    at += HEADER;
    if (payload.length > WORTH_COPYING) continue;
    if (payload.length > SHORT) piece.set(payload, at);
    else for (let i = 0; i < payload.length; i++) piece[at + i] = payload[i] as number;
    at += payload.length;
  }
  return piece;
}

/**
 * Cuts a stream of bytes, which arrives in chunks of any size, into the payloads of its frames.
 * After each {@link feed}, call {@link next} until it gives nothing.
 *
 * A payload that lies within one chunk is a view of that chunk; one that is spread over several is
 * copied once or, if it comes in crumbs, a few times.
 */
export class FrameReader {
  /** The longest payload that is accepted, in bytes. It may change between frames. */
  limit: number;
  #failure: string | undefined;
  #chunk: Uint8Array = NOTHING;
  #offset = 0;
  /** The beginning of a frame whose end has not come yet: `#filled` bytes, and room to grow. */
  #partial: Uint8Array = NOTHING;
  #filled = 0;

  constructor(limit = MAX_PAYLOAD) {
    this.limit = limit;
  }

  /** Why the stream cannot be read any further: from then on nothing in it can be trusted. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** How many bytes of memory are held for a frame that is not complete yet. */
  get incomplete(): number {
    return this.#partial.length;
  }

  feed(chunk: Uint8Array): void {
    if (this.#offset < this.#chunk.length)
      throw new Error('a chunk is fed before the last is used');
    if (this.#failure !== undefined) return;
    this.#chunk = chunk;
    this.#offset = 0;
  }

  /** The next payload, or nothing until more is fed. */
  next(): Uint8Array | undefined {
    const start = this.#offset + HEADER;
    if (this.#filled > 0 || start > this.#chunk.length) return this.#assemble();
    const length = readLength(this.#chunk, this.#offset);
    if (length > this.limit) return this.#fail(length);
    const end = start + length;
    if (end > this.#chunk.length) return this.#assemble();
    this.#offset = end;
    return this.#chunk.subarray(start, end);
  }

  /** The slow way, for a frame that the chunk at hand does not hold whole. */
  #assemble(): Uint8Array | undefined {
    if (!this.#fill(HEADER)) return undefined;
    const length = readLength(this.#partial, 0);
    if (length > this.limit) return this.#fail(length);
    if (!this.#fill(HEADER + length)) return undefined;
    const payload = this.#partial.subarray(HEADER);
    this.#partial = NOTHING;
    this.#filled = 0;
    return payload;
  }

  /**
   * Moves bytes from the chunk until the partial frame has `goal` of them; says whether it has.
   * Room is at most doubled at a time, so it is never more than twice what has come, and never more
   * than the goal.
   */
  #fill(goal: number): boolean {
    const count = Math.min(goal - this.#filled, this.#chunk.length - this.#offset);
    if (count > 0) {
      const filled = this.#filled + count;
      if (filled > this.#partial.length) {
        const roomier = new Uint8Array(Math.min(goal, Math.max(filled, 2 * this.#partial.length)));
        roomier.set(this.#partial.subarray(0, this.#filled));
        this.#partial = roomier;
      }
      const end = this.#offset + count;
      this.#partial.set(this.#chunk.subarray(this.#offset, end), this.#filled);
      this.#filled = filled;
      this.#offset = end;
    }
    if (this.#offset === this.#chunk.length) this.#chunk = NOTHING;
    if (this.#chunk === NOTHING) this.#offset = 0;
    return this.#filled >= goal;
  }

  #fail(length: number): undefined {
    this.#failure = `a frame claims ${length} bytes, more than the limit of ${this.limit}`;
    this.#chunk = NOTHING;
    this.#offset = 0;
    this.#partial = NOTHING;
    this.#filled = 0;
  }
}

function writeLength(into: Uint8Array, at: number, length: number): void {
  writeWord(into, at, Math.floor(length / 2 ** 32));
  writeWord(into, at + 4, length);
}

function writeWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
}

/** Exact up to 2^53; beyond, rounded, but still beyond every limit that a caller may set. */
function readLength(from: Uint8Array, at: number): number {
  return readWord(from, at) * 2 ** 32 + readWord(from, at + 4);
}

function readWord(from: Uint8Array, at: number): number {
  const [a, b, c, d] = [from[at], from[at + 1], from[at + 2], from[at + 3]];
  return (((a ?? 0) << 24) | ((b ?? 0) << 16) | ((c ?? 0) << 8) | (d ?? 0)) >>> 0;
}
