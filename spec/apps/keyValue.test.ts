import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import { type Bytes, fromHex, i32, toHex } from '../framework/bytes.ts';
import type { Application } from './application.ts';
import { keyValue, keyValueWithin, type Store } from './keyValue.ts';
import {
  decodeReply,
  encodeRequest,
  type KeyValueReply,
  type KeyValueRequest,
} from './keyValueMessages.ts';

const small = keyValueWithin({ keys: 2, keyLength: 3, valueLength: 4, reply: 16 });

const store = (entries: Readonly<Record<string, string>>): Store =>
  new Map(Object.entries(entries));

const get = (key: string): KeyValueRequest => ({ type: 'get', key });
const set = (key: string, value: string): KeyValueRequest => ({ type: 'set', key, value });
const del = (key: string): KeyValueRequest => ({ type: 'delete', key });

/** Asks a store that must not be changed. */
function ask(
  app: Application,
  state: Store,
  request: KeyValueRequest | Bytes,
): { state: Store; reply: KeyValueReply | undefined } {
  const bytes = typeof request === 'string' ? request : encodeRequest(request);
  const handled = app.handle(deepFreeze(state), bytes);
  return { state: handled.state as Store, reply: decodeReply(handled.reply) };
}

const AB = { a: '1', b: '2' };

describe('the key-value store', () => {
  test.each<[string, KeyValueRequest, KeyValueReply, Readonly<Record<string, string>>]>([
    ['gets a value', get('a'), { type: 'getFound', value: '1' }, AB],
    ['gets nothing for another key', get('c'), { type: 'getUnfound' }, AB],
    ['sets a new key', set('c', '3'), { type: 'setSuccess' }, { ...AB, c: '3' }],
    ['sets a key anew', set('a', '3'), { type: 'setSuccess' }, { ...AB, a: '3' }],
    ['sets what is empty', set('', ''), { type: 'setSuccess' }, { ...AB, '': '' }],
    ['deletes a key', del('a'), { type: 'deleteFound' }, { b: '2' }],
    ['deletes nothing twice', del('c'), { type: 'deleteUnfound' }, AB],
  ])('%s', (_, request, reply, after) => {
    expect(ask(keyValue, store(AB), request)).toEqual({ state: store(after), reply });
  });

  test('begins empty', () => {
    expect(keyValue.initial).toEqual(new Map());
    expect(keyValue.serialize(keyValue.initial)).toBe('');
  });

  test('finds a value that is empty', () => {
    expect(ask(keyValue, store({ k: '' }), get('k')).reply).toEqual({
      type: 'getFound',
      value: '',
    });
  });

  test.each(['', '000000', '00000000', '00000001', '0000000200', '0000000300000001', '00000009'])(
    'calls %s an invalid request, and keeps what it has',
    (bytes) => {
      const asked = ask(keyValue, store(AB), fromHex(bytes));
      expect(asked).toEqual({ state: store(AB), reply: { type: 'invalidRequest' } });
    },
  );

  test('takes keys for one that read the same, and answers with what it read', () => {
    const setRaw = i32(2) + i32(2) + fromHex('c361') + i32(1) + fromHex('ff');
    const { state } = ask(keyValue, new Map(), setRaw);
    expect(state).toEqual(store({ '\ufffda': '\ufffd' }));
    const otherBytes = i32(1) + i32(2) + fromHex('8061');
    expect(toHex(keyValue.handle(state, otherBytes).reply)).toBe('0000000100000003efbfbd');
  });
});

const INVALID = { type: 'invalidRequest' } as const;

