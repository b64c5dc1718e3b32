import { describe, expect, test } from 'vitest';
import { type Exploration, explore } from '../breadthFirst.ts';
import { textbookModel } from '../textbookModel.ts';
import { NOW, type Size } from './instance.ts';
import { type RslModelOptions, refinementOf, rslModel, stepsOf } from './model.ts';
import { type Part, partOf } from './parts.ts';
import { Rehearsal } from './rehearsal.ts';

const named = (name: string): Part => partOf(name) as Part;

/** As the definition of a distributed system has it: every event of it that the instance has. */
function textbook(part: Part, size: Size) {
  const refinement = refinementOf(part, size);
  const { hosts } = refinement.protocol;
  const has = stepsOf(part, size);
  return textbookModel(refinement, [], {
    beginning: part.begin(new Rehearsal(refinement, NOW), size),
    now: NOW,
    has: (s, event) => {
      if (event.type !== 'act') return false;
      const place = hosts.indexOf(event.host);
      const state = s.hosts[place];
      if (state === undefined) return false;
      return has({ place, action: event.action.name, state, packet: event.packet });
    },
  });
}

const figures = ({
  distinctStates,
  transitions,
  depth,
  complete,
  coverage,
}: Exploration<never, never>) => ({
  distinctStates,
  transitions,
  depth,
  complete,
  coverage: Object.fromEntries(Object.entries(coverage).filter(([, times]) => times > 0)),
});

const fast = (part: Part, size: Size, options: RslModelOptions) =>
  explore(rslModel(part, size, { symmetry: false, normal: false, ...options }));

const size = (replicas: number, operations: number, ballots: number): Size => ({
  replicas,
  operations,
  ballots,
  restarts: 0,
});

const SMALL: readonly (readonly [name: string, size: Size])[] = [
  ['agreement', size(1, 1, 2)],
  ['agreement', size(2, 1, 1)],
  ['agreement', size(2, 1, 2)],
  ['log', size(2, 2, 1)],
  ['execution', size(3, 2, 1)],
  ['election', size(2, 1, 2)],
];

describe('a part of a replicated service', { timeout: 60_000 }, () => {
  test.each(SMALL)(
    '%s is the textbook’s system, state by state and step by step: %o',
    (name, size) => {
      const part = named(name);
      const found = fast(part, size, { separate: true });
      const expected = explore(textbook(part, size));
      expect(found.distinctStates).toBeGreaterThan(1);
      expect(figures(found as never)).toEqual(figures(expected as never));
    },
  );

  test.each(SMALL)('%s loses no state without the steps that change nothing: %o', (name, size) => {
    const part = named(name);
    const all = fast(part, size, { separate: true });
    const few = fast(part, size, {});
    expect(few.distinctStates).toBe(all.distinctStates);
    expect(few.transitions).toBeLessThanOrEqual(all.transitions);
  });
});
