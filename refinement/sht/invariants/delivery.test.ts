import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { host } from '../../../harness/testing/shtHosts.ts';
import {
  but,
  butPeer,
  delegation,
  expectWrong,
  FLYING,
  LANDED,
  MOVING,
  peerWith,
  plus,
  says,
  told,
  type WrongScene,
  wrongWith,
} from '../../../harness/testing/shtScenes.ts';
import type { Content } from '../../../protocol/sht/messages.ts';
import type { Peer } from '../../../protocol/sht/singleDelivery.ts';
import { stepInvariants } from '../invariants.ts';

const REFUSAL: Content = { type: 'refusal', reason: 'the range is empty' };
const GET: Content = { type: 'get', key: 1n };
const [OTHER, UNSENT] = [says('x', 'b', 1, { ...GET, key: 2n }), says('c', 'y', 2, REFUSAL)];
const REDIRECT = says('c', 'y', 1, { type: 'redirect', key: 5n, owner: 'a' });

const ROWS: readonly WrongScene[] = [
  ['S7', 'what waits was accepted last', 'S7', butPeer(MOVING, 'b', 'x', { accepted: 2 })],
  ['S7', 'what waits was accepted last', 'S19 S7', butPeer(MOVING, 'b', 'x', { accepted: 0 })],
  [
    'S7',
    'what waits is for this host',
    'S7',
    plus(but(MOVING, 'b', { received: says('x', 'a', 1, GET) }), says('x', 'a', 1, GET)),
  ],
  ['S7', 'what waits was sent', 'S7', but(MOVING, 'b', { received: OTHER })],
  [
    'S8',
    'a host says within a message whom it is for',
    'S11 S8',
    plus(MOVING, { ...REDIRECT, msg: { ...REDIRECT.msg, dst: 'a' } }),
  ],
  [
    'S9',
    'what is unacknowledged has no gaps',
    'S9',
    plus(butPeer(MOVING, 'c', 'y', peerWith(1, 0, REDIRECT, UNSENT, UNSENT)), UNSENT),
  ],
  ['S9', 'what is unacknowledged has no gaps', 'S9', butPeer(MOVING, 'c', 'y', { acked: 1 })],
  [
    'S9',
    'what is unacknowledged is for this peer',
    'S10 S9',
    butPeer(MOVING, 'c', 'y', { unacked: [{ ...REDIRECT.msg, dst: 'x' }] }),
  ],
  [
    'S9',
    'the bytes of what is unacknowledged are counted',
    'S9',
    butPeer(MOVING, 'a', 'x', { unackedBytes: 2 }),
  ],
  [
    'S10',
    'what is unacknowledged was sent',
    'S10',
    butPeer(MOVING, 'c', 'y', peerWith(1, 0, REDIRECT, UNSENT)),
  ],
  ['S11', 'a number is one message', 'S11', plus(MOVING, says('c', 'y', 1, REFUSAL))],
  ['S12', 'a host knows its numbers', 'S12', plus(MOVING, UNSENT)],
  [
    'S13',
    'what was accepted from a host was sent by it',
    'S13 S7',
    butPeer(MOVING, 'c', 'a', { accepted: 2 }),
  ],
  [
    'S16',
    'a host knows at most so many clients',
    'S16',
    but(MOVING, 'b', {
      peers: new Map(['x', 'u', 'v', 'w', 'y', 'z'].map((id) => [id, peerWith(1, 0)])),
    }),
  ],
  [
    'S19',
    'a host acknowledges what it has accepted',
    'S19',
    plus(MOVING, { src: 'b', dst: 'a', msg: { type: 'ack', seqno: 1 } }),
  ],
  [
    'S19',
    'a host acknowledges what it has accepted',
    'S19',
    plus(MOVING, { src: 'c', dst: 'a', msg: { type: 'numbers', accepted: 2, acked: 0 } }),
  ],
  [
    'S19',
    'what a host has acknowledged it has accepted',
    'S19',
    butPeer(MOVING, 'c', 'b', { acked: 1 }),
  ],
];

const CLIENT: Peer = { accepted: 3, acked: 2, unacked: [UNSENT.msg], unackedBytes: 0 };
const knows = (...peers: readonly (readonly [string, Peer])[]) => host({ peers: new Map(peers) });

/** Steps by which a host would take back what it must not. */
const STEPS: readonly (readonly [because: string, Partial<Peer> | undefined])[] = [
  ['no peer is forgotten', undefined],
  ['what was accepted stays accepted', { accepted: 2 }],
  ['one message is accepted at a time', { accepted: 5 }],
  ['what was acknowledged stays acknowledged', { acked: 1, unacked: [UNSENT.msg, UNSENT.msg] }],
  ['a number that was given is not given again', { unacked: [] }],
];

describe('laws of single delivery', () => {
  test.each(ROWS)('%s: ✗ %s, of all laws %s', expectWrong);

  test.each(STEPS)('S17: ✗ %s', (because, change) => {
    const after = change === undefined ? knows() : knows(['x', { ...CLIENT, ...change }]);
    expect(stepInvariants['S17']?.(knows(['x', CLIENT]), after)?.failed).toBe(because);
  });

  test('allow what is new, acknowledged and accepted', () => {
    const more = { accepted: 4, acked: 3, unacked: [UNSENT.msg, UNSENT.msg] };
    const after = knows(['x', { ...CLIENT, ...more }], ['y', CLIENT]);
    expect(stepInvariants['S17']?.(knows(['x', CLIENT]), after)).toBeUndefined();
    expect(wrongWith(told(MOVING, 'a', 'x', REFUSAL, REFUSAL))).toEqual([]);
  });

  test('look at what strangers say as little as hosts do', () => {
    const lies = [
      says('mallory', 'a', 1, delegation(0n, 5n, [9n, 'x'])),
      says('mallory', 'a', 1, GET),
      { src: 'mallory', dst: 'a', msg: { type: 'ack', seqno: 99 } } as const,
      says('x', 'y', 7, FLYING.msg.content),
      says('x', 'y', 7, LANDED.msg.content),
    ];
    expect(wrongWith(plus(MOVING, ...lies))).toEqual([]);
  });

  test('have no clause that never fails', () => {
    const rows = [...ROWS.map(([, because]) => because), ...STEPS.map(([because]) => because)];
    const clauses = clausesOf(new URL('./delivery.ts', import.meta.url));
    expect(untried(clauses, rows)).toEqual([]);
  });
});
