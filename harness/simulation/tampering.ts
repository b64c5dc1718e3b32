/**
 * # Bytes that are almost messages
 *
 * What somebody might send who knows how messages are written: a number in the place of another, or
 * one that is just too large. A message is a row of numbers of eight bytes as long as nothing in it
 * has a name or contents, so any row of eight is taken for a number.
 */
import type { Random } from './random.ts';

const WORD = 8;
/** The first number that is too large, as its two halves. */
const TOO_LARGE = [2 ** 21, 0] as const;
/** Numbers that mean something in many places. */
const SMALL = 10;

/** Numbers as they are written in messages. */
export function written(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(WORD * numbers.length);
  const view = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) view.setUint32(WORD * index + 4, number);
  return bytes;
}

/** One of the messages with another number in it; where none was heard, of a row that may be one. */
export function tampered(random: Random, heard: readonly Uint8Array[]): Uint8Array {
  const sample = heard.length > 0 ? random.pick(heard) : written([5, 1, 0, 0, 0]);
  const bytes = sample.slice();
  const words = Math.floor(bytes.length / WORD);
  if (words === 0) return bytes;
  const at = WORD * random.below(words);
  const from = WORD * random.below(words);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  switch (random.below(3)) {
    case 0:
      view.setUint32(at, TOO_LARGE[0]);
      view.setUint32(at + 4, TOO_LARGE[1]);
      break;
    case 1:
      view.setUint32(at, 0);
      view.setUint32(at + 4, random.below(SMALL));
      break;
    default:
      bytes.copyWithin(at, from, from + WORD);
  }
  return bytes;
}
