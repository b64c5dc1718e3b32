/**
 * # What is asked of a hash table
 *
 * The work of the original's client: gets or sets of one key after another; and a mixture of keys
 * drawn by lot. Values say of which key they are, so a reply with another's is found out.
 *
 * Follows src/IronSHTClient of IronFleet.
 */
import {
  getRequest,
  KIND,
  keyOf,
  kindOf,
  setRequest,
  valueIn,
} from '../../impl/client/shtMessages.ts';
import { u64Exact } from '../../impl/framework/marshal.ts';
import type { Random } from '../simulation/random.ts';
import type { Call, Workload } from './workload.ts';

/** What a value begins with: its key, and a number by lot, as far as there is room. */
const SIGNATURE = 16;

/** A value of a key, of so many bytes. */
export function drawValue(key: bigint, size: number, random: Random): Uint8Array {
  const signature = Buffer.alloc(SIGNATURE);
  u64Exact.write(key, signature, 0);
  signature.writeUInt32BE(random.below(2 ** 32), 8);
  signature.writeUInt32BE(random.below(2 ** 32), 12);
  const value = Buffer.alloc(size, signature[SIGNATURE - 1]);
  // Of a short value the chance is what matters.
  if (size < SIGNATURE) signature.copy(value, 0, SIGNATURE - size);
  else signature.copy(value);
  return value;
}

export interface ShtShares {
  readonly keys: number;
  readonly valueSize: number;
  /** Whether all keys have been set, so that one without a value is an error, if none is deleted. */
  readonly setUp: boolean;
}

/** Gets one key after another. */
export class GetWorkload implements Workload {
  readonly #shares: ShtShares;
  readonly #numbers = new Numbers();

  constructor(shares: ShtShares) {
    this.#shares = shares;
  }

  next(_random: Random, thread: number): Call {
    const { keys, valueSize, setUp } = this.#shares;
    return getCall(BigInt(this.#numbers.next(thread) % keys), valueSize, setUp);
  }
}

/** Sets one key after another. */
export class SetWorkload implements Workload {
  readonly #shares: ShtShares;
  readonly #numbers = new Numbers();

  constructor(shares: ShtShares) {
    this.#shares = shares;
  }

  next(random: Random, thread: number): Call {
    const { keys, valueSize } = this.#shares;
    const key = BigInt(this.#numbers.next(thread) % keys);
    return setCall(key, drawValue(key, valueSize, random));
  }
}

export interface MixedShares extends ShtShares {
  /** How many of all requests are sets, and how many of the others are deletes; 0 to 1. */
  readonly setFraction: number;
  readonly deleteFraction: number;
}

/** Sets, deletes and gets of keys drawn by lot. */
export class MixedWorkload implements Workload {
  readonly #shares: MixedShares;

  constructor(shares: MixedShares) {
    this.#shares = shares;
  }

  next(random: Random): Call {
    const { keys, valueSize, setFraction, deleteFraction } = this.#shares;
    const key = BigInt(random.below(keys));
    if (random.happens(setFraction)) return setCall(key, drawValue(key, valueSize, random));
    if (random.happens(deleteFraction)) return setCall(key, undefined);
    return getCall(key, valueSize, false);
  }
}

/** Sets each key once, the first first. */
export class SetUpWorkload implements Workload {
  readonly #valueSize: number;
  #next = 0n;

  constructor({ valueSize }: Pick<ShtShares, 'valueSize'>) {
    this.#valueSize = valueSize;
  }

  next(random: Random): Call {
    const key = this.#next++;
    return setCall(key, drawValue(key, this.#valueSize, random));
  }
}

/** The numbers of each client's requests, from 1. */
class Numbers {
  readonly #last: number[] = [];

  next(thread: number): number {
    const number = (this.#last[thread] ?? 0) + 1;
    this.#last[thread] = number;
    return number;
  }
}

const setCall = (key: bigint, value: Uint8Array | undefined): Call => ({
  request: setRequest(key, value),
  describe: () => [],
  judge: (reply) => judgeReply(key, reply),
});

const getCall = (key: bigint, valueSize: number, hasBeenSet: boolean): Call => ({
  request: getRequest(key),
  describe: () => [],
  judge: (reply) =>
    judgeReply(key, reply) ?? judgeValue(key, valueIn(reply), valueSize, hasBeenSet),
});

function judgeReply(key: bigint, reply: Uint8Array): string | undefined {
  if (kindOf(reply) !== KIND.reply) return `the answer to key ${key} is no reply`;
  return keyOf(reply) === key
    ? undefined
    : `asked for key ${key}, the reply was of ${keyOf(reply)}`;
}

/** Sizes may change from run to run, for keys that nobody sets anew. */
function judgeValue(
  key: bigint,
  value: Uint8Array | undefined,
  valueSize: number,
  hasBeenSet: boolean,
): string | undefined {
  if (value === undefined) return hasBeenSet ? `key ${key} was set and has no value` : undefined;
  if (valueSize < SIGNATURE || value.length < SIGNATURE) return undefined;
  const of = u64Exact.read({ bytes: value, at: 0 });
  return of === key ? undefined : `the value of key ${key} was never set: it is one of ${of}`;
}
