import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { delegation, FLYING, LANDED, MOVING } from '../../harness/testing/shtScenes.ts';
import { allTo, assign, type DelegationMap, ownerOf } from '../../protocol/sht/delegationMap.ts';
import type { Host } from '../../protocol/sht/host.ts';
import { ALL_KEYS, contains, KEY_INF, KEY_ZERO, type KeyRange } from '../../protocol/sht/keys.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import {
  type Delegation,
  haveKey,
  type Place,
  rangesChanged,
  rangesOf,
  underWay,
  valueAt,
  valuesWithin,
  waitingAt,
} from './places.ts';

const KEYS = Array.from({ length: 12 }, (_, key) => BigInt(key));

const bound = fc.constantFrom(KEY_ZERO, ...KEYS, KEY_INF);
const range = fc
  .tuple(bound, bound)
  .map(([a, b]): KeyRange => (a < b ? { low: a, high: b } : { low: b, high: a }));
const owner = fc.constantFrom('a', 'b', 'c');
const map: fc.Arbitrary<DelegationMap> = fc
  .array(fc.tuple(range, owner), { maxLength: 6 })
  .map((given) => given.reduce((all, [each, to]) => assign(all, each, to), allTo('a')));
const table = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom('x', 'y')), { maxLength: 8 })
  .map((entries) => OrderedMap.from(entries));
const piece: fc.Arbitrary<Delegation> = fc
  .tuple(range, table)
  .map(([each, values]) => ({ type: 'delegate', range: each, table: values }));

const place: fc.Arbitrary<Place> = fc.record({
  waiting: fc.option(piece, { nil: undefined }),
  own: map.map((all) => rangesOf(all, 'a')),
  table,
});

describe('the ranges of a map', () => {
  test('have the keys that are somebody’s own, and no others', () => {
    fc.assert(
      fc.property(map, owner, fc.constantFrom(...KEYS), (all, who, key) => {
        expect(haveKey(rangesOf(all, who), key)).toBe(ownerOf(all, key) === who);
      }),
    );
    expect(rangesOf(allTo('a'), 'a')).toEqual([{ low: 0n, high: KEY_INF }]);
    expect(rangesOf(allTo('a'), 'b')).toEqual([]);
  });

  test('that change are those of the keys that come or go', () => {
    fc.assert(
      fc.property(map, map, owner, fc.constantFrom(...KEYS), (before, after, who, key) => {
        const isChanged = (ownerOf(before, key) === who) !== (ownerOf(after, key) === who);
        const changed = rangesChanged(before, after, who);
        expect(changed.some((each) => contains(each, key))).toBe(isChanged);
      }),
    );
  });
});

describe('what keys have', () => {
  test('is the same for a range as for each of its keys, whatever the places', () => {
    const pieces = fc.array(piece, { maxLength: 3 });
    const places = fc.array(place, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(range, pieces, places, (asked, onTheirWay, all) => {
        const values = valuesWithin(asked, onTheirWay, all);
        for (const key of KEYS) {
          const value = contains(asked, key) ? valueAt(key, onTheirWay, all) : undefined;
          expect(values.get(key)).toBe(value);
        }
      }),
    );
  });

  test('is first what is on its way, then what waits, then what a table has', () => {
    const piecesOf = (value: string): Delegation => delegation(0n, 2n, [1n, value]) as Delegation;
    const own = [{ low: 0n, high: 3n }];
    const everywhere = OrderedMap.of([1n, 'stored'], [2n, 'stored']);
    const stored: Place = { waiting: undefined, own, table: everywhere };
    const waits: Place = { ...stored, waiting: piecesOf('waits') };
    expect(valueAt(1n, [piecesOf('flies')], [waits])).toBe('flies');
    expect(valueAt(1n, [], [waits])).toBe('waits');
    expect(valueAt(2n, [], [waits])).toBe('stored');
    expect(valueAt(0n, [], [waits])).toBeUndefined();
    expect(valueAt(1n, [], [stored])).toBe('stored');
    expect(valueAt(3n, [], [stored])).toBeUndefined();
    expect([...valuesWithin(ALL_KEYS, [], [waits])]).toEqual([
      [1n, 'waits'],
      [2n, 'stored'],
    ]);
  });
});

describe('the places of hosts', () => {
  const [a, b, c] = MOVING.hosts as readonly [Host, Host, Host];

  test('are known by what was sent and not accepted, and by what waits', () => {
    expect(underWay(a, b)).toEqual([FLYING.msg.content]);
    // It is unacknowledged, but it has arrived.
    expect(underWay(a, c)).toEqual([]);
    expect(underWay(b, a)).toEqual([]);
    expect(waitingAt(c)).toBe(LANDED.msg.content);
    expect(waitingAt(b)).toBeUndefined();
  });

  test('are not for what a stranger hands on', () => {
    expect(waitingAt({ ...c, received: { ...LANDED, src: 'mallory' } })).toBeUndefined();
  });
});
