import { describe, expect, test } from 'vitest';
import { CounterService } from '../../impl/apps/counter.ts';
import { KeyValueService } from '../../impl/apps/keyValue.ts';
import type { ServiceClass } from '../../impl/apps/service.ts';
import { ofBytes as asked } from '../../refinement/apps/checkedService.ts';
import { counter } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { i32 } from '../../spec/framework/bytes.ts';
import { checkService, type ServiceTrial } from './checkService.ts';
import * as trials from './trials.ts';
import { field } from './trials.ts';

const COUNTER: ServiceTrial = { requests: trials.COUNTER.requests, seed: 1, runs: 400 };
const KEY_VALUE: ServiceTrial = { requests: trials.KEY_VALUE.requests, seed: 1, runs: 400 };

const found = ({ service, application, requests }: trials.Trial, runs = 400) =>
  checkService(service, application, { requests, seed: 1, runs });

describe('the services that run', () => {
  test('count as the counter does', () => {
    expect(found(trials.COUNTER)).toBeUndefined();
  });

  test('count on after 2³², after 2⁵³ and after 2⁶⁴', () => {
    for (const trial of trials.FAR_COUNTERS) expect(found(trial, 50)).toBeUndefined();
  });

  test('keep values as the key-value store does', () => {
    expect(found(trials.KEY_VALUE)).toBeUndefined();
  });

  test('come to their limits where the key-value store does', () => {
    expect(found(trials.SMALL_KEY_VALUE)).toBeUndefined();
  });
});

/** A class whose services are right, but for what happens to requests, replies and states. */
function flawed<S extends { serialize(): Uint8Array; handleRequest(r: Uint8Array): Uint8Array }>(
  right: ServiceClass<S>,
  flaws: {
    readonly request?: (request: Uint8Array, service: S) => Uint8Array;
    readonly reply?: (reply: Uint8Array, request: Uint8Array, service: S) => Uint8Array;
    readonly atRest?: (state: Uint8Array) => Uint8Array;
    readonly restore?: (state: Uint8Array) => Uint8Array;
  },
): ServiceClass {
  const { request: bend = (r) => r, reply: twist = (r) => r } = flaws;
  const { atRest = (s) => s, restore = (s) => s } = flaws;
  const wrap = (service: S) => ({
    handleRequest: (request: Uint8Array) =>
      twist(service.handleRequest(bend(request, service)), request, service),
    serialize: () => atRest(service.serialize()),
  });
  return {
    serviceName: right.serviceName,
    initialize: () => wrap(right.initialize()),
    deserialize: (state) => wrap(right.deserialize(restore(state))),
  };
}

const ofType = (type: number, bytes: Uint8Array): boolean =>
  bytes.length >= 4 && Buffer.from(bytes).readInt32BE() === type;

const withLast = (bytes: Uint8Array, last: number): Uint8Array => {
  const changed = bytes.slice();
  changed[changed.length - 1] = last;
  return changed;
};

