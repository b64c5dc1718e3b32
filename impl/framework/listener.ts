/**
 * # The listener
 *
 * Accepts connections on one address and opens them side by side: a peer that stays silent keeps
 * nobody waiting. How many may be in the middle of their handshake is bounded; when one more comes,
 * the oldest has to go, for a peer in good faith needs only milliseconds.
 */
import { lookup } from 'node:dns/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Opened, Opening, OpeningListener } from './opening.ts';
import type { TransportLimits } from './transportLimits.ts';
import { UsageError } from './usageError.ts';

/** Where to listen: a name or an address, and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Who wants to know what comes in. */
export interface ListenerOwner extends OpeningListener {
  /** Starts the handshake on an accepted connection. */
  accept(socket: Socket, listener: OpeningListener): Opening;
  /** A connection could not be accepted, for want of resources. */
  exhausted(error: Error): void;
}

export class Listener {
  readonly #server: Server;
  readonly #limits: TransportLimits;
  readonly #owner: ListenerOwner;
  /** Oldest first. */
  readonly #openings = new Set<Opening>();
  #closing = false;

  private constructor(server: Server, limits: TransportLimits, owner: ListenerOwner) {
    this.#server = server;
    this.#limits = limits;
    this.#owner = owner;
    server.on('connection', (socket) => this.#accept(socket));
    server.on('error', (error) => owner.exhausted(error));
  }

  /** Listens on that one address. Throws a {@link UsageError} if it cannot. */
  static async open(
    { host, port }: Address,
    limits: TransportLimits,
    owner: ListenerOwner,
  ): Promise<Listener> {
    const address = await resolve(host);
    const server = createServer();
    await new Promise<void>((listening, failed) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        failed(new UsageError(`Cannot listen on ${host}:${port}: ${explain(error)}`));
      });
      server.listen({ host: address, port }, listening);
    });
    server.removeAllListeners('error');
    return new Listener(server, limits, owner);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Stops listening, and refuses those whose handshake is not complete. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise((done) => this.#server.close(done));
    for (const opening of this.#openings) {
      opening.fail('brokenHandshake', 'the transport is closed');
    }
    await closed;
  }

  #accept(socket: Socket): void {
    const [oldest] = this.#openings;
    if (oldest && this.#openings.size >= this.#limits.openings) {
      oldest.fail('crowdedOut', 'too many others had not said who they are either');
    }
    const opening = this.#owner.accept(socket, {
      opened: (connection: Opened) => {
        this.#openings.delete(opening);
        this.#owner.opened(connection);
      },
      failed: (failure) => {
        this.#openings.delete(opening);
        if (!this.#closing) this.#owner.failed(failure);
      },
    });
    this.#openings.add(opening);
  }
}

/** The first IPv4 address of a host, or else its first address. */
async function resolve(host: string): Promise<string> {
  const addresses = await lookup(host, { all: true }).catch(() => []);
  const chosen = addresses.find(({ family }) => family === 4) ?? addresses[0];
  if (chosen !== undefined) return chosen.address;
  throw new UsageError(`Cannot listen on ${host}: no such host; check the name, or give addr=`);
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'the port is in use; end the program that uses it, or give another with port=';
    case 'EADDRNOTAVAIL':
      return 'the address is not one of this machine; give one that is with addr=';
    case 'EACCES':
      return 'this user may not use that port; give one above 1023 with port=';
    default:
      return error.message;
  }
}
