/**
 * # A client of a replicated service
 *
 *     const client = await RslClient.connect('MyKV.IronRSLKV.service.txt');
 *     const reply = await client.submit(request);
 *     client.close();
 *
 * It connects to all servers, finds out who leads, and asks again when that server is gone. A
 * request whose reply came has been executed, once if the servers do not run in the original's way.
 * One that failed may have been, see {@link RequestError.fate}.
 *
 * Many requests may be under way at once: they take effect in the order in which they were made.
 * When a server fails in the midst of them, replies to some can be lost although they took effect;
 * who must know the fate of every request has one client for each that is under way, or makes one
 * at a time.
 *
 * What is not simulated here is only the network and the time; {@link RslClient.over} takes both
 * from somewhere else.
 */
import type { Credentials } from '../framework/certificate.ts';
import { readServiceIdentity, type ServiceIdentity } from '../framework/identity.ts';
import { systemTimers, type Timers } from '../framework/timers.ts';
import { transientIdentity } from '../framework/transientIdentity.ts';
import { AbortListeners } from './abortListeners.ts';
import { Call, type Calls } from './call.ts';
import {
  ClientClosedError,
  RequestAbortedError,
  RequestTooLongError,
  ServiceUnreachableError,
} from './errors.ts';
import { FirstConnections, troublesOf } from './firstConnections.ts';
import { MAX_REQUEST } from './messages.ts';
import type { ClientNetwork, NetworkListener } from './network.ts';
import { ServerLinks } from './serverLinks.ts';
import { Session, type SessionCounters } from './session.ts';

export interface RslClientOptions {
  /**
   * How long to wait for a reply, unless a request says otherwise, in milliseconds: 30,000. With
   * `Infinity` it waits for ever, as the original does.
   */
  readonly timeout?: number | undefined;
  /** After how long without any answer every server is asked again, in milliseconds: 1000. */
  readonly retry?: number | undefined;
  /**
   * How many requests are under way at once, at most; others wait for their turn: 128. Servers that
   * run in the original's way may execute a request twice when it is sent again, and the more are
   * under way, the likelier it is.
   */
  readonly inFlight?: number | undefined;
  /** How many bytes of them; one alone may be longer: 32 MiB. */
  readonly inFlightBytes?: number | undefined;
}

export interface ConnectOptions extends RslClientOptions {
  /** How long to try to reach the first server, in milliseconds: 10,000. */
  readonly connectTimeout?: number | undefined;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Credentials that no client has ever used; unless given, fresh ones are made. */
  readonly identity?: Credentials | undefined;
  /** Told, a line each, of servers that are not reached or whose connection breaks. */
  readonly log?: ((line: string) => void) | undefined;
  readonly timers?: Timers | undefined;
}

export interface SubmitOptions {
  /** How long to wait for the reply, in milliseconds. */
  readonly timeout?: number | undefined;
  /** Stops waiting. The request may still be executed, unless it was not sent yet. */
  readonly signal?: AbortSignal | undefined;
}

/** All numbers count from the start of the client. */
export interface RslClientCounters extends SessionCounters {
  /** How often another server was found to lead. */
  readonly leaderChanges: number;
}

const DEFAULTS = {
  timeout: 30_000,
  retry: 1000,
  inFlight: 128,
  inFlightBytes: 32 * 1024 * 1024,
  connectTimeout: 10_000,
};

/** After how long without a word from anybody connections are replaced, in milliseconds. */
const SILENCE_MS = 5000;

export class RslClient {
  readonly #network: ClientNetwork;
  readonly #session: Session;
  readonly #timers: Timers;
  readonly #timeout: number;
  readonly #calls: Calls;
  readonly #first: FirstConnections;
  #closed = false;

