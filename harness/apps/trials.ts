/**
 * # What the applications are asked when they are checked
 *
 * Texts as anyone may send them, as UTF-8 and as bytes that are none; and counters that have
 * already counted so far that a number of 32, 53 or 64 bits is about to end.
 */
import fc from 'fast-check';
import { CounterService } from '../../impl/apps/counter.ts';
import { KeyValueService } from '../../impl/apps/keyValue.ts';
import type { ServiceClass } from '../../impl/apps/service.ts';
import { ofBytes } from '../../refinement/apps/checkedService.ts';
import type { Application } from '../../spec/apps/application.ts';
import { counter, INCREMENT } from '../../spec/apps/counter.ts';
import { keyValue, keyValueWithin } from '../../spec/apps/keyValue.ts';
import { type Bytes, i32, u64 } from '../../spec/framework/bytes.ts';

/** A service that runs, the application that it is meant to be, and what makes sense to ask. */
export interface Trial {
  readonly service: ServiceClass;
  readonly application: Application;
  readonly requests: fc.Arbitrary<Uint8Array>;
}

const TEXT: fc.Arbitrary<Bytes> = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'ab'),
  fc
    .string({ unit: 'grapheme', maxLength: 3 })
    .map((text) => String.fromCharCode(...new TextEncoder().encode(text))),
  fc.constantFrom(
    '\xef\xbb\xbfa',
    '\xef\xbf\xbd',
    '\xff',
    '\xed\xa0\x80',
    '\xf0\x90\x80',
    '\xe2\x82',
  ),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => String.fromCharCode(...bytes)),
);

export const field = (bytes: Bytes): Bytes => i32(bytes.length) + bytes;

const KEY_VALUE_REQUESTS = fc
  .oneof(
    TEXT.map((key) => i32(1) + field(key)),
    fc.tuple(TEXT, TEXT).map(([key, value]) => i32(2) + field(key) + field(value)),
    TEXT.map((key) => i32(3) + field(key)),
  )
  .map(ofBytes);

export const COUNTER: Trial = {
  service: CounterService,
  application: counter,
  requests: fc.constant(ofBytes(INCREMENT)),
};

/** A counter that has counted so far. */
export function counterFrom(count: bigint): Trial {
  const begun = ofBytes(u64(count));
  const service: ServiceClass = {
    serviceName: CounterService.serviceName,
    initialize: () => CounterService.deserialize(begun),
    deserialize: CounterService.deserialize,
  };
  return { ...COUNTER, service, application: { ...counter, initial: count } };
}

/** Counters whose numbers end soon. */
export const FAR_COUNTERS: readonly Trial[] = [32n, 53n, 64n].map((bits) =>
  counterFrom(2n ** bits - 2n),
);

export const KEY_VALUE: Trial = {
  service: KeyValueService,
  application: keyValue,
  requests: KEY_VALUE_REQUESTS,
};

const SMALL = { keys: 3, keyLength: 2, valueLength: 3, reply: 12 };

/** A key-value store that is soon full, and keeps short texts only. */
export const SMALL_KEY_VALUE: Trial = {
  service: KeyValueService.within(SMALL),
  application: keyValueWithin(SMALL),
  requests: KEY_VALUE_REQUESTS,
};
