import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Inbox, Inboxes, type InboxOwner, type Standing } from './inboxes.ts';
import {
  DEFAULT_LIMITS,
  FRAME_OVERHEAD,
  newCounters,
  type TransportCounters,
} from './transportLimits.ts';

/** Room for three frames of ten bytes in one inbox, and for ten in all together. */
const LIMITS = {
  ...DEFAULT_LIMITS,
  inboxBytes: 3 * (10 + FRAME_OVERHEAD),
  heldBytes: 10 * (10 + FRAME_OVERHEAD),
};

let counters: TransportCounters;
let inboxes: Inboxes;
/** What the owners of inboxes were told. */
let told: string[];

beforeEach(() => {
  counters = newCounters();
  inboxes = new Inboxes(LIMITS, counters);
  told = [];
});

const owner = (name: string): InboxOwner => ({
  drained: () => told.push(`${name} drained`),
  overdrawn: () => told.push(`${name} overdrawn`),
});

const open = (name: string, standing: Standing = 'client'): Inbox =>
  inboxes.open(name, standing, owner(name));

const frames = (...firstBytes: number[]): Uint8Array[] =>
  firstBytes.map((first) => Uint8Array.of(first, 0, 0, 0, 0, 0, 0, 0, 0, 0));

/** Receives `count` packets; each as its source and its first byte. */
const receive = (count: number): string[] =>
  Array.from({ length: count }, () => {
    const packet = inboxes.receive();
    return packet ? `${packet.src}${packet.bytes[0]}` : 'nothing';
  });

