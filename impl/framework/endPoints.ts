/**
 * # End points in messages
 *
 * In messages an end point is a byte string; in the program it is those bytes as lower-case
 * hexadecimal digits. The same few clients are named again and again, so what some bytes are in
 * digits is looked up where it was worked out before.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

const DIGITS = '0123456789abcdef';

/** What a digit counts, by its character's code; −1 for characters that are no digits. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) =>
  DIGITS.indexOf(String.fromCharCode(code)),
);

/** How many bytes an end point has. Throws a RangeError if it is no lower-case hexadecimal. */
export function endPointSize(id: EndPoint): number {
  if (id.length % 2 !== 0) throw notHexadecimal(id);
  return id.length / 2;
}

/** Writes an end point's bytes at `at` and returns where they end. Throws as `endPointSize` does. */
export function writeEndPoint(id: EndPoint, bytes: Uint8Array, at: number): number {
  if (id.length > 2 * LONGEST_KNOWN) return writeDigits(id, bytes, at);
  const known = written.get(id) ?? learn(id);
  const { length } = known;
  for (let index = 0; index < length; index++) bytes[at + index] = known[index] as number;
  return at + length;
}

/** What end points are in bytes; when there are too many, all are forgotten. */
const written = new Map<EndPoint, Uint8Array>();

function learn(id: EndPoint): Uint8Array {
  const bytes = new Uint8Array(endPointSize(id));
  writeDigits(id, bytes, 0);
  if (written.size >= PLACES) written.clear();
  written.set(id, bytes);
  return bytes;
}

function writeDigits(id: EndPoint, bytes: Uint8Array, at: number): number {
  let end = at;
  for (let index = 0; index < id.length; index += 2) {
    const high = VALUES[id.charCodeAt(index)] ?? -1;
    const low = VALUES[id.charCodeAt(index + 1)] ?? -1;
    if (high < 0 || low < 0) throw notHexadecimal(id);
    bytes[end++] = high * 16 + low;
  }
  return end;
}

const notHexadecimal = (id: EndPoint): RangeError =>
  new RangeError(`${id} is no end point in lower-case hexadecimal digits`);

interface Known {
  readonly bytes: Uint8Array;
  readonly id: EndPoint;
}

/** Each end point has one place, which the latest of those that share it takes. */
const PLACES = 4096;
const places: (Known | undefined)[] = new Array(PLACES).fill(undefined);
/** Only names of usual length are remembered, so all together take less than a megabyte. */
const LONGEST_KNOWN = 32;

/** The end point whose bytes are those from `from` to before `to`. */
export function readEndPoint(bytes: Uint8Array, from: number, to: number): EndPoint {
  const length = to - from;
  if (length === 0 || length > LONGEST_KNOWN) return toHex(bytes, from, to);
  // Names of clients are hashes, so their first bits are as good as any.
  const place = ((bytes[from] as number) * 16 + ((bytes[to - 1] as number) & 15)) % PLACES;
  const known = places[place];
  if (known !== undefined && isAt(known.bytes, bytes, from, length)) return known.id;
  const id = toHex(bytes, from, to);
  places[place] = { bytes: bytes.slice(from, to), id };
  return id;
}

function isAt(known: Uint8Array, bytes: Uint8Array, from: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index++) {
    if (known[index] !== bytes[from + index]) return false;
  }
  return true;
}

const toHex = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('hex');
