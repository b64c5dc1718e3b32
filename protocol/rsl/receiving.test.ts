import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import { ballot, guardOfReceiving, replica, sentFrom } from '../../harness/testing/rslReplicas.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { Message } from './messages.ts';
import { fromAnyone, fromReplica } from './receiving.ts';

const R = replica();
const ASK: Message = { type: '1a', ballot: ballot(2, 1) };
const OTHER: Message = { type: 'startingPhase2', ballot: ballot(2, 1), logTruncationPoint: 0 };

/** Takes a 1a whose number is even, and sends it back. */
const receiver = {
  name: 'sendBack',
  guard: (_: unknown, msg: Extract<Message, { type: '1a' }>) =>
    clause('its number is even', msg.ballot.seqno % 2 === 0),
  step: (_: unknown, msg: Message, src: EndPoint, now: number) => ({
    state: replica({ nextHeartbeat: now }),
    sends: [{ src: 'b', dst: src, msg }],
  }),
};

const ROWS: readonly (readonly [because: string, src: EndPoint, msg: Message])[] = [
  ['the message is of the type that the action takes', 'a', OTHER],
  ['the message is of the type that the action takes', 'mallory', { type: 'invalid' }],
  ['it comes from a replica', 'mallory', ASK],
  ['its number is even', 'a', { type: '1a', ballot: ballot(3, 1) }],
];

describe('rsl: an action that takes packets from replicas', () => {
  const action = fromReplica('1a', receiver);

  test.each(ROWS)('refuses, because ✗ %s', (because, src, msg) => {
    expect(guardOfReceiving(action, R, src, msg)).toEqual({ failed: because });
  });

  test.each(['a', 'b', 'c'])(
    'takes its type of message from %s, and gives all that it was given',
    (src) => {
      expect(guardOfReceiving(action, R, src, ASK)).toBeUndefined();
      const input = { packet: sentFrom(src, ASK), now: 70, choice: undefined };
      expect(action.step(R, input)).toEqual({
        state: replica({ nextHeartbeat: 70 }),
        sends: [{ src: 'b', dst: src, msg: ASK }],
      });
    },
  );

  test('reads the clock only if it says so', () => {
    expect(action).toMatchObject({ name: 'sendBack', takes: 'packet', readsClock: false });
    expect(fromReplica('1a', { ...receiver, readsClock: true }).readsClock).toBe(true);
  });
});

describe('rsl: an action that takes packets from anyone', () => {
  const action = fromAnyone('1a', receiver);

  test('takes them from strangers, too', () => {
    expect(guardOfReceiving(action, R, 'mallory', ASK)).toBeUndefined();
    expect(guardOfReceiving(action, R, 'a', OTHER)).toEqual({ failed: ROWS[0]?.[0] });
    expect(guardOfReceiving(action, R, 'mallory', { type: '1a', ballot: ballot(3, 1) })).toEqual({
      failed: 'its number is even',
    });
  });
});

test('every clause of receiving has a row in which it fails', () => {
  const rows = ROWS.map(([because]) => because);
  expect(untried(clausesOf(new URL('./receiving.ts', import.meta.url)), rows)).toEqual([]);
});
