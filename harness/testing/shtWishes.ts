/**
 * # What clients of a hash table wish for, by chance
 *
 * Of few keys, both ends of all keys among them, and of ranges between them; mostly of the host that
 * has them. Half of what is asked is to move keys, for else they would rarely move.
 */
import { ownerOf } from '../../protocol/sht/delegationMap.ts';
import type { Host } from '../../protocol/sht/host.ts';
import { type Bound, KEY_INF, KEY_ZERO, type Key, type KeyRange } from '../../protocol/sht/keys.ts';
import type { Content } from '../../protocol/sht/messages.ts';
import type { Random } from '../simulation/random.ts';

export const KEYS: readonly Key[] = [0n, 1n, 2n, 3n, 4n, 7n, 2n ** 63n, 2n ** 64n - 1n];

const BOUNDS: readonly Bound[] = [KEY_ZERO, KEY_ZERO, ...KEYS, KEY_INF, KEY_INF];
const VALUES: readonly (string | undefined)[] = ['', 'x', 'yy', 'zzzzz', 'w', undefined];

/** What somebody asks a host in this state. */
export function wishOf(random: Random, h: Host): Content {
  const key = keyOf(random, h);
  const kind = random.below(100);
  if (kind < 25) return { type: 'get', key };
  if (kind < 64) return { type: 'set', key, value: random.pick(VALUES) };
  if (kind < 66) return { type: 'set', key, value: 'too long' };
  if (kind < 69) return { type: 'statusRequest', from: random.pick(BOUNDS), samples: 3 };
  const recipient = random.pick([...h.constants.hosts, ...h.constants.hosts, 'bee', 'nobody']);
  return {
    type: 'shard',
    range: random.happens(0.8) ? ownRange(random, h) : rangeOf(random),
    recipient,
  };
}

/** Mostly a key that the host has, if it has any. */
function keyOf(random: Random, { delegationMap, constants }: Host): Key {
  const own = KEYS.filter((key) => ownerOf(delegationMap, key) === constants.me);
  return random.pick(own.length > 0 && random.happens(0.8) ? own : KEYS);
}

/** A range of which the host has the first key, and mostly all. */
function ownRange(random: Random, h: Host): KeyRange {
  const { delegationMap, constants } = h;
  const low = keyOf(random, h);
  const next = delegationMap.find((each) => each.low > low && each.owner !== constants.me);
  const most = next?.low ?? KEY_INF;
  const bounds = BOUNDS.filter((bound) => low < bound && bound <= most);
  return { low, high: random.pick([...bounds, most]) };
}

/** Any range, perhaps an empty one. */
export function rangeOf(random: Random): KeyRange {
  const [low, high] = [random.pick(BOUNDS), random.pick(BOUNDS)];
  if (random.happens(0.1)) return { low, high };
  return low < high ? { low, high } : { low: high, high: low };
}
