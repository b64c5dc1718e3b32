import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import {
  accept,
  answer,
  confirm,
  grant,
  type Host,
  ignore,
  init,
  lock,
  type Message,
  offer,
  type Parameters,
  successor,
} from './host.ts';

const RING = ['a', 'b', 'c'];
const PARAMETERS: Parameters = { maxEpoch: 9, retryPeriod: 100, compatible: false };
const COMPATIBLE: Parameters = { ...PARAMETERS, compatible: true };

type Part = Partial<Omit<Host, 'constants'>>;

/** Host b of the ring, which is no special one, unless `me` says otherwise. */
const host = (part: Part = {}, me = 'b', parameters = PARAMETERS): Host => ({
  constants: { me, ring: RING, parameters },
  held: false,
  epoch: 0,
  offeredAt: undefined,
  ...part,
});

const transfer = (epoch: number, src = 'a', dst = 'b'): Packet<Message> => ({
  src,
  dst,
  msg: { type: 'transfer', epoch },
});

const locked = (epoch: number, src = 'c', dst = 'b'): Packet<Message> => ({
  src,
  dst,
  msg: { type: 'locked', epoch },
});

const at = (now: number) => ({ now, choice: undefined });

/** Packet actions read no clock. */
const taking = (packet: Packet<Message>) => ({ ...at(Number.NaN), packet });

const INVALID: Packet<Message> = { src: 'a', dst: 'b', msg: { type: 'invalid' } };

describe('lock: init', () => {
  test.each([
    ['a', true, 1],
    ['b', false, 0],
    ['c', false, 0],
  ])('%s holds: %s, in epoch %i', (me, held, epoch) => {
    const constants = { me, ring: RING, parameters: PARAMETERS };
    const h = init(constants);
    expect(h).toEqual({ constants, held, epoch, offeredAt: undefined });
    expect(h.constants).toBe(constants);
  });

  test.each([
    [['a'], 'a'],
    [['a', 'b'], 'ba'],
    [['c', 'a', 'b'], 'abc'],
  ])('in the ring %j the successors are %s', (ring, successors) => {
    const each = ring.map((me) => successor({ me, ring, parameters: PARAMETERS }));
    expect(each.join('')).toBe(successors);
  });
});

describe('a ring', () => {
  test.each([[[]], [['a', 'a']], [['a', 'b', 'a']]])('cannot be %j', (ring) => {
    expect(() => lock(ring, PARAMETERS)).toThrow(RangeError);
  });
});

test('of its own accord a host reads the clock, and with a packet it does not', () => {
  for (const action of [grant, offer]) expect(action.readsClock).toBe(true);
  for (const action of [accept, answer, confirm, ignore]) expect(action.readsClock).toBe(false);
});

/**
 * A row for each clause of an action's guard: there it fails while the others, as far as they can,
 * hold.
 */
type LocalRow = readonly [because: string, h: Host, now: number];
type PacketRow = readonly [because: string, h: Host, packet: Packet<Message>];

const GRANT_REFUSES: readonly LocalRow[] = [
  ['the host holds the lock', host({ epoch: 4 }), 0],
  ['there is a next epoch', host({ held: true, epoch: 9 }), 0],
];

describe('lock: grant', () => {
  test.each(GRANT_REFUSES)('refuses, because ✗ %s', (because, h, now) => {
    expect(grant.guard(h, at(now))).toEqual({ failed: because });
  });

  test('lets go, and offers the next epoch to the successor', () => {
    const h = host({ held: true, epoch: 8 });
    expect(grant.guard(h, at(70))).toBeUndefined();
    const { state, sends } = grant.step(h, at(70));
    expect(state).toEqual(host({ held: false, epoch: 8, offeredAt: 70 }));
    expect(state.constants).toBe(h.constants);
    expect(sends).toEqual([transfer(9, 'b', 'c')]);
  });

  test('remembers no offer where offers are not repeated', () => {
    const { state, sends } = grant.step(host({ held: true, epoch: 1 }, 'b', COMPATIBLE), at(70));
    expect(state).toEqual(host({ epoch: 1 }, 'b', COMPATIBLE));
    expect(sends).toEqual([transfer(2, 'b', 'c')]);
  });

  test('goes from the last of the ring to the first', () => {
    const { sends } = grant.step(host({ held: true, epoch: 3 }, 'c'), at(0));
    expect(sends).toEqual([transfer(4, 'c', 'a')]);
  });
});

