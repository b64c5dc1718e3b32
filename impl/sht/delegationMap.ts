/**
 * # The delegation map
 *
 * Which host has which keys, as far as this one knows: a list of ranges, of which each begins at its
 * lower bound and ends where the next one begins. The first begins at key 0, bounds rise, and
 * neighbours have different owners. A key's range is found by halving; ranges that move piece by
 * piece are joined again, so the list stays as short as can be.
 *
 * Follows Impl/SHT/Delegations.i.dfy of IronFleet; departs from it in that neighbours are joined.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { KEY_INF, type Key, type KeyRange, type OwnedRange } from './messages.ts';

const FIRST_KEY: Key = 0n;

export class DelegationMap {
  readonly #ranges: OwnedRange[];

  /** The map in which one host has everything. */
  static allTo(owner: EndPoint): DelegationMap {
    return new DelegationMap([{ low: FIRST_KEY, owner }]);
  }

  /** A map of these ranges, which must be as described above. */
  constructor(ranges: Iterable<OwnedRange>) {
    this.#ranges = [...ranges];
  }

  get ranges(): readonly OwnedRange[] {
    return this.#ranges;
  }

  /** The place of the range that holds a key. */
  placeOf(key: Key): number {
    const ranges = this.#ranges;
    let [from, to] = [0, ranges.length - 1];
    while (from < to) {
      const middle = (from + to + 1) >>> 1;
      if ((ranges[middle] as OwnedRange).low <= key) from = middle;
      else to = middle - 1;
    }
    return from;
  }

  ownerOf(key: Key): EndPoint {
    return (this.#ranges[this.placeOf(key)] as OwnedRange).owner;
  }

  /** Whether a host has every key of a range; of one without keys it has. */
  ownsAll(range: KeyRange, owner: EndPoint): boolean {
    const low = firstKeyOf(range);
    if (range.high <= low) return true;
    const ranges = this.#ranges;
    for (let place = this.placeOf(low); place < ranges.length; place++) {
      const each = ranges[place] as OwnedRange;
      if (each.low >= range.high) break;
      if (each.owner !== owner) return false;
    }
    return true;
  }

  /** From now on a host has every key of a range. */
  assign(range: KeyRange, owner: EndPoint): void {
    const low = firstKeyOf(range);
    const { high } = range;
    if (high <= low) return;
    const ranges = this.#ranges;
    const found = this.placeOf(low);
    // The first range that gives something up, and the first that begins behind.
    const from = (ranges[found] as OwnedRange).low < low ? found + 1 : found;
    const last = high < KEY_INF ? this.placeOf(high) : ranges.length - 1;
    const next = ranges[last] as OwnedRange;
    const to = high < KEY_INF && next.low === high ? last : last + 1;
    const put: OwnedRange[] = [];
    if (ranges[from - 1]?.owner !== owner) put.push({ low, owner });
    const after = high < KEY_INF ? next.owner : owner;
    // What is left of the last range, unless it begins there itself; either may belong to `owner`.
    let end = to;
    if (after !== owner && to === last + 1) put.push({ low: high, owner: after });
    if (after === owner && to === last) end = last + 1;
    ranges.splice(from, end - from, ...put);
  }
}

const firstKeyOf = ({ low }: KeyRange): Key => (low < FIRST_KEY ? FIRST_KEY : low);
