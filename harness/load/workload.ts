/**
 * # What is asked
 *
 * The work of the original's client programs: a counter is incremented; a store of 26 keys is set,
 * deleted from and read. Every reply is judged: some are wrong whatever others do meanwhile.
 *
 * Follows src/IronRSLCounterClient and src/IronRSLKVClient of IronFleet.
 */
import { INCREMENT, readCount } from '../../impl/client/counterClient.ts';
import {
  deleteRequest,
  getRequest,
  type KeyValueReply,
  readKeyValueReply,
  setRequest,
} from '../../impl/client/keyValueMessages.ts';
import type { Random } from '../simulation/random.ts';

/** One request, and what its reply should be. */
export interface Call {
  readonly request: Uint8Array;
  /** What is printed before it is made, if anything. */
  readonly announcement?: string;
  /** What is printed of its reply, a line each. */
  describe(reply: Uint8Array): readonly string[];
  /** Why a reply is wrong, if it is. */
  judge(reply: Uint8Array): string | undefined;
}

export interface Workload {
  /** The next call of a client, by its number. */
  next(random: Random, thread: number): Call;
}

/** Increments: no count comes twice, or after a higher one had come before it was asked for. */
export class CounterWorkload implements Workload {
  #highest = -1n;

  next(): Call {
    const before = this.#highest;
    return {
      request: INCREMENT,
      describe: (reply) => [`Received increment reply with counter ${readCount(reply)}`],
      judge: (reply) => {
        const count = readCount(reply);
        if (count === undefined) return `a reply of ${reply.length} bytes is no count`;
        if (count > this.#highest) this.#highest = count;
        if (count > before) return undefined;
        return `the count was ${before} before it was incremented, and ${count} after`;
      },
    };
  }
}

export interface KeyValueShares {
  /** How many of all requests are sets, and how many of the others are deletes; 0 to 1. */
  readonly setFraction: number;
  readonly deleteFraction: number;
  /** How long values are, in bytes; as short as they come if not given. */
  readonly valueSize?: number | undefined;
}

/** The values of a key begin with four of its letter in upper case. */
const LETTERS = 26;
const VALUES = 100_000;

/** The types of replies by the names that the original has for them. */
const NAMES = {
  getFound: 'GetFound',
  getUnfound: 'GetUnfound',
  setSuccess: 'SetSuccess',
  setFailure: 'SetFailure',
  deleteFound: 'DeleteFound',
  deleteUnfound: 'DeleteUnfound',
  invalidRequest: 'InvalidRequest',
} as const;

/** Sets, deletes and gets of the keys `aaa` to `zzz`, which nobody else uses. */
export class KeyValueWorkload implements Workload {
  readonly #shares: KeyValueShares;
  readonly #keys: readonly KeyCalls[];

  constructor(shares: KeyValueShares) {
    this.#shares = shares;
    this.#keys = Array.from({ length: LETTERS }, (_, letter) => keyCalls(letter));
  }

  next(random: Random): Call {
    const { setFraction, deleteFraction, valueSize = 0 } = this.#shares;
    const { key, prefix, get, remove } = random.pick(this.#keys);
    if (!random.happens(setFraction)) return random.happens(deleteFraction) ? remove : get;
    const value = `${prefix}${random.below(VALUES)}`.padEnd(valueSize, '.');
    return {
      ...answeredBy('setSuccess', 'setFailure'),
      request: setRequest(key, value),
      announcement: `Submitting set request for ${key} => ${value}`,
    };
  }
}

interface KeyCalls {
  readonly key: string;
  readonly prefix: string;
  readonly get: Call;
  readonly remove: Call;
}

function keyCalls(letter: number): KeyCalls {
  const character = String.fromCharCode('a'.charCodeAt(0) + letter);
  const key = character.repeat(3);
  const prefix = character.toUpperCase().repeat(4);
  const judged = answeredBy('getFound', 'getUnfound');
  const get: Call = {
    ...judged,
    request: getRequest(key),
    announcement: `Submitting get request for ${key}`,
    judge: (reply) => {
      const read = readKeyValueReply(reply);
      if (read?.type !== 'getFound' || read.value.startsWith(prefix)) return judged.judge(reply);
      return `the value of ${key} is ${shorten(read.value)}, which was never set`;
    },
  };
  const remove: Call = {
    ...answeredBy('deleteFound', 'deleteUnfound'),
    request: deleteRequest(key),
    announcement: `Submitting delete request for ${key}`,
  };
  return { key, prefix, get, remove };
}

/** A call that only replies of these types can answer. */
const answeredBy = (...types: KeyValueReply['type'][]): Omit<Call, 'request'> => ({
  describe(reply) {
    const read = readKeyValueReply(reply);
    const type = `Received reply of type ${read ? NAMES[read.type] : 'Invalid'}`;
    return read?.type === 'getFound' ? [type, `Value obtained for get was ${read.value}`] : [type];
  },
  judge(reply) {
    const read = readKeyValueReply(reply);
    if (read === undefined) return `a reply of ${reply.length} bytes is none of a key-value store`;
    if (types.includes(read.type)) return undefined;
    return `the reply is ${NAMES[read.type]}, not ${types.map((type) => NAMES[type]).join(' or ')}`;
  },
});

const SHOWN = 40;
const shorten = (text: string): string =>
  JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
