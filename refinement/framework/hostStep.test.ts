import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  clock,
  locked,
  received,
  sent,
  TIMEOUT,
  transfer,
} from '../../harness/testing/observedLock.ts';
import { refusalOf } from '../../harness/testing/refusalOf.ts';
import type { LockState } from '../../impl/lock/host.ts';
import type { Host } from '../../protocol/lock/host.ts';
import { lockRefinement } from '../lock/service.ts';
import { HostStepChecker, type ObservedIo } from './hostStep.ts';
import type { Boundary } from './refusal.ts';

const RING = ['a', 'b', 'c'];
const PARAMETERS = { maxEpoch: 9, retryPeriod: 100, compatible: false };
const REFINEMENT = lockRefinement(RING, PARAMETERS);
const checker = new HostStepChecker(REFINEMENT);

const state = (part: Partial<Host>): Host => ({
  constants: { me: 'b', ring: RING, parameters: PARAMETERS },
  held: false,
  epoch: 0,
  offeredAt: undefined,
  ...part,
});

/** Host b, before and after it accepts the lock from a, and after it has granted it to c. */
const BEFORE = state({});
const ACCEPTED = state({ held: true, epoch: 2 });
const GRANTED = state({ epoch: 2, offeredAt: 70 });
const OFFERED = received('a', transfer(2));
const ACCEPTS: readonly ObservedIo[] = [OFFERED, sent('a', locked(2))];
const GRANTS: readonly ObservedIo[] = [clock(70), sent('c', transfer(3))];

/** A step of b that is refused, though all but one thing about it is right. */
type Row = readonly [
  boundary: Boundary,
  clause: string,
  action: string,
  before: Host,
  io: readonly ObservedIo[],
  after: LockState,
  difference?: readonly [path: string, expected: unknown, actual: unknown],
];

const ORDER = 'a step receives, then learns the time at most once, then sends: R* (C|T)? S*';
const SENDS = 'the host sends what the protocol says';
const STATE = 'the host is in the state that the protocol says';
const MAY = 'the action may be taken';
const ANSWER = { src: 'b', dst: 'a', msg: locked(2) };

const REFUSED: readonly Row[] = [
  ['B2', `${ORDER}: this one did S R`, 'accept', BEFORE, [...ACCEPTS].reverse(), ACCEPTED],
  ['B2', `${ORDER}: this one did C C S`, 'grant', ACCEPTED, [clock(70), ...GRANTS], GRANTED],
  [
    'B0',
    'a host sends only bytes that mean something',
    'accept',
    BEFORE,
    [OFFERED, sent('a', { type: 'invalid' })],
    ACCEPTED,
  ],
  [
    'B1',
    'an action receives at most one packet',
    'accept',
    BEFORE,
    [OFFERED, ...ACCEPTS],
    ACCEPTED,
  ],
  [
    'B1',
    'only an idle step waits for a packet in vain',
    'accept',
    BEFORE,
    [OFFERED, TIMEOUT, sent('a', locked(2))],
    ACCEPTED,
  ],
  [
    'B1',
    SENDS,
    'accept',
    BEFORE,
    [OFFERED, sent('a', locked(3))],
    ACCEPTED,
    ['[0].msg.epoch', 2, 3],
  ],
  ['B1', SENDS, 'accept', BEFORE, [OFFERED, sent('c', locked(2))], ACCEPTED, ['[0].dst', 'a', 'c']],
  ['B1', SENDS, 'accept', BEFORE, [OFFERED], ACCEPTED, ['[0]', ANSWER, undefined]],
  [
    'B1',
    SENDS,
    'accept',
    BEFORE,
    [...ACCEPTS, sent('a', locked(2))],
    ACCEPTED,
    ['[1]', undefined, ANSWER],
  ],
  [
    'B1',
    SENDS,
    'idle',
    BEFORE,
    [clock(70), sent('a', locked(2))],
    BEFORE,
    ['[0]', undefined, ANSWER],
  ],
  ['B1', STATE, 'accept', BEFORE, ACCEPTS, { ...ACCEPTED, held: false }, ['.held', true, false]],
  ['B1', STATE, 'accept', BEFORE, ACCEPTS, { ...ACCEPTED, epoch: 3 }, ['.epoch', 2, 3]],
  [
    'B1',
    STATE,
    'grant',
    ACCEPTED,
    GRANTS,
    { ...GRANTED, offeredAt: undefined },
    ['.offeredAt', 70, undefined],
  ],
  ['B1', STATE, 'idle', BEFORE, [TIMEOUT], ACCEPTED, ['.held', false, true]],
  [
    'B1',
    'an idle step receives nothing',
    'idle',
    BEFORE,
    [received('a', { type: 'invalid' })],
    BEFORE,
  ],
  ['B1', 'the action is one of the protocol', 'steal', BEFORE, ACCEPTS, ACCEPTED],
  [
    'B1',
    'the action reads the clock',
    'grant',
    ACCEPTED,
    [sent('c', transfer(3))],
    { ...GRANTED, offeredAt: 0 },
  ],
  [
    'B1',
    'the action does not read the clock',
    'accept',
    BEFORE,
    [OFFERED, clock(70), sent('a', locked(2))],
    ACCEPTED,
  ],
  ['B1', 'the action receives a packet', 'accept', BEFORE, [sent('a', locked(2))], ACCEPTED],
  [
    'B1',
    'the action receives nothing',
    'grant',
    ACCEPTED,
    [received('a', { type: 'invalid' }), ...GRANTS],
    GRANTED,
  ],
  [
    'B1',
    `${MAY}: the host does not hold the lock`,
    'accept',
    state({ held: true, epoch: 1 }),
    ACCEPTS,
    ACCEPTED,
  ],
  ['B1', `${MAY}: the host holds the lock`, 'grant', state({ epoch: 2 }), GRANTS, GRANTED],
];

