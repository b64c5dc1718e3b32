import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  COMPATIBLE,
  guardOfReceiving,
  guardOfTaking,
  host,
  PARAMETERS,
  peer,
  receive,
  single,
  take,
  waiting,
} from '../../harness/testing/shtHosts.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Host } from './host.ts';
import type { Content, Message } from './messages.ts';
import { accept, acceptAgain, hearAck, ignore, resend, tellNumbers } from './receiving.ts';

const GET: Content = { type: 'get', key: 7n };
const FULL = 'no other message is waiting';
const TYPE = 'the message is of the type that the action takes';
const NO_ROOM = 'its sender is known, or there is room for another';
const SILENT = 'its sender acknowledges what it is answered';

const answers = (...numbers: readonly number[]) =>
  numbers.map((seqno) => single(seqno, { type: 'reply', key: 7n, value: 'v' }, 'x'));

/** Client x has sent two messages, and has acknowledged neither of the two answers. */
const known = host({ peers: new Map([['x', peer(2, 0, answers(1, 2))]]) });
const ackOf = (seqno: number): Message => ({ type: 'ack', seqno });

/** Five peers are as many as there may be. */
const crowded = host({ peers: new Map(['x', 'y', 'z', 'v', 'w'].map((id) => [id, peer(1)])) });
const silent = host({ peers: new Map([['x', peer(4, 0, answers(1, 2, 3, 4))]]) });
const heavy = host({ peers: new Map([['x', { ...peer(1, 0, answers(1)), unackedBytes: 12 }]]) });

type Row = readonly [because: string, h: Host, src: EndPoint, msg: Message];

const ACCEPT_REFUSES: readonly Row[] = [
  [TYPE, known, 'x', ackOf(1)],
  [FULL, host({ received: waiting('y', GET) }), 'x', single(1, GET)],
  ['it is the next of its sender', known, 'x', single(2, GET)],
  ['it is the next of its sender', known, 'x', single(4, GET)],
  ['it is the next of its sender', known, 'y', single(2, GET)],
  [NO_ROOM, crowded, 'stranger', single(1, GET)],
  [SILENT, silent, 'x', single(5, GET)],
  [SILENT, heavy, 'x', single(2, GET)],
];

describe('sht: accept', () => {
  test.each(ACCEPT_REFUSES)('refuses, because ✗ %s', (because, h, src, msg) => {
    expect(guardOfReceiving(accept, h, src, msg)).toEqual({ failed: because });
  });

  test('lets the message wait, acknowledges it, and remembers its number', () => {
    const msg = single(3, GET);
    const { state, sends } = receive(accept, known, 'x', msg);
    expect(state).toEqual({
      ...known,
      peers: new Map([['x', peer(3, 0, answers(1, 2))]]),
      received: { src: 'x', dst: 'b', msg },
    });
    expect(sends).toEqual([{ src: 'b', dst: 'x', msg: ackOf(3) }]);
    expect(guardOfReceiving(accept, state, 'x', single(4, GET))).toEqual({ failed: FULL });
  });

  test('does not look at whom the message names', () => {
    const { state } = receive(accept, known, 'x', single(3, GET, 'somebody'));
    expect(state.received?.msg.dst).toBe('somebody');
  });

  test.each([
    ['the first message of a stranger', host(), 'x'],
    ['of a peer in a crowd', host({ peers: new Map([...crowded.peers, ['x', peer(0)]]) }), 'x'],
    ['of a host in a crowd', crowded, 'c'],
    [
      'of a host that is silent',
      host({ peers: new Map([['c', peer(0, 0, answers(1, 2, 3, 4))]]) }),
      'c',
    ],
    [
      'of a host with much to read',
      host({ peers: new Map([['c', { ...peer(0), unackedBytes: 99 }]]) }),
      'c',
    ],
  ])('takes %s', (_, h, src) => {
    expect(receive(accept, h, src, single(1, GET)).state.peers.get(src)?.accepted).toBe(1);
  });
});

const ACCEPT_AGAIN_REFUSES: readonly Row[] = [
  [TYPE, known, 'x', { type: 'numbersRequest' }],
  [FULL, host({ ...known, received: waiting('y', GET) }), 'x', single(2, GET)],
  ['it has been accepted before', known, 'x', single(3, GET)],
  ['it has been accepted before', known, 'y', single(1, GET)],
];

