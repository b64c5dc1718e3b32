import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import type { EndPoint, Packet } from '../framework/environment.ts';
import { Log } from '../framework/log.ts';
import { OrderedMap } from '../framework/orderedMap.ts';
import {
  correspondence,
  type Executed,
  init,
  next,
  type ReplyMessage,
  type Request,
  type RequestMessage,
  replyWasExecuted,
  requestWasSent,
  type State,
} from './service.ts';

const SERVERS = new Set(['a', 'b', 'c']);
const HIGHEST = (1n << 64n) - 1n;

const get = (key: bigint): Request => ({ type: 'get', key });
const set = (key: bigint, value?: string): Request => ({ type: 'set', key, value });

/** That client's request to server a, with this reply. */
const row = (client: EndPoint, seqno: number, request: Request, reply?: string): Executed => ({
  client,
  server: 'a',
  seqno,
  request,
  reply,
  replySeqno: seqno,
});

/** A table with these entries, after what was executed. */
const having = (
  entries: readonly (readonly [bigint, string])[],
  ...executed: readonly Executed[]
): State => ({ servers: SERVERS, map: OrderedMap.of(...entries), executed: Log.of(...executed) });

const among = (servers: readonly EndPoint[], s: State): State => ({
  ...s,
  servers: new Set(servers),
});

const EMPTY = having([]);
const X1 = row('x', 1, set(7n, 'v'), 'v');
/** After the first request. */
const ONE = having([[7n, 'v']], X1);
const TWO = having(
  [
    [7n, 'v'],
    [8n, 'w'],
  ],
  X1,
);
const GOT = row('x', 2, get(7n), 'v');

const INIT_REFUSES: readonly [because: string, s: State][] = [
  ['the servers are the configured ones', among(['a', 'b'], EMPTY)],
  ['the servers are the configured ones', among(['a', 'b', 'd'], EMPTY)],
  ['the table is empty', having([[0n, '']])],
  ['nothing has been executed', having([], row('x', 1, get(7n)))],
];

describe('sht: init', () => {
  test('allows an empty table of which nothing was asked', () => {
    expect(init(EMPTY, SERVERS)).toBeUndefined();
    expect(init(among(['c', 'b', 'a'], EMPTY), SERVERS)).toBeUndefined();
  });

  test.each(INIT_REFUSES)('refuses, because ✗ %s', (because, s) => {
    expect(init(s, SERVERS)).toEqual({ failed: because });
  });
});

/** The state in which these entries are, and one more request was executed. */
const then = (s: State, executed: Executed, ...entries: (readonly [bigint, string])[]): State => ({
  ...s,
  map: OrderedMap.of(...entries),
  executed: s.executed.append(executed),
});

const REWRITTEN = 'what was executed is never rewritten';
const ONE_AT_A_TIME = 'one request takes effect at a time';
const ONLY_ITS_KEY = 'a set changes its key, and nothing else';
const HAS = 'a get is answered with what the table has';
const WHAT_WAS_SET = 'a set is answered with what was set';
const ONCE = 'a request takes effect once';
const OWN_NUMBER = 'every reply has a number of its own';

