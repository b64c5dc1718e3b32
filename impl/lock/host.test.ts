import { describe, expect, test } from 'vitest';
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

describe('a lock host asks to be woken', () => {
  const options = { ...DEFAULT_OPTIONS, retryPeriod: 50, maxEpoch: 2 };
  const at = (now: number, bytes?: Uint8Array): Io => ({
    receive: () => bytes && { src: 'a', bytes },
    readClock: () => now,
    send() {},
  });

  test('at once to grant, and a retry period after an offer to repeat it', () => {
    const host = new LockHost('a', ['a', 'b'], options);
    expect(host.nextDeadline()).toBe(Number.NEGATIVE_INFINITY);
    host.step(at(7), 'deadline');
    expect(host.nextDeadline()).toBe(57);
    expect(host.step(at(56), 'deadline')).toBe('idle');
    expect(host.nextDeadline()).toBe(57);
    expect(host.step(at(57), 'deadline')).toBe('offer');
    expect(host.nextDeadline()).toBe(107);
  });

  test('never while it has nothing to do, nor in the last epoch', () => {
    const host = new LockHost('b', ['a', 'b'], options);
    expect(host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
    host.step(at(0, marshal({ type: 'transfer', epoch: 2 })), 'packet');
    expect(host.held).toBe(true);
    expect(host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
    expect(host.step(at(0), 'deadline')).toBe('idle');
  });

  test('never after a grant that is not to be repeated', () => {
    const host = new LockHost('a', ['a', 'b'], { ...options, compatible: true });
    expect(host.step(at(0), 'deadline')).toBe('grant');
    expect(host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });
});
