import { describe, expect, test } from 'vitest';
import { COMPATIBLE, DEFAULT, type Parameters } from '../../protocol/rsl/configuration.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { rsl } from '../../protocol/rsl/rsl.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { Healed } from '../simulation/expectation.ts';
import { expectReply, replyBound } from './liveness.ts';
import { replicasOf } from './shape.ts';

const statesOf = (count: number, parameters: Parameters = DEFAULT): readonly Replica[] => {
  const replicas = replicasOf(count);
  const { init } = rsl(counter, replicas, parameters);
  return replicas.map(init);
};

const healed = (live: readonly number[], clocks: readonly number[] = [0, 0, 0, 0, 0]): Healed => ({
  live,
  clocks,
  latency: 10,
  reaction: 3,
});

/** Replicas that wait for each other for so long. */
const withEpoch = (states: readonly Replica[], epochLength: number): readonly Replica[] =>
  states.map((r) => ({ ...r, election: { ...r.election, epochLength } }));

describe('the bound for a reply', () => {
  const states = statesOf(3);
  const bound = replyBound(states, healed([0, 1, 2]));

  test('is finite, and no less than it takes without any trouble', () => {
    expect(bound).toBeGreaterThan(5 * 10);
    expect(bound).toBeLessThan(600_000);
  });

  test('grows by as much as the latest timer of a live replica is ahead of its clock', () => {
    const [first, ...others] = states as [Replica, ...Replica[]];
    const later = [{ ...first, retry: { ...first.retry, time: 5_000 } }, ...others];
    expect(replyBound(later, healed([0, 1, 2]))).toBe(bound + 5_000);
    expect(replyBound(later, healed([0, 1, 2], [4_000, 0, 0]))).toBe(bound + 1_000);
    expect(replyBound(later, healed([0, 1, 2], [9_000, 0, 0]))).toBe(bound);
    const without = replyBound(states, healed([1, 2]));
    expect(replyBound(later, healed([1, 2]))).toBe(without);
  });

  test('grows with epochs that were doubled, with the dead, and with ballots ahead', () => {
    const [first, ...others] = states as [Replica, ...Replica[]];
    const { acceptor } = first;
    const promised = { ...first, acceptor: { ...acceptor, maxBallot: { seqno: 2, proposer: 1 } } };
    for (const worse of [
      replyBound(withEpoch(states, 64_000), healed([0, 1, 2])),
      replyBound(states, healed([0, 1])),
      replyBound([promised, ...others], healed([0, 1, 2])),
    ]) {
      expect(worse).toBeGreaterThan(bound);
    }
  });

  test('grows with the requests that wait already, and with their bytes', () => {
    const parameters = { ...DEFAULT, maxLogLength: 7, maxBatchSize: 10, maxBatchBytes: 1_000 };
    const boundWith = (count: number, length: number): number => {
      const [first, ...others] = statesOf(3, parameters) as [Replica, ...Replica[]];
      const request = 'x'.repeat(length);
      const receivedEarlier = Array.from({ length: count }, (_, seqno) => ({
        client: 'client1',
        seqno,
        request,
      }));
      const busy = { ...first, election: { ...first.election, receivedEarlier } };
      return replyBound([busy, ...others], healed([0, 1, 2]));
    };
    const idle = boundWith(0, 0);
    expect(boundWith(60, 0)).toBe(idle);
    expect(boundWith(80, 0)).toBeGreaterThan(idle);
    expect(boundWith(60, 90)).toBeGreaterThan(idle);
    // One by one, and no worse.
    expect(boundWith(60, 9_000)).toBe(boundWith(60, 1_100));
    expect(boundWith(60, 9_000)).toBeGreaterThan(boundWith(60, 90));
  });
});

describe('what is expected', () => {
  test.each([1, 2, 3, 4, 5])('of %i replicas: that a quorum lives', (count) => {
    const { silent } = expectReply('counter', statesOf(count));
    expect(count - silent).toBe(Math.floor(count / 2) + 1);
  });

  test('is a reply of every live replica, where they try again; of any, where they do not', () => {
    const reply = { type: 'reply', seqno: 1_000_000, reply: '' } as const;
    for (const parameters of [DEFAULT, COMPATIBLE]) {
      const expectation = expectReply('counter', statesOf(3, parameters)).begin(healed([0, 2]));
      expect(expectation.client?.act(0).map(({ dst }) => dst)).toEqual(['a', 'c']);
      expect(expectation.waitsFor().length).toBeGreaterThan(0);
      expectation.client?.hear({ src: 'c', dst: 'client1', msg: { ...reply, seqno: 1 } }, 1);
      expect(expectation.waitsFor().length).toBeGreaterThan(0);
      expectation.client?.hear({ src: 'c', dst: 'client1', msg: reply }, 1);
      expect(expectation.waitsFor()).toEqual(parameters.compatible ? [] : ['a']);
      expectation.client?.hear({ src: 'a', dst: 'client1', msg: reply }, 1);
      expect(expectation.waitsFor()).toEqual([]);
    }
  });

  /** What is expected after the last reply of replicas, all of which live, and how things are. */
  const quiet = (states: readonly Replica[]) => {
    const first = expectReply('counter', states).begin(healed([0, 1, 2]));
    return first.after?.(healed([0, 1, 2]));
  };

  test('is then that fewer than a quorum wait for anything, where they try again', () => {
    const waiting = { receivedThisEpoch: [{ client: 'x', seqno: 1, request: '' }] };
    const waitsAt = (places: readonly number[]) =>
      quiet(
        statesOf(3).map((r, place) =>
          places.includes(place) ? { ...r, election: { ...r.election, ...waiting } } : r,
        ),
      )?.waitsFor();
    expect([[], [1], [0, 2], [0, 1, 2]].map(waitsAt)).toEqual([
      [],
      [],
      ['a', 'c'],
      ['a', 'b', 'c'],
    ]);
    expect(quiet(statesOf(3, COMPATIBLE))).toBeUndefined();
  });

  test('is then that all who live are in the latest view', () => {
    const [first, ...others] = statesOf(3) as [Replica, ...Replica[]];
    const later = { ...first, election: { ...first.election, view: { seqno: 1, proposer: 1 } } };
    expect(quiet([later, ...others])?.waitsFor()).toEqual(['b', 'c']);
    // Whoever has stopped need not follow, and nobody need follow it.
    const rest = expectReply('counter', [later, ...others]).begin(healed([1, 2]));
    expect(rest.after?.(healed([1, 2])).waitsFor()).toEqual([]);
  });

  test('is promised in a time that is finite, and long enough for each to lead in turn', () => {
    const states = statesOf(3);
    const { bound = 0 } = quiet(states) ?? {};
    expect(bound).toBeGreaterThan(replyBound(states, healed([0, 1, 2])));
    expect(bound).toBeLessThan(600_000);
  });
});