const NEXT_REFUSES: readonly [because: string, s: State, t: State][] = [
  ['the servers never change', EMPTY, among(['a', 'b'], ONE)],
  ['the servers never change', EMPTY, among(['a', 'b', 'c', 'd'], ONE)],
  [REWRITTEN, ONE, having([[7n, 'v']])],
  [REWRITTEN, ONE, having([[7n, 'v']], row('y', 1, set(7n, 'v'), 'v'), GOT)],
  [REWRITTEN, ONE, having([[7n, 'v']], { ...X1, server: 'b' }, GOT)],
  [REWRITTEN, ONE, having([[7n, 'v']], { ...X1, seqno: 0 }, GOT)],
  [REWRITTEN, ONE, having([[7n, 'v']], { ...X1, replySeqno: 0 }, GOT)],
  [REWRITTEN, ONE, having([[7n, 'v']], { ...X1, reply: 'w' }, GOT)],
  [REWRITTEN, ONE, having([[7n, 'v']], { ...X1, request: set(7n, 'w') }, GOT)],
  [REWRITTEN, ONE, having([[7n, 'v']], { ...X1, request: set(8n, 'v') }, GOT)],
  [REWRITTEN, ONE, having([[7n, 'v']], { ...X1, request: get(7n) }, GOT)],
  [REWRITTEN, having([], row('x', 1, get(7n))), having([], row('x', 1, get(8n)), GOT)],
  [REWRITTEN, having([], row('x', 1, get(7n))), having([], row('x', 1, set(7n)), GOT)],
  [ONE_AT_A_TIME, EMPTY, EMPTY],
  [ONE_AT_A_TIME, ONE, { ...ONE, map: OrderedMap.empty() }],
  [ONE_AT_A_TIME, EMPTY, having([[7n, 'v']], X1, GOT)],
  ['whoever serves is a server', EMPTY, then(EMPTY, { ...X1, server: 'mallory' }, [7n, 'v'])],
  ['a get changes nothing', ONE, then(ONE, GOT)],
  ['a get changes nothing', ONE, then(ONE, GOT, [7n, 'w'])],
  ['a get changes nothing', ONE, then(ONE, GOT, [7n, 'v'], [8n, 'v'])],
  [HAS, ONE, then(ONE, row('x', 2, get(7n)), [7n, 'v'])],
  [HAS, ONE, then(ONE, row('x', 2, get(7n), 'w'), [7n, 'v'])],
  [HAS, ONE, then(ONE, row('x', 2, get(8n), 'v'), [7n, 'v'])],
  [HAS, EMPTY, then(EMPTY, row('x', 2, get(7n), ''))],
  [ONLY_ITS_KEY, EMPTY, then(EMPTY, X1)],
  [ONLY_ITS_KEY, EMPTY, then(EMPTY, X1, [7n, 'w'])],
  [ONLY_ITS_KEY, EMPTY, then(EMPTY, X1, [8n, 'v'])],
  [ONLY_ITS_KEY, ONE, then(ONE, row('x', 2, set(8n, 'w'), 'w'), [8n, 'w'])],
  [ONLY_ITS_KEY, ONE, then(ONE, row('x', 2, set(7n, 'w'), 'w'), [7n, 'v'])],
  [ONLY_ITS_KEY, ONE, then(ONE, row('x', 2, set(7n)), [7n, 'v'])],
  [ONLY_ITS_KEY, ONE, then(ONE, row('x', 2, set(7n)), [7n, ''])],
  [ONLY_ITS_KEY, TWO, then(TWO, row('x', 2, set(7n)))],
  [WHAT_WAS_SET, EMPTY, then(EMPTY, { ...X1, reply: undefined }, [7n, 'v'])],
  [WHAT_WAS_SET, EMPTY, then(EMPTY, { ...X1, reply: 'w' }, [7n, 'v'])],
  [WHAT_WAS_SET, ONE, then(ONE, row('x', 2, set(7n), 'v'))],
  [WHAT_WAS_SET, ONE, then(ONE, row('x', 2, set(7n), ''))],
  [ONCE, ONE, then(ONE, { ...X1, replySeqno: 2 }, [7n, 'v'])],
  [ONCE, ONE, then(ONE, { ...GOT, seqno: 0 }, [7n, 'v'])],
  [
    ONCE,
    then(ONE, row('y', 9, get(7n), 'v'), [7n, 'v']),
    then(then(ONE, row('y', 9, get(7n), 'v')), { ...GOT, seqno: 1 }, [7n, 'v']),
  ],
  [OWN_NUMBER, ONE, then(ONE, { ...GOT, replySeqno: 1 }, [7n, 'v'])],
  [OWN_NUMBER, ONE, then(ONE, { ...GOT, replySeqno: 0 }, [7n, 'v'])],
];

describe('sht: next', () => {
  test.each<[string, State, State]>([
    ['a set', EMPTY, ONE],
    ['a get of what is there', ONE, then(ONE, GOT, [7n, 'v'])],
    ['a get of what is not there', EMPTY, then(EMPTY, row('x', 1, get(7n)))],
    ['a value of no bytes', EMPTY, then(EMPTY, row('x', 1, set(0n, ''), ''), [0n, ''])],
    ['the last key', EMPTY, then(EMPTY, row('x', 1, set(HIGHEST, 'v'), 'v'), [HIGHEST, 'v'])],
    ['a set to what is there', ONE, then(ONE, row('x', 2, set(7n, 'v'), 'v'), [7n, 'v'])],
    ['a set to nothing, which deletes', TWO, then(TWO, row('x', 2, set(7n)), [8n, 'w'])],
    ['what is not there to be deleted', EMPTY, then(EMPTY, row('x', 1, set(7n)))],
    ['a log with the same contents', ONE, having([[7n, 'v']], { ...X1 }, GOT)],
    ['numbers to be left out', ONE, then(ONE, { ...GOT, seqno: 9, replySeqno: 5 }, [7n, 'v'])],
    [
      'other clients to count for themselves',
      ONE,
      then(ONE, { ...GOT, client: 'y', seqno: 0, replySeqno: 0 }, [7n, 'v']),
    ],
    [
      'other servers to be counted for themselves',
      ONE,
      then(ONE, { ...GOT, server: 'b', seqno: 0, replySeqno: 0 }, [7n, 'v']),
    ],
    ['equal sets of servers', EMPTY, among(['c', 'b', 'a'], ONE)],
  ])('allows %s', (_, s, t) => {
    expect(next(s, t)).toBeUndefined();
  });

  test.each(NEXT_REFUSES)('refuses, because ✗ %s', (because, s, t) => {
    expect(next(s, t)).toEqual({ failed: because });
  });
});

