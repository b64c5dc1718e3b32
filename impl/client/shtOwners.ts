/**
 * # Who has which keys, as far as a client knows
 *
 * At first the first host has all keys. Who is redirected learns where one key is; a host that tells
 * its status says it of whole ranges. A host knows for sure only what is its own. Of the rest it
 * knows to whom it once gave it. So a status is believed where it says that something is the host's
 * own, and where something was believed to be the host's own and is not; elsewhere what is known
 * from others stays.
 *
 * Nothing of it need be true: whoever is asked in error says so.
 */
import { type Bound, KEY_INF } from './shtMessages.ts';

/** The keys from `low` on, up to the next range. */
interface Range {
  readonly low: Bound;
  /** By number. */
  readonly owner: number;
}

/** So many keys are remembered one by one, and so many ranges. */
const MOST_KEYS = 10_000;
const MOST_RANGES = 200_000;

const ALL_AT_FIRST: readonly Range[] = [{ low: 0n, owner: 0 }];

export class Owners {
  /** Sorted; the first begins with the first key; neighbours have different owners. */
  #ranges: readonly Range[] = ALL_AT_FIRST;
  /** What was learned by redirects since, the oldest first. */
  readonly #keys = new Map<bigint, number>();

  /** How many ranges are known, and how many keys besides. */
  get ranges(): number {
    return this.#ranges.length;
  }

  get keys(): number {
    return this.#keys.size;
  }

  /** Whom to ask for a key. */
  ownerOf(key: bigint): number {
    if (this.#keys.size > 0) {
      const owner = this.#keys.get(key);
      if (owner !== undefined) return owner;
    }
    return this.#rangeOwner(key);
  }

  /** Somebody was told that this host has the key. */
  redirected(key: bigint, owner: number): void {
    this.#keys.delete(key);
    if (this.#rangeOwner(key) === owner) return;
    if (this.#keys.size >= MOST_KEYS) {
      for (const oldest of this.#keys.keys()) {
        this.#keys.delete(oldest);
        break;
      }
    }
    this.#keys.set(key, owner);
  }

  /** A host has told of ranges, sorted, that reach up to `until`. */
  told(by: number, ranges: readonly Range[], until: Bound): void {
    const [first] = ranges;
    if (first === undefined) return;
    const merged: Range[] = [];
    const add = (low: Bound, owner: number): void => {
      if (merged.at(-1)?.owner !== owner) merged.push({ low, owner });
    };
    const from = first.low < 0n ? 0n : first.low;
    const known = this.#ranges;
    for (const range of known) if (range.low < from) add(range.low, range.owner);
    for (const [low, believed, told] of together(known, ranges, from, until)) {
      add(low, told === by || believed === by ? told : believed);
    }
    if (until < KEY_INF) add(until, this.#rangeOwner(until));
    for (const range of known) if (range.low > until) add(range.low, range.owner);
    this.#ranges = merged.length > MOST_RANGES ? ALL_AT_FIRST : merged;
    this.#judgeKeys(by, ranges, from, until);
  }

  /** Of single keys the same is believed. What is so of their ranges, too, need not be remembered. */
  #judgeKeys(by: number, ranges: readonly Range[], from: Bound, until: Bound): void {
    for (const [key, believed] of this.#keys) {
      if (key < from || key >= until) continue;
      const told = ownerIn(ranges, key);
      const owner = told === by || believed === by ? told : believed;
      if (this.#rangeOwner(key) === owner) this.#keys.delete(key);
      else this.#keys.set(key, owner);
    }
  }

  #rangeOwner(key: bigint): number {
    return ownerIn(this.#ranges, key);
  }
}

/** Who has a key by sorted ranges, of which the first begins no higher. */
function ownerIn(ranges: readonly Range[], key: bigint): number {
  let [low, high] = [0, ranges.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ranges[middle] as Range).low <= key) low = middle;
    else high = middle - 1;
  }
  return ranges[low]?.owner ?? 0;
}

/** The pieces from one bound to another in which neither of two lists changes, with both owners. */
function* together(
  believed: readonly Range[],
  told: readonly Range[],
  from: Bound,
  until: Bound,
): Generator<readonly [low: Bound, believed: number, told: number]> {
  let [b, t] = [0, 0];
  for (let low = from; low < until; ) {
    while (b + 1 < believed.length && (believed[b + 1] as Range).low <= low) b++;
    while (t + 1 < told.length && (told[t + 1] as Range).low <= low) t++;
    yield [low, (believed[b] as Range).owner, (told[t] as Range).owner];
    const next = [believed[b + 1]?.low ?? until, told[t + 1]?.low ?? until, until];
    low = next.reduce((least, each) => (each < least ? each : least));
  }
}
