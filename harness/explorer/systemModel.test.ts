import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DistributedSystem } from '../../protocol/framework/distributedSystem.ts';
import { fingerprint } from '../../spec/framework/fingerprint.ts';
import type { Refusal } from '../../spec/framework/verdict.ts';
import { explore } from './breadthFirst.ts';
import { type LockInstance, type LockLaws, lockLaws, lockModel, strangers } from './lock.ts';
import type { Model } from './model.ts';
import { restarts, WRONG_LOCKS } from './models/wrongLocks.ts';
import { textbookModel } from './textbookModel.ts';

const instances = fc.record<LockInstance>({
  hosts: fc.integer({ min: 1, max: 4 }),
  epochs: fc.integer({ min: 1, max: 5 }),
  compatible: fc.boolean(),
});

const innermost = ({ failed, because = [] }: Refusal): string =>
  because[0] ? innermost(because[0]) : failed;
const told = (refusal: Refusal | undefined) =>
  refusal && `${refusal.failed.slice(0, 2)} ${innermost(refusal)}`;

/** Every state that a model reaches, as `view` sees it. */
function reached<State, Label>(
  model: Model<State, Label>,
  view: (state: State) => unknown,
): Set<string> {
  const states = new Set<string>();
  explore<State, Label>({
    name: model.name,
    initial: () => model.initial(),
    successors: (s, visit) => model.successors(s, visit),
    actionOf: () => 'any',
    fingerprint: (s) => model.fingerprint?.(s) ?? fingerprint(s),
    checkState: (s) => {
      const { hi, lo } = fingerprint(view(s));
      states.add(`${hi} ${lo}`);
      return undefined;
    },
  });
  return states;
}

describe('the system of a protocol', () => {
  test('has the textbook’s states, steps, depth and coverage', () => {
    fc.assert(
      fc.property(instances, fc.boolean(), fc.boolean(), (instance, separate, restarting) => {
        const laws = restarting
          ? restarts((h) => ({ ...h, offeredAt: undefined }))(lockLaws(instance))
          : lockLaws(instance);
        const fast = explore(lockModel(instance, { laws, separate }));
        const slow = explore(textbookModel(laws, strangers(instance)));
        expect(fast.counterexample).toBeUndefined();
        expect(slow.counterexample).toBeUndefined();
        expect(fast.complete).toBe(true);
        for (const figure of ['distinctStates', 'transitions', 'depth', 'deadlocks'] as const) {
          expect(fast[figure]).toBe(slow[figure]);
        }
        for (const [action, times] of Object.entries(fast.coverage)) {
          expect(times).toBe(slow.coverage[action] ?? 0);
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    { hosts: 2, epochs: 4, compatible: false },
    { hosts: 3, epochs: 4, compatible: false },
    { hosts: 3, epochs: 5, compatible: true },
  ])('has the very states of the textbook: %o', (instance) => {
    const laws = lockLaws(instance);
    const model = lockModel(instance);
    const fast = reached(model, (s) => [
      s.hosts.map(({ value }) => value),
      new Set(model.sent(s)),
      s.ghost.value,
    ]);
    const slow = reached(textbookModel(laws, strangers(instance)), ({ system, ghost }) => [
      system.hosts,
      new Set(system.sent.values()),
      ghost,
    ]);
    expect(fast.size).toBeGreaterThan(8);
    expect(fast).toEqual(slow);
  });

  test('is the same when it must forget', () => {
    const instance = { hosts: 4, epochs: 30, compatible: false };
    const count = (model: ReturnType<typeof lockModel>) => {
      const { distinctStates, transitions, depth, coverage } = explore(model);
      return { distinctStates, transitions, depth, coverage };
    };
    const forgetful = lockModel(instance, { maxRemembered: 10 });
    expect(count(forgetful)).toEqual(count(lockModel(instance)));
  });

  const instance = { hosts: 3, epochs: 4, compatible: false };

  test.each(WRONG_LOCKS)('%s is refused as by the textbook, as early', (_, mutation, refusal) => {
    const laws = mutation(lockLaws(instance));
    const fast = explore(lockModel(instance, { laws })).counterexample;
    const slow = explore(textbookModel(laws, strangers(instance))).counterexample;
    expect(told(fast?.refusal)).toBe(refusal);
    expect(told(slow?.refusal)).toBe(refusal);
    expect(fast?.behaviour.steps.length).toBe(slow?.behaviour.steps.length);
  });

  test('is refused exactly if the textbook’s is, and as early, whatever the instance', () => {
    const mutant = fc.constantFrom(...WRONG_LOCKS);
    fc.assert(
      fc.property(instances, mutant, ({ hosts, ...others }, [, mutation]) => {
        const small = { hosts: Math.min(hosts, 3), ...others };
        const laws = mutation(lockLaws(small));
        const fast = explore(lockModel(small, { laws }), { maxDepth: 8 });
        const slow = explore(textbookModel(laws, strangers(small)), { maxDepth: 8 });
        expect(fast.counterexample === undefined).toBe(slow.counterexample === undefined);
        expect(fast.counterexample?.behaviour.steps.length).toBe(
          slow.counterexample?.behaviour.steps.length,
        );
        if (slow.counterexample === undefined) {
          expect(fast.distinctStates).toBe(slow.distinctStates);
          expect(fast.transitions).toBe(slow.transitions);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each(WRONG_LOCKS)(
    'the counterexample of %s happens in the textbook’s system',
    (_, mutation) => {
      const laws = mutation(lockLaws(instance));
      const model = lockModel(instance, { laws });
      const found = explore(model).counterexample;
      const system = new DistributedSystem(laws.protocol);
      const begin = strangers(instance).reduce(
        (s, packet) => system.next(s, { type: 'send', packet }) ?? s,
        system.init(),
      );
      const end = (found?.behaviour.steps ?? []).reduce((s, { label: { move } }) => {
        const host = laws.protocol.hosts[move.before.place] as string;
        const action = laws.protocol.actions.find(({ name }) => name === move.action);
        const packet = move.packet && { packet: move.packet.value };
        const next = system.next(
          s,
          action ? { type: 'act', host, action, ...packet } : { type: 'restart', host },
        );
        if (next === undefined) throw new Error(`${move.action} cannot happen`);
        return next;
      }, begin);
      const last = found?.behaviour.steps.at(-1)?.state ?? found?.behaviour.initial;
      if (last === undefined) throw new Error('nothing was refused');
      expect(end.hosts).toEqual(last.hosts.map(({ value }) => value));
      expect(new Set(end.sent.values())).toEqual(new Set(model.sent(last)));
    },
  );

  test('is told to a reader', () => {
    const model = lockModel(instance, {
      laws: WRONG_LOCKS[0]?.[1](lockLaws(instance)) as LockLaws,
    });
    const found = explore(model).counterexample;
    expect(found && model.showState(found.behaviour.initial)).toBe('history ⟨a⟩');
    expect(
      found?.behaviour.steps.map(({ label, state }) => [
        model.showLabel(label),
        model.showState(state),
      ]),
    ).toEqual([['a grant → b: transfer(2)', 'history ⟨a b⟩']]);
  });
});
