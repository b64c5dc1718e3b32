import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ballot, COMPATIBLE, PARAMETERS, request } from '../../harness/testing/rslReplicas.ts';
import { CHOSEN, SETTING, X, Y } from '../../harness/testing/rslScenes.ts';
import type { Message, Request } from '../../protocol/rsl/messages.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Ghost, ghostOf, type Setting } from './ghost.ts';
import { rslRefinement } from './service.ts';

/** A vote in the ballot (seqno, 0). */
const vote = (
  src: EndPoint,
  seqno: number,
  operation: number,
  ...batch: readonly Request[]
): Packet<Message> => ({
  src,
  dst: 'a',
  msg: { type: '2b', ballot: ballot(seqno, 0), operation, batch },
});

const chosenBy = (seqno: number, operation: number, ...batch: readonly Request[]) => [
  vote('a', seqno, operation, ...batch),
  vote('c', seqno, operation, ...batch),
];

/** What has taken effect, as clients and numbers. */
const executed = (packets: Iterable<Packet<Message>>, setting: Setting = SETTING) =>
  [...ghostOf(packets, setting).history.state.executed].map(
    ({ client, seqno }) => `${client}${seqno}`,
  );

describe('the replicas stand for what majorities have voted for', () => {
  test('in one ballot, for one batch, and each replica counts once', () => {
    expect(executed(chosenBy(1, 0, X, Y))).toEqual(['x1', 'y1']);
    expect(executed([vote('a', 1, 0, X)])).toEqual([]);
    expect(executed([vote('a', 1, 0, X), vote('b', 2, 0, X)])).toEqual([]);
    expect(executed([vote('a', 1, 0, X), vote('b', 1, 0, Y)])).toEqual([]);
    const again = { ...vote('a', 1, 0, X), dst: 'b' };
    expect(executed([vote('a', 1, 0, X), again])).toEqual([]);
    expect(executed([vote('a', 1, 0, X), vote('mallory', 1, 0, X)])).toEqual([]);
  });

  test('from operation 0 on, without gaps', () => {
    const later = chosenBy(1, 1, Y);
    expect(executed(later)).toEqual([]);
    expect(executed([...later, ...chosenBy(1, 0, X)])).toEqual(['x1', 'y1']);
    expect(executed([...chosenBy(1, 0), ...later])).toEqual(['y1']);
  });

  test('and not for what is settled, unless that is executed again', () => {
    const packets = [...chosenBy(1, 0, X, X), ...chosenBy(1, 1, Y, X, request('x', 2), X)];
    expect(executed(packets)).toEqual(['x1', 'y1', 'x2']);
    const again = executed(packets, { ...SETTING, parameters: COMPATIBLE });
    expect(again).toEqual(['x1', 'x1', 'y1', 'x1', 'x2', 'x1']);
  });

  test('but for what a client asks that is not remembered any more', () => {
    expect(PARAMETERS.maxCachedReplies).toBe(2);
    const [z, y2] = [request('z', 1), request('y', 2)];
    expect(executed([...chosenBy(1, 0, X, Y, y2, X), ...chosenBy(1, 1, z, X)])).toEqual([
      'x1',
      'y1',
      'y2',
      'z1',
      'x1',
    ]);
  });
});

