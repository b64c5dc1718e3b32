import { expect, test } from 'vitest';
import type { Io } from '../framework/io.ts';
import { DEFAULT_OPTIONS, LockHost } from './host.ts';
import { marshal } from './messages.ts';

test('a lock host ignores bytes that are no message, and counts them', () => {
  const host = new LockHost('b', ['a', 'b'], DEFAULT_OPTIONS);
  const transfer = marshal({ type: 'transfer', epoch: 2 });
  const hear = (bytes: Uint8Array): string => {
    const io: Io = { receive: () => ({ src: 'a', bytes }), readClock: () => 0, send() {} };
    return host.step(io, 'packet');
  };
  expect([hear(new Uint8Array(0)), hear(transfer.subarray(1))]).toEqual(['ignore', 'ignore']);
  expect(host.counters).toEqual({ malformed: 2 });
  expect([hear(transfer), hear(marshal({ type: 'locked', epoch: 9 }))]).toEqual([
    'accept',
    'ignore',
  ]);
  expect(host.counters).toEqual({ malformed: 2 });
});

test('a lock host keeps the lock for as long as it is told, by its own clock', () => {
  const host = new LockHost('a', ['a', 'b'], { ...DEFAULT_OPTIONS, hold: 100 });
  const wakeAt = (now: number): string => {
    const io: Io = { receive: () => undefined, readClock: () => now, send() {} };
    return host.step(io, 'deadline');
  };
  expect(host.nextDeadline()).toBe(Number.NEGATIVE_INFINITY);
  expect(wakeAt(1_000)).toBe('idle');
  expect(host.nextDeadline()).toBe(1_100);
  expect([wakeAt(1_099), host.held]).toEqual(['idle', true]);
  expect([wakeAt(1_100), host.held]).toEqual(['grant', false]);
});
