/**
 * # Connections with a store
 *
 * Connects the clients of a lean load to the servers of a store, and has the keys of the hash table
 * spread over its hosts.
 */
import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';
import { connect as dialTls } from 'node:tls';
import { readServiceIdentity, type ServiceIdentity } from '../../impl/framework/identity.ts';
import { Identities } from '../load/identities.ts';
import { credentials } from './echo.ts';
import { open, spread } from './shtTalk.ts';
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
  await spread(service, servers, keys);
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
