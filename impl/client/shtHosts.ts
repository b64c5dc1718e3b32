/**
 * # The hosts of a hash table
 *
 * A conversation with each of them. Hosts are numbered from 0, as in the service file.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Credentials } from '../framework/certificate.ts';
import type { ServiceIdentity } from '../framework/identity.ts';
import { systemTimers, type Timers } from '../framework/timers.ts';
import { transientIdentity } from '../framework/transientIdentity.ts';
import { ServiceUnreachableError } from './errors.ts';
import { FirstConnections, troublesOf } from './firstConnections.ts';
import type { ClientNetwork, NetworkListener } from './network.ts';
import { ServerLinks } from './serverLinks.ts';
import { Conversation } from './shtConversation.ts';
import { type ConversationCounters, noCounts } from './shtCounters.ts';
import type { QuestionLimits } from './shtQuestions.ts';

export interface HostsSettings extends QuestionLimits {
  readonly retryMs: number;
  /** See `ConversationSettings`. */
  readonly nonce?: bigint | undefined;
}

export interface ConnectSettings extends HostsSettings {
  /** How long to try to reach the first host, in milliseconds. */
  readonly connectTimeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Credentials that nobody has ever used, unless there is a nonce; fresh ones unless given. */
  readonly identity?: Credentials | undefined;
  readonly log?: ((line: string) => void) | undefined;
  readonly timers?: Timers | undefined;
}

export class ShtHosts {
  readonly timers: Timers;
  readonly network: ClientNetwork;
  readonly conversations: readonly Conversation[];
  readonly #first: FirstConnections;
  readonly #numbers: ReadonlyMap<EndPoint, number>;

  constructor(
    endPoints: readonly EndPoint[],
    network: (listener: NetworkListener) => ClientNetwork,
    timers: Timers,
    settings: HostsSettings,
  ) {
    this.timers = timers;
    this.#first = new FirstConnections(timers);
    this.#numbers = new Map(endPoints.map((endPoint, host) => [endPoint, host]));
    this.network = network({
      connected: (host) => {
        this.conversations[host]?.connected();
        this.#first.noteConnected();
      },
      disconnected: (host) => this.conversations[host]?.disconnected(),
      drained: (host) => this.conversations[host]?.drained(),
      received: (host, message) => this.conversations[host]?.received(message),
    });
    this.conversations = endPoints.map((endPoint, host) => {
      const line = {
        send: (message: Uint8Array) => this.network.send(host, message),
        renew: () => this.network.renew(host),
      };
      return new Conversation(line, { ...settings, dst: Buffer.from(endPoint, 'hex') }, timers);
    });
  }

  /**
   * Connects to the hosts of a service. Settled as soon as one of them is connected and the others
   * have had a moment. Throws a {@link ServiceUnreachableError} if none is reached in time, and the
   * signal's reason if that is aborted.
   */
  static async connect(service: ServiceIdentity, settings: ConnectSettings): Promise<ShtHosts> {
    const { signal, log, timers = systemTimers, connectTimeout } = settings;
    const me = settings.identity ?? (await transientIdentity(service));
    signal?.throwIfAborted();
    const hosts = new ShtHosts(
      service.servers.map(({ endPoint }) => endPoint),
      (listener) => new ServerLinks(service, me, timers, listener, log),
      timers,
      settings,
    );
    if (await hosts.#first.wait(hosts.network, connectTimeout, signal)) return hosts;
    const { troubles } = hosts;
    hosts.close();
    signal?.throwIfAborted();
    throw new ServiceUnreachableError(service.friendlyName, connectTimeout, troubles);
  }

  /** The hosts that are not connected, each with the reason. */
  get troubles(): readonly string[] {
    return troublesOf(this.network);
  }

  /** Of all conversations together. */
  get counters(): ConversationCounters {
    const sum = noCounts();
    for (const { counters } of this.conversations) {
      for (const name of Object.keys(sum) as (keyof ConversationCounters)[]) {
        sum[name] += counters[name];
      }
    }
    return sum;
  }

  /** The number of the host with this end point; nothing if there is none. */
  numberOf(endPoint: EndPoint): number | undefined {
    return this.#numbers.get(endPoint);
  }

  /** A host as people read it. */
  nameOf(host: number): string {
    return this.network.names[host] ?? `${host}`;
  }

  /** Ends all connections. */
  close(): void {
    for (const conversation of this.conversations) conversation.close();
    this.network.close();
  }
}