  private constructor(
    network: (listener: NetworkListener) => ClientNetwork,
    options: RslClientOptions,
    timers: Timers,
  ) {
    const listener: NetworkListener = {
      connected: (server) => {
        this.#session.connected(server);
        this.#first.noteConnected();
      },
      disconnected: (server) => this.#session.disconnected(server),
      drained: (server) => this.#session.drained(server),
      received: (server, message) => this.#session.received(server, message),
    };
    this.#timers = timers;
    this.#first = new FirstConnections(timers);
    this.#timeout = options.timeout ?? DEFAULTS.timeout;
    this.#network = network(listener);
    const limits = {
      inFlight: options.inFlight ?? DEFAULTS.inFlight,
      inFlightBytes: options.inFlightBytes ?? DEFAULTS.inFlightBytes,
      retryMs: options.retry ?? DEFAULTS.retry,
      silenceMs: SILENCE_MS,
    };
    this.#session = new Session(this.#network, this.#network.names.length, limits, timers);
    this.#calls = {
      open: new Set(),
      aborts: new AbortListeners(),
      abandon: (request) => this.#session.abandon(request),
      nameOf: (server) => this.#network.names[server] ?? `${server}`,
      troubles: () => troublesOf(this.#network),
    };
  }

  /**
   * Connects to the servers of a service, given as it is or as the path of its service file.
   * Settled as soon as one server is connected and the others have had a moment. Throws a
   * UsageError if the file cannot be read, a {@link ServiceUnreachableError} if no server is
   * reached in time, and the signal's reason if that is aborted.
   */
  static async connect(
    service: ServiceIdentity | string,
    options: ConnectOptions = {},
  ): Promise<RslClient> {
    const { signal, log, timers = systemTimers } = options;
    const { connectTimeout = DEFAULTS.connectTimeout } = options;
    const identity = typeof service === 'string' ? readServiceIdentity(service) : service;
    const me = options.identity ?? (await transientIdentity(identity));
    signal?.throwIfAborted();
    const client = new RslClient(
      (listener) => new ServerLinks(identity, me, timers, listener, log),
      options,
      timers,
    );
    const reached = await client.#first.wait(client.#network, connectTimeout, signal);
    if (reached) return client;
    const servers = troublesOf(client.#network);
    client.close();
    signal?.throwIfAborted();
    throw new ServiceUnreachableError(identity.friendlyName, connectTimeout, servers);
  }

  /** A client over another network. What `network` makes tells the listener what happens. */
  static over(
    network: (listener: NetworkListener) => ClientNetwork,
    timers: Timers,
    options: RslClientOptions = {},
  ): RslClient {
    return new RslClient(network, options, timers);
  }

  get counters(): RslClientCounters {
    return { ...this.#session.counters, leaderChanges: this.#session.guess.changes };
  }

  /** The server that leads, as far as is known: its number in the service file, from 0. */
  get leader(): number | undefined {
    return this.#session.guess.confirmed;
  }

  /** How many requests wait for their turn, and how many are under way. */
  get waiting(): number {
    return this.#session.waiting;
  }

  get inFlight(): number {
    return this.#session.inFlight;
  }

  /**
   * Has the service execute a request, and gives its reply. The bytes are copied. Throws a
   * {@link RequestError}, which says what happened and what that means for the request.
   */
  submit(request: Uint8Array, options: SubmitOptions = {}): Promise<Uint8Array> {
    const { timeout = this.#timeout, signal } = options;
    if (request.length > MAX_REQUEST) {
      return Promise.reject(new RequestTooLongError(request.length, MAX_REQUEST));
    }
    if (this.#closed) return Promise.reject(new ClientClosedError(false));
    if (signal?.aborted) return Promise.reject(new RequestAbortedError(false, signal.reason));
    return new Promise((resolve, reject) => {
      const call = new Call(this.#calls, { resolve, reject, timeout, signal });
      call.request = this.#session.submit(request, this.#timers.now() + timeout, call);
      this.#calls.open.add(call);
      if (signal) this.#calls.aborts.add(signal, call);
    });
  }

  /** Ends all connections. Requests without a reply fail. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session.close();
    this.#network.close();
    for (const call of this.#calls.open) call.fail(new ClientClosedError(call.wasSent));
  }
}
