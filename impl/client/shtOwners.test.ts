import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY_INF, KEY_ZERO } from './shtMessages.ts';
import { Owners } from './shtOwners.ts';

const owner = fc.nat(3);
const key = fc.bigInt({ min: 0n, max: 20n });
const bound = fc.oneof(
  { weight: 5, arbitrary: key },
  { weight: 1, arbitrary: fc.constant(KEY_INF) },
);

/** Ranges as a host tells them: sorted, up to somewhere, the first with what was asked for. */
const status = fc
  .record({
    by: owner,
    lows: fc.uniqueArray(key, { minLength: 1, maxLength: 6 }),
    owners: fc.array(owner, { minLength: 6, maxLength: 6 }),
    beyond: bound,
    fromZero: fc.boolean(),
  })
  .map(({ by, lows, owners, beyond, fromZero }) => {
    const sorted = lows.toSorted((a, b) => Number(a - b));
    if (fromZero) sorted[0] = KEY_ZERO;
    const last = sorted.at(-1) as bigint;
    const until = beyond > last ? beyond : last + 1n;
    const ranges = sorted.map((low, place) => ({ low, owner: owners[place] as number }));
    return { type: 'told' as const, by, ranges, until };
  });
const redirect = fc.record({ type: fc.constant('redirected' as const), key, owner });

describe('who has which keys, as far as a client knows', () => {
  test('in the beginning the first host has all', () => {
    const owners = new Owners();
    for (const each of [0n, 5n, KEY_INF - 1n]) expect(owners.ownerOf(each)).toBe(0);
  });

  test('is known key by key as if every key were remembered alone', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(status, redirect), { maxLength: 20 }), (events) => {
        const owners = new Owners();
        const known = new Map<bigint, number>();
        const all = Array.from({ length: 30 }, (_, at) => BigInt(at));
        for (const event of events) {
          if (event.type === 'redirected') {
            owners.redirected(event.key, event.owner);
            known.set(event.key, event.owner);
          } else {
            owners.told(event.by, event.ranges, event.until);
            for (const each of all) {
              const told = event.ranges.findLast(({ low }) => low <= each);
              if (told === undefined || each >= event.until) continue;
              const isOwn = told.owner === event.by;
              const wasOwn = (known.get(each) ?? 0) === event.by;
              if (isOwn || wasOwn) known.set(each, told.owner);
            }
          }
          for (const each of all) expect(owners.ownerOf(each)).toBe(known.get(each) ?? 0);
        }
      }),
    );
  });

  test('takes no more room than it may', () => {
    const owners = new Owners();
    for (let each = 0n; each < 25_000n; each++) owners.redirected(2n * each, 1);
    expect(owners.keys).toBe(10_000);
    expect(owners.ownerOf(0n)).toBe(0);
    expect(owners.ownerOf(49_998n)).toBe(1);
    owners.told(0, [{ low: KEY_ZERO, owner: 1 }], KEY_INF);
    expect([owners.keys, owners.ranges]).toEqual([0, 1]);
    expect(owners.ownerOf(7n)).toBe(1);
  });
});
