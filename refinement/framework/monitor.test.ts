import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  bytesOf,
  clock,
  locked,
  received,
  sent,
  transfer,
} from '../../harness/testing/observedLock.ts';
import { refusalOf } from '../../harness/testing/refusalOf.ts';
import type { LockState } from '../../impl/lock/host.ts';
import type { Host, Message } from '../../protocol/lock/host.ts';
import { Log } from '../../spec/framework/log.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { State } from '../../spec/lock/service.ts';
import { lockRefinement } from '../lock/service.ts';
import type { ObservedStep } from './hostStep.ts';
import { Monitor, type Refinement } from './monitor.ts';

type LockRefinement = Refinement<LockState, Host, Message, State>;

const RING = ['a', 'b', 'c'];
const REFINEMENT = lockRefinement(RING, { maxEpoch: 9, retryPeriod: 100, compatible: false });

type Observation = readonly [step: ObservedStep, after: LockState];

/** The lock goes from a to b. */
const A_GRANTS: Observation = [
  { host: 0, action: 'grant', io: [clock(5), sent('b', transfer(2))] },
  { held: false, epoch: 1, offeredAt: 5 },
];
const B_ACCEPTS: Observation = [
  { host: 1, action: 'accept', io: [received('a', transfer(2)), sent('a', locked(2))] },
  { held: true, epoch: 2, offeredAt: undefined },
];
const A_CONFIRMS: Observation = [
  { host: 0, action: 'confirm', io: [received('b', locked(2))] },
  { held: false, epoch: 1, offeredAt: undefined },
];
const C_IDLES: Observation = [
  { host: 2, action: 'idle', io: [{ type: 'timeout' }] },
  { held: false, epoch: 0, offeredAt: undefined },
];
const PASS = [A_GRANTS, B_ACCEPTS, A_CONFIRMS, C_IDLES];

/** A monitor that has seen these steps. */
function monitorOf(
  observations: readonly Observation[] = [],
  changes: Partial<LockRefinement> = {},
): Monitor<LockState, Host, Message, State> {
  const monitor = new Monitor({ ...REFINEMENT, ...changes });
  for (const [step, after] of observations) monitor.observe(step, after);
  return monitor;
}

describe('the monitor', () => {
  test('passes a behaviour, and knows where it has led', () => {
    const monitor = monitorOf(PASS);
    expect([...monitor.spec.history]).toEqual(['a', 'b']);
    expect(monitor.states.map(({ held }) => held)).toEqual([false, true, false]);
    expect(monitor.states.map(({ epoch }) => epoch)).toEqual([1, 2, 0]);
    expect(monitor.seen).toEqual({
      steps: 4,
      specSteps: 1,
      messages: 4,
      packets: 2,
      actions: { grant: 1, offer: 0, accept: 1, answer: 0, confirm: 1, ignore: 0, idle: 1 },
    });
  });

  test('passes what strangers send, and hosts that receive it', () => {
    const monitor = monitorOf(PASS);
    monitor.observeStranger('mallory', 'c', bytesOf(transfer(9)));
    const io = [received('mallory', transfer(9))];
    monitor.observe({ host: 2, action: 'ignore', io }, C_IDLES[1]);
    expect(monitor.seen.actions['ignore']).toBe(1);
    expect(monitor.seen.packets).toBe(3);
  });

  test('checks how hosts begin, and their frames', () => {
    const monitor = monitorOf();
    monitor.observeStart(0, { held: true, epoch: 1, offeredAt: undefined });
    const start = refusalOf(() => monitor.observeStart(1, B_ACCEPTS[1]));
    expect(start.boundary).toBe('B1');
    expect(start.place).toEqual({ host: 'b', step: 0, action: 'begins' });
    const frame = refusalOf(() => monitor.observeFrame(2, new Uint8Array(9), new Uint8Array(3)));
    expect(frame.boundary).toBe('B0');
    expect(frame.place).toEqual({ host: 'c', step: 0, action: 'sends' });
  });

  test('says which host, step and action its checks of one step are about', () => {
    const [step, after] = B_ACCEPTS;
    const monitor = monitorOf([A_GRANTS]);
    const refusal = refusalOf(() => monitor.observe(step, { ...after, epoch: 1 }));
    expect(refusal.boundary).toBe('B1');
    expect(refusal.place).toEqual({ host: 'b', step: 1, action: 'accept' });
    expect(refusal.difference).toEqual({ path: '.epoch', expected: 2, actual: 1 });
  });
});

