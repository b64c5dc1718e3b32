import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../framework/bytes.ts';
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  type KeyValueReply,
  type KeyValueRequest,
  readField,
} from './keyValueMessages.ts';

const hex = (spaced: string): string => fromHex(spaced.replaceAll(' ', ''));

const REQUESTS: readonly [bytes: string, request: KeyValueRequest][] = [
  ['00000001 00000003 616161', { type: 'get', key: 'aaa' }],
  ['00000001 00000000', { type: 'get', key: '' }],
  ['00000002 00000001 6b 00000002 c3a9', { type: 'set', key: 'k', value: 'é' }],
  ['00000002 00000000 00000000', { type: 'set', key: '', value: '' }],
  ['00000003 00000004 f09f9880', { type: 'delete', key: '😀' }],
];

const REPLIES: readonly [bytes: string, reply: KeyValueReply][] = [
  ['00000001 00000002 6162', { type: 'getFound', value: 'ab' }],
  ['00000001 00000000', { type: 'getFound', value: '' }],
  ['00000002', { type: 'getUnfound' }],
  ['00000003', { type: 'setSuccess' }],
  ['00000004', { type: 'setFailure' }],
  ['00000005', { type: 'deleteFound' }],
  ['00000006', { type: 'deleteUnfound' }],
  ['00000007', { type: 'invalidRequest' }],
];

describe('a request of the key-value store', () => {
  test.each(REQUESTS)('is written %s', (bytes, request) => {
    expect(toHex(encodeRequest(request))).toBe(bytes.replaceAll(' ', ''));
    expect(decodeRequest(hex(bytes))).toEqual(request);
  });

  test('is read as it was written', () => {
    const text = fc.string({ unit: 'grapheme' });
    const request = fc.oneof(
      fc.record({ type: fc.constantFrom('get' as const, 'delete' as const), key: text }),
      fc.record({ type: fc.constant('set' as const), key: text, value: text }),
    );
    fc.assert(
      fc.property(request, (asked) => {
        expect(decodeRequest(encodeRequest(asked))).toEqual(asked);
      }),
    );
  });

  test('is none with fewer bytes, or with more', () => {
    for (const [bytes] of REQUESTS) {
      const whole = hex(bytes);
      for (let length = 0; length < whole.length; length++) {
        expect(decodeRequest(whole.slice(0, length))).toBeUndefined();
      }
      expect(decodeRequest(`${whole}\0`)).toBeUndefined();
    }
  });

  test.each([
    ['of type 0', '00000000 00000000'],
    ['of type 4', '00000004 00000000'],
    ['of a type below 0', 'ffffffff 00000000'],
    ['with a key of fewer than no bytes', '00000001 ffffffff'],
    ['with a key longer than what is left', '00000001 7fffffff 61'],
    // Read from where such a key would end, a value would fill the rest exactly.
    ['with a key that ends before it begins', `00000002 fffffff9 ${'00'.repeat(764)}`],
    ['with a value of fewer than no bytes', '00000002 00000001 6b ffffffff'],
    ['with a value longer than what is left', '00000002 00000001 6b 00000002 61'],
  ])('is none %s', (_, bytes) => {
    expect(decodeRequest(hex(bytes))).toBeUndefined();
  });

  test('may have a key that is no UTF-8, and begins with a byte order mark', () => {
    const request = decodeRequest(hex('00000001 00000005 efbbbf c3 61'));
    expect(request).toEqual({ type: 'get', key: '\ufeff\ufffda' });
  });
});

describe('a field', () => {
  test('is the text that its length spans, and where it ends', () => {
    const bytes = hex('ffff 00000002 c3a9 61');
    expect(readField(bytes, 2)).toEqual({ text: 'é', end: 8 });
  });

  test.each(['000000', '00000001', '00000003 6161', '80000000'])('is not %s', (bytes) => {
    expect(readField(hex(bytes), 0)).toBeUndefined();
  });
});

describe('a reply of the key-value store', () => {
  test.each(REPLIES)('is written %s', (bytes, reply) => {
    expect(toHex(encodeReply(reply))).toBe(bytes.replaceAll(' ', ''));
    expect(decodeReply(hex(bytes))).toEqual(reply);
  });

  test.each(REPLIES)('is none with fewer bytes than %s, or with more', (bytes) => {
    expect(decodeReply(hex(bytes).slice(0, -1))).toBeUndefined();
    expect(decodeReply(`${hex(bytes)}\0`)).toBeUndefined();
  });

  test.each(['00000000', '00000008', 'ffffffff', '00000001 ffffffff'])('is none as %s', (bytes) => {
    expect(decodeReply(hex(bytes))).toBeUndefined();
  });
});
