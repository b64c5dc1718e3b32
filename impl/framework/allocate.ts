/**
 * # Memory for messages
 *
 * To make an array of bytes takes longer than to fill a short one. So short ones are cut from
 * larger ones, and nobody writes to what he was given a second time.
 */

/** A short array that is kept keeps no more than this many bytes with it. */
const SLAB = 8 * 1024;
/** Longer arrays are made one by one. */
const SHORT = 1024;

let slab = new ArrayBuffer(SLAB);
let used = 0;

/** As many zero bytes. */
export function allocate(length: number): Uint8Array {
  if (length > SHORT) return new Uint8Array(length);
  if (used + length > SLAB) {
    slab = new ArrayBuffer(SLAB);
    used = 0;
  }
  const bytes = new Uint8Array(slab, used, length);
  used = (used + length + 7) & ~7;
  return bytes;
}