describe('the monitor refuses', () => {
  test('a step of one who is no host', () => {
    const [step, after] = A_GRANTS;
    const refusal = refusalOf(() => monitorOf().observe({ ...step, host: 7 }, after));
    expect([refusal.boundary, refusal.clause, refusal.place.host]).toEqual([
      'B1',
      'whoever steps is a host of the configuration',
      'host 7',
    ]);
  });

  test.each([
    ['from one who never sent it', 1, received('c', transfer(2)), 'c>b:transfer(2)'],
    ['that it sent to another', 2, received('a', transfer(2)), 'a>c:transfer(2)'],
    ['that it sent otherwise', 1, received('a', transfer(3)), 'a>b:transfer(3)'],
  ])('a packet %s', (_, host, receives, key) => {
    const msg = receives.type === 'receive' ? REFINEMENT.read(receives.bytes) : undefined;
    const epoch = msg?.type === 'transfer' ? msg.epoch : 0;
    const src = receives.type === 'receive' ? receives.src : '';
    const io = [receives, sent(src, locked(epoch))];
    const after = { held: true, epoch, offeredAt: undefined };
    const monitor = monitorOf([A_GRANTS]);
    const refusal = refusalOf(() => monitor.observe({ host, action: 'accept', io }, after));
    expect(refusal.boundary).toBe('B4');
    expect(refusal.clause).toBe(`a packet is received only after it was sent: ${key}`);
    expect(refusal.place).toEqual({ host: RING[host], step: 1, action: 'accept' });
  });

  test('a stranger under the name of a host', () => {
    const refusal = refusalOf(() => monitorOf().observeStranger('a', 'b', bytesOf(transfer(2))));
    expect([refusal.boundary, refusal.clause]).toEqual([
      'B4',
      'nobody sends under the name of a host',
    ]);
    expect(refusal.place).toEqual({ host: 'a', step: 0, action: 'sends' });
  });

  test('a beginning that is none of the specification', () => {
    const initial: State = { hosts: new Set(RING), history: Log.of('a', 'b') };
    const refusal = refusalOf(() => monitorOf([], { initial }));
    expect([refusal.boundary, refusal.clause]).toEqual(['B3', 'there has been exactly one holder']);
    expect(refusal.place).toEqual({ host: 'the system', step: 0, action: 'begins' });
  });

  test('a step that is none of the specification', () => {
    const advance: LockRefinement['advance'] = (s, action, ...rest) =>
      action === 'accept'
        ? { ...s, history: s.history.append('mallory') }
        : REFINEMENT.advance(s, action, ...rest);
    const monitor = monitorOf([A_GRANTS], { advance });
    const refusal = refusalOf(() => monitor.observe(...B_ACCEPTS));
    expect([refusal.boundary, refusal.clause]).toEqual([
      'B3',
      'the step is one of the specification: the new holder is a host',
    ]);
    expect(refusal.place).toEqual({ host: 'b', step: 1, action: 'accept' });
  });

  test('a packet that does not correspond to the specification', () => {
    const correspondence: LockRefinement['correspondence'] = ({ msg }) =>
      clause('nobody says locked', msg.type !== 'locked');
    const monitor = monitorOf([A_GRANTS], { correspondence });
    const refusal = refusalOf(() => monitor.observe(...B_ACCEPTS));
    expect([refusal.boundary, refusal.clause]).toEqual(['B4', 'nobody says locked']);
    const about = 'b>a:locked(2)';
    expect(refusal.place).toEqual({ host: 'b', step: 1, action: 'accept', about });
  });
});

const never = (what: string) => () => clause(`there is no ${what}`, false);

