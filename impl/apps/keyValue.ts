/**
 * # The key-value store that runs
 *
 * A map from texts to texts, which gets, sets and deletes. Anything else that it is asked, and a
 * key or a value that is too long, is an invalid request and changes nothing. At rest it is its
 * entries, each a key and a value as the fields of a set, in the order of the keys' UTF-16 code
 * units; entries in any other order are read as well.
 *
 * Keys and values are kept as strings. A string of 100 characters takes 116 bytes of memory, and an
 * array of 100 bytes three times as much; a view of the request would keep everything that came
 * with it. Decoding and encoding them takes less than making an array of bytes does.
 *
 * Follows src/IronRSLKVServer/{Service,KVMessages}.cs of IronFleet; departs from it in that it
 * survives requests that end within a length, answers none with more than a reply may have, and
 * cannot be restored from a part of a state.
 */
import { MAX_REPLY_BYTES } from '../../spec/apps/application.ts';
import type { Limits } from '../../spec/apps/keyValue.ts';
import { LargeMap } from './largeMap.ts';
import type { Service, ServiceClass } from './service.ts';

const REQUEST = { get: 1, set: 2, delete: 3 } as const;

const emptyReply = (type: number): Uint8Array => Uint8Array.of(0, 0, 0, type);

/** Replies of four bytes. Nobody changes a reply that he was given, so each is made once. */
const GET_UNFOUND = emptyReply(2);
const SET_SUCCESS = emptyReply(3);
const SET_FAILURE = emptyReply(4);
const DELETE_FOUND = emptyReply(5);
const DELETE_UNFOUND = emptyReply(6);
const INVALID_REQUEST = emptyReply(7);

const GET_FOUND = 1;

/** What a reply has before a value, and a field before its text. */
const GET_FOUND_HEADER = 8;
const LENGTH = 4;

/** Texts are measured in UTF-16 code units, of which UTF-8 has never more than bytes. */
const ORIGINAL_LIMITS: Limits = {
  keys: 100_000_000,
  keyLength: 0x10_0000,
  valueLength: 0x800_0000,
  reply: MAX_REPLY_BYTES,
};

export class KeyValueService implements Service {
  static readonly serviceName = 'KV';

  readonly #limits: Limits;
  readonly #values = new LargeMap<string, string>();

  constructor(limits: Limits = ORIGINAL_LIMITS) {
    this.#limits = limits;
  }

  static initialize(): KeyValueService {
    return new KeyValueService();
  }

  static deserialize(state: Uint8Array): KeyValueService {
    return new KeyValueService().#restore(state);
  }

  /** Key-value stores with other limits than the original's. */
  static within(limits: Limits): ServiceClass<KeyValueService> {
    return {
      serviceName: KeyValueService.serviceName,
      initialize: () => new KeyValueService(limits),
      deserialize: (state) => new KeyValueService(limits).#restore(state),
    };
  }

  serialize(): Uint8Array {
    const values = this.#values;
    const keys = [...values.keys()].sort();
    let size = 0;
    for (const key of keys) size += fieldSize(key) + fieldSize(values.get(key) as string);
    const bytes = Buffer.allocUnsafeSlow(size);
    let at = 0;
    for (const key of keys) {
      at = writeField(key, bytes, at);
      at = writeField(values.get(key) as string, bytes, at);
    }
    return bytes;
  }

  handleRequest(request: Uint8Array): Uint8Array {
    const bytes = bufferOf(request);
    const keyEnd = endOfField(bytes, LENGTH);
    if (keyEnd === undefined) return INVALID_REQUEST;
    const type = bytes.readInt32BE(0);
    if (type === REQUEST.set) return this.#set(bytes, keyEnd);
    if (keyEnd !== bytes.length) return INVALID_REQUEST;
    const key = bytes.toString('utf8', 2 * LENGTH, keyEnd);
    if (key.length > this.#limits.keyLength) return INVALID_REQUEST;
    if (type === REQUEST.get) return this.#get(key);
    if (type !== REQUEST.delete) return INVALID_REQUEST;
    return this.#values.delete(key) ? DELETE_FOUND : DELETE_UNFOUND;
  }

  #get(key: string): Uint8Array {
    const value = this.#values.get(key);
    if (value === undefined) return GET_UNFOUND;
    const size = GET_FOUND_HEADER + Buffer.byteLength(value);
    // A value that was no UTF-8 has grown when it was read.
    if (size > this.#limits.reply) return INVALID_REQUEST;
    const reply = Buffer.allocUnsafe(size);
    reply.writeInt32BE(GET_FOUND, 0);
    writeField(value, reply, LENGTH);
    return reply;
  }

  /** A set whose key ends here. */
  #set(bytes: Buffer, keyEnd: number): Uint8Array {
    if (endOfField(bytes, keyEnd) !== bytes.length) return INVALID_REQUEST;
    const key = bytes.toString('utf8', 2 * LENGTH, keyEnd);
    const value = bytes.toString('utf8', keyEnd + LENGTH);
    if (!this.#isWithin(key, value)) return INVALID_REQUEST;
    const values = this.#values;
    if (values.size >= this.#limits.keys && !values.has(key)) return SET_FAILURE;
    values.set(key, value);
    return SET_SUCCESS;
  }

  #isWithin(key: string, value: string): boolean {
    return key.length <= this.#limits.keyLength && value.length <= this.#limits.valueLength;
  }

  /** Becomes the store of exactly these entries. Throws where they are no store's. */
  #restore(state: Uint8Array): this {
    const bytes = bufferOf(state);
    for (let at = 0; at < bytes.length; ) {
      const keyEnd = endOfField(bytes, at);
      const end = keyEnd && endOfField(bytes, keyEnd);
      if (keyEnd === undefined || end === undefined) throw noState(at, 'ends too soon');
      const key = readExactly(bytes, at + LENGTH, keyEnd);
      const value = readExactly(bytes, keyEnd + LENGTH, end);
      if (key === undefined || value === undefined) throw noState(at, 'is not UTF-8');
      if (!this.#isWithin(key, value)) throw noState(at, 'is too long');
      if (this.#values.has(key)) throw noState(at, 'has a key that came before');
      if (this.#values.size === this.#limits.keys) throw noState(at, 'is one too many');
      this.#values.set(key, value);
      at = end;
    }
    return this;
  }
}

const noState = (at: number, problem: string): RangeError =>
  new RangeError(`this is no state of a key-value store: the entry at byte ${at} ${problem}`);

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Where the field ends that begins at `at`; nothing if it has no length, or a wrong one. */
function endOfField(bytes: Buffer, at: number): number | undefined {
  if (bytes.length < at + LENGTH) return undefined;
  const length = bytes.readInt32BE(at);
  const end = at + LENGTH + length;
  return length >= 0 && end <= bytes.length ? end : undefined;
}

/** The text that is written in just these bytes; nothing if they are not UTF-8. */
function readExactly(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end);
  // What is not UTF-8 is read as U+FFFD, and so is U+FFFD.
  const doubtful = text.includes('\ufffd');
  return doubtful && !Buffer.from(text).equals(bytes.subarray(start, end)) ? undefined : text;
}

const fieldSize = (text: string): number => LENGTH + Buffer.byteLength(text);

/** Writes a text as a field at `at`, where there is room for it, and returns where it ends. */
function writeField(text: string, bytes: Buffer, at: number): number {
  const size = bytes.write(text, at + LENGTH);
  bytes.writeInt32BE(size, at);
  return at + LENGTH + size;
}
