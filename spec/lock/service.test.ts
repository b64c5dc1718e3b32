import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import type { EndPoint, Packet } from '../framework/environment.ts';
import { Log } from '../framework/log.ts';
import { correspondence, init, type Locked, next, type State } from './service.ts';

const HOSTS = new Set(['a', 'b', 'c']);

const heldBy = (...history: readonly EndPoint[]): State => ({
  hosts: HOSTS,
  history: Log.of(...history),
});

const among = (hosts: readonly EndPoint[], s: State): State => ({ ...s, hosts: new Set(hosts) });

const locked = (src: EndPoint, epoch: number, dst = 'a'): Packet<Locked> => ({
  src,
  dst,
  msg: { type: 'locked', epoch },
});

const INIT_REFUSES: readonly [because: string, s: State][] = [
  ['the hosts are the configured ones', among(['a', 'b'], heldBy('a'))],
  ['the hosts are the configured ones', among(['a', 'b', 'c', 'd'], heldBy('a'))],
  ['the hosts are the configured ones', among(['a', 'b', 'd'], heldBy('a'))],
  ['there has been exactly one holder', heldBy()],
  ['there has been exactly one holder', heldBy('a', 'b')],
  ['the first holder is a host', heldBy('mallory')],
];

describe('lock: init', () => {
  test.each(['a', 'b', 'c'])('allows %s to be the first holder', (first) => {
    expect(init(heldBy(first), HOSTS)).toBeUndefined();
    expect(init(among(['c', 'b', 'a'], heldBy(first)), HOSTS)).toBeUndefined();
  });

  test.each(INIT_REFUSES)('refuses, because ✗ %s', (because, s) => {
    expect(init(s, HOSTS)).toEqual({ failed: because });
  });
});

const NEXT_REFUSES: readonly [because: string, s: State, t: State][] = [
  ['the hosts never change', heldBy('a'), among(['a', 'b'], heldBy('a', 'b'))],
  ['the hosts never change', heldBy('a'), among(['a', 'b', 'c', 'd'], heldBy('a', 'd'))],
  ['the hosts never change', heldBy('a'), among(['a', 'b', 'd'], heldBy('a', 'b'))],
  ['history is never rewritten', heldBy('a'), heldBy('b', 'c')],
  ['history is never rewritten', heldBy('a', 'b', 'c'), heldBy('a', 'c', 'c', 'a')],
  ['history is never rewritten', heldBy('a', 'b'), heldBy('a')],
  ['the lock changes hands exactly once', heldBy('a'), heldBy('a')],
  ['the lock changes hands exactly once', heldBy('a'), heldBy('a', 'b', 'c')],
  ['the new holder is a host', heldBy('a'), heldBy('a', 'mallory')],
];

describe('lock: next', () => {
  test.each<[string, State, State]>([
    ['the lock to go to another host', heldBy('a'), heldBy('a', 'b')],
    ['it to go to the same host again', heldBy('a'), heldBy('a', 'a')],
    ['it to come back', heldBy('a', 'b'), heldBy('a', 'b', 'a')],
    ['it to leave out a host', heldBy('a', 'b'), heldBy('a', 'b', 'b')],
    ['equal sets of hosts', heldBy('a'), among(['c', 'b', 'a'], heldBy('a', 'c'))],
  ])('allows %s', (_, s, t) => {
    expect(next(s, t)).toBeUndefined();
  });

  test.each(NEXT_REFUSES)('refuses, because ✗ %s', (because, s, t) => {
    expect(next(s, t)).toEqual({ failed: because });
  });

  test('allows exactly the histories that are one host longer', () => {
    const history = fc.array(fc.constantFrom('a', 'b', 'c', 'mallory'), {
      minLength: 1,
      maxLength: 5,
    });
    let allowed = 0;
    const successor = history.chain((before) =>
      fc.tuple(
        fc.constant(before),
        fc.oneof(
          history,
          history.map((more) => [...before, ...more]),
        ),
      ),
    );
    fc.assert(
      fc.property(successor, ([before, after]) => {
        const legal =
          after.length === before.length + 1
          && before.every((holder, index) => after[index] === holder)
          && after.at(-1) !== 'mallory';
        if (legal) allowed++;
        expect(next(heldBy(...before), heldBy(...after)) === undefined).toBe(legal);
      }),
      { numRuns: 500 },
    );
    expect(allowed).toBeGreaterThan(0);
  });
});

// A history is nothing outside its length, so the last clause implies the first two: they cannot
// fail alone, and are there for the reader of a refusal.
const CORRESPONDENCE_REFUSES: readonly [because: string, packet: Packet<Locked>, s: State][] = [
  ['epochs count from one', locked('a', 0), heldBy('a', 'b')],
  ['epochs count from one', locked('b', -1), heldBy('a', 'b')],
  ['the epoch has begun', locked('a', 3), heldBy('a', 'b')],
  ['whoever says locked held the lock in that epoch', locked('b', 1), heldBy('a', 'b')],
  ['whoever says locked held the lock in that epoch', locked('a', 2), heldBy('a', 'b', 'a')],
  ['whoever says locked held the lock in that epoch', locked('a', 1.5), heldBy('a', 'a')],
];

describe('lock: correspondence', () => {
  test.each<[string, Packet<Locked>[], State]>([
    ['silence', [], heldBy('a')],
    ['the holder to say so', [locked('b', 2)], heldBy('a', 'b')],
    ['the first holder to say so', [locked('a', 1)], heldBy('a')],
    ['earlier holders to say so later', [locked('a', 1), locked('b', 2)], heldBy('a', 'b', 'c')],
    ['a host to say so to itself', [locked('a', 1, 'a')], heldBy('a')],
    ['strangers to say what they like', [locked('mallory', 9)], heldBy('a')],
    ['hosts to say what they like to strangers', [locked('b', 9, 'mallory')], heldBy('a')],
  ])('allows %s', (_, sent, s) => {
    expect(correspondence(sent, s)).toBeUndefined();
  });

  test.each(CORRESPONDENCE_REFUSES)('refuses, because ✗ %s', (because, packet, s) => {
    expect(correspondence([packet], s)).toEqual({ failed: because });
  });

  test('looks at every packet', () => {
    const sent = [locked('mallory', 9), locked('a', 1), locked('c', 2)];
    expect(correspondence(sent, heldBy('a', 'b'))).toBeDefined();
    expect(correspondence(sent, heldBy('a', 'c'))).toBeUndefined();
  });
});

test('every clause of the lock service has a row in which it fails', () => {
  const rows = [...INIT_REFUSES, ...NEXT_REFUSES, ...CORRESPONDENCE_REFUSES].map(([name]) => name);
  expect(untried(clausesOf(new URL('./service.ts', import.meta.url)), rows)).toEqual([]);
});
