/**
 * # A client of a sharded hash table
 *
 *     const table = await ShtClient.connect('MyTable.IronSHT.service.txt');
 *     await table.set(7n, bytes);
 *     const value = await table.get(7n);
 *     await table.set(7n, undefined); // deletes it
 *     table.close();
 *
 * Keys are whole numbers from 0 to 2⁶⁴−1, values are bytes. It connects to all hosts, asks the one
 * that has the key, as far as it knows, and follows when it is told that the key has moved.
 *
 * **Exactly once.** A request whose reply came took effect once, at some instant between the call
 * and the reply. It is asked of one host at a time: there it keeps its number however often it is
 * sent, and a host takes each number once; and a host that redirects it has done nothing. Of a
 * request that failed, the error says whether it may have taken effect, see `fate` of
 * {@link RequestError}. One that was sent still may take effect, even when its caller has given up.
 *
 * Many requests may be under way at once; they take effect in any order. Whoever wants one after
 * another waits for each reply.
 *
 * What is not simulated here is only the network and the time; {@link ShtClient.over} takes both
 * from somewhere else.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import {
  readServiceIdentity,
  requireServiceType,
  type ServiceIdentity,
} from '../framework/identity.ts';
import { systemTimers, type Timers } from '../framework/timers.ts';
import { AbortListeners } from './abortListeners.ts';
import { Alarm } from './alarm.ts';
import { ClientClosedError, RequestAbortedError } from './errors.ts';
import type { ClientNetwork, NetworkListener } from './network.ts';
import type { ConnectOptions, SubmitOptions } from './rslClient.ts';
import { type Calls, ShtCall } from './shtCall.ts';
import type { ConversationCounters } from './shtCounters.ts';
import { QueueFullError, UnknownOwnerError } from './shtErrors.ts';
import { type HostsSettings, ShtHosts } from './shtHosts.ts';
import {
  getRequest,
  hasOptional,
  KIND,
  keyOf,
  kindOf,
  setRequest,
  valueIn,
} from './shtMessages.ts';
import { Owners } from './shtOwners.ts';
import { StatusLearner } from './shtStatusLearner.ts';

export interface ShtClientOptions extends Pick<ConnectOptions, 'timeout' | 'retry'> {
  /** How many requests are under way with each host at once, at most: 128. */
  readonly inFlight?: number | undefined;
  /** How many bytes of them; one alone may be longer: 4 MiB. */
  readonly inFlightBytes?: number | undefined;
  /** How many requests are taken before the first of them is settled: 100,000. */
  readonly maxRequests?: number | undefined;
  /** How many bytes of them: 256 MiB. */
  readonly maxRequestBytes?: number | undefined;
}

export type ShtConnectOptions = ShtClientOptions &
  Pick<ConnectOptions, 'connectTimeout' | 'signal' | 'identity' | 'log' | 'timers'>;

/** All numbers count from the start of the client. */
export interface ShtClientCounters extends ConversationCounters {
  readonly redirects: number;
  readonly timeouts: number;
  /** How often ranges were learned from a host. */
  readonly statuses: number;
}

const DEFAULTS = {
  timeout: 30_000,
  retry: 1000,
  inFlight: 128,
  inFlightBytes: 4 * 1024 * 1024,
  maxRequests: 100_000,
  maxRequestBytes: 256 * 1024 * 1024,
  connectTimeout: 10_000,
};

/** Who is redirected more often than there are hosts, waits: the key is on its way. */
const SHORTEST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 64;

const MOST_KEY = (1n << 64n) - 1n;

export class ShtClient {
  readonly #hosts: ShtHosts;
  readonly #owners = new Owners();
  readonly #learner: StatusLearner;
  readonly #timers: Timers;
  readonly #options: typeof DEFAULTS;
  readonly #calls: Calls;
  readonly #open = new Set<ShtCall>();
  #openBytes = 0;
  readonly #aborts = new AbortListeners();
  readonly #alarm: Alarm;
  #redirects = 0;
  #timeouts = 0;
  #closed = false;

