import { describe, expect, test } from 'vitest';
import { explore } from './breadthFirst.ts';
import { GhostModel } from './ghostModel.ts';
import { type LockInstance, lockLaws, lockModel, strangers } from './lock.ts';
import { WRONG_LOCKS } from './models/wrongLocks.ts';
import { NO_SYMMETRY, permutations } from './symmetry.ts';

/** The lock's history follows from the transfers that were sent, so this model is for it as well. */
const ghostly = (instance: LockInstance, laws = lockLaws(instance), maxRemembered = 1_000_000) => {
  const ghost = strangers(instance).reduce((g, packet) => laws.hear(g, packet), laws.begin());
  const states = laws.protocol.hosts.map((host) => laws.protocol.init(host));
  return new GhostModel(laws, {
    beginning: { states, packets: strangers(instance), ghost },
    separate: true,
    maxRemembered,
    ...(laws.protocol.restart && { restarts: 3 }),
  });
};

const INSTANCES: readonly LockInstance[] = [
  { hosts: 1, epochs: 4, compatible: false },
  { hosts: 2, epochs: 6, compatible: false },
  { hosts: 3, epochs: 7, compatible: true },
  { hosts: 4, epochs: 7, compatible: false },
];

describe('a model whose ghost follows from the packets sent', () => {
  test.each(INSTANCES)('has the states and steps of the other one: %o', (instance) => {
    const expected = explore(lockModel(instance));
    const found = explore(ghostly(instance));
    expect(found.distinctStates).toBe(expected.distinctStates);
    expect(found.transitions).toBe(expected.transitions);
    expect(found.coverage).toEqual(expected.coverage);
    expect([found.complete, found.counterexample]).toEqual([true, undefined]);
  });

  test('is the same when it forgets sets of packets and makes them anew', () => {
    const instance = { hosts: 4, epochs: 7, compatible: false };
    const model = ghostly(instance, lockLaws(instance), 3);
    const found = explore(model);
    const expected = ghostly(instance);
    expect(found.distinctStates).toBe(explore(expected).distinctStates);
    expect(model.parts.packetSets).toBeGreaterThan(expected.parts.packetSets);
  });

  /** Here the ghost moves, or must move, though no packet is new: that is not for this model. */
  const OTHERS = [
    'a step of the service in which nothing happens',
    'a step of the service when nothing happens in the system',
  ];
  const wrong = WRONG_LOCKS.filter(([what]) => !OTHERS.includes(what));

  test.each(wrong)('refuses %s as early as the other one', (_, mutation) => {
    const instance = { hosts: 3, epochs: 4, compatible: false };
    const laws = mutation(lockLaws(instance));
    const expected = explore(lockModel(instance, { laws })).counterexample;
    const found = explore(ghostly(instance, laws)).counterexample;
    expect(found?.behaviour.steps.length).toBe(expected?.behaviour.steps.length);
    expect(found?.refusal.failed).toBe(expected?.refusal.failed);
  });

  test('is told to a reader', () => {
    const instance = { hosts: 2, epochs: 3, compatible: true };
    const model = ghostly(instance);
    const labels: string[] = [];
    model.successors(model.initial()[0], (label, next) => {
      if (next !== model.initial()[0]) labels.push(model.showLabel(label));
    });
    expect(labels).toEqual(['a grant → b: transfer(2)']);
  });
});

describe('symmetry', () => {
  test('that there is none is a symmetry, too', () => {
    const value = { a: 1 };
    expect(NO_SYMMETRY.size).toBe(1);
    expect(NO_SYMMETRY.field(0, 2, 'a', value)).toEqual({ place: 2, value });
  });

  test('has all orders, the given one first', () => {
    expect(permutations([1, 2, 3])).toEqual([
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1],
    ]);
    expect(permutations([])).toEqual([[]]);
  });
});
