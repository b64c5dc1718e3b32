/**
 * # Applications that run, side by side with pure ones
 *
 * A checked service is a service that runs and the pure application that it is meant to be, in one
 * (B6). Both are asked the same, and what they reply and what they are at rest must have the same
 * bytes. It is a service itself, so whatever runs a service can run it checked: a test, or the
 * replicas of a campaign.
 *
 * Services work on bytes that others have as well. So it is also seen to that nobody changes a
 * request that he was given, or a reply that he gave.
 *
 * Whoever runs a service may catch what it throws: a state that cannot be restored is an everyday
 * thing to a replica. So all services of one class remember the first refusal, and whichever is
 * asked next throws it again.
 */
import type { Service, ServiceClass } from '../../impl/apps/service.ts';
import { type Application, type AppState, MAX_REPLY_BYTES } from '../../spec/apps/application.ts';
import type { Bytes } from '../../spec/framework/bytes.ts';
import { type Difference, difference, show } from '../../spec/framework/difference.ts';
import { ApplicationRefusal } from '../framework/refusal.ts';

/** What may be asked of checked services besides what any service is asked. */
export interface CheckedClass<S extends Service = Service> extends ServiceClass<Checked<S>> {
  /** The first refusal of a service of this class, if there was one. */
  readonly refusal: ApplicationRefusal | undefined;
  /** How many requests were compared, by all services of the class. */
  readonly requests: number;
}

export interface Checked<S extends Service = Service> extends Service {
  /** The service that runs. */
  readonly service: S;
  /** The pure application's state, which is what the service's state means. */
  readonly state: AppState;
}

export interface CheckingOptions {
  /** After how many requests the states are compared: 16, unless this says so; 1 is always. */
  readonly every?: number;
}

/** The class of services that are checked against a pure application. */
export const checkedService = <S extends Service>(
  serviceClass: ServiceClass<S>,
  application: Application,
  { every = 16 }: CheckingOptions = {},
): CheckedClass<S> => new Checking(serviceClass, application, every);

class Checking<S extends Service> implements CheckedClass<S> {
  readonly serviceName: string;
  readonly application: Application;
  readonly every: number;
  refusal: ApplicationRefusal | undefined;
  /** How many requests were compared, by all services of the class. */
  requests = 0;
  readonly #serviceClass: ServiceClass<S>;

  constructor(serviceClass: ServiceClass<S>, application: Application, every: number) {
    this.serviceName = serviceClass.serviceName;
    this.application = application;
    this.every = every;
    this.#serviceClass = serviceClass;
  }

  initialize(): CheckedService<S> {
    this.open();
    const { application } = this;
    const service = this.attempt('initialize', 'a service begins', () =>
      this.#serviceClass.initialize(),
    );
    const checked = new CheckedService(this, service, application.initial);
    checked.compareStates('initialize', 'a service begins as the application does');
    return checked;
  }

  deserialize(bytes: Uint8Array): CheckedService<S> {
    this.open();
    const given = bytes.slice();
    const state = this.application.deserialize(toBytes(bytes));
    let service: S;
    try {
      service = this.#serviceClass.deserialize(bytes);
    } catch (error) {
      if (state === undefined) throw error;
      throw this.refuse('deserialize', 'whatever is a state can be restored', {
        difference: { path: 'the state', expected: bytes, actual: `${error}` },
      });
    }
    if (state === undefined) {
      throw this.refuse('deserialize', 'what is no state cannot be restored', {
        difference: { path: 'the state', expected: 'an error', actual: service.serialize() },
        about: bytes,
      });
    }
    this.unchanged(
      'deserialize',
      'nobody changes the bytes that he is restored from',
      given,
      bytes,
    );
    const checked = new CheckedService(this, service, state);
    checked.compareStates('deserialize', 'what is restored is the state that was at rest', bytes);
    return checked;
  }

  /** Throws what was refused before. */
  open(): void {
    if (this.refusal !== undefined) throw this.refusal;
  }

  /** What a service does that must not fail. */
  attempt<T>(action: string, law: string, act: () => T, about?: Uint8Array): T {
    try {
      return act();
    } catch (error) {
      const actual = `${error}`;
      const thrown: Difference = { path: 'the result', expected: 'no error', actual };
      throw this.refuse(action, law, { difference: thrown, about });
    }
  }

