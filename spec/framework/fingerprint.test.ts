import { describe, expect, test } from 'vitest';
import { fingerprint, Hasher } from './fingerprint.ts';
import { Log } from './log.ts';

const key = ({ hi, lo }: { hi: number; lo: number }) => hi * 2 ** 21 + (lo % 2 ** 21);

describe('fingerprint', () => {
  test('is two unsigned halves, the same on every machine', () => {
    const value = { hosts: ['a', 'b'], votes: new Map([[1, new Set([0.5, -1])]]), log: Log.of(1n) };
    expect(fingerprint(value)).toEqual({ hi: 322971366, lo: 698046767 });
  });

  test('keeps apart 200,000 states that differ little', () => {
    const seen = new Set<number>();
    let states = 0;
    for (let a = 0; a < 100; a++) {
      for (let b = 0; b < 40; b++) {
        for (let c = 0; c < 50; c++) {
          const hosts = [
            { held: a % 2 === 0, epoch: a },
            { held: b % 2 === 0, epoch: b },
          ];
          seen.add(key(fingerprint({ hosts, sent: new Set([c, c + 1, `${c}`]) })));
          states++;
        }
      }
    }
    expect(states).toBe(200_000);
    expect(seen.size).toBe(states);
  });

  test('keeps apart sets and records with swapped parts', () => {
    const values = [
      [[1], [2, 3]],
      [[1, 2], [3]],
      [new Set([1, 2]), new Set([3, 4])],
      [new Set([1, 3]), new Set([2, 4])],
      [new Set([1, 4]), new Set([2, 3])],
      new Map([
        [1, 2],
        [3, 4],
      ]),
      new Map([
        [1, 4],
        [3, 2],
      ]),
      { a: 'b', b: 'a' },
      { a: 'a', b: 'b' },
      'ab',
      'ab\0',
      ['a', 'b'],
      [['a', 'b']],
    ];
    expect(new Set(values.map((value) => key(fingerprint(value)))).size).toBe(values.length);
  });

  test('moves about half of its bits when one bit moves, each bit about half of the time', () => {
    const moved = new Array<number>(64).fill(0);
    let flips = 0;
    for (let value = 0; value < 200; value++) {
      for (let bit = 0; bit < 31; bit++) {
        const a = fingerprint({ host: value * 7919, held: true });
        const b = fingerprint({ host: (value * 7919) ^ (1 << bit), held: true });
        flips++;
        for (let position = 0; position < 32; position++) {
          moved[position] = (moved[position] ?? 0) + (((a.hi ^ b.hi) >>> position) & 1);
          moved[position + 32] = (moved[position + 32] ?? 0) + (((a.lo ^ b.lo) >>> position) & 1);
        }
      }
    }
    for (const times of moved) {
      expect(times / flips).toBeGreaterThan(0.45);
      expect(times / flips).toBeLessThan(0.55);
    }
  });

  test('fills any range of the table evenly', () => {
    const buckets = new Array<number>(256).fill(0);
    for (let value = 0; value < 256 * 100; value++) {
      const { lo } = fingerprint([value, 'x']);
      buckets[lo % 256] = (buckets[lo % 256] ?? 0) + 1;
    }
    expect(Math.min(...buckets)).toBeGreaterThan(50);
    expect(Math.max(...buckets)).toBeLessThan(160);
  });
});

describe('Hasher', () => {
  test('hears every word, in its order', () => {
    const of = (...words: number[]) => {
      const hasher = new Hasher();
      for (const word of words) hasher.word(word);
      return key(hasher.digest());
    };
    const digests = [of(), of(0), of(0, 0), of(1), of(1, 2), of(2, 1), of(-1), of(2 ** 31)];
    expect(new Set(digests).size).toBe(digests.length);
    expect(of(1, 2)).toBe(of(1, 2));
  });
});
