import { beforeEach, expect, test } from 'vitest';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { OrderedIo } from '../framework/orderedIo.ts';
import { LONG } from './host.ts';
import { marshal } from './marshal.ts';
import type { Content, Message } from './messages.ts';
import { PACE, PacedHost } from './pacedHost.ts';
import { DEFAULT } from './parameters.ts';

let now: number;
let inbox: { readonly src: EndPoint; readonly bytes: Uint8Array }[];
let sent: number;
let events: string[];
let host: PacedHost;

beforeEach(() => {
  now = 0;
  inbox = [];
  sent = 0;
  events = [];
  const hosts = ['a0', 'b0'];
  host = new PacedHost('a0', { hosts }, DEFAULT, {
    hold: (src) => void events.push(`hold ${src}`),
    release: (src) => void events.push(`release ${src}`),
  });
});

function step(): string {
  const io = new OrderedIo({
    receive: () => inbox.shift(),
    readClock: () => now,
    send: () => sent++,
  });
  return host.step(io, inbox.length > 0 ? 'packet' : 'deadline');
}

/** The host does all that there is to do; gives what it did. */
function settle(): string[] {
  const taken: string[] = [];
  while (inbox.length > 0 || host.nextDeadline() <= now) taken.push(step());
  return taken;
}

const single = (seqno: number, content: Content): Message => {
  return { type: 'single', seqno, dst: 'a0', content };
};

function hear(src: EndPoint, msg: Message): string[] {
  inbox.push({ src, bytes: marshal(msg) });
  return settle();
}

/** A client sets a key to a long value, and asks again for the answer. */
function askAgain(src: EndPoint, length: number): string[] {
  const set = single(1, { type: 'set', key: 1n, value: 'x'.repeat(length) });
  expect(hear(src, set)).toEqual(['accept', 'set']);
  return hear(src, set);
}

test('a client that was sent much again is held, the longer the more it was', () => {
  expect(askAgain('01', 10 * PACE)).toEqual(['acceptAgain', 'idle']);
  expect(askAgain('02', 20 * PACE)).toEqual(['acceptAgain', 'idle']);
  expect(events).toEqual(['hold 01', 'hold 02']);
  expect(host.counters['clientsHeld']).toBe(2);
  expect(host.nextDeadline()).toBeGreaterThan(10);
  expect(host.nextDeadline()).toBeLessThan(11);
  now = 10;
  expect(settle()).toEqual([]);
  now = 11;
  expect(settle()).toEqual(['idle']);
  expect(events.slice(2)).toEqual(['release 01']);
  now = 21;
  expect(settle()).toEqual(['idle']);
  expect(events.slice(3)).toEqual(['release 02']);
  expect(host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test('others are served meanwhile', () => {
  askAgain('01', 10 * PACE);
  expect(hear('02', single(1, { type: 'get', key: 1n }))).toEqual(['accept', 'get']);
});

test('who was sent little again is not held, nor is another host', () => {
  expect(askAgain('01', PACE / 2)).toEqual(['acceptAgain']);
  expect(askAgain('b0', 10 * PACE)).toEqual(['acceptAgain']);
  expect(events).toEqual([]);
});

test('a client that is sent a long value is held for as long as that takes, every time', () => {
  const set = single(1, { type: 'set', key: 1n, value: 'x'.repeat(LONG) });
  expect(hear('01', set)).toEqual(['accept', 'set', 'idle']);
  expect(events).toEqual(['hold 01']);
  now = 1;
  expect(settle()).toEqual(['idle']);
  expect(events).toEqual(['hold 01', 'release 01']);
  expect(hear('02', single(1, { type: 'get', key: 1n }))).toEqual(['accept', 'get', 'idle']);
  expect(hear('b0', single(1, { type: 'get', key: 1n }))).toEqual(['accept', 'get']);
  expect(events.slice(2)).toEqual(['hold 02']);
});

test('what the host itself is to do comes in its time', () => {
  const range = { low: 50n, high: 60n };
  expect(hear('03', single(1, { type: 'shard', range, recipient: 'b0' }))).toEqual([
    ...['accept', 'shard', 'delegate'],
  ]);
  askAgain('01', 2 * PACE);
  now = 1_000;
  expect(settle()).toEqual(['idle', 'resend']);
  expect(events).toEqual(['hold 01', 'release 01']);
});

test('a clock that was set back holds nobody for longer', () => {
  now = 1_000_000;
  askAgain('01', 2 * PACE);
  now = 0;
  expect(step()).toBe('idle');
  expect(events).toEqual(['hold 01', 'release 01']);
});
