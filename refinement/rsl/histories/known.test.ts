import { describe, expect, test } from 'vitest';
import { INCREMENT } from '../../../spec/apps/counter.ts';
import {
  encodeReply,
  encodeRequest,
  type KeyValueReply,
  type KeyValueRequest,
} from '../../../spec/apps/keyValueMessages.ts';
import { type Bytes, i32, u64 } from '../../../spec/framework/bytes.ts';
import { type Call, type CallModel, checkHistory } from '../../framework/linearizability.ts';
import { counterCalls } from './counter.ts';
import { KeyValueCalls } from './keyValue.ts';

/** Who, from when to when, what was asked, and the answer; without one its fate is unknown. */
type Line = readonly [client: string, from: number, to: number, request: Bytes, reply?: Bytes];

const historyOf = (lines: readonly Line[]): readonly Call[] =>
  lines.map(([client, invoked, to, request, reply]) => ({
    client,
    invoked,
    request,
    completed: reply === undefined ? undefined : to,
    reply,
  }));

const check = (model: CallModel, lines: readonly Line[]) => checkHistory(model, historyOf(lines));

/** What is said of a history that is refused. */
function refusalOf(model: CallModel, lines: readonly Line[]): string {
  const outcome = check(model, lines);
  if (outcome.verdict !== 'refused') throw new Error(`the history is ${outcome.verdict}`);
  return outcome.refusal.message;
}

const ask = (request: KeyValueRequest): Bytes => encodeRequest(request);
const answer = (reply: KeyValueReply): Bytes => encodeReply(reply);
const get = ask({ type: 'get', key: 'x' });
const del = ask({ type: 'delete', key: 'x' });
const set = (value: string): Bytes => ask({ type: 'set', key: 'x', value });
const found = (value: string): Bytes => answer({ type: 'getFound', value });
const unfound = answer({ type: 'getUnfound' });
const done = answer({ type: 'setSuccess' });
const deleted = answer({ type: 'deleteFound' });
const invalid = answer({ type: 'invalidRequest' });

const call = (): Call => ({
  client: 'a',
  invoked: 0,
  completed: 1,
  request: INCREMENT,
  reply: u64(1),
});

const NEVER = Number.POSITIVE_INFINITY;

describe('what clients of a key-value store see is linearizable', () => {
  test.each<[string, ...Line[]]>([
    ['if nobody asks anything'],
    [
      'if a read that overlaps with a write sees it, or does not',
      ['a', 0, 9, set('1'), done],
      ['b', 1, 2, get, unfound],
      ['b', 3, 4, get, found('1')],
    ],
    [
      'if two writes at a time are seen in the order in which they did not begin',
      ['a', 0, 9, set('1'), done],
      ['b', 1, 9, set('2'), done],
      ['c', 2, 3, get, found('2')],
      ['c', 4, 5, get, found('1')],
    ],
    [
      'if what ends when something else begins is taken for concurrent',
      ['a', 0, 1, set('1'), done],
      ['b', 1, 2, get, unfound],
    ],
    [
      'if a write of unknown fate took effect, and late',
      ['a', 0, NEVER, set('1')],
      ['b', 5, 6, get, unfound],
      ['b', 7, 8, get, found('1')],
    ],
    [
      'if writes of unknown fate never took effect',
      ['a', 0, NEVER, set('1')],
      ['a', 1, NEVER, del],
      ['b', 5, 6, get, unfound],
    ],
    [
      'if a key is deleted by somebody who was never told',
      ['a', 0, 1, set('1'), done],
      ['b', 2, NEVER, del],
      ['c', 3, 4, get, found('1')],
      ['c', 5, 6, get, unfound],
    ],
    [
      'if keys are told apart',
      ['a', 0, 1, set('1'), done],
      ['b', 2, 3, ask({ type: 'get', key: 'y' }), unfound],
    ],
    [
      'if keys are the same that read the same',
      ['a', 0, 1, `${i32(2)}${i32(1)}\xff${i32(1)}1`, done],
      ['b', 2, 3, `${i32(1)}${i32(1)}\xfe`, found('1')],
    ],
    [
      'if what means nothing is called so, and changes nothing',
      ['a', 0, 1, set('1'), done],
      ['b', 2, 3, '\x00\xff', invalid],
      ['b', 2, 3, '', invalid],
      ['b', 4, NEVER, '\x00\x00\x00\x02'],
      ['c', 5, 6, get, found('1')],
    ],
  ])('%s', (_, ...lines) => {
    expect(check(new KeyValueCalls(), lines)).toEqual({ verdict: 'linearizable' });
  });
});