describe('the ghost', () => {
  const packets = [
    ...CHOSEN.packets,
    ...chosenBy(2, 1, Y),
    ...chosenBy(3, 1, Y),
    ...chosenBy(2, 0, X),
    vote('b', 1, 1, Y),
  ];

  const shuffled = fc.shuffledSubarray(packets, { minLength: packets.length });

  /** All that can be asked of a ghost. */
  const told = (ghost: Ghost) => ({
    spec: ghost.history.state,
    reflected: [0, 1, 2, 3].map((operation) => ghost.history.reflectedBefore(operation)),
    folds: [0, 1, 2, 3].map((operation) => ghost.history.foldBefore(operation)),
    operations: [0, 1, 2].map((operation) => ghost.operation(operation)),
    claims: [0, 1, 2].map((place) => [ghost.claims.of(place), ghost.claims.leadershipOf(place)]),
    truncation: ghost.claims.truncation,
    requests: [X, Y, request('x', 2)].map((asked) => ghost.requestFor(asked)),
    promises: [0, 1, 2].map((place) => ghost.promisesOf(place)),
  });

  /** The same with what has no order in some order. */
  const sorted = (value: unknown): string =>
    JSON.stringify(value, (_, part) => {
      if (typeof part === 'bigint') return String(part);
      if (part instanceof Map) return [...part];
      if (part !== null && typeof part === 'object' && Symbol.iterator in part) {
        const items: unknown[] = [...part];
        return items.map((item) => sorted(item)).sort();
      }
      return part;
    });

  test('does not depend on the order of the packets', () => {
    const expected = sorted(told(ghostOf(packets, SETTING)));
    fc.assert(
      fc.property(shuffled, (order) => {
        expect(sorted(told(ghostOf(order, SETTING)))).toBe(expected);
      }),
    );
  });

  test('knows the lowest ballot in which an operation was chosen, whenever that was', () => {
    const ghost = ghostOf([...chosenBy(3, 0, X), ...chosenBy(2, 1, Y)], SETTING);
    expect(ghost.history.reflectedBefore(2)).toEqual(ballot(3, 0));
    for (const packet of chosenBy(1, 0, X)) ghost.record(packet);
    expect(ghost.history.reflectedBefore(1)).toEqual(ballot(1, 0));
    expect(ghost.history.reflectedBefore(2)).toEqual(ballot(2, 0));
    expect(ghost.history.reflectedBefore(3)).toBeUndefined();
  });

  test('has another past where another value was chosen in a lower ballot', () => {
    const ghost = ghostOf([...chosenBy(3, 0, X), ...chosenBy(3, 1, Y)], SETTING);
    const { next, spec } = rslRefinement(counter, SETTING.replicas, PARAMETERS);
    const before = spec(ghost);
    for (const packet of chosenBy(2, 0, Y, Y)) ghost.record(packet);
    expect([...ghost.history.state.executed].map(({ client }) => client)).toEqual(['y']);
    expect(next(before, spec(ghost))).toEqual({ failed: 'what was executed is never rewritten' });
  });

  test('stands for the same state as long as nothing takes effect', () => {
    const ghost = ghostOf(chosenBy(1, 0, X), SETTING);
    const { state } = ghost.history;
    for (const packet of [...chosenBy(1, 1), ...chosenBy(1, 2, X), ...chosenBy(2, 0, X)]) {
      ghost.record(packet);
    }
    expect(ghost.history.state).toBe(state);
    expect(ghost.history.length).toBe(3);
  });

  test('grows apart from its copy', () => {
    const [first, rest] = [packets.slice(0, 12), packets.slice(12)];
    const ghost = ghostOf(first, SETTING);
    const before = sorted(told(ghost));
    const copy = ghost.copy();
    for (const packet of rest) copy.record(packet);
    expect(sorted(told(ghost))).toBe(before);
    expect(sorted(told(copy))).toBe(sorted(told(ghostOf(packets, SETTING))));
    for (const packet of rest) ghost.record(packet);
    expect(sorted(told(ghost))).toBe(sorted(told(copy)));
  });

  test('knows where each operation led, however long ago', () => {
    const ghost = new Ghost(SETTING);
    for (let operation = 0; operation < 1500; operation++) {
      for (const packet of chosenBy(1, operation, request('x', operation))) ghost.record(packet);
    }
    for (const operation of [0, 1, 500, 1023, 1024, 1025, 1243, 1244, 1245, 1499, 1500]) {
      expect(ghost.history.foldBefore(operation)?.app).toBe(BigInt(operation));
      expect(
        [...(ghost.history.foldBefore(operation)?.latest ?? [])].map(([, row]) => row.seqno),
      ).toEqual(operation === 0 ? [] : [operation - 1]);
    }
    expect(ghost.history.foldBefore(1501)).toBeUndefined();
  });
});
