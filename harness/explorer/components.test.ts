import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { components, graphOf } from './components.ts';

const NODES = 8;
const edges = fc.array(fc.record({ from: fc.nat(NODES - 1), to: fc.nat(NODES - 1) }), {
  maxLength: 24,
});

/** Whether each node leads to each other node, the slow way. */
function reachability(list: readonly { from: number; to: number }[]): boolean[][] {
  const reach = Array.from({ length: NODES }, (_, a) =>
    Array.from(
      { length: NODES },
      (_, b) => a === b || list.some((e) => e.from === a && e.to === b),
    ),
  );
  for (let k = 0; k < NODES; k++) {
    for (const row of reach) {
      if (row[k]) for (let b = 0; b < NODES; b++) row[b] ||= reach[k]?.[b] ?? false;
    }
  }
  return reach;
}

describe('components', () => {
  test('two nodes are in one component exactly if each leads to the other', () => {
    fc.assert(
      fc.property(edges, (list) => {
        const reach = reachability(list);
        const found = components(graphOf(NODES, list));
        expect(found.flat().sort()).toEqual([...Array(NODES).keys()]);
        const componentOf = new Map(found.flatMap((nodes, c) => nodes.map((node) => [node, c])));
        for (let a = 0; a < NODES; a++) {
          for (let b = 0; b < NODES; b++) {
            const together = reach[a]?.[b] === true && reach[b]?.[a] === true;
            expect(componentOf.get(a) === componentOf.get(b)).toBe(together);
          }
        }
      }),
    );
  });

  test('a component comes after those that it leads to', () => {
    fc.assert(
      fc.property(edges, (list) => {
        const found = components(graphOf(NODES, list));
        const componentOf = new Map(found.flatMap((nodes, c) => nodes.map((node) => [node, c])));
        for (const { from, to } of list) {
          expect(componentOf.get(to)).toBeLessThanOrEqual(componentOf.get(from) as number);
        }
      }),
    );
  });

  test('a long chain does not exhaust the stack', () => {
    const chain = Array.from({ length: 300_000 }, (_, from) => ({ from, to: from + 1 }));
    expect(components(graphOf(300_001, chain))).toHaveLength(300_001);
    expect(components(graphOf(300_001, [...chain, { from: 300_000, to: 0 }]))).toHaveLength(1);
  });
});
