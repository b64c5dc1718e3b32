/**
 * # Keys that often meet
 *
 * Few keys, so that requests and moves collide, and those at the ends of what there is: the first
 * and the last keys, and the ends of what other kinds of numbers can tell apart.
 */
import {
  type Bound,
  KEY_INF,
  KEY_ZERO,
  type Key,
  type KeyRange,
  type Value,
} from '../../protocol/sht/keys.ts';
import type { Random } from '../simulation/random.ts';

const LAST: Key = KEY_INF - 1n;

const EDGES: readonly Key[] = [
  0n,
  LAST,
  1n,
  1n << 63n,
  LAST - 1n,
  (1n << 53n) + 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 32n,
  (1n << 32n) - 1n,
];

/** More keys than this are no few any more. */
export const MAX_KEYS = 10_000;

/** So many keys: first those at the ends of something, then small ones in a row. */
export const keysOf = (count: number): readonly Key[] =>
  Array.from({ length: count }, (_, place) => EDGES[place] ?? BigInt(place - EDGES.length + 2));

/** How often a bound is none of the keys', but what lies before or behind all of them. */
const OUTSIDE = 0.2;
/** How often it is just behind a key. */
const BEHIND = 0.3;
/** How often a range has its bounds the wrong way round, or only one of them. */
const EMPTY = 0.04;
/** How often it is everything. */
const EVERYTHING = 0.05;

function boundIn(keys: readonly Key[], random: Random): Bound {
  if (random.happens(OUTSIDE)) return random.happens(0.5) ? KEY_ZERO : KEY_INF;
  const key = random.pick(keys);
  return random.happens(BEHIND) ? key + 1n : key;
}

/** A range with bounds at these keys; now and then there is nothing in it. */
export function rangeIn(keys: readonly Key[], random: Random): KeyRange {
  if (random.happens(EVERYTHING)) return { low: KEY_ZERO, high: KEY_INF };
  const [one, other] = [boundIn(keys, random), boundIn(keys, random)];
  const [low, high] = one < other ? [one, other] : [other, one];
  if (random.happens(EMPTY)) return { low: high, high: low };
  return low === high ? { low, high: low < KEY_INF ? low + 1n : low } : { low, high };
}

/** How often a value is one byte too long, where somebody has the time to write so many. */
const TOO_LONG = 0.05;
const TEDIOUS = 2_000;
/** How often a key is set to nothing, which deletes it. */
const DELETES = 0.12;

/** What a key may be set to: mostly something that nobody else sets any key to. */
export function valueBy(
  name: string,
  count: number,
  maxValueBytes: number,
  random: Random,
): Value | undefined {
  if (random.happens(DELETES)) return undefined;
  if (maxValueBytes < TEDIOUS && random.happens(TOO_LONG)) return 'x'.repeat(maxValueBytes + 1);
  const longest = Math.min(maxValueBytes, 8);
  // Some have bytes that are no letters of anybody's.
  const odd = count % 4 === 3 ? '\u00ff' : '';
  return `${odd}${count}${name}`.slice(
    0,
    random.happens(0.2) ? random.below(longest + 1) : longest,
  );
}
