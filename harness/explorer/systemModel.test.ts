import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action, LocalAction, PacketAction } from '../../protocol/framework/action.ts';
import { DistributedSystem } from '../../protocol/framework/distributedSystem.ts';
import type { Host, Message } from '../../protocol/lock/host.ts';
import { init } from '../../protocol/lock/host.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { fingerprint } from '../../spec/framework/fingerprint.ts';
import type { Refusal } from '../../spec/framework/verdict.ts';
import { explore } from './breadthFirst.ts';
import { type LockInstance, type LockLaws, lockLaws, lockModel, strangers } from './lock.ts';
import type { Model } from './model.ts';
import { textbookModel } from './textbookModel.ts';

const instances = fc.record<LockInstance>({
  hosts: fc.integer({ min: 1, max: 4 }),
  epochs: fc.integer({ min: 1, max: 5 }),
  compatible: fc.boolean(),
});

type Mutation = (laws: LockLaws) => LockLaws;

const withActions =
  (change: (action: Action<Host, Message>) => Action<Host, Message>): Mutation =>
  (laws) => ({
    ...laws,
    protocol: { ...laws.protocol, actions: laws.protocol.actions.map(change) },
  });

const grants = (step: LocalAction<Host, Message>['step']): Mutation =>
  withActions((action) =>
    action.name === 'grant' ? ({ ...action, step } as typeof action) : action,
  );

const accepts = (change: Partial<PacketAction<Host, Message>>): Mutation =>
  withActions((action) =>
    action.name === 'accept' ? ({ ...action, ...change } as typeof action) : action,
  );

const restarts =
  (restart: (h: Host) => Host): Mutation =>
  (laws) => ({
    ...laws,
    protocol: { ...laws.protocol, restart },
  });

const transfers = (h: Host, dst: string, epoch: number): Packet<Message>[] => [
  { src: h.constants.me, dst, msg: { type: 'transfer', epoch } },
];
const after = ({ constants: { me, ring } }: Host, by: number) =>
  ring[(ring.indexOf(me) + by) % ring.length] as string;
const released = (h: Host, now: number): Host => ({ ...h, held: false, offeredAt: now });
const refuses = (holds: boolean): Refusal | undefined => (holds ? undefined : { failed: 'no' });

/** Wrong systems, with the boundary and the innermost clause that refuse each. */
const MUTANTS: readonly (readonly [law: string, mutation: Mutation, refusal: string])[] = [
  [
    'a host that keeps the lock it grants',
    grants((h) => ({ state: h, sends: transfers(h, after(h, 1), h.epoch + 1) })),
    'B3 only the last in history holds',
  ],
  [
    'a host that grants to itself',
    grants((h, now) => ({
      state: released(h, now),
      sends: transfers(h, after(h, 0), h.epoch + 1),
    })),
    'B3 whoever offers the lock has granted it to its successor',
  ],
  [
    'a host that skips its successor',
    grants((h, now) => ({
      state: released(h, now),
      sends: transfers(h, after(h, 2), h.epoch + 1),
    })),
    'B3 whoever offers the lock has granted it to its successor',
  ],
  [
    'a host that does not count epochs',
    grants((h, now) => ({ state: released(h, now), sends: transfers(h, after(h, 1), h.epoch) })),
    'B3 no transfer names the first epoch',
  ],
  [
    'a host that grants to a stranger',
    grants((h, now) => ({ state: released(h, now), sends: transfers(h, 'stranger', h.epoch + 1) })),
    'B3 the new holder is a host',
  ],
  [
    'a host that says locked for another',
    grants((h, now) => ({
      state: released(h, now),
      sends: [
        ...transfers(h, after(h, 1), h.epoch + 1),
        { src: h.constants.me, dst: after(h, 1), msg: { type: 'locked', epoch: h.epoch + 1 } },
      ],
    })),
    'B4 whoever says locked held the lock in that epoch',
  ],
  [
    'a host that accepts an epoch again',
    accepts({
      guard: (h, { src, msg }) =>
        refuses(
          h.constants.ring.includes(src)
            && msg.type === 'transfer'
            && !h.held
            && msg.epoch >= h.epoch,
        ),
    }),
    'B3 only the last in history holds',
  ],
  [
    'a host that obeys a stranger',
    accepts({
      guard: (h, { msg }) => refuses(msg.type === 'transfer' && !h.held && msg.epoch > h.epoch),
    }),
    'B3 only the last in history holds',
  ],
  [
    'a host that forgets its epoch',
    accepts({
      step: (h, packet) => ({
        state: { ...h, held: false, epoch: h.epoch - 1 },
        sends: transfers(h, packet.src, 2).slice(1),
      }),
    }),
    'B3 the epoch of a host never decreases',
  ],
  [
    'a host that forgets all',
    restarts((h) => init(h.constants)),
    'B3 only the last in history holds',
  ],
  [
    'a host with another configuration after it starts again',
    restarts((h) => ({ ...h, constants: { ...h.constants } })),
    'B3 the configuration never changes',
  ],
  [
    'a step of the service in which nothing happens',
    (laws) => ({
      ...laws,
      advance: (s, action, ...step) =>
        action === 'ignore' ? { ...s } : laws.advance(s, action, ...step),
    }),
    'B3 the lock changes hands exactly once',
  ],
  [
    'a step of the service when nothing happens in the system',
    (laws) => ({
      ...laws,
      advance: (s, action, ...step) =>
        action === 'ignore'
          ? { ...s, history: s.history.append('h1') }
          : laws.advance(s, action, ...step),
    }),
    'B3 the holder is in the last epoch',
  ],
  [
    'a service that may not begin so',
    (laws) => ({ ...laws, init: () => ({ failed: 'no' }) }),
    'B3 no',
  ],
];

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
      s.spec.value,
    ]);
    const slow = reached(textbookModel(laws, strangers(instance)), ({ system, spec }) => [
      system.hosts,
      new Set(system.sent.values()),
      spec,
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

  test.each(MUTANTS)('%s is refused as by the textbook, as early', (_, mutation, refusal) => {
    const laws = mutation(lockLaws(instance));
    const fast = explore(lockModel(instance, { laws })).counterexample;
    const slow = explore(textbookModel(laws, strangers(instance))).counterexample;
    expect(told(fast?.refusal)).toBe(refusal);
    expect(told(slow?.refusal)).toBe(refusal);
    expect(fast?.behaviour.steps.length).toBe(slow?.behaviour.steps.length);
  });

  test.each(MUTANTS)('the counterexample of %s happens in the textbook’s system', (_, mutation) => {
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
  });

  test('is told to a reader', () => {
    const model = lockModel(instance, { laws: MUTANTS[0]?.[1](lockLaws(instance)) as LockLaws });
    const found = explore(model).counterexample;
    expect(found && model.showState(found.behaviour.initial)).toBe('history ⟨h1⟩');
    expect(
      found?.behaviour.steps.map(({ label, state }) => [
        model.showLabel(label),
        model.showState(state),
      ]),
    ).toEqual([['h1 grant → h2: transfer(2)', 'history ⟨h1 h2⟩']]);
  });
});
