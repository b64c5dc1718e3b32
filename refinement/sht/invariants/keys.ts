/**
 * # Laws of keys
 *
 * Every key is in one place at any time, and nobody keeps what is not its own. From this follows
 * that there is one table: whatever a host replies of a key that is its own, no other could reply.
 *
 * Follows Protocol/SHT/RefinementProof/InvDefs.i.dfy of IronFleet: S1, S3 to S6, S14.
 */
import { KEY_INF, type KeyRange } from '../../../protocol/sht/keys.ts';
import { clause, forAll, type Refusal, type Verdict } from '../../../spec/framework/verdict.ts';
import { haveKey, type Place } from '../places.ts';
import type { HostLaw, PacketLaw, WholeService } from '../scope.ts';

/** Before all keys there is nothing to have. */
const FIRST = 0n;

/** S1: the map says of every key who has it. */
export const mapComplete: HostLaw = ({ delegationMap }, _, __, before) =>
  delegationMap === before?.delegationMap
    ? undefined
    : clause('the map begins at the first key', delegationMap[0]?.low === FIRST);

/** S3: only hosts have keys. */
export const ownersAreHosts: HostLaw = ({ delegationMap }, ghost, __, before) =>
  delegationMap === before?.delegationMap
    ? undefined
    : clause(
        'whoever has keys is a host',
        delegationMap.every(({ owner }) => ghost.placeOf(owner) !== undefined),
      );

/** S4: each key is in exactly one place. Places change only when keys move. */
export function inOnePlace({ ghost }: Pick<WholeService, 'ghost'>): Verdict {
  if (ghost.last !== undefined && !ghost.haveMoved) return undefined;
  const claims = [...ghost.delegations.map(({ range }) => range), ...ghost.places.flatMap(claimed)];
  return tiled(claims);
}

/** What a host has, by its map or because it waits: each key once, even if by both. */
const claimed = ({ own, waiting }: Place): readonly KeyRange[] =>
  waiting === undefined ? own : unite([...own, waiting.range]);

/** In their order, without those that hold no key. */
function sorted(ranges: readonly KeyRange[]): readonly KeyRange[] {
  return ranges
    .map(({ low, high }) => ({ low: low < FIRST ? FIRST : low, high }))
    .filter(({ low, high }) => low < high)
    .sort((a, b) => (a.low === b.low ? 0 : a.low < b.low ? -1 : 1));
}

/** The same keys, no key twice. */
function unite(ranges: readonly KeyRange[]): readonly KeyRange[] {
  const united: KeyRange[] = [];
  for (const { low, high } of sorted(ranges)) {
    const last = united.at(-1);
    if (last === undefined || last.high < low) united.push({ low, high });
    else if (last.high < high) united[united.length - 1] = { low: last.low, high };
  }
  return united;
}

/** Ranges hold each key exactly once. */
function tiled(ranges: readonly KeyRange[]): Verdict {
  let next = FIRST;
  for (const { low, high } of sorted(ranges)) {
    if (low > next) return misplaced(`key ${next} is in no place`);
    if (low < next) return misplaced(`key ${low} is in two places`);
    next = high;
  }
  return next < KEY_INF ? misplaced(`key ${next} is in no place`) : undefined;
}

const misplaced = (where: string): Refusal => ({
  failed: 'every key is in exactly one place',
  because: [{ failed: where }],
});

const storesOwn = (holds: boolean): Verdict =>
  clause('a host stores only keys that are its own', holds);

/** S5: a host stores only keys that are its own, by its map or by what waits. */
export const storesOwnKeys: HostLaw = ({ table }, ghost, place, before) => {
  const claims = claimed(ghost.places[place] as Place);
  if (before !== undefined && !ghost.haveMoved) {
    return forAll(ghost.changedKeys, (key) => storesOwn(!table.has(key) || haveKey(claims, key)));
  }
  let stored = 0;
  for (const { low, high } of claims) stored += table.rank(high) - table.rank(low);
  return storesOwn(stored === table.size);
};

/** S6, S14: a delegation hands on keys of its range, and each has something. */
export const delegatesItsRange: PacketLaw = ({ msg }) => {
  if (msg.type !== 'single' || msg.content.type !== 'delegate') return undefined;
  const { range, table } = msg.content;
  return clause(
    'a delegation carries keys of its range only',
    table.within(range.low, range.high).size === table.size,
  );
};

export const delegatesValues: PacketLaw = ({ msg }) =>
  msg.type === 'single' && msg.content.type === 'delegate'
    ? forAll(msg.content.table, ([, value]) =>
        clause('a delegation carries no key that has nothing', value !== undefined),
      )
    : undefined;
