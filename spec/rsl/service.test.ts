import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import { MAX_REQUEST_BYTES } from '../apps/application.ts';
import { counter, INCREMENT } from '../apps/counter.ts';
import { u64 } from '../framework/bytes.ts';
import type { EndPoint, Packet } from '../framework/environment.ts';
import { Log } from '../framework/log.ts';
import {
  correspondence,
  type Executed,
  execute,
  init,
  next,
  nextAtMostOnce,
  type ReplyMessage,
  type Request,
  type RequestMessage,
  replyWasExecuted,
  requestWasSent,
  type State,
} from './service.ts';

const SERVERS = new Set(['a', 'b', 'c']);

const increment = (client: EndPoint, seqno: number): Request => ({
  client,
  seqno,
  request: INCREMENT,
});

/** The row of a request to which this was the count in reply. */
const row = (client: EndPoint, seqno: number, count: number): Executed => ({
  ...increment(client, seqno),
  reply: u64(count),
});

/** A counter that has got to where its log says. */
const having = (...executed: readonly Executed[]): State => ({
  servers: SERVERS,
  app: BigInt(executed.length),
  executed: Log.of(...executed),
});

const X1 = row('x', 1, 1);
const Y1 = row('y', 1, 2);
const X2 = row('x', 2, 3);

const among = (servers: readonly EndPoint[], s: State): State => ({
  ...s,
  servers: new Set(servers),
});

const INIT_REFUSES: readonly [because: string, s: State][] = [
  ['the servers are the configured ones', among(['a', 'b'], having())],
  ['the servers are the configured ones', among(['a', 'b', 'd'], having())],
  ['the application is in its initial state', { ...having(), app: 1n }],
  ['nothing has been executed', { ...having(X1), app: 0n }],
];

describe('rsl: init', () => {
  test('allows a fresh application of which nothing was asked', () => {
    expect(init(having(), counter, SERVERS)).toBeUndefined();
    expect(init(among(['c', 'b', 'a'], having()), counter, SERVERS)).toBeUndefined();
  });

  test.each(INIT_REFUSES)('refuses, because ✗ %s', (because, s) => {
    expect(init(s, counter, SERVERS)).toEqual({ failed: because });
  });
});

/** A request of this many bytes, to which the counter replies that nothing was counted. */
const longRequest = (bytes: number): Executed => ({
  ...row('x', 1, 0),
  request: '\0'.repeat(bytes),
});

const NEXT_REFUSES: readonly [because: string, s: State, t: State][] = [
  ['the servers never change', having(), among(['a', 'b'], having(X1))],
  ['the servers never change', having(), among(['a', 'b', 'c', 'd'], having(X1))],
  ['the servers never change', having(X1), among(['a', 'b', 'd'], having(X1))],
  ['what was executed is never rewritten', having(X1, Y1), having(X1)],
  ['what was executed is never rewritten', having(X1), having(row('y', 1, 1))],
  ['what was executed is never rewritten', having(X1), having(row('x', 2, 1))],
  ['what was executed is never rewritten', having(X1), having({ ...X1, reply: u64(2) })],
  ['what was executed is never rewritten', having(X1), having({ ...X1, request: '' }, Y1)],
  ['what was executed is never rewritten', having(X1, Y1), having(Y1, X1)],
  [
    'no request exceeds 128 MiB',
    having(),
    { ...having(longRequest(MAX_REQUEST_BYTES + 1)), app: 0n },
  ],
  ['the application gives this reply', having(), having(row('x', 1, 2))],
  ['the application gives this reply', having(X1), having(X1, { ...Y1, reply: '' })],
  ['the application gives this reply', having(), having(Y1, X1)],
  ['the application is where the batch leads it', having(), { ...having(X1), app: 2n }],
  ['the application is where the batch leads it', having(X1), { ...having(X1, Y1), app: 1n }],
  ['the application is where the batch leads it', having(X1), { ...having(X1), app: 2n }],
];

