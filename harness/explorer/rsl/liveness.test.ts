import { describe, expect, test } from 'vitest';
import { type Action, unchanged } from '../../../protocol/framework/action.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { checkLiveness } from '../liveness.ts';
import type { Size } from './instance.ts';
import { requestsAreExecuted } from './liveness.ts';
import { refinementOf, rslModel } from './model.ts';
import { type Network, type Omission, type Part, partOf } from './parts.ts';

const size = (replicas: number, operations: number, ballots: number): Size => ({
  replicas,
  operations,
  ballots,
  restarts: 0,
});

/** What is left when replicas say nothing of how they are, and take no checkpoints. */
const QUIET: Omission = { actions: ['sendHeartbeat', 'takeCheckpoint'], because: 'of time' };

/** The actions without some: a host takes packets for them all the same, and does nothing. */
const lacking = (actions: readonly Action<Replica, Message>[], without: readonly string[]) =>
  actions.flatMap((action): Action<Replica, Message>[] => {
    if (!without.includes(action.name)) return [action];
    return action.takes === 'nothing' ? [] : [{ ...action, step: (r: Replica) => unchanged(r) }];
  });

/** Whether requests are executed in the end by a protocol without some of its actions. */
function live(
  part: Part,
  size: Size,
  without: readonly string[] = [],
  network: Network = part.network ?? 'lossy',
) {
  const right = refinementOf(part, size);
  const actions = lacking(right.protocol.actions, without);
  const refinement = { ...right, protocol: { ...right.protocol, actions } };
  const model = rslModel(part, size, { refinement, symmetry: false, separate: true });
  const property = requestsAreExecuted(part, size, model, network);
  const { holds, lasso, states } = checkLiveness(model, property);
  return {
    holds,
    states,
    end: lasso?.stem.steps.at(-1) ?? lasso?.stem.initial,
    cycle: lasso?.cycle.map(({ action }) => action) ?? [],
  };
}

const named = (name: string): Part => partOf(name) as Part;
const quiet = (part: Part): Part => ({ ...part, without: [...part.without, QUIET] });

describe('requests are executed in the end', () => {
  const service = quiet(named('service'));

  test.each([1, 2])('on a network that loses packets, by %i replicas', (replicas) => {
    const { holds, states } = live(service, size(replicas, 1, 1));
    expect(holds).toBe(true);
    expect(states).toBeGreaterThan(10 * replicas);
  });

  test.each([
    ['repeat1a'],
    ['repeatPromise'],
    ['decide'],
    ['proposeBatch'],
    ['receiveRequest'],
    ['collectPromise'],
  ])('but not without %s', (action) => {
    const { holds, cycle } = live(service, size(2, 1, 1), [action]);
    expect(holds).toBe(false);
    expect(cycle).not.toContain('execute');
  });

  test.each([
    ['the original', true],
    ['what is no original', false],
  ])('if a batch waits for others no longer than a while: by %s', (_, compatible) => {
    const part = { ...service, parameters: { maxBatchSize: 2, durable: false, compatible } };
    expect(live(part, size(2, 1, 1), [], 'reliable').holds).toBe(true);
    // A request that need not wait for others needs no timer.
    expect(live(part, size(2, 1, 1), ['startBatchTimer'], 'reliable').holds).toBe(!compatible);
  });

  test('but not if nothing that is lost is ever repeated', () => {
    const repeats = ['repeat1a', 'repeat2a', 'askForVotes', 'askForState'];
    expect(live(service, size(2, 1, 1), repeats).holds).toBe(false);
  });

  test('and need nothing repeated where nothing is lost', () => {
    const repeats = ['repeat1a', 'repeat2a', 'askForVotes', 'askForState'];
    expect(live(service, size(2, 1, 1), repeats, 'reliable').holds).toBe(true);
  });
});

describe('a log with a gap is executed in the end', () => {
  const gap = { ...named('gap'), network: 'reliable' } as const;
  const repeats = ['noteProgress'];

  test('because the gap is filled', () => {
    expect(live(gap, size(2, 2, 2), repeats).holds).toBe(true);
  });

  test('but not otherwise', () => {
    expect(live(gap, size(2, 2, 2), [...repeats, 'fillGap'])).toMatchObject({ holds: false });
  });
});

describe('a leader that has stopped is replaced', { timeout: 60_000 }, () => {
  const succession = named('succession');

  test('because the others suspect it', () => {
    expect(live(succession, size(3, 1, 2)).holds).toBe(true);
  });

  test.each([['suspect'], ['sendHeartbeat'], ['changeView'], ['startPhase1']])(
    'but not without %s',
    (action) => {
      expect(live(succession, size(3, 1, 2), [action]).holds).toBe(false);
    },
  );

  test('but not on a network that loses packets, as nothing is repeated here', () => {
    expect(live(succession, size(3, 1, 2), [], 'lossy').holds).toBe(false);
  });
});
