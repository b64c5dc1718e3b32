import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IoOperation, isLegalOrder } from '../../spec/framework/ioOrder.ts';
import type { Io } from './io.ts';
import { IoOrderViolation, OrderedIo } from './orderedIo.ts';

/** A world in which packets arrive as a script says, and which writes down what was done to it. */
class World implements Io {
  done: IoOperation[] = [];
  packetWaits = false;

  receive() {
    this.done.push(this.packetWaits ? 'R' : 'T');
    return this.packetWaits ? { src: 'a', bytes: Uint8Array.of(1) } : undefined;
  }

  readClock() {
    this.done.push('C');
    return 42;
  }

  send() {
    this.done.push('S');
  }
}

/**
 * Tries the operations of one step; gives those that reached the world, and whether all were let
 * through.
 */
function attempt(io: OrderedIo, world: World, word: readonly IoOperation[]): boolean {
  world.done = [];
  io.beginStep();
  try {
    for (const operation of word) perform(io, world, operation);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(IoOrderViolation);
    return false;
  }
}

function perform(io: Io, world: World, operation: IoOperation): void {
  world.packetWaits = operation === 'R';
  if (operation === 'C') io.readClock();
  else if (operation === 'S') io.send('b', Uint8Array.of(2));
  else io.receive();
}

function* words(length: number): Generator<readonly IoOperation[]> {
  if (length === 0) yield [];
  else
    for (const word of words(length - 1)) for (const o of 'RCTS') yield [...word, o as IoOperation];
}

describe('ordered IO', () => {
  test.each([1, 4, 7, 10, 13, 16, 19].map((legal, length) => ({ length, legal })))(
    'lets through $legal words of length $length, exactly the legal ones',
    ({ length, legal }) => {
      const world = new World();
      const io = new OrderedIo(world);
      let allowed = 0;
      for (const word of words(length)) {
        const passed = attempt(io, world, word);
        expect(passed).toBe(isLegalOrder(word));
        if (passed) allowed++;
      }
      expect(allowed).toBe(legal);
    },
  );

  test('of whatever is tried, just the longest legal beginning reaches the world', () => {
    const world = new World();
    const io = new OrderedIo(world);
    fc.assert(
      fc.property(fc.array(fc.constantFrom<IoOperation>('R', 'C', 'T', 'S')), (word) => {
        const passed = attempt(io, world, word);
        expect(isLegalOrder(world.done)).toBe(true);
        expect(world.done).toEqual(word.slice(0, world.done.length));
        expect(passed).toBe(world.done.length === word.length);
      }),
    );
  });

  test('passes on what the world answers', () => {
    const world = new World();
    const io = new OrderedIo(world);
    io.beginStep();
    world.packetWaits = true;
    expect(io.receive()).toEqual({ src: 'a', bytes: Uint8Array.of(1) });
    expect(io.readClock()).toBe(42);
  });

  test('says what was about to happen, and after what', () => {
    const io = new OrderedIo(new World());
    io.beginStep();
    io.send('b', Uint8Array.of());
    expect(() => io.receive()).toThrow(/about to receive after it had sent/);
    expect(() => io.readClock()).toThrow(/about to read the clock after it had sent/);
    io.beginStep();
    io.readClock();
    expect(() => io.readClock()).toThrow(/about to read the clock after it had learned the time/);
  });
});
