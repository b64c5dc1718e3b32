/**
 * # Connections with a store
 *
 * Connects the clients of a lean load to the servers of a store, and has the keys of the hash table
 * spread over its hosts.
 */
import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';
import { connect as dialTls } from 'node:tls';
import { handshakeOf } from '../../impl/framework/handshake.ts';
import {
  readServiceIdentity,
  type ServerIdentity,
  type ServiceIdentity,
} from '../../impl/framework/identity.ts';
import type { Opened } from '../../impl/framework/opening.ts';
import { DEFAULT_LIMITS } from '../../impl/framework/transportLimits.ts';
import { Identities } from '../load/identities.ts';
import { credentials, sleep } from './echo.ts';
import * as frames from './shtFrames.ts';
import type { LoadSettings } from './storeLoad.ts';
import { EchoSpeaker, RedisSpeaker, ShtSpeaker, type Speaker } from './storeSpeakers.ts';

interface Connection {
  readonly socket: Socket;
  readonly speaker: Speaker;
}

/** The connections of each client, one to each server. */
export async function connectClients({
  target,
  keys,
  clients,
}: LoadSettings): Promise<readonly (readonly Connection[])[]> {
  if (target.type === 'sht') {
    const service = readServiceIdentity(target.serviceFile);
    return connectToHosts(service, target.hosts, keys, clients);
  }
  const { port } = target;
  const newSpeaker = () => (target.type === 'redis' ? new RedisSpeaker() : new EchoSpeaker());
  const options =
    target.type === 'redis'
      ? target.useTls && { rejectUnauthorized: false }
      : target.privateKeyFile !== undefined && credentials(target.privateKeyFile);
  const connected: Connection[][] = [];
  while (connected.length < clients) {
    const socket = await connect(port, options || undefined);
    connected.push([{ socket, speaker: newSpeaker() }]);
  }
  return connected;
}

async function connect(port: number, tls: object | undefined): Promise<Socket> {
  const address = { host: '127.0.0.1', port };
  const socket =
    tls === undefined
      ? dial(address)
      : dialTls({ ...address, ...tls, checkServerIdentity: () => undefined });
  await once(socket, tls === undefined ? 'connect' : 'secureConnect');
  return socket.setNoDelay(true);
}

async function connectToHosts(
  service: ServiceIdentity,
  hosts: number,
  keys: number,
  clients: number,
): Promise<readonly (readonly Connection[])[]> {
  const identities = new Identities(service);
  const servers = service.servers.slice(0, hosts);
  await spread(service, identities, servers, keys);
  const connected: Connection[][] = [];
  while (connected.length < clients) {
    const me = await identities.next();
    const connections: Connection[] = [];
    for (const server of servers) {
      const { socket } = await open(service, me, server);
      connections.push({ socket, speaker: new ShtSpeaker(server.endPoint, keys) });
    }
    connected.push(connections);
  }
  return connected;
}

export type Credentials = Awaited<ReturnType<Identities['next']>>;

export function open(
  service: ServiceIdentity,
  me: Credentials,
  server: ServerIdentity,
): Promise<Opened> {
  const handshake = handshakeOf(service, me, DEFAULT_LIMITS);
  return new Promise((opened, reject) => {
    const failed = ({ detail }: { readonly detail: string }): void => reject(new Error(detail));
    handshake.dial(server, { opened, failed });
  });
}

/** Has the first server hand on what the others are to have, and waits until they have it. */
async function spread(
  service: ServiceIdentity,
  identities: Identities,
  servers: readonly ServerIdentity[],
  keys: number,
): Promise<void> {
  const [first, ...others] = servers;
  if (first === undefined || others.length === 0) return;
  const me = await identities.next();
  const giver = new Talk(await open(service, me, first), first);
  const firstKey = (index: number) => Math.ceil((index * keys) / servers.length);
  for (const [index, server] of others.entries()) {
    const recipient = frames.endPointBytes(server.endPoint);
    const high = index + 2 < servers.length ? firstKey(index + 2) : undefined;
    giver.say(frames.shard(recipient, firstKey(index + 1), high, keys));
  }
  for (const [index, server] of others.entries()) {
    const taker = new Talk(await open(service, me, server), server);
    await taker.owns(firstKey(index + 1), keys);
    taker.end();
  }
  giver.end();
}

/** How long keys may take to be spread, in milliseconds. */
const PATIENCE_MS = 20_000;

/** A conversation with a host, a message at a time. */
class Talk {
  readonly #opened: Opened;
  readonly #host: Buffer;
  #seqno = 0;
  #replied = false;

  constructor(opened: Opened, server: ServerIdentity) {
    this.#opened = opened;
    this.#host = frames.endPointBytes(server.endPoint);
    opened.socket.on('error', () => {});
    opened.socket.on('data', (chunk: Buffer) => this.#hear(chunk));
  }

  say(inner: Buffer): void {
    const frame = frames.single(this.#host, inner);
    frames.number(frame, 0, ++this.#seqno);
    this.#opened.socket.write(frame);
  }

  /** Waits until the host answers for a key. */
  async owns(key: number, keys: number): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
      const inner = frames.get();
      const frame = frames.single(this.#host, inner);
      frames.number(frame, 0, ++this.#seqno);
      frames.aim(frame, 0, key, keys);
      this.#opened.socket.write(frame);
      await sleep(50);
      if (this.#replied) return;
    }
    throw new Error('a host has not got its keys');
  }

  end(): void {
    this.#opened.socket.destroySoon();
  }

  /** Acknowledges whatever comes, and notes whether it is a reply. */
  #hear(chunk: Buffer): void {
    const { reader, socket } = this.#opened;
    reader.feed(chunk);
    for (let payload = reader.next(); payload !== undefined; payload = reader.next()) {
      const frame = Buffer.concat([Buffer.alloc(8), payload]);
      if (frames.isAck(frame, 0)) continue;
      this.#replied ||= frames.isReply(frame, 0);
      const ack = Buffer.alloc(frames.ACK_BYTES);
      frames.writeAck(ack, 0, frames.seqnoOf(frame, 0));
      socket.write(ack);
    }
  }
}