describe('inboxes', () => {
  test('take turns by peer, each in its own order', () => {
    const [a, b] = [open('a'), open('b')];
    inboxes.put(a, frames(1, 2, 3), 0);
    inboxes.put(b, frames(4, 5), 0);
    expect(inboxes.waiting).toBe(5);
    expect(receive(6)).toEqual(['a1', 'a2', 'a3', 'b4', 'b5', 'nothing']);
    expect(told).toEqual(['a drained', 'b drained']);
  });

  test('take turns of at most 16 frames, however many wait', () => {
    inboxes = new Inboxes(DEFAULT_LIMITS, counters);
    const [a, b] = [open('a'), open('b')];
    inboxes.put(a, frames(...Array.from({ length: 40 }, (_, index) => index)), 0);
    inboxes.put(b, frames(1), 0);
    const first = receive(10);
    inboxes.put(b, frames(2), 0);
    const peers = [...first, ...receive(32)].map((packet) => packet[0]).join('');
    expect(peers).toBe(`${'a'.repeat(16)}bb${'a'.repeat(24)}`);
  });

  test('give a peer with many connections the turns of one', () => {
    inboxes = new Inboxes(DEFAULT_LIMITS, counters);
    const [a, again, b] = [open('a'), open('a'), open('b')];
    inboxes.put(a, frames(...Array.from({ length: 12 }, () => 1)), 0);
    inboxes.put(again, frames(...Array.from({ length: 12 }, () => 2)), 0);
    inboxes.put(b, frames(3), 0);
    const expected = ['a1', 'a2', 'b3', 'a2'].flatMap((packet, index) =>
      Array.from({ length: [12, 4, 1, 8][index] ?? 0 }, () => packet),
    );
    expect(receive(25)).toEqual(expected);
    expect(told).toEqual(['a drained', 'b drained', 'a drained']);
  });

  test('give every frame once and in order, however puts and receives interleave', () => {
    const script = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constant('receive')));
    fc.assert(
      fc.property(script, (commands) => {
        inboxes = new Inboxes(DEFAULT_LIMITS, counters);
        const boxes = new Map(['a', 'b', 'c'].map((name) => [name, open(name)]));
        const put = new Map<string, number>();
        const received = new Map<string, number>();
        let waiting = 0;
        for (const command of [...commands, ...commands.map(() => 'receive')]) {
          const box = boxes.get(command);
          if (box) {
            const count = put.get(command) ?? 0;
            inboxes.put(box, frames(count), 0);
            put.set(command, count + 1);
            waiting++;
          } else {
            const packet = inboxes.receive();
            expect(packet === undefined).toBe(waiting === 0);
            if (packet === undefined) continue;
            const count = received.get(packet.src) ?? 0;
            expect(packet.bytes[0]).toBe(count % 256);
            received.set(packet.src, count + 1);
            waiting--;
          }
          expect(inboxes.waiting).toBe(waiting);
        }
        expect(received).toEqual(put);
      }),
      { includeErrorInReport: true },
    );
  });

  test('say that something waits once, and again only after nothing did', () => {
    const a = open('a');
    let calls = 0;
    inboxes.onWaiting = () => calls++;
    inboxes.put(a, frames(), 100);
    expect(calls).toBe(0);
    inboxes.put(a, frames(1, 2), 0);
    inboxes.put(a, frames(3), 0);
    expect(calls).toBe(1);
    receive(3);
    inboxes.put(a, frames(4), 0);
    expect(calls).toBe(2);
  });

  test('are full at the limit of one', () => {
    const a = open('a');
    inboxes.put(a, frames(1, 2), 0);
    expect(inboxes.isFull(a)).toBe(false);
    inboxes.put(a, frames(3), 0);
    expect(inboxes.isFull(a)).toBe(true);
    receive(1);
    expect(inboxes.isFull(a)).toBe(false);
  });

  test('count empty frames, too', () => {
    const a = open('a');
    inboxes.put(a, Array(4).fill(new Uint8Array(0)), 0);
    expect(inboxes.isFull(a)).toBe(true);
  });

  test('that hold too much together lose those of the peer that holds most', () => {
    const [a, b, c] = [open('a'), open('b'), open('c')];
    inboxes.put(a, frames(1, 2, 3), 0);
    inboxes.put(b, frames(4, 5, 6, 7), 0);
    inboxes.put(c, frames(8, 9), 0);
    expect(told).toEqual([]);
    inboxes.put(c, frames(10, 11), 0);
    expect(told).toEqual(['b overdrawn']);
    expect(counters.droppedQueueFull).toBe(4);
    expect(inboxes.waiting).toBe(7);
    expect(receive(8)).toEqual(['a1', 'a2', 'a3', 'c8', 'c9', 'c10', 'c11', 'nothing']);
  });

  test('count all connections of a peer together', () => {
    const b = open('b');
    inboxes.put(b, frames(1, 2, 3, 4), 0);
    for (const first of [5, 7, 9]) inboxes.put(open('a'), frames(first, first + 1), 0);
    expect(told).toEqual([]);
    inboxes.put(b, frames(11), 0);
    expect(told).toEqual(['a overdrawn', 'a overdrawn', 'a overdrawn']);
    expect(receive(6)).toEqual(['b1', 'b2', 'b3', 'b4', 'b11', 'nothing']);
  });

  test('of a client make room before those of a server', () => {
    const [server, client] = [open('server', 'server'), open('client')];
    inboxes.put(client, frames(1), 0);
    inboxes.put(server, frames(2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 0);
    expect([inboxes.waiting, told]).toEqual([10, ['client overdrawn']]);
    const another = open('another', 'server');
    inboxes.put(another, frames(12), 0);
    expect([inboxes.waiting, told]).toEqual([1, ['client overdrawn', 'server overdrawn']]);
  });

  test('of the receiver itself are neither counted nor emptied', () => {
    const [self, pretender] = [open('me', 'self'), open('me')];
    inboxes.put(self, frames(...Array(20).keys()), 0);
    inboxes.put(pretender, frames(...Array(10).keys()), 0);
    expect([inboxes.waiting, told]).toEqual([30, []]);
    inboxes.put(pretender, frames(10), 0);
    expect([inboxes.waiting, told]).toEqual([20, ['me overdrawn']]);
  });

  test('count what is not complete as held, but not as waiting', () => {
    const [a, b] = [open('a'), open('b')];
    inboxes.put(a, frames(1), 300);
    inboxes.put(a, [], 400);
    inboxes.put(b, frames(2), LIMITS.heldBytes - 400 - 2 * (10 + FRAME_OVERHEAD));
    expect([inboxes.waiting, told]).toEqual([2, []]);
    inboxes.put(a, [], 401);
    expect([inboxes.waiting, told]).toEqual([1, ['a overdrawn']]);
  });

  test('that are closed still give what they hold, and count as long as they do', () => {
    const [a, b] = [open('a'), open('b')];
    inboxes.put(a, frames(1, 2, 3, 4, 5), 74);
    inboxes.close(a);
    inboxes.put(b, frames(6, 7, 8, 9), 0);
    expect(receive(2)).toEqual(['a1', 'a2']);
    inboxes.put(b, frames(10, 11), 0);
    expect(inboxes.waiting).toBe(9);
    inboxes.put(b, frames(12), 0);
    inboxes.put(b, frames(13), 0);
    expect([inboxes.waiting, told]).toEqual([3, ['b overdrawn']]);
    expect(receive(4)).toEqual(['a3', 'a4', 'a5', 'nothing']);
  });

  test('that are closed count with their peer, and are emptied with it', () => {
    const b = open('b');
    inboxes.put(b, frames(1, 2, 3, 4), 0);
    for (const first of [5, 7, 9]) {
      const closed = open('a');
      inboxes.put(closed, frames(first, first + 1), 0);
      inboxes.close(closed);
    }
    inboxes.put(b, frames(11), 0);
    expect([inboxes.waiting, told]).toEqual([5, []]);
    expect(receive(5)).toEqual(['b1', 'b2', 'b3', 'b4', 'b11']);
  });

  test('keep balanced books and lose nothing of the receiver itself, whatever happens', () => {
    const command = fc.record({
      what: fc.constantFrom('put', 'put', 'put', 'receive', 'close'),
      // Two clients and a server with two connections each, and the receiver.
      whose: fc.constantFrom(0, 1, 2, 3),
      which: fc.constantFrom(0, 1),
      count: fc.nat(6),
      incomplete: fc.nat(200),
    });
    const standings: readonly Standing[] = ['client', 'client', 'server', 'self'];
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        inboxes = new Inboxes(LIMITS, newCounters());
        const reopen = (whose: number) => open(`${whose}`, standings[whose]);
        const boxes = standings.map((_, whose) =>
          whose === 3 ? [reopen(whose)] : [reopen(whose), reopen(whose)],
        );
        let [sent, received] = [0, 0];
        const receiveOne = () => {
          const packet = inboxes.receive();
          if (packet?.src === '3') expect(packet.bytes[0]).toBe(received++ % 256);
          return packet;
        };
        for (const { what, whose, which, count, incomplete } of commands) {
          const box = boxes[whose]?.[which];
          if (box === undefined) continue;
          if (what === 'receive') {
            receiveOne();
          } else if (whose === 3) {
            inboxes.put(box, frames(...Array.from({ length: count }, () => sent++)), 0);
          } else if (what === 'put') {
            inboxes.put(box, frames(...Array(count).fill(0)), incomplete);
          } else {
            inboxes.close(box);
            boxes[whose]?.splice(which, 1, reopen(whose));
          }
        }
        for (const box of boxes.flat()) inboxes.close(box);
        while (receiveOne());
        expect([received, inboxes.waiting]).toEqual([sent, 0]);
        // Nothing is held any more: there is room for exactly as much as at the beginning.
        const last = open('last');
        told = [];
        inboxes.put(last, [], LIMITS.heldBytes);
        expect(told).toEqual([]);
        inboxes.put(last, [], LIMITS.heldBytes + 1);
        expect(told).toEqual(['last overdrawn']);
      }),
      { includeErrorInReport: true },
    );
  });
});
