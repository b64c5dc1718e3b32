/**
 * # Byte strings
 *
 * What applications are asked, what they answer and what they remember are byte strings. Here they
 * are strings whose every character is one byte. So they compare with `===`, can be the key of a
 * map, print and hash like any string, and nobody can change one that he was given.
 *
 * One string holds at most half a gigabyte; what would be longer throws a RangeError.
 */

/** A byte string: every character's code is one byte, 0..255. */
export type Bytes = string;

/** Whether a value is a byte string. */
export const isBytes = (value: unknown): value is Bytes =>
  typeof value === 'string' && !/[\u0100-\uffff]/.test(value);

/**
 * A number as eight bytes, the highest first.
 *
 * @throws RangeError where it is no integer of 0..2⁶⁴−1, or a number too large to be exact.
 */
export function u64(n: number | bigint): Bytes {
  if (typeof n === 'bigint') {
    if (n < 0n || n >= 1n << 64n) throw new RangeError(`${n} is not an integer of 64 bits`);
    return word(Number(n >> 32n)) + word(Number(n & 0xffff_ffffn));
  }
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`${n} is not a safe counter`);
  return word(Math.floor(n / 2 ** 32)) + word(n >>> 0);
}

/** The number in the eight bytes from `offset` on; nothing where there are no eight. */
export function readU64(bytes: Bytes, offset = 0): bigint | undefined {
  const high = readI32(bytes, offset);
  const low = readI32(bytes, offset + 4);
  return high === undefined || low === undefined
    ? undefined
    : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/**
 * A number as four bytes, the highest first, negative ones in two's complement.
 *
 * @throws RangeError where it is no integer of −2³¹..2³¹−1.
 */
export function i32(n: number): Bytes {
  if (n !== (n | 0)) throw new RangeError(`${n} is not an integer of 32 bits`);
  return word(n);
}

/** The number in the four bytes from `offset` on; nothing where there are no four. */
export const readI32 = (bytes: Bytes, offset = 0): number | undefined =>
  offset < 0 || offset + 4 > bytes.length
    ? undefined
    : (bytes.charCodeAt(offset) << 24)
      | (bytes.charCodeAt(offset + 1) << 16)
      | (bytes.charCodeAt(offset + 2) << 8)
      | bytes.charCodeAt(offset + 3);

/** The low 32 bits of a number, as four bytes. */
const word = (n: number): Bytes =>
  String.fromCharCode((n >>> 24) & 0xff, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff);

/**
 * The bytes that hexadecimal digits write, two a byte.
 *
 * @throws SyntaxError where it is anything else.
 */
export function fromHex(hex: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) throw new SyntaxError(`not hexadecimal: ${hex}`);
  return hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}

/** The bytes in hexadecimal digits, two a byte. */
export const toHex = (bytes: Bytes): string =>
  Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');

/** A text as its bytes in UTF-8. What is no character, half of a surrogate pair, becomes U+FFFD. */
export const ofUtf8 = (text: string): Bytes =>
  text.replace(/[\u{80}-\u{10ffff}]/gu, (character) => encode(character.codePointAt(0) as number));

/**
 * The text that bytes in UTF-8 write. It never fails: what is not well-formed is read as U+FFFD,
 * once for every longest piece that could have begun a character, as .NET and browsers do. A byte
 * order mark at the beginning is a character like any other.
 */
export const toUtf8 = (bytes: Bytes): string => bytes.replace(SEQUENCE, decode);

/** How characters of more than one byte begin, by the Unicode Standard's table 3-7. */
const SEQUENCE = new RegExp(
  [
    /[\xc2-\xdf][\x80-\xbf]?/,
    /(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]?/,
    /(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{0,2}/,
    /[\x80-\xff]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

const REPLACEMENT = '\ufffd';

function decode(sequence: Bytes): string {
  const [first, second, third, fourth] = Array.from(sequence, (byte) => byte.charCodeAt(0));
  const lead = first as number;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (sequence.length < length) return REPLACEMENT;
  let codePoint = lead & (0x7f >> length);
  for (const byte of [second, third, fourth].slice(0, length - 1)) {
    codePoint = (codePoint << 6) | ((byte as number) & 0x3f);
  }
  return String.fromCodePoint(codePoint);
}

function encode(codePoint: number): Bytes {
  const tail = (shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f);
  if (codePoint < 0x800) return String.fromCharCode(0xc0 | (codePoint >> 6), tail(0));
  if (codePoint >= 0xd800 && codePoint < 0xe000) return encode(0xfffd);
  if (codePoint < 0x1_0000) return String.fromCharCode(0xe0 | (codePoint >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | (codePoint >> 18), tail(12), tail(6), tail(0));
}
