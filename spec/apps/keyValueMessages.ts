/**
 * # What is said to a key-value store, and what it answers
 *
 * A message is a type, a number of four bytes, and then the *fields* that the type has: a length
 * of four bytes, and as many bytes of text in UTF-8. Nothing comes after the last field. Numbers
 * are signed, with the highest byte first.
 *
 *     get 1: key · set 2: key, value · delete 3: key
 *     found 1: value · all other replies: nothing
 *
 * Any bytes of a field are a text: what is not UTF-8 is read as U+FFFD. So different bytes may be
 * the same key.
 *
 * Follows src/IronRSLKVServer/KVMessages.cs of IronFleet, which fails on a request with fewer
 * than the four bytes of its key's length, and takes the server with it. Here such a request is
 * as invalid as any other.
 */
import { type Bytes, i32, ofUtf8, readI32, toUtf8 } from '../framework/bytes.ts';

export type KeyValueRequest =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'set'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string };

export type KeyValueReply =
  | { readonly type: 'getFound'; readonly value: string }
  | { readonly type: Exclude<keyof typeof REPLY_TYPES, 'getFound'> };

const REQUEST_TYPES = { get: 1, set: 2, delete: 3 } as const;

const REPLY_TYPES = {
  getFound: 1,
  getUnfound: 2,
  setSuccess: 3,
  setFailure: 4,
  deleteFound: 5,
  deleteUnfound: 6,
  invalidRequest: 7,
} as const;

/** A request as the bytes that are sent. */
export const encodeRequest = (request: KeyValueRequest): Bytes =>
  i32(REQUEST_TYPES[request.type])
  + field(request.key)
  + (request.type === 'set' ? field(request.value) : '');

/** The request in these bytes; nothing where they are none. */
export function decodeRequest(bytes: Bytes): KeyValueRequest | undefined {
  const type = readI32(bytes);
  const key = readField(bytes, 4);
  if (key === undefined) return undefined;
  switch (type) {
    case REQUEST_TYPES.get:
      return key.end === bytes.length ? { type: 'get', key: key.text } : undefined;
    case REQUEST_TYPES.delete:
      return key.end === bytes.length ? { type: 'delete', key: key.text } : undefined;
    case REQUEST_TYPES.set: {
      const value = readField(bytes, key.end);
      return value?.end === bytes.length
        ? { type: 'set', key: key.text, value: value.text }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** A reply as the bytes that are sent. */
export const encodeReply = (reply: KeyValueReply): Bytes =>
  i32(REPLY_TYPES[reply.type]) + (reply.type === 'getFound' ? field(reply.value) : '');

/** The reply in these bytes; nothing where they are none. */
export function decodeReply(bytes: Bytes): KeyValueReply | undefined {
  const code = readI32(bytes);
  if (code === REPLY_TYPES.getFound) {
    const value = readField(bytes, 4);
    return value?.end === bytes.length ? { type: 'getFound', value: value.text } : undefined;
  }
  if (bytes.length !== 4) return undefined;
  return EMPTY_REPLIES.find(({ type }) => REPLY_TYPES[type] === code);
}

const EMPTY_REPLIES: readonly KeyValueReply[] = [
  { type: 'getUnfound' },
  { type: 'setSuccess' },
  { type: 'setFailure' },
  { type: 'deleteFound' },
  { type: 'deleteUnfound' },
  { type: 'invalidRequest' },
];

/** A text as a field: its length in bytes, and its bytes. */
export function field(text: string): Bytes {
  const bytes = ofUtf8(text);
  return i32(bytes.length) + bytes;
}

/** A field's text, and where what comes after it begins. */
interface Field {
  readonly text: string;
  readonly end: number;
}

/** The field at `offset`; nothing where it has no length, or a wrong one. */
export function readField(bytes: Bytes, offset: number): Field | undefined {
  const length = readI32(bytes, offset);
  if (length === undefined || length < 0) return undefined;
  const start = offset + 4;
  const end = start + length;
  return end <= bytes.length ? { text: toUtf8(bytes.slice(start, end)), end } : undefined;
}
