import { describe, expect, test } from 'vitest';
import { SystemRefusal } from '../../refinement/framework/refusal.ts';
import { clause } from '../../spec/framework/verdict.ts';
import { greeterService } from '../testing/greeterService.ts';
import { FORGETFUL, greet, STEADY } from '../testing/greeters.ts';
import { ProtocolWorld } from './protocolWorld.ts';
import { Random } from './random.ts';
import type { Parcel, WorldEvent } from './world.ts';

/** A world in which `a` has greeted `b`, and the greeting. */
function greeted() {
  const world = new ProtocolWorld(greeterService());
  const [parcel] = world.step(0, undefined, 0, undefined) ?? [];
  if (parcel === undefined) throw new Error('nobody has greeted');
  return { world, parcel };
}

/** A world that writes down what happens to it. */
function recorded(world: ProtocolWorld<unknown, number, unknown, unknown>) {
  const events: WorldEvent<Parcel<number>>[] = [];
  world.listener = { event: (event) => events.push(event), told: () => {}, passed: () => {} };
  return events;
}

describe('a host of a protocol', () => {
  test('that is woken takes an action of its own, and that is given a packet receives it', () => {
    const { world, parcel } = greeted();
    expect(parcel).toEqual({ src: 'a', dst: 'b', msg: 1, index: 0 });
    expect(world.step(1, parcel, 5, undefined)).toEqual([]);
    expect(world.lastAction).toBe('hear');
    expect(world.monitor.states[1]).toMatchObject({ heard: 1, heardAt: 5 });
  });

  test('that has nothing to do does nothing, and is not said to have done anything', () => {
    const world = new ProtocolWorld(greeterService());
    const events = recorded(world);
    world.step(0, undefined, 0, undefined);
    expect(world.step(0, undefined, 5, undefined)).toBeUndefined();
    expect(events).toHaveLength(1);
    expect(world.seen.steps).toBe(1);
  });

  test('takes any of the actions that it may, and any choice, by chance', () => {
    const taken = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const { world, parcel } = greeted();
      const [other] = world.step(0, undefined, 10, undefined) ?? [];
      world.step(1, other, 10, undefined);
      const events = recorded(world);
      world.step(1, other, 11, new Random(seed));
      expect(world.step(1, parcel, 12, new Random(seed))).toEqual([]);
      const [event] = events;
      if (event?.type === 'step') taken.add(JSON.stringify(event.move));
    }
    expect([...taken].sort()).toEqual(['{"action":"echo"}', '{"action":"tease","choice":1}']);
  });

  test('has every action that it may take in its turn, where chance decides nothing', () => {
    const { world } = greeted();
    const [second] = world.step(0, undefined, 10, undefined) ?? [];
    world.step(1, second, 10, undefined);
    const actions = Array.from({ length: 4 }, () => {
      world.step(1, second, 11, undefined);
      return world.lastAction;
    });
    expect(actions).toEqual(['echo', 'tease', 'echo', 'tease']);
  });

  test('counts how often an action was looked at and not allowed, and for which clause', () => {
    const { world, parcel } = greeted();
    world.step(1, parcel, 0, undefined);
    world.step(0, undefined, 5, undefined);
    const refused = { greet: 1, hear: 0, echo: 1, tease: 1, shrug: 1 };
    expect(world.refused()).toEqual(refused);
    const { tease, ...others } = world.clauses();
    const sums = Object.entries(others).map(([action, clauses]) => [
      action,
      Object.values(clauses).reduce((sum, count) => sum + count, 0),
    ]);
    expect({ ...Object.fromEntries(sums), tease: 1 }).toEqual(refused);
  });

  test('is refused if it breaks down, in a guard or in a step', () => {
    const breaking = () => {
      throw new Error('out of order');
    };
    for (const wrong of [{ guard: breaking }, { step: breaking }]) {
      const actions = FORGETFUL.actions.map((each) =>
        each.name === 'greet' ? { ...greet, ...wrong } : each,
      );
      const world = new ProtocolWorld(greeterService({ ...FORGETFUL, actions }));
      const wake = () => world.step(0, undefined, 0, undefined);
      expect(wake).toThrow(SystemRefusal);
      expect(wake).toThrow('out of order');
    }
  });

  test('is checked: a step that the specification does not allow is refused', () => {
    const service = greeterService();
    const next = () => clause('nobody ever greets', false);
    const world = new ProtocolWorld({ ...service, refinement: { ...service.refinement, next } });
    expect(() => world.step(0, undefined, 0, undefined)).toThrow('nobody ever greets');
  });
});

