import { describe, expect, test } from 'vitest';
import type { Host } from '../../impl/framework/io.ts';
import { greeterService } from '../testing/greeterService.ts';
import { refusalOf } from '../testing/refusalOf.ts';
import { ProtocolWorld } from './protocolWorld.ts';
import { Random } from './random.ts';
import { SimulatedIo, takeStep } from './simulatedIo.ts';
import type { WorldEvent } from './world.ts';

/** Greeters to whom it is more urgent to greet than to hear. */
const URGENT = ['greet'];
const eager = () => new ProtocolWorld({ ...greeterService(), urgent: () => URGENT });

describe('a host of a protocol that has something more urgent to do', () => {
  test('does it once, and leaves the packet for the step after that', () => {
    const world = eager();
    const events: WorldEvent<unknown>[] = [];
    world.listener = { event: (event) => events.push(event), told: () => {}, passed: () => {} };
    const packet = world.send('mallory', 'a', 1);
    const steps = [0, 0, 30, 30, 30].map((clock) => {
      world.step(0, packet, clock, undefined);
      return [world.lastAction, world.left];
    });
    expect(steps).toEqual([
      ['greet', true],
      ['hear', false],
      ['greet', true],
      ['echo', false],
      ['greet', true],
    ]);
    // The packet that was left is no part of the step.
    const received = events.map((event) => event.type === 'step' && event.parcel !== undefined);
    expect(received).toEqual([false, false, true, false, true, false]);
  });

  test('receives the packet at once if it may not do that now', () => {
    const world = eager();
    const packet = world.send('mallory', 'a', 1);
    world.step(0, undefined, 0, undefined);
    world.step(0, packet, 5, undefined);
    expect([world.lastAction, world.left]).toEqual(['hear', false]);
  });

  test('is now and then not given the time, where chance decides', () => {
    const first = Array.from({ length: 60 }, (_, seed) => {
      const world = eager();
      world.step(0, world.send('mallory', 'a', 1), 0, new Random(seed));
      return world.lastAction;
    });
    expect(first.filter((action) => action === 'hear').length).toBeGreaterThan(5);
    expect(first.filter((action) => action === 'greet').length).toBeGreaterThan(20);
  });

  test('has nothing urgent to do when no packet wakes it', () => {
    const world = eager();
    world.step(0, undefined, 0, undefined);
    expect([world.lastAction, world.left]).toEqual(['greet', false]);
  });
});

/** A host that leaves packets where they are, and says that it took some action. */
const leaving = (action: string): Host => ({
  step: () => action,
  nextDeadline: () => Number.POSITIVE_INFINITY,
  snapshot: () => ({}),
});

describe('a running host that is woken by a packet', () => {
  const packet = { src: 'b', bytes: Uint8Array.of(1) };
  const place = { host: 'a', step: 0, clock: 0 };

  test('may leave it where it is for something that is more urgent', () => {
    const io = new SimulatedIo();
    expect(takeStep(leaving('tidy'), io, packet, place, ['tidy'])).toBe('tidy');
    expect(io.waiting).toBe(true);
  });

  test.each([
    ['nothing', 'idle', ['tidy']],
    ['something that is not urgent', 'sleep', ['tidy']],
    ['anything, where nothing is urgent', 'tidy', undefined],
  ])('may not leave it where it is for %s', (_, action, urgent) => {
    const take = () => takeStep(leaving(action), new SimulatedIo(), packet, place, urgent);
    expect(refusalOf(take).clause).toBe('a host that is woken by a packet receives it');
  });
});
