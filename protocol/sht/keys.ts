/**
 * # Keys and ranges
 *
 * Hosts share out the keys in ranges. A range has two bounds and holds the keys from the lower one
 * up to, but not including, the higher one. A bound is a key, or what lies before all keys, or what
 * lies behind them; so there is a range of all keys.
 *
 *     KeyZero < 0 < 1 < … < 2⁶⁴−1 < KeyInf
 *
 * Follows Protocol/SHT/Keys.i.dfy of IronFleet.
 */
import type { Bytes } from '../../spec/framework/bytes.ts';

/** A number of 64 bits: 0n … 2⁶⁴−1. */
export type Key = bigint;
export type Value = Bytes;

/** A key, {@link KEY_ZERO} or {@link KEY_INF}. */
export type Bound = bigint;

/** Before all keys. */
export const KEY_ZERO: Bound = -1n;
/** Behind all keys. */
export const KEY_INF: Bound = 1n << 64n;

export interface KeyRange {
  readonly low: Bound;
  /** The first that is not in it. */
  readonly high: Bound;
}

export const ALL_KEYS: KeyRange = { low: KEY_ZERO, high: KEY_INF };

export const contains = ({ low, high }: KeyRange, key: Key): boolean => low <= key && key < high;

/**
 * Whether there is nothing between its bounds. From KeyZero to 0 there is something, though it is no
 * key.
 */
export const isEmpty = ({ low, high }: KeyRange): boolean => high <= low;

/** Whether some key may be in both; what lies before all keys counts as the first. */
export const overlap = (a: KeyRange, b: KeyRange): boolean => a.low < b.high && b.low < a.high;
