import { describe, expect, test } from 'vitest';
import { CounterService } from './counter.ts';
import { KeyValueService } from './keyValue.ts';
import type { ServiceClass } from './service.ts';

const bytes = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (reply: Uint8Array): string => Buffer.from(reply).toString('hex');

const SET_K = '00000002 00000001 6b 00000002 7631';
const GET_K = '00000001 00000001 6b';
const DELETE_K = '00000003 00000001 6b';

describe('the key-value store that runs', () => {
  test.each<[string, readonly string[], string]>([
    ['gets what was set', [SET_K, GET_K], '00000001000000027631'],
    ['says that it set', [SET_K], '00000003'],
    ['finds nothing that was never set', [GET_K], '00000002'],
    ['deletes what is there', [SET_K, DELETE_K], '00000005'],
    ['deletes nothing twice', [SET_K, DELETE_K, DELETE_K], '00000006'],
    ['survives no bytes at all', [''], '00000007'],
    ['survives a type without a length', ['00000001'], '00000007'],
    ['survives a part of a length', ['000000010000'], '00000007'],
    ['survives a part of the length of a value', ['00000002 00000001 6b 0000'], '00000007'],
    ['survives a length below 0', ['00000001 ffffffff'], '00000007'],
    ['survives a length of nearly everything', ['00000001 7fffffff 6b'], '00000007'],
    ['survives a byte too many', [`${GET_K}00`], '00000007'],
    ['survives a type that nobody knows', ['00000009 00000001 6b'], '00000007'],
  ])('%s', (_, requests, last) => {
    const service = KeyValueService.initialize();
    const replies = requests.map((request) => hex(service.handleRequest(bytes(request))));
    expect(replies.at(-1)).toBe(last);
  });

  test('keeps nothing of the bytes that it was given', () => {
    const service = KeyValueService.initialize();
    const chunk = new Uint8Array(65_536);
    const request = bytes(SET_K);
    chunk.set(request, 1_000);
    service.handleRequest(chunk.subarray(1_000, 1_000 + request.length));
    const state = hex(service.serialize());
    chunk.fill(0xff);
    expect(hex(service.serialize())).toBe(state);
    const restored = bytes(state);
    const another = KeyValueService.deserialize(restored);
    restored.fill(0xff);
    expect(hex(another.serialize())).toBe(state);
  });
});

describe.each<[string, ServiceClass, string, readonly string[]]>([
  ['KV', KeyValueService, '000000016b000000027631', ['00', '000000016b', '00000001ff00000000']],
  ['Counter', CounterService, '0000000000000029', ['', '00', '000000000000000029']],
])('the class of %s', (name, services, state, noStates) => {
  test('has the name that stands in the type of its service', () => {
    expect(services.serviceName).toBe(name);
  });

  test('restores what was at rest, and nothing else', () => {
    expect(hex(services.deserialize(bytes(state)).serialize())).toBe(state);
    for (const no of noStates) expect(() => services.deserialize(bytes(no))).toThrow(RangeError);
  });

  test('restores from a part of a larger array', () => {
    const within = Buffer.concat([Buffer.alloc(7, 1), bytes(state), Buffer.alloc(7, 1)]);
    const part = within.subarray(7, within.length - 7);
    expect(hex(services.deserialize(part).serialize())).toBe(state);
  });
});