const asked = (src: EndPoint, seqno: number, request: Request, dst = 'a') => ({
  src,
  dst,
  msg: { type: 'request', seqno, request } satisfies RequestMessage,
});

const replied = (src: EndPoint, dst: EndPoint, seqno: number, key: bigint, value?: string) => ({
  src,
  dst,
  msg: { type: 'reply', seqno, key, value } satisfies ReplyMessage,
});

const SET = asked('x', 1, set(7n, 'v'));
const DONE = replied('a', 'x', 1, 7n, 'v');

const REPLIED = 'what a server replies was executed';
const ASKED = 'what was executed was sent by its client to that server';

const REPLY_REFUSES: readonly [because: string, packet: Packet<ReplyMessage>, s: State][] = [
  [REPLIED, DONE, EMPTY],
  [REPLIED, { ...DONE, src: 'b' }, ONE],
  [REPLIED, { ...DONE, dst: 'y' }, ONE],
  [REPLIED, replied('a', 'x', 2, 7n, 'v'), ONE],
  [REPLIED, replied('a', 'x', 1, 8n, 'v'), ONE],
  [REPLIED, replied('a', 'x', 1, 7n, 'w'), ONE],
  [REPLIED, replied('a', 'x', 1, 7n), ONE],
];

const REQUEST_REFUSES: readonly [because: string, sent: Packet<RequestMessage>[], row: Executed][] =
  [
    [ASKED, [], X1],
    [ASKED, [{ ...SET, src: 'y' }], X1],
    [ASKED, [{ ...SET, dst: 'b' }], X1],
    [ASKED, [asked('x', 2, set(7n, 'v'))], X1],
    [ASKED, [asked('x', 1, set(8n, 'v'))], X1],
    [ASKED, [asked('x', 1, set(7n, 'w'))], X1],
    [ASKED, [asked('x', 1, set(7n))], X1],
    [ASKED, [asked('x', 1, get(7n))], X1],
    [ASKED, [asked('x', 1, get(8n))], row('x', 1, get(7n))],
    [ASKED, [asked('x', 1, set(7n))], row('x', 1, get(7n))],
  ];

describe('sht: correspondence', () => {
  test.each<[string, Packet<RequestMessage | ReplyMessage>[], State]>([
    ['silence', [], EMPTY],
    ['requests that have not taken effect', [SET, asked('x', 2, get(7n), 'b')], EMPTY],
    ['requests without a reply', [SET], ONE],
    ['a reply', [SET, DONE], ONE],
    ['a reply again', [SET, DONE, { ...DONE }], ONE],
    ['a request again', [SET, { ...SET }, DONE], ONE],
    ['strangers to say what they like', [replied('mallory', 'x', 9, 9n, 'w')], EMPTY],
    ['clients to say to others what they like', [SET, { ...SET, dst: 'b' }], ONE],
  ])('allows %s', (_, sent, s) => {
    expect(correspondence(sent, s)).toBeUndefined();
  });

  test.each(REPLY_REFUSES)('refuses a reply, because ✗ %s', (because, packet, s) => {
    expect(replyWasExecuted(packet, s)).toEqual({ failed: because });
    expect(correspondence([SET, packet], s)).toEqual({ failed: because });
  });

  test('looks for a reply where it is told to', () => {
    const s = then(ONE, GOT, [7n, 'v']);
    const packet = replied('a', 'x', 2, 7n, 'v');
    expect(replyWasExecuted(packet, s)).toBeUndefined();
    expect(replyWasExecuted(packet, s, 1)).toBeUndefined();
    for (const position of [0, 2, -1]) {
      expect(replyWasExecuted(packet, s, position)).toEqual({ failed: REPLIED });
    }
  });

  test.each(REQUEST_REFUSES)('refuses an execution, because ✗ %s', (because, sent, executed) => {
    expect(requestWasSent(executed, sent)).toEqual({ failed: because });
    expect(correspondence(sent, having([], executed))).toEqual({ failed: because });
  });

  test('looks at every packet, and at all that was executed', () => {
    const s = then(ONE, GOT, [7n, 'v']);
    const got = asked('x', 2, get(7n));
    expect(correspondence([SET, got, DONE, replied('a', 'x', 2, 7n, 'v')], s)).toBeUndefined();
    expect(correspondence([SET, got, DONE, replied('a', 'x', 2, 7n)], s)).toBeDefined();
    expect(correspondence([SET, DONE], s)).toEqual({ failed: ASKED });
  });
});

test('every clause of the hash table has a row in which it fails', () => {
  const rows = [INIT_REFUSES, NEXT_REFUSES, REPLY_REFUSES, REQUEST_REFUSES].flatMap((table) =>
    table.map(([name]) => name),
  );
  expect(untried(clausesOf(new URL('./service.ts', import.meta.url)), rows)).toEqual([]);
});