const OFFER_REFUSES: readonly LocalRow[] = [
  ['an offer is unanswered', host({ epoch: 1 }), 1_000],
  ['a retry period has passed', host({ epoch: 1, offeredAt: 500 }), 599],
  ['a retry period has passed', host({ epoch: 1, offeredAt: 500 }), 500],
  ['a retry period has passed', host({ epoch: 1, offeredAt: 500 }), 401],
];

describe('lock: offer', () => {
  test.each(OFFER_REFUSES)('refuses, because ✗ %s', (because, h, now) => {
    expect(offer.guard(h, at(now))).toEqual({ failed: because });
  });

  test.each([
    ['a retry period after the last offer', 600],
    ['long after it', 10_000],
    ['though the clock was set back', 400],
    ['though the clock was set back far', -10_000],
  ])('repeats the same offer %s', (_, now) => {
    const h = host({ epoch: 3, offeredAt: 500 });
    expect(offer.guard(h, at(now))).toBeUndefined();
    const { state, sends } = offer.step(h, at(now));
    expect(state).toEqual(host({ epoch: 3, offeredAt: now }));
    expect(state.constants).toBe(h.constants);
    expect(sends).toEqual([transfer(4, 'b', 'c')]);
  });

  test('sends what the grant sent', () => {
    const h = host({ held: true, epoch: 3 });
    const granted = grant.step(h, at(0));
    expect(offer.step(granted.state, at(100)).sends).toEqual(granted.sends);
  });
});

// A packet that is no transfer names no epoch to accept, so the first clause of the three packet
// actions also makes the last one fail.
const ACCEPT_REFUSES: readonly PacketRow[] = [
  ['the packet is a transfer', host(), locked(2, 'a')],
  ['the packet is a transfer', host(), INVALID],
  ['it comes from a host', host(), transfer(2, 'mallory')],
  ['the host does not hold the lock', host({ held: true, epoch: 1 }), transfer(2)],
  ['the epoch is later than its own', host({ epoch: 2 }), transfer(2)],
  ['the epoch is later than its own', host({ epoch: 5 }), transfer(2)],
];

describe('lock: accept', () => {
  test.each(ACCEPT_REFUSES)('refuses, because ✗ %s', (because, h, packet) => {
    expect(accept.guard(h, taking(packet))).toEqual({ failed: because });
  });

  test.each([
    ['its first lock', host(), transfer(2)],
    ['a later one', host({ epoch: 2 }), transfer(5)],
    ['one from any host of the ring', host({ epoch: 2 }), transfer(3, 'c')],
    ['one beyond the last epoch, which nobody grants', host(), transfer(10)],
    ['one while its own offer is unanswered', host({ epoch: 2, offeredAt: 7 }), transfer(5)],
  ])('takes %s, and says so to whoever offered it', (_, h, packet) => {
    const { epoch } = packet.msg as { epoch: number };
    expect(accept.guard(h, taking(packet))).toBeUndefined();
    const { state, sends } = accept.step(h, taking(packet));
    expect(state).toEqual(host({ held: true, epoch, offeredAt: undefined }));
    expect(state.constants).toBe(h.constants);
    expect(sends).toEqual([locked(epoch, 'b', packet.src)]);
  });
});

