/**
 * # Byte strings and byte arrays
 *
 * The same bytes as the upper levels and as the running code have them.
 */
import type { Bytes } from '../../spec/framework/bytes.ts';

/** How many characters are made at a time: a call takes only so many arguments. */
const PIECE = 8_192;

/** The byte string of these bytes. */
export function toBytes(array: Uint8Array): Bytes {
  if (array.length <= PIECE) return piece(array);
  const pieces: string[] = [];
  for (let at = 0; at < array.length; at += PIECE) {
    pieces.push(piece(array.subarray(at, at + PIECE)));
  }
  return pieces.join('');
}

/** The bytes of a byte string. */
export function ofBytes(bytes: Bytes): Uint8Array {
  const array = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) array[index] = bytes.charCodeAt(index);
  return array;
}

/** In hexadecimal digits, two a byte, in lower case. */
export function toDigits(array: Uint8Array): string {
  const pairs: string[] = [];
  for (const byte of array) pairs.push(PAIRS[byte] as string);
  return pairs.join('');
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

// A byte array is a list of numbers as far as this call is concerned.
const piece = (array: Uint8Array): Bytes =>
  String.fromCharCode.apply(undefined, array as unknown as number[]);
