/** # Mutants of the maps of running hosts of the hash table. */
import { type NamedMutant, patch } from '../mutant.ts';
import { SENDS, STATE, unless } from '../replica/terms.ts';
import { MAP } from './terms.ts';

/** B1. */
export const mapping: readonly NamedMutant[] = [
  {
    name: 'map: takes the first key of a range for the last of the one before it',
    clauses: [
      STATE,
      SENDS,
      unless('nothing else is to be done about it'),
      unless("the key is this host's own"),
      unless("the key is not this host's own"),
    ],
    patches: [
      patch(
        MAP,
        '(ranges[middle] as OwnedRange).low <= key)',
        '(ranges[middle] as OwnedRange).low < key)',
      ),
    ],
  },
  {
    name: 'map: asks only for the first key of a range',
    clauses: [unless('nothing is to be said against the order'), SENDS],
    patches: [
      patch(
        MAP,
        'if (each.low >= range.high) break;\n      if (each.owner !== owner) return false;',
        'return each.owner === owner;',
      ),
    ],
  },
  {
    name: 'map: forgets where the last range ends that it changes',
    clauses: [STATE],
    patches: [
      patch(
        MAP,
        '    if (after !== owner && to === last + 1) put.push({ low: high, owner: after });\n',
        '',
      ),
    ],
  },
  {
    name: 'map: leaves two ranges of one host side by side, from behind',
    clauses: [STATE],
    patches: [patch(MAP, '    if (after === owner && to === last) end = last + 1;\n', '')],
  },
  {
    name: 'map: begins before the first key',
    clauses: [STATE],
    patches: [patch(MAP, '(low < FIRST_KEY ? FIRST_KEY : low);', 'low;')],
  },
];
