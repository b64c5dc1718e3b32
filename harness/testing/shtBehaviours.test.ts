import { expect, test } from 'vitest';
import { protocolOf, SHAPES, type Shape, walk } from './shtBehaviours.ts';

/** How often each action was taken in some behaviours of one shape. */
function taken(shape: Shape): Record<string, number> {
  const count: Record<string, number> = {};
  for (let seed = 1; seed <= 10; seed++) {
    walk(protocolOf(shape), seed, 500, {
      act: (_, action) => {
        count[action] = (count[action] ?? 0) + 1;
      },
      hear: () => {},
    });
  }
  return count;
}

test('behaviours come to everything that a host can do', () => {
  const actions = new Set(SHAPES.flatMap((shape) => protocolOf(shape).actions.map((a) => a.name)));
  const counts = SHAPES.map(taken);
  expect([...new Set(counts.flatMap((one) => Object.keys(one)))].sort()).toEqual(
    [...actions].sort(),
  );
});

test('a seed is one behaviour', () => {
  const told = (seed: number): readonly string[] => {
    const events: string[] = [];
    walk(protocolOf(SHAPES[2] as Shape), seed, 300, {
      act: (host, action, packet) => events.push(`${host} ${action} ${packet?.src}`),
      hear: ({ src, dst }) => events.push(`${src} ${dst}`),
    });
    return events;
  };
  expect(told(1)).toEqual(told(1));
  expect(told(1)).not.toEqual(told(2));
});
