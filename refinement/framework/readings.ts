/**
 * # What byte strings were found to mean
 *
 * The same bytes are met again and again: when they are sent, when they arrive, and when they are
 * repeated. Here they are read only once, for a while. So equal bytes also give one and the same
 * message, which whoever goes by objects need not look into again.
 */

/** What some bytes mean. */
export interface Reading<Message> {
  readonly msg: Message;
  /** Whether the implementation was found to take them for the same. */
  agreed: boolean;
}

interface Kept<Message> extends Reading<Message> {
  readonly bytes: Uint8Array;
}

/** Longer ones, in bytes, are read each time. */
const LONGEST = 0x1_0000;
/** So many others, or so many bytes of them, are kept before all are forgotten. */
const MOST = 2_048;
const MOST_BYTES = 0x80_0000;

export class Readings<Message> {
  readonly #read: (bytes: Uint8Array) => Message;
  /** By their hashes; of two with the same, the latest. */
  readonly #kept = new Map<number, Kept<Message>>();
  #bytes = 0;

  constructor(read: (bytes: Uint8Array) => Message) {
    this.#read = read;
  }

  of(bytes: Uint8Array): Reading<Message> {
    if (bytes.length > LONGEST) return { msg: this.#read(bytes), agreed: false };
    const hash = hashOf(bytes);
    const known = this.#kept.get(hash);
    if (known !== undefined && sameBytes(known.bytes, bytes)) return known;
    // A copy, for whoever sent them might use their memory again.
    const reading = { bytes: bytes.slice(), msg: this.#read(bytes), agreed: false };
    if (this.#kept.size === MOST || this.#bytes > MOST_BYTES) {
      this.#kept.clear();
      this.#bytes = 0;
    }
    this.#kept.set(hash, reading);
    this.#bytes += bytes.length;
    return reading;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Some whole number; equal for equal bytes. */
function hashOf(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const upper = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
    const lower = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    hash = Math.imul(hash ^ upper ^ lower, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x85ebca6b);
  return hash;
}
