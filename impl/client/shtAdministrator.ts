/**
 * # An administrator of a sharded hash table
 *
 *     const administrator = await ShtAdministrator.connect('MyTable.IronSHT.service.txt');
 *     const { segments } = await administrator.survey();
 *     await administrator.arrange([{ range: { low: 0n, high: 1000n }, recipient: 2 }]);
 *     administrator.close();
 *
 * Sees where keys are, and has them moved: it orders each host that has some of them to hand them to
 * their recipient, and looks again and again until they are there. Whoever has given an order need
 * not stay: hosts carry it out by themselves. And whatever was moved already, nothing is lost when
 * the same is asked again.
 *
 * The key of an administrator persists, and with it the numbers of what was said under it. So under
 * such a key hosts are asked first where they are. Two programs must not use one at the same time.
 *
 * None of that works with hosts that run in the original's way, for they tell nothing.
 */
import type { Credentials } from '../framework/certificate.ts';
import {
  readServiceIdentity,
  requireServiceType,
  type ServiceIdentity,
} from '../framework/identity.ts';
import { nonce } from '../framework/nonce.ts';
import { UsageError } from '../framework/usageError.ts';
import { type Arrangement, arrange } from './shtArranging.ts';
import { askOne } from './shtAsking.ts';
import { SilentHostError } from './shtErrors.ts';
import { ShtHosts } from './shtHosts.ts';
import {
  KEY_INF,
  type KeyRange,
  type Reason,
  type Status,
  shardOrder,
  statusRequest,
} from './shtMessages.ts';
import { evenTargets, isEven, type Target } from './shtPlan.ts';
import { type HostReport, putTogether, reportOf, type Survey } from './shtSurvey.ts';

export interface AdministratorOptions {
  /** The administrator's own key, where the service has administrators. */
  readonly key?: Credentials | undefined;
  /** How long to try to reach the first host, and to wait for an answer, in milliseconds: 10,000. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

/** What is told while keys move. Numbers of keys are estimates. */
export interface Progress {
  readonly keysLeft: number;
  readonly keysToMove: number;
}

export interface ArrangeOptions {
  readonly progress?: ((progress: Progress) => void) | undefined;
  /** After how long without progress to give up, in milliseconds: 30,000. */
  readonly patience?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 10_000;
const SETTINGS = { inFlight: 256, inFlightBytes: 1024 * 1024, retryMs: 1000 };

/** How many keys of each host are told, at most. */
const SAMPLES = 1024;

/** Between looking and looking again, in milliseconds. */
const PAUSE_MS = 50;

/** So often hosts are asked in vain where keys are before something must be wrong. */
const ATTEMPTS = 40;

export class ShtAdministrator {
  readonly service: ServiceIdentity;
  readonly #hosts: ShtHosts;
  readonly #timeout: number;

  private constructor(service: ServiceIdentity, hosts: ShtHosts, timeout: number) {
    this.service = service;
    this.#hosts = hosts;
    this.#timeout = timeout;
  }

  /**
   * Connects to the hosts of a service, given as it is or as the path of its service file. Throws a
   * UsageError if the file cannot be read, or the key is not one of an administrator; and a
   * ServiceUnreachableError if no host is reached in time.
   */
  static async connect(
    service: ServiceIdentity | string,
    { key, timeout = TIMEOUT_MS, signal, log }: AdministratorOptions = {},
  ): Promise<ShtAdministrator> {
    const identity = typeof service === 'string' ? readServiceIdentity(service) : service;
    requireServiceType(identity, 'IronSHT');
    if (key !== undefined) requireAdministrator(identity, key);
    const hosts = await ShtHosts.connect(identity, {
      ...SETTINGS,
      connectTimeout: timeout,
      signal,
      log,
      identity: key,
      nonce: key && nonce(),
    });
    return new ShtAdministrator(identity, hosts, timeout);
  }

  /** Asks all hosts what they have. Throws a {@link SilentHostError} if one does not say it. */
  async survey(): Promise<Survey> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const reports = await Promise.all(
        this.#hosts.conversations.map((_, host) => this.#reportOf(host)),
      );
      const survey = putTogether(reports);
      if (survey !== undefined) return survey;
      await this.pause(PAUSE_MS);
    }
    throw new Error('two hosts call the same keys their own, for longer than any move takes');
  }

