import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { WRONG } from '../../testing/rslVariants.ts';
import { explore } from '../breadthFirst.ts';
import type { Symmetry } from '../symmetry.ts';
import { symmetryOf } from './alike.ts';
import type { RslBeginning } from './beginnings.ts';
import type { Size } from './instance.ts';
import {
  type RslModel,
  type RslModelOptions,
  type RslState,
  refinementOf,
  rslModel,
} from './model.ts';
import { type Part, partOf } from './parts.ts';

const named = (name: string): Part => partOf(name) as Part;

const size = (replicas: number, operations: number, ballots: number, restarts = 0): Size => ({
  replicas,
  operations,
  ballots,
  restarts,
});

const run = (part: Part, size: Size, options: RslModelOptions) => {
  const model = rslModel(part, size, options);
  return { model, found: explore(model) };
};

const SMALL: readonly (readonly [name: string, size: Size, ratio: number])[] = [
  ['agreement', size(3, 1, 2), 4.5],
  ['agreement', size(2, 1, 3), 1.7],
  ['agreement', size(4, 1, 1), 7],
  ['log', size(2, 2, 2), 1.6],
  ['execution', size(3, 2, 1), 1.5],
  ['restart', size(3, 1, 1, 1), 1.6],
  ['election', size(3, 1, 2), 5],
];

describe('replicas that are alike', { timeout: 60_000 }, () => {
  test.each(SMALL)(
    '%s with them taken for one: as many states as all of theirs: %o',
    (name, size, ratio) => {
      const part = named(name);
      const all = run(part, size, { symmetry: false });
      const few = run(part, size, {});
      expect(few.found.counterexample).toBeUndefined();
      expect([few.found.complete, few.found.depth]).toEqual([true, all.found.depth]);
      expect(few.model.standFor).toBe(all.found.distinctStates);
      expect(all.found.distinctStates / few.found.distinctStates).toBeGreaterThan(ratio);
    },
  );

  test('how many states there are is not known where they begin differently', () => {
    const part = named('takeover');
    expect(rslModel(part, size(4, 2, 2)).standFor).toBeUndefined();
    expect(rslModel(part, size(4, 2, 2), { symmetry: false }).standFor).toBe(0);
  });

  /** Parts with several alike, and with some that are not. */
  const LARGER: readonly (readonly [name: string, size: Size, renamings: number])[] = [
    ['agreement', size(3, 1, 3), 6],
    ['agreement', size(2, 1, 4), 2],
    ['log', size(3, 2, 2), 6],
    ['execution', size(3, 2, 2), 6],
    ['restart', size(4, 1, 2, 1), 2],
    ['catch-up', size(3, 2, 1), 1],
    ['catch-up', size(4, 2, 1), 2],
    ['takeover', size(4, 2, 2), 2],
    ['election', size(3, 1, 3), 6],
    ['service', size(3, 1, 1), 2],
    ['gap', size(4, 2, 2), 2],
    ['succession', size(4, 1, 2), 2],
  ];

  test.each(LARGER)('%s: what is alike does alike: %o', (name, size, renamings) => {
    const part = named(name);
    const symmetry = symmetryOf(part, size);
    expect(symmetry.size).toBe(renamings);
    let compared = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 5, maxLength: 60 }), (choices) => {
        const model = rslModel(part, size);
        let [s] = model.initial();
        for (const choice of choices) {
          const next = successorsOf(model, s);
          if (next.length === 0) break;
          s = next[choice % next.length] as RslState;
        }
        const expected = prints(successorsOf(model, s));
        for (let renaming = 1; renaming < renamings; renaming++) {
          const image = imageOf(model, s, symmetry, renaming);
          const refinement = refinementOf(part, size);
          const left = { ...size, restarts: s.restarts };
          const renamed = rslModel({ ...part, begin: () => image }, left, { refinement });
          const [t] = renamed.initial();
          expect([t.hi, t.lo]).toEqual([s.hi, s.lo]);
          expect(prints(successorsOf(renamed, t))).toEqual(expected);
          compared += expected.length;
        }
      }),
      { numRuns: 12 },
    );
    expect(compared > 0).toBe(renamings > 1);
  });

  test.each(WRONG)(
    'a protocol that %s is refused as early with them as without',
    (_, __, change) => {
      const part = named('agreement');
      const small = size(3, 1, 2);
      const right = refinementOf(part, small);
      const refinement = { ...right, protocol: change(right.protocol) };
      const all = run(part, small, { refinement, symmetry: false }).found.counterexample;
      const few = run(part, small, { refinement }).found.counterexample;
      expect(few?.behaviour.steps.length).toBe(all?.behaviour.steps.length);
    },
  );
});

function successorsOf(model: RslModel, s: RslState): RslState[] {
  const all: RslState[] = [];
  model.successors(s, (_, next) => all.push(next));
  return all;
}

const prints = (states: readonly RslState[]): string[] =>
  states.map(({ hi, lo }) => `${hi} ${lo}`).sort();

/** A state after a renaming. */
function imageOf(
  model: RslModel,
  s: RslState,
  symmetry: Symmetry<Message>,
  renaming: number,
): RslBeginning {
  const states = s.hosts.map((): Record<string, unknown> => ({}));
  for (const { place, value } of s.hosts) {
    for (const [name, field] of Object.entries(value)) {
      const image = symmetry.field(renaming, place, name, field);
      (states[image.place] as Record<string, unknown>)[name] = image.value;
    }
  }
  return {
    states: states as unknown as Replica[],
    packets: model.sent(s).map((packet) => symmetry.packet(renaming, packet)),
    ghost: s.sent.ghost,
  };
}