describe('rsl: next', () => {
  test.each<[string, State, State]>([
    ['one request to take effect', having(), having(X1)],
    ['a batch to take effect', having(X1), having(X1, Y1, X2)],
    ['an empty batch', having(X1), having(X1)],
    ['a log with the same contents', having(X1), having({ ...X1 }, Y1)],
    ['one request to take effect twice', having(X1), having(X1, row('x', 1, 2))],
    ['the numbers of a client to fall', having(row('x', 9, 1)), having(row('x', 9, 1), Y1)],
    ['equal sets of servers', having(), among(['c', 'b', 'a'], having(X1))],
    ['the longest request', having(), { ...having(longRequest(MAX_REQUEST_BYTES)), app: 0n }],
  ])('allows %s', (_, s, t) => {
    expect(next(s, t, counter)).toBeUndefined();
  });

  test.each(NEXT_REFUSES)('refuses, because ✗ %s', (because, s, t) => {
    expect(next(s, t, counter)).toEqual({ failed: because });
    expect(nextAtMostOnce(s, t, counter, 9)).toEqual({ failed: because });
  });

  test('looks at what is new in the log alone, where it grew from the old one', () => {
    const s = having(...Array.from({ length: 1000 }, (_, index) => row('x', index, index + 1)));
    let handled = 0;
    const observed: typeof counter = {
      ...counter,
      handle: (state, request) => {
        handled++;
        return counter.handle(state, request);
      },
    };
    const t = execute(s, [increment('y', 1), increment('z', 1)], counter);
    expect(next(s, t, observed)).toBeUndefined();
    expect(handled).toBe(2);
  });
});

const RISING = 'a remembered client has a higher number each time';

const AT_MOST_ONCE_REFUSES: readonly [because: string, sessions: number, s: State, t: State][] = [
  [RISING, 1, having(X1), having(X1, row('x', 1, 2))],
  [RISING, 1, having(row('x', 5, 1)), having(row('x', 5, 1), row('x', 4, 2))],
  [RISING, 1, having(), having(X1, row('x', 1, 2))],
  [RISING, 2, having(X1, Y1), having(X1, Y1, row('x', 1, 3))],
  [RISING, 2, having(X1, Y1, row('y', 2, 3)), having(X1, Y1, row('y', 2, 3), row('x', 1, 4))],
  [RISING, 3, having(X1), having(X1, Y1, row('z', 1, 3), row('x', 0, 4))],
];

describe('rsl: next, at most once', () => {
  test.each<[string, number, State, State]>([
    ['an empty batch', 2, having(X1), having(X1)],
    ['higher numbers', 2, having(X1, Y1), having(X1, Y1, X2)],
    ['numbers to be left out', 2, having(X1, Y1), having(X1, Y1, row('x', 7, 3))],
    ['the same number of another client', 2, having(X1), having(X1, Y1)],
    [
      'a client that is forgotten to begin again',
      1,
      having(X1, Y1),
      having(X1, Y1, row('x', 1, 3)),
    ],
    ['anything, without sessions', 0, having(X1), having(X1, row('x', 1, 2))],
  ])('allows %s', (_, sessions, s, t) => {
    expect(nextAtMostOnce(s, t, counter, sessions)).toBeUndefined();
  });

  test.each(AT_MOST_ONCE_REFUSES)(
    'refuses, because ✗ %s, with %i sessions',
    (because, sessions, s, t) => {
      expect(next(s, t, counter)).toBeUndefined();
      expect(nextAtMostOnce(s, t, counter, sessions)).toEqual({ failed: because });
    },
  );
});

const request = (src: EndPoint, seqno: number, dst = 'a'): Packet<RequestMessage> => ({
  src,
  dst,
  msg: { type: 'request', seqno, request: INCREMENT },
});

const reply = (src: EndPoint, dst: EndPoint, seqno: number, count: number) => ({
  src,
  dst,
  msg: { type: 'reply', seqno, reply: u64(count) } satisfies ReplyMessage,
});

