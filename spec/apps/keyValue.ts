/**
 * # The key-value store
 *
 * A map from keys to values, both of them texts. It answers three requests:
 *
 *     get(k):       the value of k, if it has one                     getFound, getUnfound
 *     set(k, v):    store′ = store with k ↦ v                         setSuccess
 *                   or, if k is new and the store is full, nothing    setFailure
 *     delete(k):    store′ = store without k                          deleteFound, deleteUnfound
 *
 * Anything else, and a key or a value that is too long, is an `invalidRequest` and changes
 * nothing.
 *
 * At rest it is its entries, each a key and a value as the fields of a `set`, the keys in the
 * order of their UTF-16 code units. The original writes them in no particular order, so any order
 * is read. Where the original would restore what comes before the first malformed entry, and drop
 * the rest with a warning, here the bytes are nobody's state: half a store is not the store.
 *
 * Follows src/IronRSLKVServer/Service.cs of IronFleet.
 */
import type { Bytes } from '../framework/bytes.ts';
import { type Application, application, MAX_REPLY_BYTES } from './application.ts';
import {
  decodeRequest,
  encodeReply,
  field,
  type KeyValueReply,
  type KeyValueRequest,
  readField,
} from './keyValueMessages.ts';

export type Store = ReadonlyMap<string, string>;

/** How large a store may become. Texts are measured in UTF-16 code units. */
export interface Limits {
  readonly keys: number;
  readonly keyLength: number;
  readonly valueLength: number;
  /** In bytes. */
  readonly reply: number;
}

const LIMITS: Limits = {
  keys: 100_000_000,
  keyLength: 0x10_0000,
  valueLength: 0x800_0000,
  reply: MAX_REPLY_BYTES,
};

/** A key-value store with other limits than the original's. */
export const keyValueWithin = (limits: Limits): Application =>
  application<Store>({
    name: 'KV',
    initial: new Map(),

    handle: (store, bytes) => {
      const request = decodeRequest(bytes);
      const [state, reply] =
        request !== undefined && isWithin(limits, request)
          ? answer(store, request, limits)
          : [store, INVALID];
      return { state, reply: fitting(encodeReply(reply), limits) };
    },

    serialize: (store) =>
      [...store.keys()]
        .sort()
        .map((key) => entryOf(key, store.get(key) as string))
        .join(''),

    deserialize: (bytes) => restore(bytes, limits),
  });

/** The original's key-value store. */
export const keyValue: Application = keyValueWithin(LIMITS);

const INVALID: KeyValueReply = { type: 'invalidRequest' };

function answer(
  store: Store,
  request: KeyValueRequest,
  limits: Limits,
): readonly [Store, KeyValueReply] {
  const { key } = request;
  switch (request.type) {
    case 'get': {
      const value = store.get(key);
      return [store, value === undefined ? { type: 'getUnfound' } : { type: 'getFound', value }];
    }
    case 'set':
      return store.size < limits.keys || store.has(key)
        ? [new Map(store).set(key, request.value), { type: 'setSuccess' }]
        : [store, { type: 'setFailure' }];
    case 'delete': {
      if (!store.has(key)) return [store, { type: 'deleteUnfound' }];
      const rest = new Map(store);
      rest.delete(key);
      return [rest, { type: 'deleteFound' }];
    }
  }
}

const entryOf = (key: string, value: string): Bytes => field(key) + field(value);

const isWithin = (limits: Limits, { key, value = '' }: { key: string; value?: string }): boolean =>
  key.length <= limits.keyLength && value.length <= limits.valueLength;

/**
 * A value that was no UTF-8 grows when it is read, up to three times. Where it no longer fits into
 * a reply, it cannot be got; the original sends a reply longer than a reply may be.
 */
const fitting = (reply: Bytes, limits: Limits): Bytes =>
  reply.length <= limits.reply ? reply : encodeReply(INVALID);

/** The store of exactly these entries, in whatever order. */
function restore(bytes: Bytes, limits: Limits): Store | undefined {
  const store = new Map<string, string>();
  for (let offset = 0; offset < bytes.length; ) {
    const key = readField(bytes, offset);
    const value = key && readField(bytes, key.end);
    if (key === undefined || value === undefined) return undefined;
    if (store.has(key.text) || store.size === limits.keys) return undefined;
    const entry = { key: key.text, value: value.text };
    const written = bytes.slice(offset, value.end);
    if (!isWithin(limits, entry) || entryOf(entry.key, entry.value) !== written) return undefined;
    store.set(entry.key, entry.value);
    offset = value.end;
  }
  return store;
}
