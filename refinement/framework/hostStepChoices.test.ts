import { describe, expect, test } from 'vitest';
import { FORGETFUL, type Greeter } from '../../harness/testing/greeters.ts';
import { refusalOf } from '../../harness/testing/refusalOf.ts';
import type { LocalAction } from '../../protocol/framework/action.ts';
import { clause } from '../../spec/framework/verdict.ts';
import { type HostRefinement, HostStepChecker, type ObservedIo } from './hostStep.ts';

/** How often all choices were asked for. */
let tried = 0;

/** Hears so many greetings of its own choice, and says so to one of its choice. */
const guess: LocalAction<Greeter, number, { readonly heard: number; readonly dst: string }> = {
  name: 'guess',
  takes: 'nothing',
  readsClock: false,
  choices: () => {
    tried++;
    return ['a', 'b'].flatMap((dst) => [1, 2, 3].map((heard) => ({ heard, dst })));
  },
  guard: (h, { choice }) => clause('it is a guess', choice.heard > h.heard && choice.heard !== 2),
  step: (h, { choice: { heard, dst } }) => ({
    state: { ...h, heard },
    sends: [{ src: h.me, dst, msg: heard }],
  }),
};

const refinement: HostRefinement<Greeter, Greeter, number> = {
  protocol: { ...FORGETFUL, actions: [guess] },
  read: ([first = 0]) => first,
  readAsImpl: ([first = 0]) => first,
  invalid: 0,
  compare: (impl, { heard }) =>
    impl.heard === heard ? undefined : { path: '.heard', expected: heard, actual: impl.heard },
};
const checker = new HostStepChecker(refinement);

const BEFORE: Greeter = { me: 'a', greeted: 0, heard: 0, heardAt: 0 };

const check = (heard: number, dst: string, msg = heard, before = BEFORE) => {
  const io: readonly ObservedIo[] = [{ type: 'send', dst, bytes: Uint8Array.of(msg) }];
  const place = { host: 'a', step: 0, action: 'guess' };
  return checker.check(place, 'a', before, io, { ...BEFORE, heard });
};

describe('a step of an action that leaves something open', () => {
  test.each([
    [1, 'a'],
    [3, 'b'],
  ])('passes where some choice explains it: %i to %s', (heard, dst) => {
    const { step } = check(heard, dst);
    expect(step.state.heard).toBe(heard);
    expect(step.sends).toEqual([{ src: 'a', dst, msg: heard }]);
  });

  test.each([
    ['what it sends', 1, 'c', 1, 'the host sends what the protocol says', '[0].dst'],
    [
      'a choice that may not be made',
      2,
      'a',
      2,
      'the host sends what the protocol says',
      '[0].msg',
    ],
    ['where it is', 3, 'a', 1, 'the host is in the state that the protocol says', '.heard'],
  ])(
    'is refused where no choice explains %s, beside the first that may be made',
    (_, heard, dst, msg, law, path) => {
      const refusal = refusalOf(() => check(heard, dst, msg));
      expect([refusal.boundary, refusal.clause]).toEqual(['B1', law]);
      expect(refusal.difference?.path).toBe(path);
      expect([1, 'a']).toContain(refusal.difference?.expected);
    },
  );

  test('is refused by the guard where no choice may be made', () => {
    const refusal = refusalOf(() => check(3, 'a', 3, { ...BEFORE, heard: 3 }));
    expect(refusal.clause).toBe('the action may be taken: it is a guess');
  });

  test('goes by the choice that is named, and by no other', () => {
    const named = new HostStepChecker<Greeter, Greeter, number>({
      ...refinement,
      choiceOf: ({ action, before, sends, impl }) => {
        expect([action, before]).toEqual(['guess', BEFORE]);
        return sends[0]?.dst === 'b' ? { heard: impl.heard, dst: 'b' } : undefined;
      },
    });
    const checkNamed = (dst: string, msg: number) => {
      const io: readonly ObservedIo[] = [{ type: 'send', dst, bytes: Uint8Array.of(msg) }];
      const place = { host: 'a', step: 0, action: 'guess' };
      return named.check(place, 'a', BEFORE, io, { ...BEFORE, heard: msg });
    };
    tried = 0;
    expect(checkNamed('b', 3).step.state.heard).toBe(3);
    expect(refusalOf(() => checkNamed('b', 2)).clause).toBe(
      'the action may be taken: it is a guess',
    );
    expect(tried).toBe(0);
    // Where none is named, all are tried.
    expect(checkNamed('a', 3).step.state.heard).toBe(3);
    expect(tried).toBe(1);
  });
});
