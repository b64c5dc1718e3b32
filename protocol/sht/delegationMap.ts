/**
 * # The delegation map
 *
 * Which host has which keys, as far as one host knows. It is told as a list of ranges: each begins
 * at its lower bound and ends where the next one begins. The first begins at key 0, bounds rise, and
 * neighbours have different owners, so that there is one way to tell a map.
 *
 * Follows Protocol/SHT/Delegations.i.dfy of IronFleet, where it is a function of keys, and
 * Impl/SHT/Delegations.i.dfy; departs from it in that neighbours with one owner are joined: else a
 * range that moves in pieces would leave the pieces behind.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { KEY_INF, type Key, type KeyRange } from './keys.ts';
import type { OwnedRange } from './messages.ts';

export type DelegationMap = readonly OwnedRange[];

export const FIRST_KEY: Key = 0n;

/** The map in which one host has everything. */
export const allTo = (owner: EndPoint): DelegationMap => [{ low: FIRST_KEY, owner }];

/** The place of the range that holds a key. */
export function placeOf(map: DelegationMap, key: Key): number {
  let [from, to] = [0, map.length - 1];
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if ((map[middle] as OwnedRange).low <= key) from = middle;
    else to = middle - 1;
  }
  return from;
}

export const ownerOf = (map: DelegationMap, key: Key): EndPoint =>
  (map[placeOf(map, key)] as OwnedRange).owner;

/** The part of a range in which there are keys; it may be empty. */
const keysOf = ({ low, high }: KeyRange): KeyRange => ({
  low: low < FIRST_KEY ? FIRST_KEY : low,
  high,
});

/** Whether a host has every key of a range; of one without keys it has. */
export function ownsAll(map: DelegationMap, range: KeyRange, owner: EndPoint): boolean {
  const { low, high } = keysOf(range);
  if (high <= low) return true;
  for (let place = placeOf(map, low); (map[place]?.low ?? high) < high; place++) {
    if ((map[place] as OwnedRange).owner !== owner) return false;
  }
  return true;
}

/** The map in which a host has every key of a range, and all else is as it was. */
export function assign(map: DelegationMap, range: KeyRange, owner: EndPoint): DelegationMap {
  const { low, high } = keysOf(range);
  if (high <= low) return map;
  const after = high < KEY_INF ? [{ low: high, owner: ownerOf(map, high) }] : [];
  return joined([
    ...map.filter((each) => each.low < low),
    { low, owner },
    ...after,
    ...map.filter((each) => each.low > high),
  ]);
}

const joined = (ranges: readonly OwnedRange[]): DelegationMap =>
  ranges.filter(({ owner }, place) => place === 0 || ranges[place - 1]?.owner !== owner);
