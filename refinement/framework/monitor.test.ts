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
import { clause } from '../../spec/framework/verdict.ts';
import type { State } from '../../spec/lock/service.ts';
import { lockRefinement } from '../lock/service.ts';
import type { ObservedStep } from './hostStep.ts';
import { Monitor, type Refinement } from './monitor.ts';

type LockRefinement = Refinement<LockState, Host, Message, State, State>;

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
): Monitor<LockState, Host, Message, State, State> {
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

  test('what the system must not do, though each host does what it should', () => {
    const correspondence: LockRefinement['correspondence'] = ({ msg }) =>
      clause('nobody says locked', msg.type !== 'locked');
    const place = { host: 'b', step: 1, action: 'accept' };
    const packet = refusalOf(() => monitorOf([A_GRANTS], { correspondence }).observe(...B_ACCEPTS));
    expect([packet.boundary, packet.clause]).toEqual(['B4', 'nobody says locked']);
    expect(packet.place).toEqual({ ...place, about: 'b>a:locked(2)' });
    const act: LockRefinement['act'] = (s, step) =>
      step.action === 'accept'
        ? { ...s, history: s.history.append('mallory') }
        : REFINEMENT.act(s, step);
    const system = refusalOf(() => monitorOf([A_GRANTS], { act }).observe(...B_ACCEPTS));
    const law = 'the step is one of the specification: the new holder is a host';
    expect([system.boundary, system.clause]).toEqual(['B3', law]);
    expect(system.place).toEqual(place);
  });
});

test('every clause of the monitor has been seen to fail', () => {
  const seen = ['whoever steps is a host of the configuration'];
  expect(untried(clausesOf(new URL('./monitor.ts', import.meta.url)), seen)).toEqual([]);
});
