import { expect, test } from 'vitest';
import { Inboxes } from './inboxes.ts';
import { Loopback } from './loopback.ts';
import { DEFAULT_LIMITS, FRAME_OVERHEAD, newCounters } from './transportLimits.ts';

/** Room for ten messages of ten bytes that peers send, and for three that a host sends itself. */
const LIMITS = {
  ...DEFAULT_LIMITS,
  heldBytes: 10 * (10 + FRAME_OVERHEAD),
  outboxBytes: 3 * (10 + FRAME_OVERHEAD),
};

function setUp() {
  const counters = newCounters();
  const inboxes = new Inboxes(LIMITS, counters);
  return { counters, inboxes, loopback: new Loopback('me', LIMITS, counters, inboxes) };
}

const messages = (count: number): Uint8Array[] =>
  Array.from({ length: count }, () => new Uint8Array(10));

test('a flood by others costs a host none of its messages to itself', () => {
  const { counters, inboxes, loopback } = setUp();
  let closed = 0;
  for (let round = 0; round < 5; round++) {
    for (const bytes of messages(3)) loopback.send(bytes);
    loopback.flush();
    for (let client = 0; client < 8; client++) {
      const owner = { drained() {}, overdrawn: () => closed++ };
      inboxes.put(inboxes.open(`client ${round}.${client}`, 'client', owner), messages(2), 0);
    }
    const sources = [];
    for (let packet = inboxes.receive(); packet; packet = inboxes.receive()) {
      sources.push(packet.src);
    }
    expect(sources.filter((src) => src === 'me')).toHaveLength(3);
  }
  expect(closed).toBeGreaterThan(0);
  expect(counters.droppedQueueFull).toBe(2 * closed);
});

test('a long message finds room behind a short one, and none once the limit is reached', () => {
  const { counters, inboxes, loopback } = setUp();
  for (const length of [10, LIMITS.outboxBytes, 0]) loopback.send(new Uint8Array(length));
  loopback.flush();
  loopback.send(new Uint8Array(0));
  expect([inboxes.waiting, counters.droppedQueueFull]).toEqual([2, 2]);
  expect([inboxes.receive()?.bytes.length, inboxes.receive()?.bytes.length]).toEqual([
    10,
    LIMITS.outboxBytes,
  ]);
  loopback.send(new Uint8Array(LIMITS.outboxBytes));
  expect(counters.droppedQueueFull).toBe(2);
});
