import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeReplicas } from '../../harness/testing/fakeReplicas.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';
import type { Application } from '../../spec/apps/application.ts';
import { counter } from '../../spec/apps/counter.ts';
import { keyValue, keyValueWithin } from '../../spec/apps/keyValue.ts';
import { encodeReply, encodeRequest } from '../../spec/apps/keyValueMessages.ts';
import { CounterClient } from './counterClient.ts';
import { RequestRefusedError, UnexpectedReplyError } from './errors.ts';
import { KvClient } from './keyValueClient.ts';
import { deleteRequest, getRequest, readKeyValueReply, setRequest } from './keyValueMessages.ts';
import { RslClient } from './rslClient.ts';

/** A client of replicas that run an application. */
function clientOf(application: Application) {
  const timers = new VirtualTimers();
  let state = application.initial;
  const answer = (request: string): string => {
    const handled = application.handle(state, request);
    state = handled.state;
    return handled.reply;
  };
  const replicas = new FakeReplicas({ servers: 3, allReply: false, delay: 5, answer }, timers, 1);
  const client = RslClient.over(replicas.network, timers);
  replicas.connect(0);
  /** What a call comes to once its request had time to be answered. */
  const done = <T>(call: Promise<T>): Promise<T> => {
    timers.pass(100);
    return call;
  };
  return { client, replicas, timers, done };
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
/** Not of half surrogate pairs. */
const text = fc.string({ unit: 'grapheme' });

describe('messages of the key-value store', () => {
  test('are written as the specification writes them', () => {
    fc.assert(
      fc.property(text, text, (key, value) => {
        const utf8 = (each: string) => new TextEncoder().encode(each);
        expect(getRequest(key)).toEqual(bytes(encodeRequest({ type: 'get', key })));
        const set = bytes(encodeRequest({ type: 'set', key, value }));
        expect(setRequest(key, value)).toEqual(set);
        expect(setRequest(utf8(key), utf8(value))).toEqual(set);
        const remove = bytes(encodeRequest({ type: 'delete', key }));
        expect(deleteRequest(key)).toEqual(remove);
      }),
    );
  });

  test('are read as the specification writes them, and nothing else is read', () => {
    const types = [
      'getUnfound',
      'setSuccess',
      'setFailure',
      'deleteFound',
      'deleteUnfound',
      'invalidRequest',
    ] as const;
    const reply = fc.oneof(
      fc.constantFrom(...types.map((type) => ({ type }))),
      text.map((value) => ({ type: 'getFound' as const, value })),
    );
    fc.assert(
      fc.property(reply, fc.uint8Array({ minLength: 1, maxLength: 9 }), (written, more) => {
        const message = bytes(encodeReply(written));
        expect(readKeyValueReply(message)).toEqual(written);
        expect(readKeyValueReply(Buffer.concat([message, more]))).toBe(undefined);
        expect(readKeyValueReply(message.subarray(0, -1))).toBe(undefined);
      }),
    );
    expect(readKeyValueReply(Buffer.of(0, 0, 0, 0))).toBe(undefined);
    expect(readKeyValueReply(Buffer.of(0, 0, 0, 8))).toBe(undefined);
    expect(readKeyValueReply(Buffer.of(0xff, 0xff, 0xff, 0xff))).toBe(undefined);
  });

  test('are only of texts', () => {
    expect(() => getRequest('\ud800')).toThrow(TypeError);
    expect(() => setRequest('k', Buffer.of(0xff))).toThrow(TypeError);
    expect(() => setRequest('\ufeffk', '\u{1f512}')).not.toThrow();
  });
});

describe('a client of the key-value store', () => {
  test('sets, gets and deletes', async () => {
    const { client, done } = clientOf(keyValue);
    const store = new KvClient(client);
    expect(await done(store.get('k'))).toBe(undefined);
    expect(await done(store.set('k', '\ufeffvälue'))).toBe(undefined);
    expect(await done(store.get(Buffer.from('k')))).toBe('\ufeffvälue');
    expect(await done(store.delete('k'))).toBe(true);
    expect(await done(store.delete('k'))).toBe(false);
  });

  test('fails where the store refuses', async () => {
    const limits = { keys: 1, keyLength: 3, valueLength: 3, reply: 100 };
    const { client, done } = clientOf(keyValueWithin(limits));
    const store = new KvClient(client);
    await done(store.set('a', '1'));
    await expect(done(store.set('b', '1'))).rejects.toThrow('The store is full');
    await expect(done(store.set('a', 'long'))).rejects.toThrow(RequestRefusedError);
    await expect(done(store.get('long'))).rejects.toThrow('too long');
  });

  test('fails where it is no key-value store that answers', async () => {
    const { client, done } = clientOf(counter);
    await expect(done(new KvClient(client).get('k'))).rejects.toThrow(UnexpectedReplyError);
  });

  test('asks again for a value whose reply is lost', async () => {
    const { client, replicas, timers } = clientOf(keyValue);
    const store = new KvClient(client);
    const [value, later] = [store.get('k'), store.set('k', 'v')];
    timers.pass(5);
    expect(replicas.log.length).toBe(2);
    replicas.disconnect(0);
    replicas.connect(0);
    timers.pass(500);
    await later;
    await Promise.resolve();
    expect(client.counters.overtaken).toBe(1);
    timers.pass(100);
    expect(await value).toBe('v');
  });
});

describe('a client of the counter', () => {
  test('counts', async () => {
    const { client, done } = clientOf(counter);
    const counting = new CounterClient(client);
    const counts = [1, 2, 3].map(() => counting.increment());
    expect(await done(Promise.all(counts))).toEqual([1n, 2n, 3n]);
  });

  test('fails where it is no counter that answers', async () => {
    const { client, done } = clientOf(keyValue);
    await expect(done(new CounterClient(client).increment())).rejects.toThrow(UnexpectedReplyError);
  });
});
