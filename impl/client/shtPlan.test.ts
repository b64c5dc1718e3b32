import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY_INF } from './shtMessages.ts';
import { evenTargets, isEven, type Target } from './shtPlan.ts';
import { type HostReport, intersection, keysIn, putTogether, reportOf } from './shtSurvey.ts';

/** A host that has these keys of these ranges, and tells some of them. */
function host(keys: readonly bigint[], own: HostReport['own'], samples = 1024): HostReport {
  const count = Math.min(samples, keys.length);
  return {
    keys: keys.length,
    own,
    orders: [],
    samples: Array.from(
      { length: count },
      (_, at) => keys[Math.floor((at * keys.length) / count)] as bigint,
    ),
  };
}

/** Who has what once everybody has what is meant for him. */
const after = (
  all: readonly bigint[],
  targets: readonly Target[],
  hosts: number,
  samples: number,
) =>
  Array.from({ length: hosts }, (_, number) => {
    const own = targets.filter((t) => t.recipient === number && t.range.low < t.range.high);
    const ranges = own.map(({ range }) => range);
    const keys = all.filter((key) => ranges.some(({ low, high }) => low <= key && key < high));
    return host(keys, ranges, samples);
  });

const key = fc.oneof(fc.bigInt({ min: 0n, max: 500n }), fc.bigInt({ min: 0n, max: KEY_INF - 1n }));

/** Keys, and which host has them from which place on. */
const table = fc.record({
  keys: fc.uniqueArray(key, { minLength: 1, maxLength: 300, size: 'max' }),
  owners: fc.array(fc.nat(3), { minLength: 1, maxLength: 8 }),
  samples: fc.constantFrom(20, 1024),
});

function surveyOf({
  keys,
  owners,
  samples,
}: typeof table extends fc.Arbitrary<infer T> ? T : never) {
  const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1));
  const bound = (place: number): bigint =>
    place === 0 ? 0n : (sorted[Math.floor((place * sorted.length) / owners.length)] as bigint);
  const ranges = owners.map((owner, place) => ({
    owner,
    low: bound(place),
    high: place === owners.length - 1 ? KEY_INF : bound(place + 1),
  }));
  const hosts = Array.from({ length: 4 }, (_, number) => {
    const mine = ranges.filter(({ owner, low, high }) => owner === number && low < high);
    const own = mine.map(({ low, high }) => ({ low, high }));
    const had = sorted.filter((k) => own.some(({ low, high }) => low <= k && k < high));
    return host(had, own, samples);
  });
  const survey = putTogether(hosts);
  if (survey === undefined) throw new Error('no two hosts have the same');
  return { survey, sorted };
}

describe('sharing keys out evenly', () => {
  test('gives every key to somebody, and every host one range', () => {
    fc.assert(
      fc.property(table, (drawn) => {
        const targets = evenTargets(surveyOf(drawn).survey);
        expect(new Set(targets.map(({ recipient }) => recipient)).size).toBe(4);
        let end = 0n;
        for (const { range } of targets) {
          expect(range.low).toBe(end);
          end = range.high;
        }
        expect(end).toBe(KEY_INF);
      }),
    );
  });

  test('is done when it is done', () => {
    fc.assert(
      fc.property(table, (drawn) => {
        const { survey, sorted } = surveyOf(drawn);
        const hosts = after(sorted, evenTargets(survey), 4, drawn.samples);
        const then = putTogether(hosts);
        expect(then && isEven(then)).toBe(true);
        if (drawn.samples < sorted.length) return;
        // Where all keys are told, shares differ by no more than keys that cannot be halved.
        for (const { keys } of hosts)
          expect(Math.abs(keys - sorted.length / 4)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('is not done where one host has all, or a host has two ranges', () => {
    const keys = Array.from({ length: 100 }, (_, at) => BigInt(at));
    const all = { low: 0n, high: KEY_INF };
    const one = putTogether([host(keys, [all]), host([], [])]);
    expect(one && isEven(one)).toBe(false);
    const [a, b, c] = [
      { low: 0n, high: 25n },
      { low: 25n, high: 75n },
      { low: 75n, high: KEY_INF },
    ] as const;
    const two = putTogether([
      host([...keys.slice(0, 25), ...keys.slice(75)], [a, c]),
      host(keys.slice(25, 75), [b]),
    ]);
    expect(two && isEven(two)).toBe(false);
  });

  test('leaves most where it is', () => {
    const keys = Array.from({ length: 300 }, (_, at) => BigInt(at));
    const hosts = [
      host(keys.slice(190), [{ low: 190n, high: KEY_INF }]),
      host(keys.slice(0, 110), [{ low: 0n, high: 110n }]),
      host(keys.slice(110, 190), [{ low: 110n, high: 190n }]),
    ];
    const survey = putTogether(hosts);
    expect(survey && evenTargets(survey)).toEqual([
      { range: { low: 0n, high: 100n }, recipient: 1 },
      { range: { low: 100n, high: 200n }, recipient: 2 },
      { range: { low: 200n, high: KEY_INF }, recipient: 0 },
    ]);
  });

  test('has nothing to do for an empty table', () => {
    const survey = putTogether([host([], [{ low: 0n, high: KEY_INF }]), host([], [])]);
    expect(survey && isEven(survey)).toBe(true);
    expect(survey && evenTargets(survey)).toEqual([]);
  });
});

describe('what hosts say, put together', () => {
  const [all, none] = [{ low: 0n, high: KEY_INF }, []];

  test('shows what nobody has, and no picture where two have the same', () => {
    const gap = putTogether([host([], [{ low: 5n, high: 9n }]), host([], none)]);
    expect(gap?.segments).toEqual([
      { low: 0n, high: 5n, owner: undefined },
      { low: 5n, high: 9n, owner: 0 },
      { low: 9n, high: KEY_INF, owner: undefined },
    ]);
    expect(putTogether([host([], [all]), host([], [{ low: 5n, high: 9n }])])).toBeUndefined();
  });

  test('is read from several statuses of a host, of which each goes on where the last one ended', () => {
    const status = { type: 'status' as const, keys: 9, orders: [], samples: [] };
    const first = {
      ...status,
      ranges: [
        { low: -1n, owner: 'a' },
        { low: 4n, owner: 'b' },
        { low: 6n, owner: 'a' },
      ],
      until: 8n,
      samples: [1n],
    };
    const order = { range: { low: -1n, high: 2n }, recipient: 'b' };
    const second = {
      ...status,
      ranges: [{ low: 6n, owner: 'a' }],
      until: KEY_INF,
      orders: [order],
    };
    expect(reportOf([first, second], 'a', (name) => (name === 'b' ? 1 : undefined))).toEqual({
      keys: 9,
      own: [
        { low: 0n, high: 4n },
        { low: 6n, high: KEY_INF },
      ],
      orders: [{ range: { low: 0n, high: 2n }, recipient: 1 }],
      samples: [1n],
    });
  });

  test('gives about how many keys there are in a range', () => {
    const keys = Array.from({ length: 1000 }, (_, at) => BigInt(at));
    expect(keysIn(host(keys, [all], 100), { low: 200n, high: 400n })).toBe(200);
    expect(keysIn(host([], [all]), all)).toBe(0);
    expect(intersection({ low: 0n, high: 5n }, { low: 5n, high: 9n })).toBeUndefined();
  });
});
