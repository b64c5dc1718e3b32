import { describe, expect, test } from 'vitest';
import { ballot, promised, replica, request, votesOf } from '../../harness/testing/rslReplicas.ts';
import {
  broadcast,
  describe as inWords,
  isSameRequest,
  isSatisfiedBy,
  type Message,
  send,
} from './messages.ts';

const BATCH = [request('x', 1), request('y', 7)];

const WORDS: readonly (readonly [string, Message])[] = [
  ['request(#4)', { type: 'request', seqno: 4, request: '' }],
  ['reply(#4)', { type: 'reply', seqno: 4, reply: '' }],
  ['1a(2.1)', { type: '1a', ballot: ballot(2, 1) }],
  ['1b(2.1 from 3 {})', promised(ballot(2, 1), 3)],
  [
    '1b(2.1 from 3 {4: 1.0 [x#1], 5: 2.0 [y#1]})',
    promised(ballot(2, 1), 3, votesOf([4, 1, 'x'], [5, 2, 'y'])),
  ],
  ['2a(2.1 3: [])', { type: '2a', ballot: ballot(2, 1), operation: 3, batch: [] }],
  ['2b(2.1 3: [x#1 y#7])', { type: '2b', ballot: ballot(2, 1), operation: 3, batch: BATCH }],
  [
    'heartbeat(view 2.1 checkpoint 3)',
    { type: 'heartbeat', view: ballot(2, 1), suspicious: false, checkpoint: 3 },
  ],
  [
    'heartbeat(view 2.1 suspicious checkpoint 3)',
    { type: 'heartbeat', view: ballot(2, 1), suspicious: true, checkpoint: 3 },
  ],
  [
    'startingPhase2(2.1 from 3)',
    { type: 'startingPhase2', ballot: ballot(2, 1), logTruncationPoint: 3 },
  ],
  ['appStateRequest(2.1 3)', { type: 'appStateRequest', ballot: ballot(2, 1), operation: 3 }],
  [
    'appStateSupply(2.1 3)',
    { type: 'appStateSupply', ballot: ballot(2, 1), operation: 3, app: 0n, replyCache: [] },
  ],
  ['voteRequest(3)', { type: 'voteRequest', operation: 3 }],
  ['invalid', { type: 'invalid' }],
];

test.each(WORDS)('%s is what a message is in words', (words, msg) => {
  expect(inWords(msg)).toBe(words);
});

describe('requests', () => {
  const asked = request('x', 5);

  test.each([
    [request('x', 5), true, true],
    [{ ...request('x', 5), request: 'something else' }, true, true],
    [request('x', 6), false, true],
    [request('x', 4), false, false],
    [request('y', 5), false, false],
    [request('y', 6), false, false],
  ])('x#5 and %j: the same %s, satisfied by it %s', (other, same, satisfied) => {
    expect(isSameRequest(asked, other)).toBe(same);
    expect(isSatisfiedBy(asked, other)).toBe(satisfied);
  });
});

describe('packets', () => {
  const { constants } = replica();
  const msg: Message = { type: 'voteRequest', operation: 3 };

  test('are sent under the replica’s own name', () => {
    expect(send(constants, 'mallory', msg)).toEqual({ src: 'b', dst: 'mallory', msg });
  });

  test('to all go to every replica in the order of the configuration, oneself included', () => {
    const packets = broadcast(constants, msg);
    expect(packets).toEqual(['a', 'b', 'c'].map((dst) => ({ src: 'b', dst, msg })));
    for (const packet of packets) expect(packet.msg).toBe(msg);
  });
});
