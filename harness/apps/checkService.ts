/**
 * # Checking a service of one's own
 *
 * Asks a service that runs, and the pure application that it is meant to be, random sequences of
 * requests, and holds them against one another (B6). In the middle of a sequence the service is put
 * to rest and restored, as a replica that lags behind restores the state of another; and it is
 * offered states that somebody has tampered with.
 *
 * Whoever calls this says which requests make sense. Others come by themselves: clients may send
 * any bytes, and no service may fail of it.
 */
import fc from 'fast-check';
import type { Service, ServiceClass } from '../../impl/apps/service.ts';
import { type Checked, checkedService } from '../../refinement/apps/checkedService.ts';
import { ApplicationRefusal } from '../../refinement/framework/refusal.ts';
import type { Application } from '../../spec/apps/application.ts';

export interface ServiceTrial {
  /** Requests that make sense. */
  readonly requests: fc.Arbitrary<Uint8Array>;
  /** How many sequences: 1,000, unless this says so. */
  readonly runs?: number;
  /** How long a sequence may be: 50 events, unless this says so. */
  readonly length?: number;
  /** The same seed leads to the same sequences. */
  readonly seed?: number;
  /** After how many requests the states are compared: each, unless this says so. */
  readonly every?: number;
}

/** What happens to a service. */
export type ServiceEvent =
  | { readonly type: 'ask'; readonly request: Uint8Array }
  /** It is put to rest, and another is restored from that and goes on. */
  | { readonly type: 'restore' }
  /** Another is to be restored from what was put to rest and then changed. */
  | { readonly type: 'restoreChanged'; readonly change: Change };

/**
 * How bytes change on their way: all come twice, some are cut off, some are added, one becomes
 * another.
 */
export interface Change {
  readonly twice: boolean;
  readonly drop: number;
  readonly add: Uint8Array;
  /** Where, as a part of the whole length, and what is added to the byte there. */
  readonly at: number;
  readonly by: number;
}

export interface ServiceFinding {
  readonly refusal: ApplicationRefusal;
  /** The shortest sequence that was found to be refused; the refusal is that of this one. */
  readonly events: readonly ServiceEvent[];
  /** With it the same sequences come again. */
  readonly seed: number;
}

/** Gives the first sequence at which the two part; nothing if they never do. */
export function checkService<S extends Service>(
  serviceClass: ServiceClass<S>,
  application: Application,
  trial: ServiceTrial,
): ServiceFinding | undefined {
  const { runs = 1_000, length = 50, every = 1 } = trial;
  const sequences = fc.array(eventsOf(trial.requests), { maxLength: length, size: 'max' });
  const property = fc.property(sequences, (events) => {
    runEvents(checkedService(serviceClass, application, { every }), events);
  });
  const seed = trial.seed === undefined ? {} : { seed: trial.seed };
  const details = fc.check(property, { numRuns: runs, ...seed });
  if (!details.failed) return undefined;
  const refusal = details.errorInstance;
  if (!(refusal instanceof ApplicationRefusal)) throw refusal;
  return { refusal, events: details.counterexample?.[0] ?? [], seed: details.seed };
}

/** Lets these events happen to a service. Throws what is refused. */
export function runEvents<S extends Service>(
  serviceClass: ReturnType<typeof checkedService<S>>,
  events: readonly ServiceEvent[],
): void {
  let service: Checked<S> = serviceClass.initialize();
  for (const event of events) {
    if (event.type === 'ask') service.handleRequest(event.request);
    else if (event.type === 'restore') service = serviceClass.deserialize(service.serialize());
    else {
      const changed = change(service.serialize(), event.change);
      // Most of these are no state, and both know it.
      service = restored(serviceClass, changed) ?? service;
    }
  }
  service.serialize();
}

function restored<S extends Service>(
  serviceClass: ReturnType<typeof checkedService<S>>,
  bytes: Uint8Array,
): Checked<S> | undefined {
  try {
    return serviceClass.deserialize(bytes);
  } catch (error) {
    if (error instanceof ApplicationRefusal) throw error;
    return undefined;
  }
}

const BYTES = fc.uint8Array({ maxLength: 40 });

const CHANGES: fc.Arbitrary<Change> = fc.record({
  twice: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, fc.constant(true)),
  drop: fc.oneof(fc.constant(0), fc.nat(8)),
  add: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 8 })),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  by: fc.oneof(fc.constant(0), fc.nat(255)),
});

function eventsOf(requests: fc.Arbitrary<Uint8Array>): fc.Arbitrary<ServiceEvent> {
  const malformed = fc.oneof(
    BYTES,
    fc.tuple(requests, CHANGES).map(([request, how]) => change(request, how)),
  );
  const asked = fc.oneof({ weight: 4, arbitrary: requests }, { weight: 1, arbitrary: malformed });
  return fc.oneof(
    { weight: 20, arbitrary: asked.map((request) => ({ type: 'ask' as const, request })) },
    { weight: 1, arbitrary: fc.constant({ type: 'restore' as const }) },
    {
      weight: 1,
      arbitrary: CHANGES.map((how) => ({ type: 'restoreChanged' as const, change: how })),
    },
  );
}

function change(bytes: Uint8Array, { twice, drop, add, at, by }: Change): Uint8Array {
  const all = twice ? [...bytes, ...bytes] : bytes;
  const kept = all.slice(0, Math.max(all.length - drop, 0));
  const changed = Uint8Array.from([...kept, ...add]);
  const place = Math.floor(at * changed.length);
  const byte = changed[place];
  if (byte !== undefined) changed[place] = byte + by;
  return changed;
}