describe('sht: acceptAgain', () => {
  test.each(ACCEPT_AGAIN_REFUSES)('refuses, because ✗ %s', (because, h, src, msg) => {
    expect(guardOfReceiving(acceptAgain, h, src, msg)).toEqual({ failed: because });
  });

  test('acknowledges once more, and does nothing again', () => {
    const { state, sends } = receive(acceptAgain, known, 'x', single(1, GET));
    expect(state).toBe(known);
    expect(sends).toEqual([{ src: 'b', dst: 'x', msg: ackOf(1) }]);
  });

  test('gives a client that still waits for them its first answers once more', () => {
    const h = host({ peers: new Map([['x', peer(3, 4, answers(5, 6, 7))]]) });
    const { state, sends } = receive(acceptAgain, h, 'x', single(3, GET));
    expect(state).toBe(h);
    expect(sends).toEqual([ackOf(3), ...answers(5, 6)].map((msg) => ({ src: 'b', dst: 'x', msg })));
  });

  test('gives a host nothing more, for it is sent everything again anyway', () => {
    const h = host({ peers: new Map([['c', peer(3, 4, answers(5, 6, 7))]]) });
    expect(receive(acceptAgain, h, 'c', single(3, GET)).sends).toEqual([
      { src: 'b', dst: 'c', msg: ackOf(3) },
    ]);
  });
});

const HEAR_ACK_REFUSES: readonly Row[] = [
  [TYPE, known, 'x', { type: 'invalid' }],
  ['it is news', known, 'x', ackOf(0)],
  ['it is news', host({ peers: new Map([['x', peer(2, 1, answers(2))]]) }), 'x', ackOf(1)],
  ['that was sent', known, 'x', ackOf(3)],
  ['that was sent', known, 'y', ackOf(1)],
  [NO_ROOM, crowded, 'stranger', ackOf(1)],
];

describe('sht: hearAck', () => {
  test.each(HEAR_ACK_REFUSES)('refuses, because ✗ %s', (because, h, src, msg) => {
    expect(guardOfReceiving(hearAck, h, src, msg)).toEqual({ failed: because });
  });

  test('forgets what is acknowledged, also while a message waits', () => {
    const h = host({ ...known, received: waiting('y', GET) });
    const { state, sends } = receive(hearAck, h, 'x', ackOf(1));
    const { unackedBytes, ...left } = state.peers.get('x') ?? peer(0);
    expect(left).toEqual({ accepted: 2, acked: 1, unacked: answers(2) });
    expect(state).toEqual({ ...h, peers: new Map([['x', { ...left, unackedBytes }]]) });
    expect(sends).toEqual([]);
  });

  test('in the compatible preset takes any news, as the original does', () => {
    const h = host({ peers: known.peers }, COMPATIBLE);
    const { state } = receive(hearAck, h, 'x', ackOf(9));
    expect(state.peers.get('x')).toMatchObject({ accepted: 2, acked: 9, unacked: [] });
    expect(receive(hearAck, h, 'stranger', ackOf(1)).state.peers.get('stranger')?.acked).toBe(1);
  });
});

const TELL_NUMBERS_REFUSES: readonly Row[] = [
  [TYPE, known, 'x', single(1, GET)],
  ['the original does not know this', host({}, COMPATIBLE), 'x', { type: 'numbersRequest' }],
];

describe('sht: tellNumbers', () => {
  test.each(TELL_NUMBERS_REFUSES)('refuses, because ✗ %s', (because, h, src, msg) => {
    expect(guardOfReceiving(tellNumbers, h, src, msg)).toEqual({ failed: because });
  });

  test.each([
    ['x', 2, 5],
    ['stranger', 0, 0],
  ])('tells %s its numbers, and changes nothing', (src, accepted, acked) => {
    const h = host({ peers: new Map([['x', peer(2, 5)]]), received: waiting('y', GET) });
    const { state, sends } = receive(tellNumbers, h, src, { type: 'numbersRequest' });
    expect(state).toBe(h);
    expect(sends).toEqual([{ src: 'b', dst: src, msg: { type: 'numbers', accepted, acked } }]);
  });
});

const IGNORE_REFUSES: readonly Row[] = [
  ['the message is not to be accepted', known, 'x', single(3, GET)],
  ['it was not accepted before', known, 'x', single(2, GET)],
  ['it acknowledges nothing new', known, 'x', ackOf(2)],
  ['it does not ask for numbers', known, 'x', { type: 'numbersRequest' }],
];

