import { expect, test } from 'vitest';
import { HeldShtHost } from '../../harness/testing/heldShtHost.ts';
import { KEY_INF, KEY_ZERO } from './messages.ts';

/** A host whose keys are on their way to another, in two messages. */
function underWay(): HeldShtHost {
  const held = new HeldShtHost({ maxDelegationsUnderWay: 5 });
  for (let key = 0n; key < 9n; key++) held.host.table.set(key, 'v');
  const range = { low: KEY_ZERO, high: KEY_INF };
  held.ask('01', { type: 'shard', range, recipient: 'b0' });
  for (let piece = 0; piece < 3; piece++) expect(held.step('deadline')).toBe('delegate');
  held.sent();
  return held;
}

test('what a host leaves unacknowledged for a whole period is sent again, some at a time', () => {
  const held = underWay();
  expect(held.host.nextDeadline()).toBe(100);
  expect(held.step('deadline')).toBe('resend');
  expect(held.sent()).toEqual([]);
  expect([...held.host.noted]).toEqual([['b0', 1]]);
  expect(held.host.nextDeadline()).toBe(1_100);
  held.now = 1_099;
  expect(held.step('deadline')).toBe('idle');
  held.now = 1_100;
  expect(held.step('deadline')).toBe('resend');
  expect(held.sent()).toMatchObject([
    { dst: 'b0', msg: { seqno: 1 } },
    { dst: 'b0', msg: { seqno: 2 } },
  ]);
  expect(held.host.counters.resent).toBe(2);
});

test('what was acknowledged meanwhile, and what came after it, is not', () => {
  const held = underWay();
  held.step('deadline');
  held.hear('b0', { type: 'ack', seqno: 1 });
  held.now += 100;
  expect(held.step('deadline')).toBe('resend');
  expect(held.sent()).toEqual([]);
  expect([...held.host.noted]).toEqual([['b0', 2]]);
});

test('a clock that was set back silences nobody', () => {
  const held = underWay();
  held.step('deadline');
  held.now = 1;
  expect(held.step('deadline')).toBe('resend');
  expect(held.sent().length).toBe(2);
});

test('clients get nothing again unasked, and with nothing to do a host sleeps', () => {
  const held = new HeldShtHost();
  held.ask('01', { type: 'get', key: 1n });
  expect(held.host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  held.now += 1_000;
  held.sent();
  expect(held.step('deadline')).toBe('idle');
  expect(held.sent()).toEqual([]);
});