const REPLIED = 'what a server replies was executed';
const ASKED = 'what was executed was sent by its client to a server';
const OTHER_REQUEST = { ...request('x', 1), msg: { ...request('x', 1).msg, request: u64(1) } };

const REPLY_REFUSES: readonly [because: string, packet: Packet<ReplyMessage>, s: State][] = [
  [REPLIED, reply('a', 'x', 1, 1), having()],
  [REPLIED, reply('a', 'y', 1, 1), having(X1, Y1)],
  [REPLIED, reply('a', 'x', 2, 1), having(X1, Y1)],
  [REPLIED, reply('a', 'x', 1, 2), having(X1, Y1)],
];

const REQUEST_REFUSES: readonly [because: string, sent: Packet<RequestMessage>[]][] = [
  [ASKED, []],
  [ASKED, [request('y', 1)]],
  [ASKED, [request('x', 2)]],
  [ASKED, [request('x', 1, 'mallory')]],
  [ASKED, [OTHER_REQUEST]],
];

describe('rsl: correspondence', () => {
  test.each<[string, Packet<RequestMessage | ReplyMessage>[], State]>([
    ['silence', [], having()],
    ['requests that have not taken effect', [request('x', 1), request('y', 1)], having()],
    ['requests without a reply', [request('x', 1, 'c')], having(X1)],
    ['replies', [request('x', 1), reply('a', 'x', 1, 1)], having(X1)],
    [
      'every server to reply',
      [request('x', 1), reply('b', 'x', 1, 1), reply('c', 'x', 1, 1)],
      having(X1),
    ],
    [
      'each reply to a request that took effect twice',
      [request('x', 1), reply('a', 'x', 1, 1), reply('b', 'x', 1, 2)],
      having(X1, row('x', 1, 2)),
    ],
    ['strangers to say what they like', [reply('mallory', 'x', 9, 9)], having()],
  ])('allows %s', (_, sent, s) => {
    expect(correspondence(sent, s)).toBeUndefined();
  });

  test.each(REPLY_REFUSES)('refuses a reply, because ✗ %s', (because, packet, s) => {
    expect(replyWasExecuted(packet, s)).toEqual({ failed: because });
    const sent = [request('x', 1), request('y', 1), packet];
    expect(correspondence(sent, s)).toEqual({ failed: because });
  });

  test('looks for a reply where it is told to', () => {
    const s = having(X1, Y1);
    const packet = reply('a', 'y', 1, 2);
    expect(replyWasExecuted(packet, s)).toBeUndefined();
    expect(replyWasExecuted(packet, s, 1)).toBeUndefined();
    for (const position of [0, 2, -1]) {
      expect(replyWasExecuted(packet, s, position)).toEqual({ failed: REPLIED });
    }
  });

  test.each(REQUEST_REFUSES)('refuses an execution, because ✗ %s', (because, sent) => {
    expect(requestWasSent(X1, sent, having(X1))).toEqual({ failed: because });
    expect(correspondence(sent, having(X1))).toEqual({ failed: because });
  });

  test('looks at every packet, and at all that was executed', () => {
    const s = having(X1, Y1);
    const asked = [request('x', 1), request('y', 1)];
    expect(
      correspondence([...asked, reply('a', 'x', 1, 1), reply('a', 'y', 1, 2)], s),
    ).toBeUndefined();
    expect(
      correspondence([...asked, reply('a', 'x', 1, 1), reply('a', 'y', 1, 1)], s),
    ).toBeDefined();
    expect(correspondence([request('x', 1)], s)).toEqual({ failed: ASKED });
  });
});

test('every clause of the replicated service has a row in which it fails', () => {
  const rows = [
    INIT_REFUSES,
    NEXT_REFUSES,
    AT_MOST_ONCE_REFUSES,
    REPLY_REFUSES,
    REQUEST_REFUSES,
  ].flatMap((table) => table.map(([name]) => name));
  expect(untried(clausesOf(new URL('./service.ts', import.meta.url)), rows)).toEqual([]);
});
