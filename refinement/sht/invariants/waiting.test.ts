import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import {
  but,
  expectWrong,
  MAP,
  MOVING,
  told,
  type WrongScene,
  wrongWith,
} from '../../../harness/testing/shtScenes.ts';
import type { Content } from '../../../protocol/sht/messages.ts';

const reply = (value: string): Content => ({ type: 'reply', key: 1n, value });

const ROWS: readonly WrongScene[] = [
  [
    'S26',
    "keys that wait are not the host's own yet",
    'S26',
    but(MOVING, 'c', { delegationMap: MAP, numDelegations: 3 }),
  ],
  [
    'S27',
    'there is room for another answer',
    'S27',
    told(MOVING, 'b', 'x', reply(''), reply(''), reply(''), reply('')),
  ],
  [
    'S27',
    'there is room for the bytes of another answer',
    'S27',
    told(MOVING, 'b', 'x', reply('12345678'), reply('1234')),
  ],
];

describe('laws of what waits', () => {
  test.each(ROWS)('%s: ✗ %s, of all laws %s', expectWrong);

  test('allow what is just within them', () => {
    const next = [
      { low: 0n, owner: 'a' },
      { low: 30n, owner: 'c' },
    ];
    expect(wrongWith(but(MOVING, 'c', { delegationMap: next }))).not.toContain('S26');
    expect(wrongWith(told(MOVING, 'b', 'x', reply('12345678'), reply('123'), reply('')))).toEqual(
      [],
    );
    const silent = told(MOVING, 'b', 'y', reply(''), reply(''), reply(''), reply(''));
    expect(wrongWith(silent)).toEqual([]);
  });

  test('have no clause that never fails', () => {
    const rows = ROWS.map(([, because]) => because);
    expect(untried(clausesOf(new URL('./waiting.ts', import.meta.url)), rows)).toEqual([]);
  });
});