  /** What one host says; an error where it says nothing, see {@link SilentHostError}. */
  report(host: number): Promise<HostReport | SilentHostError> {
    return this.#reportOf(host).catch((error: unknown) => {
      if (error instanceof SilentHostError) return error;
      throw error;
    });
  }

  /**
   * Has hosts hand on their keys until all recipients have what they should. Throws an
   * {@link OrderRefusedError} if a host refuses for good, a {@link StuckError} if nothing moves for
   * too long, and the signal's reason if that is aborted.
   */
  async arrange(targets: readonly Target[], options: ArrangeOptions = {}): Promise<Arrangement> {
    return arrange(this, targets, options);
  }

  /**
   * Shares all keys out evenly, one range for each host; does nothing where they are. Throws as
   * {@link arrange} does. Says who got what, if anything was done.
   */
  async rebalance(options: ArrangeOptions = {}): Promise<Arrangement | undefined> {
    const survey = await this.survey();
    if (isEven(survey)) return undefined;
    return this.arrange(evenTargets(survey), options);
  }

  /** Orders a host to hand on a range; gives the reason if it refuses. */
  async order(host: number, range: KeyRange, recipient: number): Promise<Reason | undefined> {
    await this.#requireTalk(host);
    const name = this.service.servers[recipient]?.endPoint ?? '';
    // What is asked after it shows that it was not refused.
    const [answer, status] = await Promise.all([
      askOne(this.#hosts, host, shardOrder(range, name), this.#timeout),
      askOne(this.#hosts, host, statusRequest(range.low, 0), this.#timeout),
    ]);
    if (answer.type === 'refusal') return answer.reason;
    if (answer.type === 'passedOver' || status.type === 'status') return undefined;
    throw this.#silence(host);
  }

  nameOf(host: number): string {
    return this.service.servers[host]?.friendlyName ?? `${host}`;
  }

  now(): number {
    return this.#hosts.timers.now();
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#hosts.timers.after(ms, resolve));
  }

  /** Ends all connections. Orders are carried out all the same. */
  close(): void {
    this.#hosts.close();
  }

  async #reportOf(host: number): Promise<HostReport> {
    await this.#requireTalk(host);
    const statuses: Status[] = [];
    for (let from = 0n; from < KEY_INF; from = statuses.at(-1)?.until ?? KEY_INF) {
      const samples = statuses.length === 0 ? SAMPLES : 0;
      const status = await askOne(this.#hosts, host, statusRequest(from, samples), this.#timeout);
      if (status.type !== 'status') throw this.#silence(host);
      statuses.push(status);
    }
    const me = this.service.servers[host]?.endPoint ?? '';
    return reportOf(statuses, me, (endPoint) => this.#hosts.numberOf(endPoint));
  }

  /** A host of the original's kind would wait for ever for a message that it can read. */
  async #requireTalk(host: number): Promise<void> {
    const conversation = this.#hosts.conversations[host];
    const end = this.now() + this.#timeout;
    while (conversation?.isModern !== true) {
      conversation?.wonder();
      if (this.now() >= end) throw this.#silence(host);
      await this.pause(PAUSE_MS / 10);
    }
  }

  #silence(host: number): SilentHostError {
    return new SilentHostError(this.nameOf(host), this.#timeout, this.#hosts.network.trouble(host));
  }
}

function requireAdministrator(
  { administrators, friendlyName }: ServiceIdentity,
  key: Credentials,
): void {
  if (administrators === undefined) {
    throw new UsageError(`Service ${friendlyName} has no administrators: leave out the key`);
  }
  if (administrators.some(({ endPoint }) => endPoint === key.endPoint)) return;
  const names = administrators.map((each) => each.friendlyName).join(', ');
  throw new UsageError(
    `The key of ${key.friendlyName} is not one of the administrators of service ${friendlyName}`
      + (names === '' ? ', which has none' : `, who are ${names}`),
  );
}