  private constructor(hosts: ShtHosts, options: typeof DEFAULTS) {
    this.#hosts = hosts;
    this.#timers = hosts.timers;
    this.#options = options;
    this.#learner = new StatusLearner(hosts, this.#owners);
    this.#alarm = new Alarm(hosts.timers, () => this.#expire());
    this.#calls = {
      nameOf: (host) => hosts.nameOf(host),
      troubles: () => hosts.troubles,
      redirected: (call, owner) => this.#redirected(call, owner),
      ended: (call) => this.#ended(call),
    };
  }

  /**
   * Connects to the hosts of a service, given as it is or as the path of its service file. Settled
   * as soon as one host is connected and the others have had a moment. Throws a UsageError if the
   * file cannot be read or is of another service, a ServiceUnreachableError if no host is reached in
   * time, and the signal's reason if that is aborted.
   */
  static async connect(
    service: ServiceIdentity | string,
    options: ShtConnectOptions = {},
  ): Promise<ShtClient> {
    const identity = typeof service === 'string' ? readServiceIdentity(service) : service;
    requireServiceType(identity, 'IronSHT');
    const all = withDefaults(options);
    const { signal, log, timers } = options;
    const settings = { ...settingsOf(all), connectTimeout: all.connectTimeout };
    const me = options.identity;
    const hosts = await ShtHosts.connect(identity, {
      ...settings,
      signal,
      log,
      timers,
      identity: me,
    });
    return new ShtClient(hosts, all);
  }

  /** A client over another network. What `network` makes tells the listener what happens. */
  static over(
    endPoints: readonly EndPoint[],
    network: (listener: NetworkListener) => ClientNetwork,
    timers: Timers = systemTimers,
    options: ShtClientOptions = {},
  ): ShtClient {
    const all = withDefaults(options);
    return new ShtClient(new ShtHosts(endPoints, network, timers, settingsOf(all)), all);
  }

  get counters(): ShtClientCounters {
    return {
      ...this.#hosts.counters,
      redirects: this.#redirects,
      timeouts: this.#timeouts,
      statuses: this.#learner.statuses,
    };
  }

  /** How many requests are not settled. */
  get unsettled(): number {
    return this.#open.size;
  }

  /** How many ranges of keys are known, and how many single keys besides. */
  get known(): { readonly ranges: number; readonly keys: number } {
    return { ranges: this.#owners.ranges, keys: this.#owners.keys };
  }

  /** The value of a key, if it has one. Throws a RequestError, or a RangeError for what is no key. */
  async get(key: bigint | number, options?: SubmitOptions): Promise<Uint8Array | undefined> {
    return valueIn(await this.submit(getRequest(toKey(key)), options));
  }

  /** Gives a key a value; or none, which deletes it. The bytes are copied. Throws as `get` does. */
  async set(
    key: bigint | number,
    value: Uint8Array | undefined,
    options?: SubmitOptions,
  ): Promise<void> {
    await this.submit(setRequest(toKey(key), value), options);
  }

  /**
   * Makes a request, given as the bytes that the original has for a get or a set, and gives the
   * bytes of its reply. The request's bytes must not change meanwhile.
   */
  submit(request: Uint8Array, options: SubmitOptions = {}): Promise<Uint8Array> {
    const { timeout = this.#options.timeout, signal } = options;
    if (!isRequest(request)) return Promise.reject(new RangeError('this is no get and no set'));
    if (this.#closed) return Promise.reject(new ClientClosedError(false));
    if (signal?.aborted) return Promise.reject(new RequestAbortedError(false, signal.reason));
    const { maxRequests, maxRequestBytes } = this.#options;
    if (this.#open.size >= maxRequests || this.#openBytes + request.length > maxRequestBytes) {
      return Promise.reject(new QueueFullError(this.#open.size, this.#openBytes));
    }
    return new Promise((resolve, reject) => {
      const key = keyOf(request);
      const deadline = this.#timers.now() + timeout;
      const caller = { resolve, reject, key, content: request, timeout, deadline, signal };
      const call = new ShtCall(this.#calls, caller);
      this.#open.add(call);
      this.#openBytes += request.length;
      if (signal) this.#aborts.add(signal, call);
      this.#alarm.set(deadline);
      this.#ask(call, this.#owners.ownerOf(key));
    });
  }

  /** Ends all connections. Requests without a reply fail. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm.cancel();
    this.#hosts.close();
    for (const call of this.#open) call.fail(new ClientClosedError(call.isUnderWay));
  }

  #ask(call: ShtCall, host: number): void {
    call.host = host;
    this.#hosts.conversations[host]?.ask(call);
  }

  #redirected(call: ShtCall, endPoint: EndPoint): void {
    this.#redirects++;
    const from = call.host;
    const owner = this.#hosts.numberOf(endPoint);
    if (owner === undefined) {
      call.fail(new UnknownOwnerError(this.#hosts.nameOf(from), call.key));
      return;
    }
    this.#owners.redirected(call.key, owner);
    this.#learner.learn(from, call.key);
    const hops = call.redirects - this.#hosts.conversations.length;
    if (hops < 0 && owner !== from) {
      this.#ask(call, owner);
      return;
    }
    const pause = Math.min(SHORTEST_PAUSE_MS * 2 ** Math.max(hops, 0), LONGEST_PAUSE_MS);
    this.#timers.after(pause, () => {
      if (call.isWanted) this.#ask(call, this.#owners.ownerOf(call.key));
    });
  }

  #ended(call: ShtCall): void {
    this.#open.delete(call);
    this.#openBytes -= call.content.length;
    this.#hosts.conversations[call.host]?.withdraw(call);
    if (call.signal) this.#aborts.remove(call.signal, call);
  }

  /** Fails those whose time is up. */
  #expire(): void {
    const now = this.#timers.now();
    let next = Number.POSITIVE_INFINITY;
    for (const call of this.#open) {
      if (now < call.deadline) {
        next = Math.min(next, call.deadline);
        continue;
      }
      this.#timeouts++;
      call.timedOut();
    }
    this.#alarm.set(next);
  }
}

/** A key that may be given as a number, where that is exact. Throws a RangeError for what is none. */
function toKey(key: bigint | number): bigint {
  if (
    typeof key === 'bigint' ? key >= 0n && key <= MOST_KEY : Number.isSafeInteger(key) && key >= 0
  ) {
    return BigInt(key);
  }
  throw new RangeError(`${key} is no key: keys are whole numbers from 0 to 2^64 - 1`);
}

const isRequest = (request: Uint8Array): boolean =>
  request.length === 16
    ? kindOf(request) === KIND.get
    : kindOf(request) === KIND.set && hasOptional(request);

function withDefaults(options: ShtConnectOptions): typeof DEFAULTS {
  const given = Object.entries(options).filter(
    ([name, value]) => name in DEFAULTS && value !== undefined,
  );
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}

const settingsOf = ({ inFlight, inFlightBytes, retry }: typeof DEFAULTS): HostsSettings => ({
  inFlight,
  inFlightBytes,
  retryMs: retry,
});