/** Laws that break at the second step, in which b accepts the lock, each of its own kind. */
const BROKEN: readonly [kind: string, changes: Partial<LockRefinement>, about?: string][] = [
  [
    'packet',
    { packetInvariants: { X: (p) => clause('there is no packet', p.dst === 'b') } },
    'b>a:locked(2)',
  ],
  ['host', { hostInvariants: { X: (h) => clause('there is no host', h.epoch < 2) } }, 'b'],
  ['system', { systemInvariants: { X: (hs) => clause('there is no system', !hs[1]?.held) } }],
  ['step', { stepInvariants: { X: (h) => clause('there is no step', h.constants.me === 'a') } }],
];

describe('the monitor asks the invariants', () => {
  test.each(BROKEN)('of each %s, and refuses at B3 by their number', (kind, changes, about) => {
    const monitor = monitorOf([A_GRANTS], changes);
    const refusal = refusalOf(() => monitor.observe(...B_ACCEPTS));
    expect([refusal.boundary, refusal.clause]).toEqual(['B3', `X: there is no ${kind}`]);
    const place = { host: 'b', step: 1, action: 'accept' };
    expect(refusal.place).toEqual(about === undefined ? place : { ...place, about });
  });

  test.each([
    ['host', { hostInvariants: { X: never('host') } }, 'a'],
    ['system', { systemInvariants: { X: never('system') } }, undefined],
  ])('of each %s at the beginning', (kind, changes, about) => {
    const refusal = refusalOf(() => monitorOf([], changes));
    expect([refusal.boundary, refusal.clause]).toEqual(['B3', `X: there is no ${kind}`]);
    expect(refusal.place.host).toBe('the system');
    expect(refusal.place.about).toBe(about);
  });

  test('names the host whose invariant a step of another has broken', () => {
    const hostInvariants: LockRefinement['hostInvariants'] = {
      X: (h, s) => clause('c is ready', h.constants.me !== 'c' || s.history.length < 2),
    };
    const monitor = monitorOf([], { hostInvariants });
    const refusal = refusalOf(() => monitor.observe(...A_GRANTS));
    expect(refusal.place).toEqual({ host: 'a', step: 0, action: 'grant', about: 'c' });
  });

  test('of what a step may have changed, after the step, and of nothing else', () => {
    const asked: string[] = [];
    const say = (what: string) => {
      asked.push(what);
      return undefined;
    };
    const monitor = monitorOf([], {
      packetInvariants: { X: ({ msg }, s) => say(`${msg.type} in ${[...s.history].join('')}`) },
      hostInvariants: { X: ({ constants: { me }, epoch }) => say(`${me}${epoch}`) },
      systemInvariants: { X: (hosts) => say(`all ${hosts.map(({ epoch }) => epoch).join('')}`) },
      stepInvariants: { X: (h, after) => say(`${h.held}→${after.held}`) },
    });
    const askedBy = (...[step, after]: Observation): readonly string[] => {
      asked.length = 0;
      monitor.observe(step, after);
      return asked;
    };
    expect(asked).toEqual(['a1', 'b0', 'c0', 'all 100']);
    // A step of the specification may change what is true of any host.
    expect(askedBy(...A_GRANTS)).toEqual([
      'true→false',
      'a1',
      'b0',
      'c0',
      'all 100',
      'transfer in ab',
    ]);
    expect(askedBy(...B_ACCEPTS)).toEqual(['false→true', 'b2', 'all 120', 'locked in ab']);
    expect(askedBy(...C_IDLES)).toEqual([]);
    // What was sent before, b's locked, is not asked again.
    const answers = [received('a', transfer(2)), sent('a', locked(2))];
    expect(askedBy({ host: 1, action: 'answer', io: answers }, B_ACCEPTS[1])).toEqual([]);
    asked.length = 0;
    monitor.observeStranger('mallory', 'a', bytesOf(locked(3)));
    expect(asked).toEqual(['locked in ab']);
  });
});

test('every clause of the monitor has been seen to fail', () => {
  const seen = [
    'whoever steps is a host of the configuration',
    'a packet is received only after it was sent',
    'nobody sends under the name of a host',
    'the step is one of the specification',
  ];
  expect(untried(clausesOf(new URL('./monitor.ts', import.meta.url)), seen)).toEqual([]);
});
