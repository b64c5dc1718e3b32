/**
 * # What is said to a key-value store
 *
 *     request   i32 type, then as many fields as the type has: get 1 key, set 2 key value,
 *               delete 3 key
 *     field     i32 length, then as many bytes of UTF-8
 *     reply     i32 type, and of a value that was found the field
 *
 * Follows src/IronRSLKVServer/KVMessages.cs of IronFleet.
 */

/** A text, or the bytes of its UTF-8. */
export type Text = string | Uint8Array;

const GET = 1;
const SET = 2;
const DELETE = 3;

/** The replies by the numbers of their types, which are those of the original's names. */
const REPLY_TYPES = [
  undefined,
  'getFound',
  'getUnfound',
  'setSuccess',
  'setFailure',
  'deleteFound',
  'deleteUnfound',
  'invalidRequest',
] as const;

export type KeyValueReply =
  | { readonly type: 'getFound'; readonly value: string }
  | { readonly type: Exclude<(typeof REPLY_TYPES)[number], 'getFound' | undefined> };

export const getRequest = (key: Text): Uint8Array => encode(GET, [key]);

export const setRequest = (key: Text, value: Text): Uint8Array => encode(SET, [key, value]);

export const deleteRequest = (key: Text): Uint8Array => encode(DELETE, [key]);

const HEADER = 4;

/** The reply in these bytes; nothing where they are none. */
export function readKeyValueReply(bytes: Uint8Array): KeyValueReply | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = REPLY_TYPES[view.getInt32(0)];
  if (type !== 'getFound') {
    return type !== undefined && bytes.length === HEADER ? { type } : undefined;
  }
  if (bytes.length < 2 * HEADER || view.getInt32(HEADER) !== bytes.length - 2 * HEADER) {
    return undefined;
  }
  return { type, value: decoder.decode(bytes.subarray(2 * HEADER)) };
}

function encode(type: number, fields: readonly Text[]): Uint8Array {
  let length = HEADER;
  for (const field of fields) {
    requireText(field);
    length += HEADER + lengthOf(field);
  }
  const bytes = Buffer.allocUnsafe(length);
  let at = bytes.writeInt32BE(type);
  for (const field of fields) {
    at = bytes.writeInt32BE(lengthOf(field), at);
    if (typeof field === 'string') at += bytes.write(field, at);
    else at += Buffer.from(field.buffer, field.byteOffset, field.length).copy(bytes, at);
  }
  return bytes;
}

const lengthOf = (text: Text): number =>
  typeof text === 'string' ? Buffer.byteLength(text) : text.length;

/** As in the original, a byte order mark is a character like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The store keeps texts. What is none, it would not give back as it was given, so that is refused
 * here.
 */
function requireText(text: Text): void {
  if (typeof text === 'string') {
    if (LONE_SURROGATE.test(text)) throw new TypeError('half of a surrogate pair is no text');
    return;
  }
  try {
    strictDecoder.decode(text);
  } catch {
    throw new TypeError('the bytes are not UTF-8, and only texts can be keys and values');
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;
