/**
 * # The transport
 *
 * Carries messages between the servers of a service and to their clients, over TCP with or without
 * TLS. Every connection carries messages both ways. For the host of a running server it does
 * the receiving and the sending of {@link Io}; one that listens to nobody but dials all servers
 * makes a client.
 *
 * Messages may be lost, repeated, delayed and reordered, and a bounded number of them waits at any
 * time; but over TLS their source is who it says it is.
 *
 * Follows Common/Native/IoFramework.cs of IronFleet; departs from it in that nothing blocks,
 * everything is bounded, and messages to oneself stay within the process.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Credentials } from './certificate.ts';
import { handshakeOf } from './handshake.ts';
import type { PrivateIdentity, ServiceIdentity } from './identity.ts';
import { Inboxes } from './inboxes.ts';
import type { Flow, Io, Received } from './io.ts';
import { Listener } from './listener.ts';
import { Loopback } from './loopback.ts';
import type { Peer } from './peer.ts';
import { Peers } from './peers.ts';
import { RateLimitedLog } from './rateLimitedLog.ts';
import {
  limitsWith,
  newCounters,
  type TransportCounters,
  type TransportLimits,
} from './transportLimits.ts';

export interface ClientOptions {
  readonly service: ServiceIdentity;
  readonly me: Credentials;
  /** Where a service's needs differ from the ordinary; see {@link limitsWith}. */
  readonly limits?: Partial<TransportLimits>;
  /**
   * Told, a line each, of refused peers and unreachable servers; not of each one if there are many.
   */
  readonly log?: ((line: string) => void) | undefined;
}

export interface ServerOptions extends ClientOptions {
  readonly me: PrivateIdentity;
  /** Where to listen, if not where the private key file says. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Whether peers that are no servers of the service may connect. They may unless this says no. */
  readonly acceptClients?: boolean;
}

export class Transport implements Pick<Io, 'receive' | 'send'>, Flow {
  readonly #counters = newCounters();
  readonly #me: EndPoint;
  readonly #inboxes: Inboxes;
  readonly #loopback: Loopback;
  readonly #peers: Peers;
  /** Peers that something has been sent to since the last flush. */
  #unflushed: Peer[] = [];
  #listener: Listener | undefined;

  private constructor(options: ClientOptions, acceptClients: boolean, eager: boolean) {
    const limits = limitsWith(options.limits);
    const counters = this.#counters;
    const inboxes = new Inboxes(limits, counters);
    const handshake = handshakeOf(options.service, options.me, limits);
    this.#me = options.me.endPoint;
    this.#inboxes = inboxes;
    this.#loopback = new Loopback(this.#me, limits, counters, inboxes);
    this.#peers = new Peers(
      { limits, counters, inboxes, handshake },
      options.service,
      { acceptClients, eager },
      new RateLimitedLog(options.log ?? (() => {})),
    );
  }

  /** The transport of a server. Throws a {@link UsageError} if it cannot listen where it should. */
  static async start(options: ServerOptions): Promise<Transport> {
    const { me, host = me.host, port = me.port, acceptClients = true } = options;
    const transport = new Transport(options, acceptClients, false);
    const peers = transport.#peers;
    transport.#listener = await Listener.open({ host, port }, peers.limits, peers);
    return transport;
  }

  /** The transport of a client. It connects to all servers and tries to stay connected. */
  static connect(options: ClientOptions): Transport {
    const transport = new Transport(options, false, true);
    transport.#peers.dialAll();
    return transport;
  }

  get counters(): Readonly<TransportCounters> {
    return this.#counters;
  }

  /** The port that a server listens on. */
  get port(): number | undefined {
    return this.#listener?.port;
  }

  /** How many packets wait to be received. */
  get waiting(): number {
    return this.#inboxes.waiting;
  }

  /** Called when packets have come and none were waiting. */
  set onWaiting(callback: () => void) {
    this.#inboxes.onWaiting = callback;
  }

  receive(): Received | undefined {
    return this.#inboxes.receive();
  }

  hold(src: EndPoint): void {
    this.#inboxes.hold(src);
  }

  release(src: EndPoint): void {
    this.#inboxes.release(src);
  }

  /** Queues a message; {@link flush} sends what is queued. Whether it arrives, nobody says. */
  send(dst: EndPoint, bytes: Uint8Array): void {
    if (dst === this.#me) {
      this.#loopback.send(bytes);
      return;
    }
    const peer = this.#peers.get(dst);
    if (peer === undefined) {
      this.#counters.droppedUnroutable++;
      return;
    }
    if (peer.send(bytes)) this.#unflushed.push(peer);
  }

  /** Sends all messages since the last flush, with one write for each peer. */
  flush(): void {
    const peers = this.#unflushed;
    this.#unflushed = [];
    for (const peer of peers) peer.flush();
    this.#peers.flushed();
    this.#loopback.flush();
  }

  /**
   * Stops listening and ends all connections, after a moment for peers to take what has been
   * written. What has been received stays to be received.
   */
  async close(): Promise<void> {
    await Promise.all([this.#listener?.close(), this.#peers.close()]);
  }
}
