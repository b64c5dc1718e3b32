/**
 * # All peers
 *
 * The servers of the service, whether connected or not, and whoever else is connected. Decides who
 * is let in, and says who is not.
 */
import type { Socket } from 'node:net';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Handshake, Objection } from './handshake.ts';
import { describeEndPoint, type ServiceIdentity } from './identity.ts';
import type { Inboxes } from './inboxes.ts';
import type { ListenerOwner } from './listener.ts';
import type { Opened, Opening, OpeningFailure, OpeningListener } from './opening.ts';
import { Peer, type PeerContext } from './peer.ts';
import type { RateLimitedLog } from './rateLimitedLog.ts';
import type { TransportCounters, TransportLimits } from './transportLimits.ts';

export class Peers implements PeerContext, ListenerOwner {
  readonly limits: TransportLimits;
  readonly counters: TransportCounters;
  readonly inboxes: Inboxes;
  readonly handshake: Handshake;
  readonly #service: ServiceIdentity;
  readonly #acceptClients: boolean;
  readonly #log: RateLimitedLog;
  readonly #peers = new Map<EndPoint, Peer>();
  /** What is on its way to all clients, in bytes; unknown until somebody asks. */
  #queuedForClients: number | undefined;
  #closed = false;
  /** Called when the transport is closed and no connection is left. */
  #onEmpty = (): void => {};

  constructor(
    shared: Pick<PeerContext, 'limits' | 'counters' | 'inboxes' | 'handshake'>,
    service: ServiceIdentity,
    options: { readonly acceptClients: boolean; readonly eager: boolean },
    log: RateLimitedLog,
  ) {
    this.limits = shared.limits;
    this.counters = shared.counters;
    this.inboxes = shared.inboxes;
    this.handshake = shared.handshake;
    this.#service = service;
    this.#acceptClients = options.acceptClients;
    this.#log = log;
    for (const server of service.servers) {
      this.#peers.set(server.endPoint, new Peer(server.endPoint, server, this, options.eager));
    }
  }

  get(endPoint: EndPoint): Peer | undefined {
    return this.#peers.get(endPoint);
  }

  takeSpareRoom(bytes: number): boolean {
    this.#queuedForClients ??= this.#sumForClients();
    if (this.#queuedForClients >= this.limits.clientsOutboxBytes) return false;
    this.#queuedForClients += bytes;
    return true;
  }

  /** What is on its way has been written, as far as it can be. */
  flushed(): void {
    this.#queuedForClients = undefined;
  }

  /** Dials every server. */
  dialAll(): void {
    for (const peer of this.#peers.values()) peer.dial();
  }

  /** Ends all connections: gently at first, and after a moment by force. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const peer of this.#peers.values()) peer.close();
    const timer = setTimeout(() => {
      for (const peer of this.#peers.values()) peer.destroy();
    }, this.limits.closingMs);
    await new Promise<void>((empty) => {
      this.#onEmpty = empty;
      this.#checkEmpty();
    });
    clearTimeout(timer);
  }

  accept(socket: Socket, listener: OpeningListener): Opening {
    return this.handshake.accept(socket, listener);
  }

  opened(connection: Opened): void {
    const known = this.#peers.get(connection.peer);
    const objection = known ? undefined : this.#objectionToStranger();
    if (objection) {
      connection.socket.on('error', () => {}); // What goes wrong from here on changes nothing.
      connection.socket.destroy();
      this.failed({ ...objection, address: connection.address });
      return;
    }
    const peer = known ?? new Peer(connection.peer, undefined, this, false);
    this.#peers.set(connection.peer, peer);
    peer.attach(connection);
  }

  failed({ reason, detail, address }: OpeningFailure): void {
    if (reason === 'unreachable') return;
    this.counters.refused[reason]++;
    this.#log.line(`Refused ${address}: ${detail}`);
  }

  dialFailed(failure: OpeningFailure, again: boolean): void {
    this.failed(failure);
    if (failure.reason !== 'unreachable' || again) return;
    this.#log.line(
      `Cannot reach ${failure.address} (${failure.detail}); will try again when needed`,
    );
  }

  abandoned(peer: Peer): void {
    if (peer.server === undefined) this.#peers.delete(peer.endPoint);
    if (this.#closed) this.#checkEmpty();
  }

  troubled(peer: Peer, trouble: string): void {
    const name = describeEndPoint(this.#service, peer.endPoint);
    this.#log.line(`Closed the connection with ${name}: ${trouble}`);
  }

  exhausted(error: Error): void {
    this.#log.line(`Could not accept a connection: ${error.message}`);
  }

  /** Why another peer that is no server may not connect, if it may not. */
  #objectionToStranger(): Objection | undefined {
    if (!this.#acceptClients) {
      return { reason: 'unknownKey', detail: 'its key is none of those in the service file' };
    }
    const clients = this.#peers.size - this.#service.servers.length;
    if (clients < this.limits.clients) return undefined;
    return { reason: 'tooManyClients', detail: `${clients} clients are connected already` };
  }

  #sumForClients(): number {
    let sum = 0;
    for (const peer of this.#peers.values()) if (peer.server === undefined) sum += peer.queued;
    return sum;
  }

  #checkEmpty(): void {
    const { connectionsOpened, connectionsClosed } = this.counters;
    if (connectionsOpened === connectionsClosed) this.#onEmpty();
  }
}
