/**
 * # Byte strings in messages
 *
 * What is kept for long is kept as a string whose every character is one byte: it takes no more
 * memory than its bytes, and does not keep alive the message that brought it. The platform turns
 * long ones quickly, but to ask it takes longer than to turn a short one by hand.
 */
import type { Bytes } from '../../spec/framework/bytes.ts';

/** Up to so many bytes are turned by hand. */
const SHORT_READ = 6;
const SHORT_WRITE = 32;

/** The platform's functions take any array of bytes. */
interface Latin1 {
  latin1Slice(this: Uint8Array, from: number, to: number): Bytes;
  latin1Write(this: Uint8Array, text: Bytes, at: number, length: number): number;
}
const { latin1Slice, latin1Write } = Buffer.prototype as unknown as Latin1;

/** The byte string that is `bytes` from `from` to before `to`. */
export function readBytes(bytes: Uint8Array, from: number, to: number): Bytes {
  if (to - from > SHORT_READ) return latin1Slice.call(bytes, from, to);
  let text = '';
  for (let index = from; index < to; index++) text += String.fromCharCode(bytes[index] as number);
  return text;
}

/** Writes a byte string at `at`, where there is room for it, and returns where it ends. */
export function writeBytes(text: Bytes, bytes: Uint8Array, at: number): number {
  const { length } = text;
  if (length > SHORT_WRITE) return at + latin1Write.call(bytes, text, at, length);
  for (let index = 0; index < length; index++) bytes[at + index] = text.charCodeAt(index);
  return at + length;
}
