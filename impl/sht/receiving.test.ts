import { expect, test } from 'vitest';
import { HeldShtHost } from '../../harness/testing/heldShtHost.ts';
import type { Message } from './messages.ts';

const get = (seqno: number, key = 5n): Message => ({
  type: 'single',
  seqno,
  dst: 'a0',
  content: { type: 'get', key },
});
const ack = (seqno: number): Message => ({ type: 'ack', seqno });

test('the next message of a sender is accepted, acknowledged and kept until it is processed', () => {
  const held = new HeldShtHost();
  expect(held.host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  expect(held.hear('01', get(1))).toBe('accept');
  expect(held.sent()).toEqual([{ dst: '01', msg: ack(1) }]);
  expect(held.host.received).toEqual({ src: '01', msg: get(1) });
  expect(held.host.nextDeadline()).toBe(Number.NEGATIVE_INFINITY);
  expect(held.step('deadline')).toBe('get');
  expect(held.host.received).toBeUndefined();
  expect(held.host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test('a packet stays where it is while another message is to be processed', () => {
  const held = new HeldShtHost();
  held.arrive('01', get(1));
  held.arrive('02', get(1));
  held.arrive('01', get(2));
  const taken = Array.from({ length: 6 }, () => held.step('packet'));
  expect(taken).toEqual(['accept', 'get', 'accept', 'get', 'accept', 'get']);
  expect(held.waiting).toBe(0);
});

test('nothing is taken before its turn, and nothing twice', () => {
  const held = new HeldShtHost();
  expect(held.hear('01', get(2))).toBe('ignore');
  expect(held.host.counters.tooEarly).toBe(1);
  expect(held.host.peers.size).toBe(0);
  held.ask('01', { type: 'get', key: 1n });
  held.ask('01', { type: 'get', key: 2n });
  held.sent();
  expect(held.hear('01', get(1))).toBe('acceptAgain');
  expect(held.sent()).toEqual([{ dst: '01', msg: ack(1) }]);
  expect(held.host.received).toBeUndefined();
});

test('a client that sends its last message again gets its answers again, some at a time', () => {
  const held = new HeldShtHost();
  for (const key of [1n, 2n, 3n]) held.ask('01', { type: 'get', key });
  const [, first, , second] = held.sent();
  expect(held.hear('01', get(3))).toBe('acceptAgain');
  expect(held.sent()).toEqual([{ dst: '01', msg: ack(3) }, first, second]);
  expect(held.host.counters.resent).toBe(2);
  held.hear('01', ack(3));
  expect(held.hear('01', get(3))).toBe('acceptAgain');
  expect(held.sent()).toEqual([{ dst: '01', msg: ack(3) }]);
});

test('but a host that does so is only told that it was accepted', () => {
  const held = new HeldShtHost();
  held.ask('b0', { type: 'get', key: 1n });
  held.sent();
  expect(held.hear('b0', get(1))).toBe('acceptAgain');
  expect(held.sent()).toEqual([{ dst: 'b0', msg: ack(1) }]);
});

test('an acknowledgement is one of all numbers up to it', () => {
  const held = new HeldShtHost();
  for (const key of [1n, 2n, 3n, 4n]) held.ask('01', { type: 'get', key });
  const left = () => held.host.peers.get('01')?.unacked.map(({ seqno }) => seqno);
  expect(held.hear('01', ack(1))).toBe('hearAck');
  expect(left()).toEqual([2, 3, 4]);
  expect(held.hear('01', ack(3))).toBe('hearAck');
  expect(left()).toEqual([4]);
  expect(held.hear('01', ack(3))).toBe('ignore');
  expect(held.hear('01', ack(5))).toBe('ignore');
  expect(held.hear('01', ack(4))).toBe('hearAck');
  expect(left()).toEqual([]);
  expect(held.host.peers.get('01')).toMatchObject({ acked: 4, accepted: 4, unackedBytes: 0 });
});

test('the original believes whatever is acknowledged', () => {
  const held = new HeldShtHost({ compatible: true });
  held.ask('01', { type: 'get', key: 1n });
  expect(held.hear('01', ack(7))).toBe('hearAck');
  expect(held.hear('02', ack(7))).toBe('hearAck');
  expect(held.host.peers.get('01')).toMatchObject({ acked: 7, unacked: [] });
  expect(held.host.peers.get('02')).toMatchObject({ acked: 7, accepted: 0 });
});

test('a client that leaves too much unacknowledged must wait, a host need not', () => {
  const held = new HeldShtHost();
  for (const key of [1n, 2n, 3n, 4n]) {
    expect(held.ask('01', { type: 'get', key })).toBe('get');
    expect(held.ask('b0', { type: 'get', key })).toBe('get');
  }
  expect(held.ask('01', { type: 'get', key: 5n })).toBe('ignore');
  expect(held.ask('b0', { type: 'get', key: 5n })).toBe('get');
  expect(held.host.counters.notListening).toBe(1);
  held.hear('01', ack(1));
  expect(held.ask('01', { type: 'get', key: 5n })).toBe('get');
});

test('and so must one that leaves too many bytes unacknowledged', () => {
  const held = new HeldShtHost();
  held.ask('01', { type: 'set', key: 1n, value: '12345678' });
  held.ask('01', { type: 'set', key: 1n, value: '1234' });
  expect(held.ask('01', { type: 'get', key: 1n })).toBe('ignore');
  held.hear('01', ack(1));
  expect(held.host.peers.get('01')?.unackedBytes).toBe(4);
  expect(held.ask('01', { type: 'get', key: 1n })).toBe('get');
});

test('so many are remembered, and hosts besides', () => {
  const held = new HeldShtHost();
  const clients = ['01', '02', '03', '04', '05', '06'];
  const taken = clients.map((client) => held.ask(client, { type: 'get', key: 1n }));
  expect(taken).toEqual(['get', 'get', 'get', 'get', 'get', 'ignore']);
  expect(held.host.counters.turnedAway).toBe(1);
  expect(held.ask('b0', { type: 'get', key: 1n })).toBe('get');
  expect(held.ask('01', { type: 'get', key: 1n })).toBe('get');
});

test('whoever has forgotten is told where the two of them are', () => {
  const held = new HeldShtHost();
  for (const key of [1n, 2n]) held.ask('01', { type: 'get', key });
  held.hear('01', ack(1));
  held.sent();
  expect(held.hear('01', { type: 'numbersRequest' })).toBe('tellNumbers');
  expect(held.hear('02', { type: 'numbersRequest' })).toBe('tellNumbers');
  expect(held.sent()).toEqual([
    { dst: '01', msg: { type: 'numbers', accepted: 2, acked: 1 } },
    { dst: '02', msg: { type: 'numbers', accepted: 0, acked: 0 } },
  ]);
  expect(held.host.peers.has('02')).toBe(false);
  expect(held.hear('01', { type: 'numbers', accepted: 9, acked: 9 })).toBe('ignore');
});

test('what means nothing is counted', () => {
  const held = new HeldShtHost();
  expect(held.hear('01', Uint8Array.of(1))).toBe('ignore');
  expect(held.host.counters.malformed).toBe(1);
  const original = new HeldShtHost({ compatible: true });
  expect(original.hear('01', { type: 'numbersRequest' })).toBe('ignore');
  expect(original.host.counters.malformed).toBe(1);
});
