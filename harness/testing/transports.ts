/**
 * # Services for tests of the transport
 *
 * Servers of a service, all in this process, on ports that the system chooses; and peers that talk
 * to them in bytes of the test's choice. All that is opened here, {@link Bench.close} closes.
 */
import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { createServerCredentials } from '../../impl/framework/certificate.ts';
import { encodeFrame } from '../../impl/framework/frame.ts';
import type {
  PrivateIdentity,
  ServerIdentity,
  ServiceIdentity,
} from '../../impl/framework/identity.ts';
import type { Received } from '../../impl/framework/io.ts';
import {
  type ClientOptions,
  type ServerOptions,
  Transport,
} from '../../impl/framework/transport.ts';

/** Large enough for TLS, and made in a moment. */
const KEY_BITS = 2048;

export const makeIdentities = (count: number): Promise<PrivateIdentity[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const name = `Test.Transport.server${index + 1}`;
      const credentials = await createServerCredentials(name, new Date(), KEY_BITS);
      return { ...credentials, host: '127.0.0.1', port: 0 };
    }),
  );

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A service and the transports and sockets that a test opens in it. */
export class Bench {
  readonly identities: readonly PrivateIdentity[];
  readonly service: ServiceIdentity;
  readonly log: string[] = [];
  readonly #transports: Transport[] = [];
  readonly #sockets: Socket[] = [];
  readonly #listeners: Server[] = [];
  /** Those of the service. A server's port is 0 until it is started or {@link vacate}d. */
  readonly #servers: Mutable<ServerIdentity>[];

  constructor(identities: readonly PrivateIdentity[], useSsl: boolean) {
    this.identities = identities;
    this.#servers = identities.map(({ pkcs12: _, ...server }) => server);
    const servers = this.#servers;
    this.service = { friendlyName: 'Test', serviceType: 'Transport', servers, useSsl };
  }

  /** Starts the server with this index. */
  async start(index: number, options: Partial<ServerOptions> = {}): Promise<Transport> {
    const { service } = this;
    const me = this.identities[index] as PrivateIdentity;
    const server = this.#server(index);
    const log = (line: string) => this.log.push(line);
    const transport = await Transport.start({ service, me, port: server.port, log, ...options });
    server.port = transport.port ?? 0;
    this.#transports.push(transport);
    return transport;
  }

  startAll(options: Partial<ServerOptions> = {}): Promise<Transport[]> {
    return Promise.all(this.identities.map((_, index) => this.start(index, options)));
  }

  client(options: Pick<ClientOptions, 'me'> & Partial<ClientOptions>): Transport {
    const transport = Transport.connect({ service: this.service, ...options });
    this.#transports.push(transport);
    return transport;
  }

  /** Gives the server with this index another name in the service than in its certificate. */
  rename(index: number, friendlyName: string): void {
    this.#server(index).friendlyName = friendlyName;
  }

  /** Gives the server with this index a port on which nobody listens yet. */
  async vacate(index: number): Promise<void> {
    const server = await this.listen(index, () => {});
    server.close();
    await once(server, 'close');
  }

  /** Listens in place of the server with this index, as no transport would. */
  async listen(index: number, accept: (socket: Socket) => void): Promise<Server> {
    const server = createServer((socket) => accept(this.#keep(socket)));
    this.#listeners.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    this.#server(index).port = typeof address === 'object' && address ? address.port : 0;
    return server;
  }

  /** A bare connection to a server. */
  async dial(transport: Transport): Promise<Socket> {
    const socket = this.#keep(dial({ host: '127.0.0.1', port: transport.port ?? 0 }));
    await once(socket, 'connect');
    return socket;
  }

  /** A bare connection whose peer claims this key, as peers without TLS do. */
  async dialAs(key: Uint8Array, transport: Transport): Promise<Socket> {
    const socket = await this.dial(transport);
    socket.write(encodeFrame(key));
    return socket;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const listener of this.#listeners) listener.close();
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }

  #server(index: number): Mutable<ServerIdentity> {
    const server = this.#servers[index];
    if (server === undefined) throw new Error(`there is no server ${index}`);
    return server;
  }

  #keep(socket: Socket): Socket {
    socket.on('error', () => {});
    this.#sockets.push(socket);
    return socket;
  }
}

/** Sends a text at once. */
export function sendText(from: Transport, dst: string, text: string): void {
  from.send(dst, Buffer.from(text));
  from.flush();
}

export const textOf = (packet: Received): string => Buffer.from(packet.bytes).toString();

/** Waits until something holds; the test's own time limit is what ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Waits until the connection is gone, in whatever way. */
export const gone = (socket: Socket): Promise<void> => until(() => socket.closed);

/** The next packet, as soon as there is one. */
export async function nextPacket(transport: Transport): Promise<Received> {
  await until(() => transport.waiting > 0);
  const packet = transport.receive();
  if (packet === undefined) throw new Error('a packet was waiting and cannot be received');
  return packet;
}