describe('sht: ignore', () => {
  test.each(IGNORE_REFUSES)('refuses, because ✗ %s', (because, h, src, msg) => {
    expect(guardOfReceiving(ignore, h, src, msg)).toEqual({ failed: because });
  });

  test.each<[string, Host, EndPoint, Message]>([
    ['bytes that mean nothing', known, 'x', { type: 'invalid' }],
    ['what only clients want to know', known, 'x', { type: 'numbers', accepted: 1, acked: 1 }],
    ['a message that comes too early', known, 'x', single(4, GET)],
    ['an old acknowledgement', known, 'x', ackOf(0)],
    ['what does not fit in', host({ received: waiting('y', GET) }), 'x', single(1, GET)],
    ['what comes too often', silent, 'x', single(5, GET)],
  ])('takes %s, and nothing comes of it', (_, h, src, msg) => {
    const { state, sends } = receive(ignore, h, src, msg);
    expect(state).toBe(h);
    expect(sends).toEqual([]);
  });
});

const delegations = (...numbers: readonly number[]) =>
  numbers.map((seqno) => single(seqno, GET, 'c'));

const RESEND_REFUSES: readonly [because: string, h: Host, now: number][] = [
  ['a host has not acknowledged everything', host({ peers: new Map([['c', peer(1)]]) }), 500],
  ['a host has not acknowledged everything', known, 500],
  [
    'a resend period has passed',
    host({ peers: new Map([['c', peer(0, 0, delegations(1))]]), resentAt: 450 }),
    549,
  ],
];

describe('sht: resend', () => {
  const left = { peers: new Map([['c', peer(0, 3, delegations(4, 5, 6))]]), resentAt: 450 };

  test.each(RESEND_REFUSES)('refuses, because ✗ %s', (because, h, now) => {
    expect(guardOfTaking(resend, h, now)).toEqual({ failed: because });
  });

  test('notes what a host has left for the first time, and waits', () => {
    const h = host(left);
    const { state, sends } = take(resend, h, 550);
    expect(state).toEqual({ ...h, resentAt: 550, noted: new Map([['c', 4]]) });
    expect(sends).toEqual([]);
  });

  test('sends again what a host has left since the last time, no more than so much', () => {
    const h = host({ ...left, noted: new Map([['c', 4]]) });
    const { state, sends } = take(resend, h, 550);
    expect(state).toEqual({ ...h, resentAt: 550 });
    expect(sends).toEqual(delegations(4, 5).map((msg) => ({ src: 'b', dst: 'c', msg })));
  });

  test('forgets what it noted of those who have acknowledged it, and sends clients nothing', () => {
    const peers = new Map([
      ['c', peer(0, 4, delegations(5))],
      ['x', peer(1, 0, answers(1))],
      ['a', peer(3, 3)],
    ]);
    const noted = new Map([
      ['c', 4],
      ['x', 1],
      ['a', 3],
    ]);
    const { state, sends } = take(resend, host({ peers, noted, resentAt: 450 }), 550);
    expect(state.noted).toEqual(new Map([['c', 5]]));
    expect(sends).toEqual([]);
  });

  test('goes by the distance, also where the clock was set back', () => {
    const h = host(left, PARAMETERS);
    expect(guardOfTaking(resend, h, 351)).toBeDefined();
    expect(take(resend, h, 350).state.resentAt).toBe(350);
  });

  test('sends to hosts in the order of first contact', () => {
    const peers = new Map([
      ['c', peer(0, 0, delegations(1))],
      ['a', peer(0, 0, delegations(1))],
    ]);
    const noted = new Map([
      ['a', 1],
      ['c', 1],
    ]);
    const { sends } = take(resend, host({ peers, noted }), 100);
    expect(sends.map(({ dst }) => dst)).toEqual(['c', 'a']);
  });
});

test('every clause of receiving has a row in which it fails', () => {
  const rows = [
    ...[ACCEPT_REFUSES, ACCEPT_AGAIN_REFUSES, HEAR_ACK_REFUSES, TELL_NUMBERS_REFUSES],
    ...[IGNORE_REFUSES, RESEND_REFUSES],
  ].flatMap((table) => table.map(([because]) => because));
  expect(untried(clausesOf(new URL('./receiving.ts', import.meta.url)), rows)).toEqual([]);
});
