/** # Mutants of what a host of the hash table adopts, and of its map. */
import { type NamedMutant, patch } from './mutant.ts';
import { SPECIFIED } from './shtTerms.ts';

const MAP = 'protocol/sht/delegationMap.ts';
const MOVING = 'protocol/sht/moving.ts';

const adopting: readonly NamedMutant[] = [
  {
    name: 'adopts keys from whoever is no host',
    clauses: ['S4', 'S5', SPECIFIED],
    patches: [patch(MOVING, 'isHost(h.constants, src))\n', 'true)\n')],
  },
  {
    name: 'adopts keys and not what they have',
    clauses: [SPECIFIED],
    patches: [patch(MOVING, '.outside(range.low, range.high).merge(table)', '')],
  },
  {
    name: 'adopts what keys have and not the keys',
    clauses: ['S4', 'S5', SPECIFIED],
    patches: [
      patch(MOVING, '      delegationMap: assign(h.delegationMap, range, h.constants.me),\n', ''),
    ],
  },
  {
    name: 'adopts the key behind the range, too',
    clauses: ['S4'],
    patches: [
      patch(
        MOVING,
        '      delegationMap: assign(h.delegationMap, range, h.constants.me),\n',
        `      delegationMap: assign(
        h.delegationMap,
        { low: range.low, high: range.high + (range.high >> 64n ? 0n : 1n) },
        h.constants.me,
      ),
`,
      ),
    ],
  },
];

const mapping: readonly NamedMutant[] = [
  {
    name: 'map: forgets where a range ends',
    clauses: ['S4', 'S5', 'S23', SPECIFIED],
    patches: [
      patch(
        MAP,
        'const after = high < KEY_INF ? [{ low: high, owner: ownerOf(map, high) }] : [];',
        'const after: OwnedRange[] = [];',
      ),
    ],
  },
  {
    name: 'map: includes the end of a range',
    clauses: ['S4', 'S5', 'S23', SPECIFIED],
    patches: [
      patch(
        MAP,
        'const { low, high } = keysOf(range);\n  if (high <= low) return map;',
        `const { low, high: end } = keysOf(range);
  const high = end < KEY_INF ? end + 1n : end;
  if (high <= low) return map;`,
      ),
    ],
  },
  {
    name: 'map: takes the first key of a range for the last of the one before',
    clauses: ['S4', 'S5', 'S23', SPECIFIED],
    patches: [
      patch(
        MAP,
        '(map[middle] as OwnedRange).low <= key)',
        '(map[middle] as OwnedRange).low < key)',
      ),
    ],
  },
  {
    name: 'map: does not join neighbours',
    clauses: ['S1', 'S15'],
    patches: [
      patch(MAP, 'place === 0 || ranges[place - 1]?.owner !== owner', 'place >= 0 || owner'),
    ],
  },
  {
    name: 'map: begins before all keys',
    clauses: ['S1', 'S15'],
    patches: [patch(MAP, 'low: low < FIRST_KEY ? FIRST_KEY : low,', 'low,')],
  },
  {
    name: 'map: whoever begins with all keys is each host itself',
    clauses: ['S4'],
    patches: [
      patch(
        'protocol/sht/host.ts',
        'allTo(constants.hosts[0] as EndPoint)',
        'allTo(constants.me as EndPoint)',
      ),
    ],
  },
];

/** B3. */
export const adopted: readonly NamedMutant[] = [...adopting, ...mapping];