describe('a host wants to be woken', () => {
  test('at once when it has done something, or something was done to it', () => {
    const { world, parcel } = greeted();
    expect(world.deadline(0, 0)).toBe(Number.NEGATIVE_INFINITY);
    world.step(1, undefined, 0, undefined);
    world.step(1, undefined, 0, undefined);
    expect(world.deadline(1, 0)).toBe(10);
    world.step(1, parcel, 3, undefined);
    expect(world.deadline(1, 3)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('and else when time makes a difference; again at once if its clock was set back', () => {
    const { world } = greeted();
    expect(world.step(0, undefined, 4, undefined)).toBeUndefined();
    expect(world.deadline(0, 4)).toBe(10);
    expect(world.deadline(0, 20)).toBe(10);
    expect(world.deadline(0, 3)).toBe(Number.NEGATIVE_INFINITY);
    for (const clock of [10, 20, 30]) world.step(0, undefined, clock, undefined);
    expect(world.deadline(0, 30)).toBe(Number.POSITIVE_INFINITY);
  });

  test('at once when it has started again', () => {
    const { world } = greeted();
    world.step(0, undefined, 4, undefined);
    world.restart?.(0);
    expect(world.deadline(0, 4)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('what was written down', () => {
  test('is done again as it was: the same action, with the same choice', () => {
    const { world, parcel } = greeted();
    const [second] = world.step(0, undefined, 10, undefined) ?? [];
    world.step(1, second, 10, undefined);
    const sends = world.again(1, second, 11, { action: 'tease', choice: 1 });
    expect(sends).toMatchObject([{ src: 'b', dst: 'a', msg: 1 }]);
    expect(world.lastAction).toBe('tease');
    expect(world.again(1, parcel, 11, { action: 'shrug' })).toEqual([]);
  });

  test('is left out if it may not be done, or if there is no such action', () => {
    const { world, parcel } = greeted();
    const { steps } = world.seen;
    expect(world.again(0, undefined, 5, { action: 'greet' })).toBeUndefined();
    expect(world.again(0, undefined, 50, { action: 'dance' })).toBeUndefined();
    expect(world.again(0, undefined, 50, { action: 'hear' })).toBeUndefined();
    expect(world.again(1, parcel, 50, { action: 'greet' })).toBeUndefined();
    expect(world.again(1, parcel, 50, { action: 'tease', choice: 7 })).toBeUndefined();
    expect(world.again(1, parcel, 50, undefined)).toBeUndefined();
    expect(world.seen.steps).toBe(steps);
  });
});

test('hosts start again with what they keep, if their protocol lets them', () => {
  const { world, parcel } = greeted();
  world.step(1, parcel, 5, undefined);
  const events = recorded(world);
  world.restart?.(1);
  expect(world.monitor.states[1]).toMatchObject({ heard: 0, greeted: 0 });
  expect(world.seen.actions).toMatchObject({ restart: 1 });
  expect(events).toEqual([{ type: 'restart', host: 1 }]);
  expect(new ProtocolWorld(greeterService(STEADY)).restart).toBeUndefined();
});

test('a stranger says what it likes, or has heard, but not under the name of a host', () => {
  const { world, parcel } = greeted();
  expect(world.send('mallory', 'b', 4)).toEqual({ src: 'mallory', dst: 'b', msg: 4, index: 0 });
  expect(world.repeat('mallory', 'b', parcel)).toMatchObject({ msg: 1, index: 1 });
  expect(world.sentSoFar('mallory', 'b')).toBe(2);
  expect(() => world.send('a', 'b', 4)).toThrow('nobody sends under the name of a host');
});

test('what was said is read back from paper, and nothing else is', () => {
  const { world, parcel } = greeted();
  expect(world.read(world.write(parcel.msg))).toBe(parcel.msg);
  expect(() => world.read('hello')).toThrow('"hello" is no message of greeters');
});