/** Where entries begin. */
function entries(state: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  const bytes = Buffer.from(state);
  for (let at = 0; at < bytes.length; ) {
    const valueAt = at + 4 + bytes.readInt32BE(at);
    const end = valueAt + 4 + bytes.readInt32BE(valueAt);
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
}

const join = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

/** Reads what .NET would: without the mark of its byte order. */
const withoutMark = (bytes: Uint8Array): Uint8Array => {
  const text = Buffer.from(bytes).toString('latin1');
  if (!ofType(1, bytes) || !text.startsWith('\xef\xbb\xbf', 8)) return bytes;
  return asked(i32(1) + field(text.slice(11)));
};

describe('a service with a bug is refused', () => {
  test.each<[string, ServiceClass, RegExp]>([
    [
      'that says a key was set when it was deleted',
      flawed(KeyValueService, { reply: (r) => (ofType(5, r) ? withLast(r, 3) : r) }),
      /the reply is/,
    ],
    [
      'that keeps what is deleted',
      flawed(KeyValueService, {
        request: (r) => (ofType(3, r) ? join([Uint8Array.of(0, 0, 0, 1), r.subarray(4)]) : r),
        reply: (r, asked) =>
          ofType(3, asked) && r.length !== 4
            ? Uint8Array.of(0, 0, 0, 5)
            : ofType(3, asked) && ofType(2, r)
              ? Uint8Array.of(0, 0, 0, 6)
              : r,
      }),
      /the (reply|state at rest) is|restored/,
    ],
    [
      'whose order at rest is another',
      flawed(KeyValueService, { atRest: (state) => join([...entries(state)].reverse()) }),
      /the state at rest is|what is restored is/,
    ],
    [
      'that takes what is missing of a request for zeros',
      flawed(KeyValueService, {
        request: (r) => (r.length < 8 ? join([r, new Uint8Array(8 - r.length)]) : r),
      }),
      /the reply is/,
    ],
    [
      'that does not look at what comes after a key',
      flawed(KeyValueService, {
        request: (r) => {
          if (!ofType(1, r) || r.length < 8) return r;
          const length = Buffer.from(r).readInt32BE(4);
          return length >= 0 && r.length > 8 + length ? r.slice(0, 8 + length) : r;
        },
      }),
      /the reply is/,
    ],
    [
      'that loses the mark of a byte order',
      flawed(KeyValueService, { request: withoutMark }),
      /the reply is/,
    ],
    [
      'that is restored from the whole entries of half a state',
      flawed(KeyValueService, {
        restore: (state) => {
          for (let length = state.length; length > 0; length--) {
            try {
              KeyValueService.deserialize(state.subarray(0, length));
              return state.subarray(0, length);
            } catch {
              // One byte less, then.
            }
          }
          return state.subarray(0, 0);
        },
      }),
      /what is no state cannot be restored/,
    ],
    [
      'that forgets what it was restored from',
      flawed(KeyValueService, { restore: (state) => state.subarray(0, 0) }),
      /what is restored is/,
    ],
    [
      'that takes all requests of eight bytes for an increment',
      flawed(CounterService, { request: (r) => (r.length === 8 ? new Uint8Array(8) : r) }),
      /the reply is/,
    ],
    [
      'that replies with the count as it was',
      flawed(CounterService, {
        reply: (r, request) =>
          request.every((byte) => byte === 0) && request.length === 8
            ? withLast(r, (r[7] ?? 0) - 1)
            : r,
      }),
      /the reply is/,
    ],
  ])('%s', (_, service, clause) => {
    const isCounter = service.serviceName === 'Counter';
    const finding = checkService(
      service,
      isCounter ? counter : keyValue,
      isCounter ? COUNTER : KEY_VALUE,
    );
    expect(finding?.refusal.clause).toMatch(clause);
    expect(finding?.events.length).toBeLessThanOrEqual(4);
  });

  test('that counts in numbers of 53 bits', () => {
    const big = 2n ** 53n - 2n;
    const inNumbers = (count: number) => ({
      handleRequest(request: Uint8Array) {
        if (Buffer.from(request).equals(new Uint8Array(8))) count++;
        return this.serialize();
      },
      serialize() {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64BE(BigInt(count));
        return new Uint8Array(bytes);
      },
    });
    const services: ServiceClass = {
      serviceName: 'Counter',
      initialize: () => inNumbers(Number(big)),
      deserialize: (state) => {
        if (state.length !== 8) throw new RangeError('no state');
        return inNumbers(Number(Buffer.from(state).readBigUInt64BE()));
      },
    };
    const finding = checkService(services, { ...counter, initial: big }, COUNTER);
    expect(finding?.refusal.boundary).toBe('B6');
  });

  test('and the same seed finds it again, at the same place', () => {
    const service = flawed(KeyValueService, {
      reply: (r) => (ofType(6, r) ? withLast(r, 5) : r),
    });
    const [one, other] = [0, 1].map(() => checkService(service, keyValue, KEY_VALUE));
    expect(one?.events).toEqual(other?.events);
    expect(one?.seed).toBe(1);
    expect(one?.refusal.message).toBe(other?.refusal.message);
  });

  test('and an error that is no refusal is nobody’s finding', () => {
    const broken = {
      ...keyValue,
      handle: () => {
        throw new TypeError('a bug of the model');
      },
    };
    expect(() => checkService(KeyValueService, broken, KEY_VALUE)).toThrow('a bug of the model');
  });
});
