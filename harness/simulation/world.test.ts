import { describe, expect, test } from 'vitest';
import { Clocks } from './clocks.ts';
import { NO_FAULTS } from './faults.ts';
import { Links } from './links.ts';
import { Random } from './random.ts';
import { rubbish } from './strangers.ts';

describe('chance', () => {
  test('is the same for the same seed, and spread evenly', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 6_000 }, () => random.below(6));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    for (let face = 0; face < 6; face++) {
      const count = draw(1).filter((value) => value === face).length;
      expect(Math.abs(count - 1_000)).toBeLessThan(150);
    }
  });

  test('what has no probability never happens, and what is certain always does', () => {
    const random = new Random(3);
    const draws = Array.from({ length: 1_000 }, () => [random.happens(0), random.happens(1)]);
    expect(draws.every(([never, always]) => !never && always)).toBe(true);
  });
});

describe('clocks', () => {
  test('read what their skew, drift and jumps make of the time', () => {
    const clocks = new Clocks([0, 100], [1, 2]);
    expect([clocks.read(0, 50), clocks.read(1, 50)]).toEqual([50, 200]);
    clocks.jump(1, -30);
    expect(clocks.read(1, 50)).toBe(170);
  });

  test('say when they will read a number, but never a time that is over', () => {
    const clocks = new Clocks([100], [2]);
    expect(clocks.whenReads(0, 200, 0)).toBe(50);
    expect(clocks.read(0, 50)).toBe(200);
    expect(clocks.whenReads(0, 200, 70)).toBe(70);
    expect(clocks.whenReads(0, Number.NEGATIVE_INFINITY, 7)).toBe(7);
  });

  test('stay within the skew and drift that they are allowed', () => {
    const faults = { ...NO_FAULTS, skew: 10, drift: 0.5 };
    const clocks = Clocks.astray(50, faults, new Random(1));
    for (let host = 0; host < 50; host++) {
      expect(clocks.read(host, 0)).toBeLessThanOrEqual(10);
      const passed = clocks.read(host, 1_000) - clocks.read(host, 0);
      expect(passed).toBeGreaterThanOrEqual(499);
      expect(passed).toBeLessThanOrEqual(1_501);
    }
  });
});

describe('links', () => {
  test('are cut one way, until their time is over', () => {
    const links = new Links(3);
    links.cut(0, 1, 100);
    expect([links.isCut(0, 1), links.isCut(1, 0)]).toEqual([true, false]);
    links.mendExpired(99);
    expect(links.isCut(0, 1)).toBe(true);
    links.mendExpired(100);
    expect(links.isCut(0, 1)).toBe(false);
  });

  test('of a host that is cut off are cut both ways, and no others', () => {
    const links = new Links(3);
    links.cutOff(1, 100);
    const cut = [0, 1, 2].flatMap((from) =>
      [0, 1, 2].flatMap((to) => (links.isCut(from, to) ? [`${from}${to}`] : [])),
    );
    expect(cut).toEqual(['01', '10', '12', '21']);
    links.mend();
    expect(links.isCut(0, 1)).toBe(false);
  });
});

test('strangers send too little, too much, far too much, and messages with a bit flipped', () => {
  const random = new Random(1);
  const bytes = new Uint8Array(16).fill(7);
  const sent = Array.from({ length: 500 }, () => rubbish(random, [bytes]));
  const bitsOff = (other: Uint8Array): number =>
    other.reduce((sum, byte, at) => {
      const difference = (byte ^ (bytes[at] ?? 0)).toString(2);
      return sum + [...difference].filter((bit) => bit === '1').length;
    }, 0);
  expect(sent.some(({ length }) => length < 16)).toBe(true);
  expect(sent.some(({ length }) => length === 17)).toBe(true);
  expect(sent.some(({ length }) => length > 1_000)).toBe(true);
  expect(sent.some((other) => other.length === 16 && bitsOff(other) === 1)).toBe(true);
});