describe('a key-value store at its limits', () => {
  test.each<[string, KeyValueRequest, KeyValueReply['type']]>([
    ['refuses a new key when it is full', set('c', '3'), 'setFailure'],
    ['still sets the keys that it has', set('a', '3'), 'setSuccess'],
    ['takes the longest key', get('€€€'), 'getUnfound'],
    ['gets no longer key', get('abcd'), 'invalidRequest'],
    ['deletes no longer key', del('abcd'), 'invalidRequest'],
    ['sets no longer key, full or not', set('abcd', ''), 'invalidRequest'],
    ['counts a pair of surrogates as two', get('😀😀'), 'invalidRequest'],
    ['takes the longest value', set('a', '€€€€'), 'setSuccess'],
    ['sets no longer value', set('a', '12345'), 'invalidRequest'],
  ])('%s', (_, request, type) => {
    expect(ask(small, store(AB), request).reply).toEqual({ type });
  });

  test('takes a new key again when one was deleted', () => {
    const { state } = ask(small, store(AB), del('a'));
    expect(ask(small, state, set('c', '3')).reply).toEqual({ type: 'setSuccess' });
  });

  test('does not get a value that grew too long for a reply', () => {
    expect(ask(small, store({ k: '€€12' }), get('k')).reply).toEqual({
      type: 'getFound',
      value: '€€12', // Just as long as a reply may be.
    });
    const grown = ask(small, new Map(), i32(2) + i32(0) + i32(3) + fromHex('ffffff')).state;
    expect(grown).toEqual(store({ '': '\ufffd\ufffd\ufffd' }));
    expect(ask(small, grown, get(''))).toEqual({ state: grown, reply: INVALID });
    expect(ask(keyValue, grown, get('')).reply).toEqual({
      type: 'getFound',
      value: '\ufffd\ufffd\ufffd',
    });
  });
});

const TEXT = fc.string({ unit: 'grapheme', maxLength: 4 });
const ENTRIES = fc.uniqueArray(fc.tuple(TEXT, TEXT), { selector: ([key]) => key, maxLength: 6 });

const field = (bytes: string): string => i32(bytes.length) + bytes;

describe('a key-value store at rest', () => {
  test('has the same bytes whichever key came first, and is restored from them', () => {
    fc.assert(
      fc.property(ENTRIES, (entries) => {
        const bytes = keyValue.serialize(new Map(entries));
        expect(keyValue.serialize(new Map([...entries].reverse()))).toBe(bytes);
        expect(keyValue.deserialize(bytes)).toEqual(new Map(entries));
      }),
    );
  });

  test('has its keys in the order of their code units', () => {
    // By code points U+FF61 would come before U+1F600.
    const bytes = keyValue.serialize(store({ '｡': '', '😀': '', b: '1', ab: '2' }));
    expect(toHex(bytes)).toBe(
      [
        '00000002 6162 00000001 32',
        '00000001 62 00000001 31',
        '00000004 f09f9880 00000000',
        '00000003 efbda1 00000000',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test('may be written in any order', () => {
    fc.assert(
      fc.property(ENTRIES, (entries) => {
        const pieces = entries.map((entry) => keyValue.serialize(new Map([entry])));
        expect(keyValue.deserialize(pieces.join(''))).toEqual(new Map(entries));
      }),
    );
  });

  test('is not restored from a part of its bytes that ends within an entry', () => {
    const first = keyValue.serialize(store({ a: '1' }));
    const whole = keyValue.serialize(store(AB));
    for (let length = 1; length < whole.length; length++) {
      const restored = keyValue.deserialize(whole.slice(0, length));
      expect(restored).toEqual(length === first.length ? store({ a: '1' }) : undefined);
    }
  });

  test.each([
    ['one key twice', field('a') + field('1') + field('a') + field('2')],
    ['a key that is no UTF-8', field('\xff') + field('1')],
    ['a value that is no UTF-8', field('a') + field('\xf0\x90\x80')],
    ['a length below 0', i32(-1) + field('1')],
    ['a byte too many', `${field('a') + field('1')}\0`],
    ['a key that is too long', field('abcd') + field('')],
    ['a value that is too long', field('a') + field('12345')],
    ['too many keys', ['a', 'b', 'c'].map((key) => field(key) + field('')).join('')],
  ])('has not %s', (_, bytes) => {
    expect(small.deserialize(bytes)).toBeUndefined();
  });

  test('may be as large as it can become', () => {
    const full = store({ '€€€': '€€€€', b: '' });
    expect(small.deserialize(small.serialize(full))).toEqual(full);
  });
});
