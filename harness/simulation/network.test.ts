import { describe, expect, test } from 'vitest';
import { type FaultPlan, NO_FAULTS, noFaultsYet } from './faults.ts';
import { Links } from './links.ts';
import { Network } from './network.ts';
import { Random } from './random.ts';
import type { Parcel } from './world.ts';

const NAMES = ['a', 'b', 'c'];
const parcel = (src: string, dst: string): Parcel<string> => ({ src, dst, msg: 'x', index: 0 });

function networkOf(plan: Partial<FaultPlan>, seed = 1) {
  const faults = noFaultsYet();
  const network = new Network<Parcel<string>>(
    NAMES,
    { ...NO_FAULTS, ...plan },
    new Random(seed),
    faults,
  );
  return { network, faults };
}

/** What share of packets between two is lost. */
function lost(network: Network<Parcel<string>>, src: string, dst: string): number {
  const fates = Array.from({ length: 400 }, () => network.fateOf(parcel(src, dst)));
  return fates.filter((copies) => copies.length === 0).length / fates.length;
}

describe('the simulated network', () => {
  test('loses more on some links than on others, and everything on none', () => {
    const shares: number[] = [];
    for (let seed = 0; seed < 10; seed++) {
      const { network } = networkOf({ loss: 0.3 }, seed);
      for (const src of NAMES) {
        for (const dst of NAMES) if (src !== dst) shares.push(lost(network, src, dst));
      }
    }
    expect(shares.some((share) => share === 0)).toBe(true);
    expect(shares.some((share) => share > 0.2 && share < 0.4)).toBe(true);
    expect(shares.some((share) => share > 0.8)).toBe(true);
    expect(Math.max(...shares)).toBeLessThan(1);
  });

  test('does not carry, and so does not lose, what a host sends to itself', () => {
    const { network } = networkOf({ loss: 0.9, straggling: 0.5, latency: 10 });
    expect(lost(network, 'b', 'b')).toBe(0);
    network.links.cutOff(1, 1_000);
    expect(network.delivers(parcel('b', 'b'), 1, 0)).toBe(true);
    expect(network.delivers(parcel('a', 'b'), 1, 0)).toBe(false);
    const times = Array.from({ length: 100 }, () => network.fateOf(parcel('b', 'b'))[0] ?? 0);
    expect(Math.max(...times)).toBeGreaterThan(100);
  });

  test('loses what clients send and hear as often as the plan says', () => {
    const { network } = networkOf({ loss: 0.3 });
    for (const [src, dst] of [
      ['client1', 'a'],
      ['a', 'client1'],
    ] as const) {
      expect(Math.abs(lost(network, src, dst) - 0.3)).toBeLessThan(0.1);
    }
  });

  test('lets a share of the packets through a cut that leaks', () => {
    const { network, faults } = networkOf({});
    network.links.cut(0, 1, 1_000, 0.4);
    const passed = Array.from({ length: 1_000 }, () => network.delivers(parcel('a', 'b'), 1, 0));
    const share = passed.filter(Boolean).length;
    expect(Math.abs(share - 400)).toBeLessThan(80);
    expect(faults['a packet met a cut link']).toBe(1_000 - share);
  });
});

test('a link that is cut anew leaks as the new cut does', () => {
  const links = new Links(2);
  links.cut(0, 1, 10, 0.4);
  links.cut(0, 1, 20);
  expect([links.isCut(0, 1), links.leak(0, 1)]).toEqual([true, 0]);
});