const ANSWER_REFUSES: readonly PacketRow[] = [
  ['offers are repeated', host({ epoch: 2 }, 'b', COMPATIBLE), transfer(2)],
  ['the packet is a transfer', host({ epoch: 2 }), locked(2, 'a')],
  ['it comes from a host', host({ epoch: 2 }), transfer(2, 'mallory')],
  ['the epoch is its own', host({ epoch: 2 }), transfer(3)],
  ['the epoch is its own', host({ epoch: 2 }), transfer(1)],
];

describe('lock: answer', () => {
  test.each(ANSWER_REFUSES)('refuses, because ✗ %s', (because, h, packet) => {
    expect(answer.guard(h, taking(packet))).toEqual({ failed: because });
  });

  test.each([
    ['who still holds the lock', host({ held: true, epoch: 2 })],
    ['who has granted it since', host({ epoch: 2, offeredAt: 7 })],
    ['whose own offer was confirmed since', host({ epoch: 2 })],
  ])('a host %s says once more that it has had it', (_, h) => {
    expect(answer.guard(h, taking(transfer(2)))).toBeUndefined();
    const { state, sends } = answer.step(h, taking(transfer(2)));
    expect(state).toBe(h);
    expect(sends).toEqual([locked(2, 'b', 'a')]);
  });
});

const CONFIRM_REFUSES: readonly PacketRow[] = [
  ['the packet says locked', host({ epoch: 1, offeredAt: 7 }), transfer(2, 'c')],
  ['the packet says locked', host({ epoch: 1, offeredAt: 7 }), { ...INVALID, src: 'c' }],
  ['it comes from the successor', host({ epoch: 1, offeredAt: 7 }), locked(2, 'a')],
  ['it comes from the successor', host({ epoch: 1, offeredAt: 7 }), locked(2, 'mallory')],
  ['an offer is unanswered', host({ epoch: 1 }), locked(2)],
  ['the epoch is the one offered', host({ epoch: 1, offeredAt: 7 }), locked(1)],
  ['the epoch is the one offered', host({ epoch: 1, offeredAt: 7 }), locked(3)],
];

describe('lock: confirm', () => {
  test.each(CONFIRM_REFUSES)('refuses, because ✗ %s', (because, h, packet) => {
    expect(confirm.guard(h, taking(packet))).toEqual({ failed: because });
  });

  test('ends the offers, and changes nothing else', () => {
    const h = host({ epoch: 4, offeredAt: 0 });
    expect(confirm.guard(h, taking(locked(5)))).toBeUndefined();
    const { state, sends } = confirm.step(h, taking(locked(5)));
    expect(state).toEqual(host({ epoch: 4 }));
    expect(state.constants).toBe(h.constants);
    expect(sends).toEqual([]);
  });
});

const IGNORE_REFUSES: readonly PacketRow[] = [
  ['the packet is not to be accepted', host(), transfer(2)],
  ['the packet is not to be answered', host({ epoch: 2 }), transfer(2)],
  ['the packet confirms nothing', host({ epoch: 1, offeredAt: 7 }), locked(2)],
];

describe('lock: ignore', () => {
  test.each(IGNORE_REFUSES)('refuses, because ✗ %s', (because, h, packet) => {
    expect(ignore.guard(h, taking(packet))).toEqual({ failed: because });
  });

  test('changes nothing and says nothing', () => {
    const h = host({ epoch: 3 });
    for (const packet of [transfer(2), transfer(4, 'mallory'), locked(4), INVALID]) {
      expect(ignore.guard(h, taking(packet))).toBeUndefined();
      const { state, sends } = ignore.step(h, taking(packet));
      expect(state).toBe(h);
      expect(sends).toEqual([]);
    }
  });
});

test('every clause of the lock host has a row in which it fails', () => {
  const rows = [
    ...GRANT_REFUSES,
    ...OFFER_REFUSES,
    ...ACCEPT_REFUSES,
    ...ANSWER_REFUSES,
    ...CONFIRM_REFUSES,
    ...IGNORE_REFUSES,
  ].map(([name]) => name);
  expect(untried(clausesOf(new URL('./host.ts', import.meta.url)), rows)).toEqual([]);
});
