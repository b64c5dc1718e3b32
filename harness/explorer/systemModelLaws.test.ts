import { describe, expect, test } from 'vitest';
import type { Host } from '../../protocol/lock/host.ts';
import type { Refusal } from '../../spec/framework/verdict.ts';
import { clause } from '../../spec/framework/verdict.ts';
import { GREETING } from '../testing/watchedGreeters.ts';
import { explore } from './breadthFirst.ts';
import { type LockLaws, lockLaws, lockModel, strangers } from './lock.ts';
import { restarts } from './models/wrongLocks.ts';
import { SystemModel } from './systemModel.ts';
import { textbookModel } from './textbookModel.ts';

const INSTANCE = { hosts: 3, epochs: 4, compatible: false };
const LAWS = lockLaws(INSTANCE);
/** A host that starts again forgets that it has offered the lock. */
const FORGETFUL = restarts((h) => ({ ...h, offeredAt: undefined }))(LAWS);

const offers = (h: Host | undefined) => h?.offeredAt !== undefined;
const path = ({ failed, because = [] }: Refusal): readonly string[] => [
  failed,
  ...because.slice(0, 1).flatMap(path),
];

/** What both models say of a system, which must be the same. */
function refusalOf(laws: LockLaws) {
  const fast = explore(lockModel(INSTANCE, { laws })).counterexample;
  const slow = explore(textbookModel(laws, strangers(INSTANCE))).counterexample;
  expect(fast && path(fast.refusal)).toEqual(slow && path(slow.refusal));
  expect(fast?.behaviour.steps.length).toBe(slow?.behaviour.steps.length);
  return fast && [path(fast.refusal).at(-1), fast.behaviour.steps.map(({ action }) => action)];
}

describe('a law that looks at other hosts', () => {
  test('is asked of a host in every state, though host and ghost were seen together before', () => {
    const law = (h: Host, { states }: { readonly states: readonly Host[] }) =>
      clause('a offers to b until b holds', h !== states[0] || !offers(h) || !states[1]?.held);
    expect(refusalOf({ ...LAWS, hostInvariants: { X: law } })).toEqual([
      'a offers to b until b holds',
      ['grant', 'accept'],
    ]);
  });

  test('is asked of a packet that is sent, whatever was said of it when others were elsewhere', () => {
    const laws: LockLaws = {
      ...FORGETFUL,
      packetInvariants: {
        X: ({ src, msg }, { states }) =>
          src === 'b' && msg.type === 'locked'
            ? clause('b says locked while a offers', offers(states[0]))
            : undefined,
      },
    };
    // Where nobody starts again it is true, and so it is of the packet as it first comes up.
    const alone = { ...laws, protocol: LAWS.protocol };
    expect(explore(lockModel(INSTANCE, { laws: alone })).counterexample).toBeUndefined();
    const { refusal, behaviour } = explore(lockModel(INSTANCE, { laws })).counterexample ?? {};
    expect(refusal && path(refusal).at(-1)).toBe('b says locked while a offers');
    expect(behaviour?.steps.map(({ action }) => action)).toEqual(['grant', 'restart', 'accept']);
  });

  test('is asked with the place of the host', () => {
    const laws: LockLaws = {
      ...LAWS,
      hostInvariants: { X: (h, _, host) => clause('c is not the holder', host !== 2 || !h.held) },
    };
    expect(refusalOf(laws)?.[0]).toBe('c is not the holder');
  });

  test('now and then in a campaign is asked always by the explorer', () => {
    const X: LockLaws['sampledInvariants'][string] = ({ states }) =>
      clause('c is not the holder', !states[2]?.held);
    expect(refusalOf({ ...LAWS, sampledInvariants: { X } })?.[0]).toBe('c is not the holder');
  });
});

describe('a ghost', () => {
  const { act } = GREETING;
  /** Counts greetings, and does not keep what was said, so that there are finitely many. */
  const laws: typeof GREETING = {
    ...GREETING,
    act: (said, step) => {
      act(said, step);
      said.packets.length = 0;
      return said;
    },
  };

  const strange = [1, 2, 3].map((msg) => ({ src: 'mallory', dst: 'a', msg }));

  test('may be changed in place, and hosts may choose, as the textbook has it', () => {
    const fast = explore(new SystemModel(laws, { strangers: strange }));
    const slow = explore(textbookModel(laws, strange));
    expect(fast.counterexample).toBeUndefined();
    expect(slow.counterexample).toBeUndefined();
    for (const figure of ['distinctStates', 'transitions', 'depth', 'coverage'] as const) {
      expect(fast[figure]).toEqual(slow[figure]);
    }
    expect(fast.distinctStates).toBeGreaterThan(100);
    expect(Math.min(...Object.values(fast.coverage))).toBeGreaterThan(0);
  });

  test('that asks which packet a step took must be explored step by step', () => {
    const asking: typeof laws = {
      ...laws,
      act: (said, step) => {
        if (step.action === 'shrug' && step.packet === undefined) throw new Error('no packet');
        return laws.act(said, step);
      },
    };
    const model = (separate: boolean) => new SystemModel(asking, { strangers: strange, separate });
    expect(() => explore(model(false))).toThrow(
      'which packet shrug took: explore steps separately',
    );
    expect(explore(model(true)).complete).toBe(true);
  });
});
