import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import { PARAMETERS, single } from '../../harness/testing/shtHosts.ts';
import { bytesOf, type Content, type SingleMessage } from './messages.ts';
import {
  acknowledge,
  again,
  lastSent,
  maySend,
  nextMessage,
  type Peer,
  peerOf,
  withPeer,
} from './singleDelivery.ts';

const STRANGER: Peer = { accepted: 0, acked: 0, unacked: [], unackedBytes: 0 };

const said = (value: string): Content => ({ type: 'reply', key: 1n, value });

/** Messages to this peer, one after another. */
function tell(peer: Peer, ...values: readonly string[]): Peer {
  let told = peer;
  for (const value of values) told = deepFreeze(nextMessage(told, 'x', said(value)).peer);
  return told;
}

/** A peer in whatever conversation: what it was told and what it acknowledged. */
const conversations = fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.nat({ max: 12 })), {
  maxLength: 16,
});

const after = (conversation: readonly (string | number)[]): Peer => {
  let peer = STRANGER;
  for (const event of conversation) {
    if (typeof event === 'string') peer = tell(peer, event);
    else if (event > peer.acked) peer = deepFreeze(acknowledge(peer, event));
  }
  return peer;
};

describe('of a peer', () => {
  test('nothing is known at first', () => {
    expect(peerOf(new Map(), 'x')).toEqual(STRANGER);
  });

  test('what is remembered changes alone, and the order of first contact stays', () => {
    const peers = deepFreeze(
      new Map([
        ['x', STRANGER],
        ['y', tell(STRANGER, 'v')],
      ]),
    );
    const changed = withPeer(peers, 'x', tell(STRANGER, 'w'));
    expect([...changed]).toEqual([
      ['x', tell(STRANGER, 'w')],
      ['y', tell(STRANGER, 'v')],
    ]);
    expect([...withPeer(peers, 'z', STRANGER).keys()]).toEqual(['x', 'y', 'z']);
  });

  test('the messages have numbers from one on, without gaps, and say for whom they are', () => {
    const first = nextMessage(STRANGER, 'x', said('v'));
    expect(first).toEqual({
      peer: { ...STRANGER, unacked: [first.msg], unackedBytes: 1 },
      msg: { type: 'single', seqno: 1, dst: 'x', content: said('v') },
    });
    const numbers = tell(STRANGER, 'u', 'v', 'w').unacked.map(({ seqno }) => seqno);
    expect(numbers).toEqual([1, 2, 3]);
  });

  test('what is kept is what was sent and not acknowledged, in order, with its bytes', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const { acked, unacked, unackedBytes } = after(conversation);
        expect(unacked.map(({ seqno }) => seqno)).toEqual(
          unacked.map((_, place) => acked + 1 + place),
        );
        const bytes = unacked.reduce((sum, { content }) => sum + bytesOf(content), 0);
        expect(unackedBytes).toBe(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [1, 1, ['v', 'ww']],
    [2, 2, ['ww']],
    [3, 3, []],
    // As the original takes it: the next number is then one higher.
    [7, 7, []],
  ])('an acknowledgement of %i acknowledges all before it', (seqno, acked, left) => {
    const peer = acknowledge(tell({ ...STRANGER, accepted: 9 }, 'u', 'v', 'ww'), seqno);
    expect(peer.unacked.map(({ content }) => content)).toEqual(left.map(said));
    expect([peer.accepted, peer.acked, peer.unackedBytes]).toEqual([
      9,
      acked,
      left.join('').length,
    ]);
    expect(lastSent(peer)).toBe(acked + left.length);
  });

  test('there is a number left until the last one is used', () => {
    const told = tell(STRANGER, 'u', 'v', 'w');
    const may = [2, 3, 4].map((maxSeqno) => maySend(told, { ...PARAMETERS, maxSeqno }));
    expect(may).toEqual([false, false, true]);
  });

  test('the first of what it has not acknowledged is sent again as it was', () => {
    const told = acknowledge(tell(STRANGER, 's', 't', 'u', 'v'), 1);
    const sent = again('b', 'x', told, { ...PARAMETERS, maxResent: 2 });
    const expected: SingleMessage[] = [single(2, said('t'), 'x'), single(3, said('u'), 'x')];
    expect(sent).toEqual(expected.map((msg) => ({ src: 'b', dst: 'x', msg })));
    expect(again('b', 'x', STRANGER, PARAMETERS)).toEqual([]);
  });
});