describe('what clients of a key-value store see is refused', () => {
  test.each<[string, string, ...Line[]]>([
    [
      'if a read is stale',
      `B7 (what clients saw to one order of their calls) refuses step 2, c get
  ✗ some order of the calls explains every reply
    about     x
    answer    "1"
    before    2 other calls were answered here
  These 2 calls are in no order, whatever was before them:
    0 – 1  b  set "2": done
    2 – 3  c  get: "1"`,
      ['a', 0, 1, set('1'), done],
      ['b', 2, 3, set('2'), done],
      ['c', 4, 5, get, found('1')],
    ],
    [
      'if an update is lost',
      `These 2 calls are in no order, whatever was before them:
    0 – 1  a  set "1": done
    2 – 3  b  get: no value`,
      ['a', 0, 1, set('1'), done],
      ['b', 2, 3, get, unfound],
    ],
    [
      'if a value is read that was never written',
      `This call is in no order, whatever another did:
    0 – 1  b  get: "7"`,
      ['a', 0, 1, set('1'), done],
      ['b', 2, 3, get, found('7')],
    ],
    [
      'if a value is read before it is written',
      'This call is in no order',
      ['b', 0, 1, get, found('1')],
      ['a', 2, 3, set('1'), done],
    ],
    [
      'if two clients see it go back',
      `These 2 calls are in no order, whatever was before them, whatever another did:
    0 – 1  b  get: "2"
    2 – 3  c  get: "1"`,
      ['a', 0, 1, set('1'), done],
      ['a', 2, 9, set('2'), done],
      ['b', 3, 4, get, found('2')],
      ['c', 5, 6, get, found('1')],
    ],
    [
      'if two clients delete one value',
      'b delete',
      ['a', 0, 1, set('1'), done],
      ['a', 2, 5, del, deleted],
      ['b', 2, 6, del, deleted],
    ],
    [
      'if a write of unknown fate is to have taken effect before it was made',
      'This call is in no order',
      ['b', 0, 1, get, found('1')],
      ['a', 2, NEVER, set('1')],
    ],
    [
      'if a write of unknown fate is to have taken effect twice',
      'get',
      ['a', 0, NEVER, set('1')],
      ['b', 1, 2, get, found('1')],
      ['b', 3, 4, set('2'), done],
      ['b', 5, 6, get, found('1')],
    ],
    [
      'if somebody gets the answer of another',
      '✗ a get is answered with a value, or that there is none',
      ['a', 0, 1, get, done],
    ],
    [
      'if a store is full that is not',
      '✗ a set is answered with success',
      ['a', 0, 1, set('1'), answer({ type: 'setFailure' })],
    ],
    [
      'if the answer means nothing',
      '✗ a delete is answered with whether there was a value',
      ['a', 0, 1, del, '\x00'],
    ],
    [
      'if what means nothing is answered',
      '✗ what is no request is answered so',
      ['a', 0, 1, '\x00\xff', done],
    ],
  ])('%s', (_, message, ...lines) => {
    expect(refusalOf(new KeyValueCalls(), lines)).toContain(message);
  });
});

describe('what clients of a counter see', () => {
  const inc = INCREMENT;

  test.each<[string, ...Line[]]>([
    [
      'if increments at a time come in any order',
      ['a', 0, 9, inc, u64(2)],
      ['b', 1, 9, inc, u64(1)],
    ],
    ['if one of unknown fate fills a gap', ['a', 0, NEVER, inc], ['b', 5, 6, inc, u64(2)]],
    ['if those of unknown fate never took effect', ['a', 0, NEVER, inc], ['b', 1, 2, inc, u64(1)]],
    [
      'if what counts nothing is told the count',
      ['a', 0, 1, inc, u64(1)],
      ['b', 2, 3, '', u64(1)],
      ['b', 4, 5, inc, u64(2)],
    ],
  ])('is linearizable %s', (_, ...lines) => {
    expect(check(counterCalls, lines)).toEqual({ verdict: 'linearizable' });
  });

  test.each<[string, string, ...Line[]]>([
    [
      'if two increments come to the same count',
      `✗ no two increments come to the same count
    about     the counter
    answer    1
    before    1 other call was answered here
  These 2 calls are in no order:
    0 – 5  a  increment: 1
    1 – 6  b  increment: 1`,
      ['a', 0, 5, inc, u64(1)],
      ['b', 1, 6, inc, u64(1)],
    ],
    [
      'if an increment counts twice',
      '✗ some increment comes to 1 before more is counted',
      ['a', 0, 1, inc, u64(2)],
    ],
    [
      'if the count goes back',
      '✗ the count never goes back, and an increment raises it',
      ['a', 0, 1, inc, u64(2)],
      ['b', 2, 3, inc, u64(1)],
    ],
    [
      'if one of unknown fate was made too late to fill a gap',
      '✗ some increment comes to 1 before more is counted',
      ['b', 0, 1, inc, u64(2)],
      ['a', 2, NEVER, inc],
    ],
    [
      'if one counts that counts nothing',
      '✗ some increment comes to 1 before more is counted',
      ['a', 0, 1, '', u64(1)],
    ],
    ['if the answer is no count', '✗ a counter answers with its count', ['a', 0, 1, inc, '']],
    ['if an increment comes to 0', '✗ a counter answers with its count', ['a', 0, 1, inc, u64(0)]],
  ])('is refused %s', (_, message, ...lines) => {
    expect(refusalOf(counterCalls, lines)).toContain(message);
  });
});

describe('a history', () => {
  test.each<[string, Call]>([
    ['is answered before it is made', { ...call(), invoked: 2, completed: 1 }],
    ['is answered only half', { ...call(), reply: undefined }],
    ['has no time', { ...call(), invoked: Number.NaN }],
  ])('takes no call that %s', (_, wrong) => {
    expect(() => checkHistory(counterCalls, [wrong])).toThrow(TypeError);
  });
});
