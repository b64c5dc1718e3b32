import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { HOSTS, PARAMETERS, table } from '../../../harness/testing/shtHosts.ts';
import {
  but,
  butPeer,
  delegation,
  expectWrong,
  MAP,
  MOVING,
  says,
  told,
  type WrongScene,
  wrongByTheBook,
  wrongWith,
} from '../../../harness/testing/shtScenes.ts';
import type { Value } from '../../../protocol/sht/keys.ts';
import { OrderedMap } from '../../../spec/framework/orderedMap.ts';
import { Ghost } from '../ghost.ts';
import { delegatesValues } from './keys.ts';

const NOTHING = undefined as unknown as Value;

const ROWS: readonly WrongScene[] = [
  [
    'S1',
    'the map begins at the first key',
    'S1',
    but(MOVING, 'b', { delegationMap: [{ low: 1n, owner: 'a' }] }),
  ],
  ['S1', 'the map begins at the first key', 'S1', but(MOVING, 'b', { delegationMap: [] })],
  [
    'S3',
    'whoever has keys is a host',
    'S3',
    but(MOVING, 'b', { delegationMap: [{ low: 0n, owner: 'x' }] }),
  ],
  // Nobody has [20, 30) where what waits at c is forgotten.
  ['S4', 'every key is in exactly one place', 'S4', but(MOVING, 'c', { received: undefined })],
  // Nobody has [10, 20) where the delegation counts as accepted and does not wait.
  ['S4', 'every key is in exactly one place', 'S4', butPeer(MOVING, 'b', 'a', { accepted: 1 })],
  // Both a and b have [0, 10).
  [
    'S4',
    'every key is in exactly one place',
    'S15 S4',
    but(MOVING, 'b', {
      delegationMap: [
        { low: 0n, owner: 'b' },
        { low: 10n, owner: 'a' },
      ],
    }),
  ],
  // Key 30 is with a and on its way.
  ['S4', 'every key is in exactly one place', 'S4', told(MOVING, 'a', 'c', delegation(30n, 31n))],
  // The last key is nobody's.
  [
    'S4',
    'every key is in exactly one place',
    'S18 S4',
    but(MOVING, 'a', { delegationMap: [...MAP, { low: 2n ** 64n - 1n, owner: 'b' }] }),
  ],
  [
    'S5',
    'a host stores only keys that are its own',
    'S5',
    but(MOVING, 'a', { table: table([1n, 'one'], [12n, 'k'], [31n, 'z']) }),
  ],
  [
    'S5',
    'a host stores only keys that are its own',
    'S5',
    but(MOVING, 'b', { table: table([0n, '']) }),
  ],
  ['S6', 'a delegation carries keys of its range only', 'S6', moved(table([31n, 'z'], [9n, '']))],
];

/** Host a hands on [30, ∞) with this table. */
function moved(values: OrderedMap<Value>) {
  const range = { low: 30n, high: 2n ** 64n };
  const scene = told(MOVING, 'a', 'c', { type: 'delegate', range, table: values });
  return but(scene, 'a', {
    table: table([1n, 'one']),
    delegationMap: MAP.with(3, { low: 30n, owner: 'b' }),
    orders: [],
    numDelegations: 4,
  });
}

describe('laws of keys', () => {
  test('hold where all is well', () => {
    expect(wrongWith(MOVING)).toEqual([]);
    expect(wrongByTheBook(MOVING)).toEqual([]);
    expect(wrongWith(moved(table([31n, 'z'])))).toEqual([]);
  });

  test.each(ROWS)('%s: ✗ %s, of all laws %s', expectWrong);

  test('S14: ✗ a delegation carries no key that has nothing', () => {
    const range = { low: 30n, high: 40n };
    const packet = says('a', 'c', 2, {
      type: 'delegate',
      range,
      table: OrderedMap.of([30n, NOTHING]),
    });
    const refusal = delegatesValues(
      packet,
      new Ghost({ configuration: { hosts: HOSTS }, parameters: PARAMETERS }, MOVING.hosts),
    );
    expect(refusal?.failed).toBe('a delegation carries no key that has nothing');
  });

  test('have no clause that never fails', () => {
    const clauses = clausesOf(new URL('./keys.ts', import.meta.url));
    const rows = ROWS.map(([, because]) => because);
    expect(untried(clauses, [...rows, 'a delegation carries no key that has nothing'])).toEqual([]);
  });
});
