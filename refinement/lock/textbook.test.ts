import { describe, expect, test } from 'vitest';
import { behaviourOf, observe } from '../../harness/testing/lockBehaviours.ts';
import { type LockProtocol, RIGHT, WRONG } from '../../harness/testing/lockVariants.ts';
import { lock, type Parameters } from '../../protocol/lock/host.ts';
import { difference } from '../../spec/framework/difference.ts';
import { Monitor } from '../framework/monitor.ts';
import { BoundaryRefusal } from '../framework/refusal.ts';
import { lockRefinement } from './service.ts';
import { abstractBehaviour, type Behaviour, type Broken, brokenLaws } from './textbook.ts';

/** How far a behaviour comes before it is refused, and why; all the way, if it is not. */
interface Outcome {
  readonly passed: number;
  readonly because: Broken | undefined;
}

/** What the monitor says of a behaviour of a protocol. */
function monitored(protocol: LockProtocol, parameters: Parameters, behaviour: Behaviour): Outcome {
  const { ring, steps } = behaviour;
  const monitor = new Monitor({ ...lockRefinement(ring, parameters), protocol });
  for (const [passed, step] of steps.entries()) {
    try {
      observe(monitor, ring, step);
    } catch (refusal) {
      if (!(refusal instanceof BoundaryRefusal)) throw refusal;
      const { boundary, clause } = refusal;
      return { passed, because: { boundary, clause } };
    }
    const prefix = { ...behaviour, steps: steps.slice(0, passed + 1) };
    expect(difference(abstractBehaviour(prefix), monitor.spec)).toBeUndefined();
    expect(difference(step.after.hosts, monitor.states)).toBeUndefined();
  }
  return { passed: steps.length, because: undefined };
}

/**
 * Both verdicts agree on every prefix of a behaviour; gives the one of the whole. The laws that a
 * prefix breaks by the book are among those that a longer one breaks, so where the longest that
 * passed breaks none, no shorter one does.
 */
function compare(protocol: LockProtocol, parameters: Parameters, behaviour: Behaviour): Outcome {
  const outcome = monitored(protocol, parameters, behaviour);
  const prefix = (length: number) => ({ ...behaviour, steps: behaviour.steps.slice(0, length) });
  expect(brokenLaws(prefix(outcome.passed))).toEqual([]);
  if (outcome.because !== undefined) {
    // The monitor names the first law that it finds broken; the book all that are.
    expect(brokenLaws(prefix(outcome.passed + 1))).toContainEqual(outcome.because);
  }
  return outcome;
}

const SEEDS = [1, 2, 3, 4, 5, 6];

const SHAPES = [1, 2, 3].flatMap((size) =>
  [false, true].map((compatible) => ({
    ring: ['a', 'b', 'c'].slice(0, size),
    parameters: { maxEpoch: 5, retryPeriod: 100, compatible },
  })),
);

/** The outcomes of some behaviours of each shape under a change of the protocol. */
const outcomes = (change: (protocol: LockProtocol) => LockProtocol): readonly Outcome[] =>
  SHAPES.flatMap(({ ring, parameters }) => {
    const protocol = change(lock(ring, parameters));
    return SEEDS.map((seed) => compare(protocol, parameters, behaviourOf(protocol, seed, 30)));
  });

test('the behaviours come to everything that a host can do, and to the last epoch', () => {
  const seen = new Set<string>();
  let longest = 0;
  for (const { ring, parameters } of SHAPES) {
    for (const seed of SEEDS) {
      const behaviour = behaviourOf(lock(ring, parameters), seed, 30);
      longest = Math.max(longest, abstractBehaviour(behaviour).history.length);
      for (const { event } of behaviour.steps) {
        seen.add(event.type === 'act' ? event.action.name : event.type);
      }
    }
  }
  const actions = ['accept', 'answer', 'confirm', 'grant', 'ignore', 'offer'];
  expect([...seen].sort()).toEqual([...actions, 'advance', 'send'].sort());
  expect(longest).toBe(5);
});

describe('the monitor and the textbook say the same of every prefix of behaviours', () => {
  test.each(RIGHT)('of hosts of which each %s, and refuse none', (_, change) => {
    const all = outcomes(change);
    expect(all.filter(({ because }) => because !== undefined)).toEqual([]);
  });

  test.each(WRONG)('of hosts of which each %s, and refuse some by %s', (_, law, change) => {
    const laws = outcomes(change).flatMap(({ because }) => because ?? []);
    expect(laws.map(({ boundary, clause }) => `${boundary} ${clause}`)).toContain(law);
  });
});

test('the book compares each moment with the one before: two grants in a row are two steps', () => {
  type Wrong = (typeof WRONG)[number];
  const called = ([what]: Wrong) => what === 'grants a lock that it does not hold';
  const [, , change] = WRONG.find(called) as Wrong;
  const parameters = { maxEpoch: 5, retryPeriod: 100, compatible: false };
  const behaviour = behaviourOf(change(lock(['a', 'b'], parameters)), 1, 30);
  const grants = behaviour.steps.map(
    ({ event }) => event.type === 'act' && event.action.name === 'grant',
  );
  expect(grants.some((grant, index) => grant && grants[index - 1])).toBe(true);
  const laws = brokenLaws(behaviour).map(({ clause }) => clause);
  expect(laws.length).toBeGreaterThan(0);
  expect(laws.filter((clause) => clause.startsWith('the step is one'))).toEqual([]);
});
