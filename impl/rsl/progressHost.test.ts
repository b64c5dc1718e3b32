import { describe, expect, test } from 'vitest';
import type { Host, Io, Received } from '../framework/io.ts';
import { ProgressHost } from './progressHost.ts';

const bytes = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const REQUEST = bytes('0000000000000000 0000000000000005 0000000000000001 aa');
const REPLY = bytes('0000000000000006 0000000000000005 0000000000000000');
const HEARTBEAT = bytes(
  '0000000000000005 0000000000000001 0000000000000000 0000000000000000 0000000000000000',
);

/** What is printed when a host receives one thing and sends others in one action. */
function printed(
  action: string,
  received: Uint8Array | undefined,
  sent: readonly Uint8Array[] = [],
): readonly string[] {
  const lines: string[] = [];
  const passed: unknown[] = [];
  const io: Io = {
    receive: (): Received | undefined => received && { src: 'c1', bytes: received },
    readClock: () => 9,
    send: (dst, what) => passed.push([dst, what]),
  };
  const host: Host = {
    step(given) {
      expect(given.receive()?.bytes).toBe(received);
      expect(given.readClock()).toBe(9);
      for (const what of sent) given.send('c2', what);
      return action;
    },
    nextDeadline: () => 4,
    counters: { held: 2 },
    snapshot: () => 'rest',
  };
  const telling = new ProgressHost(
    host,
    (line) => lines.push(line),
    (client) => `<${client}>`,
  );
  expect(telling.step(io, 'packet')).toBe(action);
  expect(passed).toEqual(sent.map((what) => ['c2', what]));
  expect([telling.nextDeadline(), telling.counters, telling.snapshot()]).toEqual([
    4,
    { held: 2 },
    'rest',
  ]);
  return lines;
}

describe('a replica that tells of its progress', () => {
  test('tells of requests and replies, with the client and the number', () => {
    expect(printed('receiveRequest', REQUEST)).toEqual([
      'Received request from client <c1> with sequence number 5',
    ]);
    expect(printed('execute', undefined, [REPLY, HEARTBEAT, REPLY])).toEqual([
      'Sending reply to client <c2> with sequence number 5',
      'Sending reply to client <c2> with sequence number 5',
    ]);
  });

  test('says which replies were kept from before', () => {
    expect(printed('answerFromCache', REQUEST, [REPLY])).toEqual([
      'Received request from client <c1> with sequence number 5',
      'Sending cached reply to client <c2> with sequence number 5',
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['no bytes', bytes('')],
    ['other messages', HEARTBEAT],
    ['replies', REPLY],
    ['a request cut short', REQUEST.subarray(0, 24)],
    ['a request with a byte too many', bytes(`${Buffer.from(REQUEST).toString('hex')}00`)],
    ['half a number', bytes('0000000000000000 00000000')],
  ])('tells nothing when it receives %s', (_, received) => {
    expect(printed('ignore', received, [HEARTBEAT, REQUEST])).toEqual([]);
  });
});
