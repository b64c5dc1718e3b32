import { describe, expect, test } from 'vitest';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { explore } from '../breadthFirst.ts';
import { NO_SYMMETRY } from '../symmetry.ts';
import { isWhole, symmetryOf } from './alike.ts';
import { NOW, type Size } from './instance.ts';
import { refinementOf, rslModel } from './model.ts';
import { type Omission, PARTS, type Part, partOf } from './parts.ts';
import { Rehearsal } from './rehearsal.ts';

const named = (name: string): Part => partOf(name) as Part;

const size = (replicas: number, operations: number, ballots: number, restarts = 0): Size => ({
  replicas,
  operations,
  ballots,
  restarts,
});

/** The part, with an action that it leaves out. */
const having = (part: Part, action: string): Part => ({
  ...part,
  without: part.without.map(
    (omission): Omission => ({
      ...omission,
      actions: omission.actions.filter((other) => other !== action),
    }),
  ),
});

describe('replicas that are called alike', () => {
  test('are so in every part, as it begins', () => {
    for (const part of PARTS) {
      for (const size of part.sizes) {
        const beginning = part.begin(new Rehearsal(refinementOf(part, size), NOW), size);
        expect(symmetryOf(part, size, beginning).size).toBe(symmetryOf(part, size).size);
      }
    }
  });

  test.each([
    'sendHeartbeat',
    'noteProgress',
    'repeat1a',
    'repeat2a',
    'askForVotes',
    'askForState',
  ])('are not, as acceptors, where there is %s', (action) => {
    for (const part of PARTS.filter(({ alike }) => alike === 'acceptors')) {
      expect(() => symmetryOf(having(part, action), part.sizes[0])).toThrow(action);
    }
  });

  test('are not, as acceptors, where only some of them vote', () => {
    const part = named('log');
    const some: Omission = { actions: ['vote'], because: 'of this test', except: () => [0] };
    const partly = { ...part, without: [...part.without, some] };
    expect(() => symmetryOf(partly, size(3, 2, 2))).toThrow('only some acceptors may vote');
  });

  test('are not, as acceptors, where one stops or starts again', () => {
    const part = named('agreement');
    expect(() => symmetryOf(part, size(3, 1, 2, 1))).toThrow('starts again');
    expect(() => symmetryOf({ ...part, stopped: [0] }, size(3, 1, 2))).toThrow('has stopped');
  });

  test('are not, as acceptors, where logs are truncated', () => {
    const part: Part = { ...named('log'), parameters: { maxLogLength: 1 } };
    expect(() => symmetryOf(part, size(3, 2, 2))).toThrow('shorter than the operations');
    const { begin, parameters = {} } = named('catch-up');
    const late: Part = { ...named('log'), parameters: { ...parameters, maxLogLength: 2 } };
    const beginning = begin(new Rehearsal(refinementOf(late, size(3, 2, 1)), NOW), size(3, 2, 1));
    expect(symmetryOf(late, size(3, 2, 1)).size).toBe(6);
    expect(symmetryOf(late, size(3, 2, 1), beginning)).toBe(NO_SYMMETRY);
  });

  test('are not, as replicas, where one may lead', () => {
    const part = having(named('election'), 'startPhase1');
    expect(() => symmetryOf(part, size(3, 1, 2))).toThrow('may lead');
  });

  test.each([
    ['agreement', size(3, 1, 2)],
    ['log', size(2, 2, 2)],
    ['execution', size(2, 2, 2)],
  ])('if they are acceptors, keep their logs whole in every state: %s', (name, size) => {
    const part = named(name);
    const right = refinementOf(part, size);
    const refinement = {
      ...right,
      systemInvariants: {
        X1: ({ states }: { readonly states: readonly Replica[] }) =>
          states.every(({ acceptor }) => isWhole(acceptor))
            ? undefined
            : { failed: 'no log is truncated' },
      },
    };
    const all = explore(rslModel(part, size, { refinement, symmetry: false }));
    expect(all.counterexample).toBeUndefined();
    expect(all.complete).toBe(true);
  });
});
