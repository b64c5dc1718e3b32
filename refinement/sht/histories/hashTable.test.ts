import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Asked,
  doubtfulHistory,
  drawnCall,
  hasOrder,
  seenBy,
} from '../../../harness/testing/histories.ts';
import type { Content } from '../../../protocol/sht/messages.ts';
import { application } from '../../../spec/apps/application.ts';
import type { Bytes } from '../../../spec/framework/bytes.ts';
import { OrderedMap } from '../../../spec/framework/orderedMap.ts';
import { ofBytes, toBytes } from '../../framework/byteStrings.ts';
import { type Call, checkHistory } from '../../framework/linearizability.ts';
import { readContent, writeContent } from '../wire.ts';
import { HashTableCalls } from './hashTable.ts';

const say = (content: Content): Bytes => toBytes(writeContent(content, false));

const X = 5n;
const get = say({ type: 'get', key: X });
const set = (value: string | undefined): Bytes => say({ type: 'set', key: X, value });
const replied = (value: string | undefined, key = X): Bytes => say({ type: 'reply', key, value });
const refused = say({ type: 'refusal', reason: 'the value is too long' });
const redirected = say({ type: 'redirect', key: X, owner: '0b' });

/** Who, from when to when, what was asked, and the answer; without one its fate is unknown. */
type Line = readonly [client: string, from: number, to: number, request: Bytes, reply?: Bytes];

const NEVER = Number.POSITIVE_INFINITY;

const check = (lines: readonly Line[]) =>
  checkHistory(
    new HashTableCalls(),
    lines.map(
      ([client, invoked, to, request, reply]): Call => ({
        client,
        invoked,
        request,
        completed: reply === undefined ? undefined : to,
        reply,
      }),
    ),
  );

describe('what clients of a hash table see is linearizable', () => {
  test.each<[string, ...Line[]]>([
    ['if nobody asks anything'],
    [
      'if a get that overlaps with a set sees it, or does not',
      ['a', 0, 9, set('1'), replied('1')],
      ['b', 1, 2, get, replied(undefined)],
      ['b', 3, 4, get, replied('1')],
    ],
    [
      'if two sets at a time are seen in the order in which they did not begin',
      ['a', 0, 9, set('1'), replied('1')],
      ['b', 1, 9, set(undefined), replied(undefined)],
      ['c', 2, 3, get, replied(undefined)],
      ['c', 4, 5, get, replied('1')],
    ],
    [
      'if a set of unknown fate took effect, and late',
      ['a', 0, NEVER, set('1')],
      ['b', 5, 6, get, replied(undefined)],
      ['b', 7, 8, get, replied('1')],
    ],
    [
      'if sets of unknown fate never took effect',
      ['a', 0, NEVER, set('1')],
      ['a', 1, NEVER, set(undefined)],
      ['b', 5, 6, get, replied(undefined)],
    ],
    [
      'if the empty value is one',
      ['a', 0, 1, set(''), replied('')],
      ['b', 2, 3, get, replied('')],
      ['b', 4, 5, set(undefined), replied(undefined)],
      ['b', 6, 7, get, replied(undefined)],
    ],
    [
      'if keys are told apart, up to the last bit',
      ['a', 0, 1, say({ type: 'set', key: 2n ** 63n, value: '1' }), replied('1', 2n ** 63n)],
      ['b', 2, 3, say({ type: 'get', key: 2n ** 63n + 1n }), replied(undefined, 2n ** 63n + 1n)],
    ],
    [
      'if what was refused or redirected has done nothing',
      ['a', 0, 1, set('1'), refused],
      ['a', 2, 3, set('2'), redirected],
      ['b', 4, 5, get, redirected],
      ['b', 6, 7, get, replied(undefined)],
    ],
  ])('%s', (_, ...lines) => {
    expect(check(lines)).toEqual({ verdict: 'linearizable' });
  });
});