  unchanged(action: string, law: string, before: Uint8Array, now: Uint8Array): void {
    const changed = difference(before, now, 'byte ');
    if (changed !== undefined)
      throw this.refuse(action, law, { difference: changed, about: before });
  }

  /** Remembers a refusal, to be thrown. */
  refuse(
    action: string,
    law: string,
    { difference, about }: { difference?: Difference; about?: Uint8Array | undefined } = {},
  ): ApplicationRefusal {
    const place = { host: this.serviceName, step: this.requests, action };
    this.refusal = new ApplicationRefusal(place, { failed: law }, difference);
    if (about !== undefined) this.refusal.about(show(about));
    return this.refusal;
  }
}

class CheckedService<S extends Service> implements Checked<S> {
  readonly service: S;
  state: AppState;
  readonly #checking: Checking<S>;
  #sinceCompared = 0;
  /** The bytes that were given out last, and what they were then. */
  #given: readonly [now: Uint8Array, before: Uint8Array] | undefined;

  constructor(checking: Checking<S>, service: S, state: AppState) {
    this.#checking = checking;
    this.service = service;
    this.state = state;
  }

  handleRequest(request: Uint8Array): Uint8Array {
    const checking = this.#checking;
    checking.open();
    const asked = request.slice();
    const { state, reply: expected } = checking.application.handle(this.state, toBytes(request));
    const reply = checking.attempt(
      'handleRequest',
      'a service answers whatever it is asked',
      () => this.service.handleRequest(request),
      asked,
    );
    checking.requests++;
    this.state = state;
    checking.unchanged('handleRequest', 'nobody changes a request', asked, request);
    this.#checkGiven('handleRequest');
    this.#compare('handleRequest', 'the reply is the application’s', expected, reply, asked);
    if (reply.length > MAX_REPLY_BYTES) {
      throw checking.refuse('handleRequest', 'a reply has at most 128 MiB', { about: asked });
    }
    this.#sinceCompared++;
    if (this.#sinceCompared >= checking.every) {
      this.compareStates('handleRequest', STATE_LAW, asked);
    }
    this.#given = [reply, reply.slice()];
    return reply;
  }

  serialize(): Uint8Array {
    this.#checking.open();
    return this.compareStates('serialize', STATE_LAW);
  }

  /** Compares the states at rest, and gives the service's. */
  compareStates(action: string, law: string, about?: Uint8Array): Uint8Array {
    const checking = this.#checking;
    const bytes = checking.attempt(action, 'a state can be put to rest', () =>
      this.service.serialize(),
    );
    this.#checkGiven(action);
    this.#compare(action, law, checking.application.serialize(this.state), bytes, about);
    this.#sinceCompared = 0;
    this.#given = [bytes, bytes.slice()];
    return bytes;
  }

  #compare(
    action: string,
    law: string,
    expected: Bytes,
    actual: Uint8Array,
    about: Uint8Array | undefined,
  ): void {
    if (areSame(expected, actual)) return;
    const difference = { path: 'the bytes', expected: ofBytes(expected), actual };
    throw this.#checking.refuse(action, law, { difference, about });
  }

  #checkGiven(action: string): void {
    if (this.#given === undefined) return;
    const [now, before] = this.#given;
    this.#checking.unchanged(action, 'nobody changes what he gave', before, now);
  }
}

const STATE_LAW = 'the state at rest is the application’s';

/** Characters that are made of bytes at a time: as many arguments as a call surely takes. */
const CHUNK = 4_096;

/** Bytes that run as bytes of the specification. */
export function toBytes(bytes: Uint8Array): Bytes {
  if (bytes.length <= CHUNK) return String.fromCharCode(...bytes);
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}

/** Bytes of the specification as bytes that run. */
export const ofBytes = (bytes: Bytes): Uint8Array =>
  Uint8Array.from({ length: bytes.length }, (_, at) => bytes.charCodeAt(at));

function areSame(expected: Bytes, actual: Uint8Array): boolean {
  if (expected.length !== actual.length) return false;
  for (let at = 0; at < actual.length; at++) {
    if (expected.charCodeAt(at) !== actual[at]) return false;
  }
  return true;
}
