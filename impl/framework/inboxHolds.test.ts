import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Inbox, Inboxes, type Standing } from './inboxes.ts';
import {
  FRAME_OVERHEAD,
  limitsWith,
  newCounters,
  type TransportCounters,
} from './transportLimits.ts';

const COST = 10 + FRAME_OVERHEAD;
/** Room for three frames of ten bytes in one inbox, and for ten in all together. */
const LIMITS = limitsWith({ inboxBytes: 3 * COST, heldBytes: 10 * COST });

let counters: TransportCounters;
let inboxes: Inboxes;
/** What the owners of inboxes were told. */
let told: string[];
/** How often it was said that something waits. */
let calls: number;

beforeEach(() => {
  counters = newCounters();
  inboxes = new Inboxes(LIMITS, counters);
  told = [];
  calls = 0;
  inboxes.onWaiting = () => calls++;
});

const open = (name: string, standing: Standing = 'client'): Inbox =>
  inboxes.open(name, standing, {
    drained: () => told.push(`${name} drained`),
    overdrawn: () => told.push(`${name} overdrawn`),
  });

const frames = (...firstBytes: number[]): Uint8Array[] =>
  firstBytes.map((first) => Uint8Array.of(first, 0, 0, 0, 0, 0, 0, 0, 0, 0));

/** Receives until nothing is left; each packet as its source and its first byte. */
function receiveAll(): string[] {
  const received: string[] = [];
  for (let packet = inboxes.receive(); packet; packet = inboxes.receive()) {
    received.push(`${packet.src}${packet.bytes[0]}`);
  }
  return received;
}

describe('a peer that is held', () => {
  test('has nothing handed over and does not count as waiting; others are not concerned', () => {
    const [a, b] = [open('a'), open('b')];
    inboxes.put(a, frames(1, 2), 0);
    inboxes.put(b, frames(3), 0);
    inboxes.hold('a');
    expect(inboxes.waiting).toBe(1);
    inboxes.put(a, frames(4), 0);
    expect([inboxes.waiting, receiveAll()]).toEqual([1, ['b3']]);
    expect([inboxes.isFull(a), inboxes.waiting, calls]).toEqual([true, 0, 1]);
  });

  test('gets all of it through in order once it is released, and that is said', () => {
    const a = open('a');
    inboxes.hold('a');
    inboxes.put(a, frames(1, 2), 0);
    expect(calls).toBe(0);
    inboxes.release('a');
    expect([inboxes.waiting, calls, told]).toEqual([2, 1, []]);
    inboxes.put(a, frames(3), 0);
    expect(receiveAll()).toEqual(['a1', 'a2', 'a3']);
    expect(told).toEqual(['a drained']);
    inboxes.put(a, frames(4), 0);
    expect([receiveAll(), calls]).toEqual([['a4'], 2]);
  });

  test('stands behind the others when it is released, and has its turn after them', () => {
    const [a, b, c] = [open('a'), open('b'), open('c')];
    inboxes.hold('a');
    inboxes.put(a, frames(1, 2, 3), 0);
    inboxes.put(b, frames(4, 5), 0);
    inboxes.put(c, frames(6), 0);
    inboxes.release('a');
    expect(receiveAll()).toEqual(['b4', 'b5', 'c6', 'a1', 'a2', 'a3']);
  });

  test('loses the rest of its turn if another has been served meanwhile, and no frame', () => {
    const [a, b] = [open('a'), open('b')];
    inboxes.put(a, frames(1, 2), 0);
    inboxes.put(b, frames(3, 4), 0);
    const first = inboxes.receive();
    inboxes.hold('a');
    const second = inboxes.receive();
    inboxes.release('a');
    const received = [first, second].map((packet) => `${packet?.src}${packet?.bytes[0]}`);
    expect([...received, ...receiveAll()]).toEqual(['a1', 'b3', 'b4', 'a2']);
  });

  test('is held or released only once, however often that is asked', () => {
    const a = open('a');
    inboxes.put(a, frames(1, 2), 0);
    for (let count = 0; count < 3; count++) inboxes.hold('a');
    expect(inboxes.waiting).toBe(0);
    for (let count = 0; count < 3; count++) inboxes.release('a');
    expect([inboxes.waiting, receiveAll()]).toEqual([2, ['a1', 'a2']]);
    inboxes.release('nobody');
  });

  test('stays held when it leaves and comes back, and what it left is not lost', () => {
    const before = open('a');
    inboxes.hold('a');
    inboxes.put(before, frames(1, 2), 0);
    inboxes.close(before);
    const after = open('a');
    inboxes.put(after, frames(3), 0);
    expect([inboxes.waiting, receiveAll()]).toEqual([0, []]);
    inboxes.release('a');
    expect(receiveAll()).toEqual(['a1', 'a2', 'a3']);
    inboxes.close(after);
    inboxes.hold('a');
    inboxes.put(open('a'), frames(4), 0);
    expect([inboxes.waiting, receiveAll()]).toEqual([0, []]);
  });

  test('makes room like any other, and stays held', () => {
    const [a, b] = [open('a'), open('b')];
    inboxes.hold('a');
    inboxes.put(a, frames(1, 2, 3, 4, 5, 6), 0);
    inboxes.put(b, frames(7, 8, 9, 10, 11), 0);
    expect([told, inboxes.waiting, counters.droppedQueueFull]).toEqual([['a overdrawn'], 5, 6]);
    inboxes.put(a, frames(12), 0);
    expect(receiveAll()).toEqual(['b7', 'b8', 'b9', 'b10', 'b11']);
    inboxes.release('a');
    expect(receiveAll()).toEqual(['a12']);
  });

  test('is never the receiver itself', () => {
    const [self, pretender] = [open('me', 'self'), open('me')];
    inboxes.hold('me');
    inboxes.put(self, frames(1), 0);
    inboxes.put(pretender, frames(2), 0);
    expect(receiveAll()).toEqual(['me1']);
  });
});