describe('a step of a host', () => {
  test.each<[string, Host, readonly ObservedIo[], Host, unknown]>([
    ['accept', BEFORE, ACCEPTS, ACCEPTED, { src: 'a', dst: 'b', msg: transfer(2) }],
    ['grant', ACCEPTED, GRANTS, GRANTED, undefined],
    ['ignore', BEFORE, [received('x', locked(2))], BEFORE, { src: 'x', dst: 'b', msg: locked(2) }],
    ['idle', BEFORE, [], BEFORE, undefined],
    ['idle', BEFORE, [TIMEOUT], BEFORE, undefined],
    ['idle', ACCEPTED, [clock(70)], ACCEPTED, undefined],
  ])('passes: %s, and says what the protocol makes of it', (action, before, io, after, packet) => {
    const place = { host: 'b', step: 3, action };
    const checked = checker.check(place, 'b', before, io, { ...after });
    expect(checked.packet).toEqual(packet);
    expect(checked.step.state).toEqual(after);
  });

  const rows = REFUSED.map((row) => ({ row, boundary: row[0], clause: row[1] }));

  test.each(rows)('is refused at $boundary, because ✗ $clause', ({ row }) => {
    const [boundary, clause, action, before, io, after, difference] = row;
    const place = { host: 'b', step: 3, action };
    const refusal = refusalOf(() => checker.check(place, 'b', before, io, after));
    expect(refusal.boundary).toBe(boundary);
    expect(refusal.place).toEqual(place);
    expect(refusal.clause).toBe(clause);
    const { path, expected, actual } = refusal.difference ?? {};
    expect([path, expected, actual]).toEqual(difference ?? [undefined, undefined, undefined]);
  });

  test('is refused at B0 where the implementation takes bytes for something else', () => {
    const law = 'the implementation reads bytes as the wire format says';
    const careless = new HostStepChecker({
      ...REFINEMENT,
      readAsImpl: (bytes) => {
        const msg = REFINEMENT.readAsImpl(bytes);
        return msg.type === 'transfer' ? { ...msg, epoch: msg.epoch + 1 } : msg;
      },
    });
    const place = { host: 'b', step: 0, action: 'accept' };
    const refusal = refusalOf(() => careless.check(place, 'b', BEFORE, ACCEPTS, ACCEPTED));
    expect([refusal.boundary, refusal.clause]).toEqual(['B0', law]);
    expect(refusal.place).toEqual(place);
    expect(refusal.difference).toEqual({ path: '.epoch', expected: 2, actual: 3 });
  });

  test('counts the byte strings that it has read', () => {
    const counting = new HostStepChecker(REFINEMENT);
    counting.check({ host: 'b', step: 0, action: 'accept' }, 'b', BEFORE, ACCEPTS, ACCEPTED);
    expect(counting.messages).toBe(2);
  });
});

describe('the beginning of a host', () => {
  const place = { host: 'b', step: 0, action: 'begins' };

  test('is as the protocol says', () => {
    expect(() => checker.checkStart(place, { ...BEFORE }, BEFORE)).not.toThrow();
    const refusal = refusalOf(() => checker.checkStart(place, ACCEPTED, BEFORE));
    expect([refusal.boundary, refusal.clause]).toEqual([
      'B1',
      'the host begins as the protocol says',
    ]);
    expect(refusal.place).toBe(place);
    expect(refusal.difference).toEqual({ path: '.held', expected: false, actual: true });
  });
});

describe('a frame', () => {
  const place = { host: 'b', step: 0, action: 'sends' };
  const payload = new Uint8Array([1, 2, 3]);

  test('is the length of its payload, then the payload', () => {
    const frame = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]);
    expect(() => checker.checkFrame(place, frame, payload)).not.toThrow();
    const refusal = refusalOf(() => checker.checkFrame(place, frame.with(7, 2), payload));
    expect([refusal.boundary, refusal.clause, refusal.place]).toEqual([
      'B0',
      'a frame is the length of its payload, then the payload',
      place,
    ]);
  });
});

test('every clause about a step of a host has been seen to fail', () => {
  const seen = [
    ...REFUSED.flatMap(([, clause]) => [clause, ...clause.split(': ').slice(0, -1)]),
    ORDER,
    'the implementation reads bytes as the wire format says',
    'the host begins as the protocol says',
    'a frame is the length of its payload, then the payload',
  ];
  expect(untried(clausesOf(new URL('./hostStep.ts', import.meta.url)), seen)).toEqual([]);
});
