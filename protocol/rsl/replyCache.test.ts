import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPATIBLE, PARAMETERS, request } from '../../harness/testing/rslReplicas.ts';
import type { CachedReply } from './messages.ts';
import { isSettled, keptAfter, remember, waysToForget } from './replyCache.ts';

const cacheOf = (...clients: readonly string[]): Map<string, CachedReply> =>
  new Map(clients.map((client) => [client, { seqno: 3, reply: client }]));

const LATEST = { seqno: 9, reply: 'new' };

describe('a request is settled', () => {
  test.each([
    ['x', 3, true],
    ['x', 2, true],
    ['x', 0, true],
    ['x', 4, false],
    ['y', 0, false],
  ])('%s#%i, where x#3 has been executed: %s', (client, seqno, settled) => {
    expect(isSettled(cacheOf('x'), client, seqno)).toBe(settled);
  });
});

/** Two clients are remembered at most. */
describe('the reply cache', () => {
  test.each([
    ['a new client', ['x'], 'y', ['x', 'y']],
    ['a known client, who comes last then', ['x', 'y'], 'x', ['y', 'x']],
    ['a new client, and forgets the one served longest ago', ['x', 'y'], 'z', ['y', 'z']],
  ])('remembers %s', (_, before, client, after) => {
    const cache = cacheOf(...before);
    remember(cache, client, LATEST, PARAMETERS);
    expect([...cache.keys()]).toEqual(after);
    expect(cache.get(client)).toBe(LATEST);
  });

  test('forgets nobody on its own in the compatible preset', () => {
    const cache = cacheOf('x', 'y');
    remember(cache, 'z', LATEST, COMPATIBLE);
    expect([...cache.keys()]).toEqual(['x', 'y', 'z']);
  });

  test('holds those, and only those, after whom not too many others were served', () => {
    const clients = fc.array(fc.constantFrom<string>('u', 'v', 'w', 'x', 'y'), { maxLength: 12 });
    fc.assert(
      fc.property(clients, fc.integer({ min: 1, max: 4 }), (served, maxCachedReplies) => {
        const cache = new Map<string, CachedReply>();
        for (const client of served) {
          remember(cache, client, LATEST, { ...PARAMETERS, maxCachedReplies });
        }
        const others = (client: string): number =>
          new Set(served.slice(served.lastIndexOf(client) + 1)).size;
        const expected = [...new Set(served.toReversed())].filter(
          (client) => others(client) < maxCachedReplies,
        );
        expect([...cache.keys()]).toEqual(expected.toReversed());
      }),
    );
  });
});

describe('in the compatible preset clients may be forgotten', () => {
  const batch = [request('y', 4), request('z', 4), request('z', 5)];

  test.each([
    [[], 3],
    [['x'], 2],
    [['x', 'z'], 1],
    [['x', 'stranger'], 2],
  ])('of x, y and z, where %j are forgotten, %i are kept', (forget, kept) => {
    expect(keptAfter(cacheOf('x', 'y'), batch, { forget })).toBe(kept);
  });

  test('each of them, where one must be', () => {
    const ways = waysToForget(cacheOf('x', 'y'), batch, COMPATIBLE);
    expect(ways).toEqual([{ forget: ['x'] }, { forget: ['y'] }, { forget: ['z'] }]);
  });

  test('in as many ways as there are clients, so that not too many are kept', () => {
    const parameters = { ...COMPATIBLE, maxCachedReplies: 1 };
    const ways = waysToForget(cacheOf('x', 'y'), batch, parameters);
    expect(ways).toHaveLength(3);
    for (const way of ways) expect(keptAfter(cacheOf('x', 'y'), batch, way)).toBe(1);
  });

  test.each([
    ['where there is room', COMPATIBLE, []],
    ['where all are known', COMPATIBLE, [request('x', 4), request('x', 5), request('y', 4)]],
    ['where none is forgotten at will', PARAMETERS, batch],
  ])('but nobody is %s', (_, parameters, executed) => {
    expect(waysToForget(cacheOf('x', 'y'), executed, parameters)).toEqual([{ forget: [] }]);
  });
});