describe('what clients of a hash table see is refused', () => {
  test.each<[string, string, ...Line[]]>([
    [
      'if a get is stale',
      `B7 (what clients saw to one order of their calls) refuses step 2, c get
  ✗ some order of the calls explains every reply
    about     key 5
    answer    "1"
    before    2 other calls were answered here
  These 2 calls are in no order, whatever was before them:
    0 – 1  b  set "2": done
    2 – 3  c  get: "1"`,
      ['a', 0, 1, set('1'), replied('1')],
      ['b', 2, 3, set('2'), replied('2')],
      ['c', 4, 5, get, replied('1')],
    ],
    [
      'if a key that moved has lost what was set',
      `These 2 calls are in no order, whatever was before them:
    0 – 1  a  set "1": done
    2 – 3  b  get: no value`,
      ['a', 0, 1, set('1'), replied('1')],
      ['b', 2, 3, get, replied(undefined)],
    ],
    [
      'if a key that was deleted is back',
      'delete: done',
      ['a', 0, 1, set('1'), replied('1')],
      ['a', 2, 3, set(undefined), replied(undefined)],
      ['b', 4, 5, get, replied('1')],
    ],
    [
      'if two hosts answer for a key',
      'get',
      ['a', 0, 1, set('1'), replied('1')],
      ['a', 2, 9, set('2'), replied('2')],
      ['b', 3, 4, get, replied('2')],
      ['c', 5, 6, get, replied('1')],
    ],
    [
      'if a value is got that was never set',
      'This call is in no order, whatever another did',
      ['a', 0, 1, set('1'), replied('1')],
      ['b', 2, 3, get, replied('7')],
    ],
    [
      'if what was refused took effect',
      'This call is in no order',
      ['a', 0, 1, set('1'), refused],
      ['b', 2, 3, get, replied('1')],
    ],
    [
      'if a set of unknown fate is to have taken effect twice',
      'get',
      ['a', 0, NEVER, set('1')],
      ['b', 1, 2, get, replied('1')],
      ['b', 3, 4, set('2'), replied('2')],
      ['b', 5, 6, get, replied('1')],
    ],
    [
      'if a set is answered with what was there before',
      '✗ a set is answered with what was set',
      ['a', 0, 1, set('1'), replied(undefined)],
    ],
    [
      'if somebody gets the answer of another key',
      '✗ a request is answered for its key',
      ['a', 0, 1, get, replied('1', 6n)],
    ],
    ['if somebody gets what is no answer', '✗ a request is answered', ['a', 0, 1, get, get]],
    ['if the answer means nothing', '✗ a request is answered', ['a', 0, 1, get, '\x00']],
    ['if what is asked means nothing', '✗ a get or a set is asked', ['a', 0, NEVER, '\x00']],
    [
      'if it is not asked for a key',
      '✗ a get or a set is asked',
      ['a', 0, NEVER, say({ type: 'statusRequest', from: 0n, samples: 0 })],
    ],
  ])('%s', (_, message, ...lines) => {
    const outcome = check(lines);
    if (outcome.verdict !== 'refused') throw new Error(`the history is ${outcome.verdict}`);
    expect(outcome.refusal.message).toContain(message);
  });
});

/** One table, asked one request after the other. */
const table = application<OrderedMap<string>>({
  name: 'sht',
  initial: OrderedMap.empty(),
  handle: (state, request) => {
    const asked = readContent(ofBytes(request), false);
    if (asked?.type === 'get') return { state, reply: replied(state.get(asked.key), asked.key) };
    if (asked?.type !== 'set') throw new RangeError('this is no request');
    const { key, value } = asked;
    return {
      state: value === undefined ? state.without(key) : state.with(key, value),
      reply: replied(value, key),
    };
  },
  serialize: () => '',
  deserialize: () => undefined,
});

const KEY = fc.constantFrom(X, 6n);
const VALUE = fc.constantFrom('', '1', '2', undefined);

const ASKED: Asked = {
  application: table,
  model: () => new HashTableCalls(),
  request: fc.oneof(
    KEY.map((key) => say({ type: 'get', key })),
    fc.tuple(KEY, VALUE).map(([key, value]) => say({ type: 'set', key, value })),
  ),
  reply: fc.tuple(KEY, VALUE).map(([key, value]) => replied(value, key)),
};

describe('histories of a hash table', () => {
  test('are linearizable where calls took effect one after the other', () => {
    fc.assert(
      fc.property(fc.array(drawnCall(ASKED.request), { maxLength: 40 }), (calls) => {
        const { verdict } = checkHistory(new HashTableCalls(), seenBy(table, calls));
        expect(verdict).toBe('linearizable');
      }),
    );
  });

  test('are linearizable if and only if there is an order, whatever was answered', () => {
    const verdicts = { linearizable: 0, refused: 0, undecided: 0 };
    fc.assert(
      fc.property(doubtfulHistory(ASKED), (history) => {
        const { verdict } = checkHistory(new HashTableCalls(), history);
        verdicts[verdict]++;
        expect(verdict).toBe(hasOrder(table, history) ? 'linearizable' : 'refused');
      }),
      { numRuns: 2_000 },
    );
    expect(verdicts.undecided).toBe(0);
    expect(Math.min(verdicts.linearizable, verdicts.refused)).toBeGreaterThan(200);
  });
});
