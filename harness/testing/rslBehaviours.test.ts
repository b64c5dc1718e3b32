import { expect, test } from 'vitest';
import { RESTART } from '../../refinement/framework/systemRefinement.ts';
import { protocolOf, SHAPES, type Shape, walk } from './rslBehaviours.ts';

/** How often each action was taken in some behaviours of one shape. */
function taken(shape: Shape): Record<string, number> {
  const count: Record<string, number> = {};
  const note = (name: string): void => {
    count[name] = (count[name] ?? 0) + 1;
  };
  for (let seed = 1; seed <= 20; seed++) {
    walk(protocolOf(shape), seed, 1500, {
      act: (_, action) => note(action),
      hear: () => {},
      restart: () => note(RESTART),
    });
  }
  return count;
}

test('behaviours come to everything that a replica can do, and to restarts', () => {
  const actions = new Set(SHAPES.flatMap((shape) => protocolOf(shape).actions.map((a) => a.name)));
  const count = SHAPES.map(taken).flatMap((one) => Object.keys(one));
  expect([...new Set(count)].sort()).toEqual([...actions, RESTART].sort());
});

test('a seed is one behaviour', () => {
  const told = (seed: number): readonly string[] => {
    const events: string[] = [];
    walk(protocolOf(SHAPES[1] as Shape), seed, 300, {
      act: (host, action, packet) => events.push(`${host} ${action} ${packet?.src}`),
      hear: ({ src, dst }) => events.push(`${src} ${dst}`),
      restart: (host) => events.push(`${host} restarts`),
    });
    return events;
  };
  expect(told(1)).toEqual(told(1));
  expect(told(1)).not.toEqual(told(2));
});
