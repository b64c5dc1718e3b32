import { describe, expect, test } from 'vitest';
import { CounterService } from '../../impl/apps/counter.ts';
import { KeyValueService } from '../../impl/apps/keyValue.ts';
import type { Service, ServiceClass } from '../../impl/apps/service.ts';
import type { Application } from '../../spec/apps/application.ts';
import { counter } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { ApplicationRefusal } from '../framework/refusal.ts';
import { checkedService, ofBytes, toBytes } from './checkedService.ts';

const INCREMENT = new Uint8Array(8);

/** A counter that is right, but for what is given. */
function countersBut(
  flaw: (service: CounterService) => Partial<Service>,
  statics: Partial<ServiceClass> = {},
): ServiceClass {
  const flawed = (service: CounterService): Service => ({
    handleRequest: (request) => service.handleRequest(request),
    serialize: () => service.serialize(),
    ...flaw(service),
  });
  return {
    serviceName: 'Counter',
    initialize: () => flawed(CounterService.initialize()),
    deserialize: (state) => flawed(CounterService.deserialize(state)),
    ...statics,
  };
}

/** The clause by which an act is refused at B6; nothing if it is not. */
function refusedFor(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof ApplicationRefusal) return error.clause;
    throw error;
  }
}

describe('a checked service', () => {
  test('does what the service does, and knows the pure state', () => {
    const service = checkedService(CounterService, counter).initialize();
    for (let count = 1; count <= 40; count++) {
      expect(service.handleRequest(INCREMENT)[7]).toBe(count);
    }
    expect(service.state).toBe(40n);
    expect(service.service).toBeInstanceOf(CounterService);
    expect(service.serialize()).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 40));
  });

  test('is restored with the state that both of them read', () => {
    const services = checkedService(KeyValueService, keyValue);
    const state = ofBytes('\0\0\0\x01k\0\0\0\x01v');
    expect(services.deserialize(state).state).toEqual(new Map([['k', 'v']]));
    expect(toBytes(services.deserialize(state).serialize())).toBe('\0\0\0\x01k\0\0\0\x01v');
  });

  test('lets through the error of a service that cannot be restored, nor the application', () => {
    const services = checkedService(CounterService, counter);
    expect(() => services.deserialize(new Uint8Array(7))).toThrow('8 bytes, not 7');
    expect(services.refusal).toBeUndefined();
    expect(services.initialize().handleRequest(INCREMENT)[7]).toBe(1);
  });

  test.each<[string, ServiceClass]>([
    [
      'a service begins as the application does',
      countersBut(() => ({}), {
        initialize: () => CounterService.deserialize(new Uint8Array(8).fill(1)),
      }),
    ],
    [
      'a service begins',
      countersBut(() => ({}), {
        initialize: () => {
          throw new Error('not today');
        },
      }),
    ],
    [
      'a service answers whatever it is asked',
      countersBut(() => ({
        handleRequest: () => {
          throw new Error('not today');
        },
      })),
    ],
    ['the reply is the application’s', countersBut(() => ({ handleRequest: () => INCREMENT }))],
    [
      'nobody changes a request',
      countersBut((service) => ({
        handleRequest: (request) => {
          const reply = service.handleRequest(request);
          request[0] = 1;
          return reply;
        },
      })),
    ],
    [
      'the state at rest is the application’s',
      countersBut((service) => {
        let asked = 0;
        return {
          handleRequest: (request) => {
            asked++;
            return service.handleRequest(request);
          },
          serialize: () => (asked < 3 ? service.serialize() : new Uint8Array(9)),
        };
      }),
    ],
    [
      'a state can be put to rest',
      countersBut(() => ({
        serialize: () => {
          throw new Error('not today');
        },
      })),
    ],
    [
      'nobody changes what he gave',
      countersBut((service) => {
        const reply = new Uint8Array(8);
        return {
          handleRequest: (request) => {
            reply.set(service.handleRequest(request));
            return reply;
          },
        };
      }),
    ],
  ])('is refused at B6 where this is not so: %s', (law, flawed) => {
    const services = checkedService(flawed, counter, { every: 3 });
    const ask = () => {
      const service = services.initialize();
      for (let times = 0; times < 4; times++) service.handleRequest(new Uint8Array(8));
    };
    expect(refusedFor(ask)).toBe(law);
    expect(services.refusal?.clause).toBe(law);
  });

  test.each<[string, ServiceClass]>([
    [
      'whatever is a state can be restored',
      countersBut(() => ({}), {
        deserialize: () => {
          throw new Error('not today');
        },
      }),
    ],
    [
      'what is restored is the state that was at rest',
      countersBut(() => ({}), { deserialize: () => CounterService.initialize() }),
    ],
    [
      'nobody changes the bytes that he is restored from',
      countersBut(() => ({}), {
        deserialize: (state) => {
          const restored = CounterService.deserialize(state);
          state.reverse();
          return restored;
        },
      }),
    ],
  ])('is refused when it is restored where this is not so: %s', (law, flawed) => {
    const services = checkedService(flawed, counter);
    expect(refusedFor(() => services.deserialize(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9)))).toBe(law);
  });

  test('is refused where it is restored from what is no state', () => {
    // As the original's is.
    const deserialize = (state: Uint8Array): Service =>
      state.length === 8 ? CounterService.deserialize(state) : CounterService.initialize();
    const services = checkedService(
      countersBut(() => ({}), { deserialize }),
      counter,
    );
    expect(refusedFor(() => services.deserialize(new Uint8Array(7)))).toBe(
      'what is no state cannot be restored',
    );
  });

  test('says at which request, and what it was', () => {
    const decimal: Application = { ...counter, handle: (state) => ({ state, reply: '\0' }) };
    const service = checkedService(CounterService, decimal).initialize();
    expect(() => service.handleRequest(Uint8Array.of(7))).toThrow(
      `B6 (implementation application to specification application) refuses step 1, Counter handleRequest
  ✗ the reply is the application’s
    about     1 bytes 07
    at        the bytes
    expected  1 bytes 00
    actual    8 bytes 0000000000000000`,
    );
  });

  test('that was refused once is refused for ever, whoever of the class is asked', () => {
    const services = checkedService(
      countersBut(() => ({ handleRequest: () => new Uint8Array(0) })),
      counter,
    );
    const [one, other] = [services.initialize(), services.initialize()];
    expect(refusedFor(() => one.handleRequest(INCREMENT))).toBe('the reply is the application’s');
    for (const act of [
      () => other.serialize(),
      () => services.initialize(),
      () => services.deserialize(INCREMENT),
    ]) {
      expect(act).toThrow(services.refusal);
    }
  });
});

describe('bytes that run, and bytes of the specification', () => {
  test('are the same, however long', () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, at) => at);
    expect(ofBytes(toBytes(bytes))).toEqual(bytes);
    expect(toBytes(Uint8Array.of(0, 0x7f, 0x80, 0xff))).toBe('\0\x7f\x80\xff');
  });
});