test('whatever is held and released in between, frames come once, in order and in the end', () => {
  const command = fc.record({
    what: fc.constantFrom('put', 'put', 'put', 'receive', 'hold', 'release', 'reconnect'),
    whose: fc.constantFrom('a', 'b', 'c'),
    count: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      inboxes = new Inboxes(limitsWith(), newCounters());
      inboxes.onWaiting = () => calls++;
      const boxes = new Map(['a', 'b', 'c'].map((name) => [name, open(name)]));
      const [put, got] = [new Map<string, number[]>(), new Map<string, number[]>()];
      const held = new Set<string>();
      const kept = (name: string): number =>
        (put.get(name)?.length ?? 0) - (got.get(name)?.length ?? 0);
      const receiveOne = (): boolean => {
        const packet = inboxes.receive();
        if (packet === undefined) return false;
        expect(held.has(packet.src)).toBe(false);
        got.set(packet.src, [...(got.get(packet.src) ?? []), packet.bytes[0] as number]);
        return true;
      };
      for (const { what, whose, count } of commands) {
        const box = boxes.get(whose) as Inbox;
        const before = inboxes.waiting;
        calls = 0;
        if (what === 'put') {
          const numbers = Array.from({ length: count }, (_, index) => kept(whose) + index);
          inboxes.put(box, frames(...numbers), 0);
          put.set(whose, [...(put.get(whose) ?? []), ...numbers]);
        } else if (what === 'receive') {
          expect(receiveOne()).toBe(before > 0);
        } else if (what === 'reconnect') {
          inboxes.close(box);
          boxes.set(whose, open(whose));
        } else {
          inboxes[what](whose);
          if (what === 'hold') held.add(whose);
          else held.delete(whose);
        }
        const free = ['a', 'b', 'c'].filter((name) => !held.has(name));
        expect(inboxes.waiting).toBe(free.reduce((sum, name) => sum + kept(name), 0));
        expect(calls).toBe(before === 0 && inboxes.waiting > 0 ? 1 : 0);
      }
      for (const name of ['a', 'b', 'c']) inboxes.release(name);
      held.clear();
      while (receiveOne());
      expect([...got].sort()).toEqual([...put].filter(([, numbers]) => numbers.length > 0).sort());
    }),
    { includeErrorInReport: true },
  );
});
