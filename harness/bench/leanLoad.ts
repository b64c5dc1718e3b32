/**
 * # A lean load
 *
 * As many connections to the first replica as there are clients, one request under way on each, and
 * as little besides as can be: what `h2load` is to etcd. Requests set a key to a value; only the
 * number of a reply is looked at. The first replica must lead, as in a fresh service it does.
 *
 * Run by itself, this module makes such a load and prints how many requests were answered a second.
 */
import { fileURLToPath } from 'node:url';
import { encodeFrame } from '../../impl/framework/frame.ts';
import { handshakeOf } from '../../impl/framework/handshake.ts';
import { readServiceIdentity, type ServiceIdentity } from '../../impl/framework/identity.ts';
import type { Opened } from '../../impl/framework/opening.ts';
import { DEFAULT_LIMITS } from '../../impl/framework/transportLimits.ts';
import { Identities } from '../load/identities.ts';
import { sleep } from './echo.ts';

export const LEAN_LOAD = fileURLToPath(import.meta.url);

/** Where the number of a request or a reply stands in its frame and in its payload. */
const SEQNO_IN_FRAME = 16;
const SEQNO_IN_PAYLOAD = 8;

/** A frame with a request to set a key to a value of so many bytes. */
function setRequest(valueBytes: number): Buffer {
  const key = Buffer.from('aaa');
  const set = Buffer.alloc(12 + key.length + valueBytes, 'a');
  set.writeInt32BE(2, 0);
  set.writeInt32BE(key.length, 4);
  key.copy(set, 8);
  set.writeInt32BE(valueBytes, 8 + key.length);
  const request = Buffer.alloc(24 + set.length);
  request.writeBigUInt64BE(BigInt(set.length), 16);
  set.copy(request, 24);
  return Buffer.from(encodeFrame(request));
}

async function connect(service: ServiceIdentity, identities: Identities): Promise<Opened> {
  const [server] = service.servers;
  if (server === undefined) throw new RangeError('the service has no server');
  const handshake = handshakeOf(service, await identities.next(), DEFAULT_LIMITS);
  return new Promise((opened, reject) => {
    const failed = ({ detail }: { readonly detail: string }): void => reject(new Error(detail));
    handshake.dial(server, { opened, failed });
  });
}

/** Asks on a connection for ever, and tells of every answer. */
function ask({ socket, reader }: Opened, valueBytes: number, answered: () => void): void {
  const request = setRequest(valueBytes);
  let seqno = 0;
  const next = (): void => {
    request.writeUInt32BE(++seqno, SEQNO_IN_FRAME + 4);
    socket.write(Buffer.from(request));
  };
  socket.on('data', (chunk: Buffer) => {
    reader.feed(chunk);
    for (let reply = reader.next(); reply !== undefined; reply = reader.next()) {
      const number = Buffer.from(reply.buffer, reply.byteOffset).readUInt32BE(SEQNO_IN_PAYLOAD + 4);
      if (number !== seqno) continue;
      answered();
      next();
    }
  });
  socket.on('error', () => {});
  socket.resume();
  next();
}

async function main([serviceFile = '', ...numbers]: readonly string[]): Promise<void> {
  const [clients = 1, valueBytes = 0, warmUpMs = 0, measuredMs = 0] = numbers.map(Number);
  const service = readServiceIdentity(serviceFile);
  const identities = new Identities(service);
  const connections: Opened[] = [];
  while (connections.length < clients) connections.push(await connect(service, identities));
  let answers = 0;
  for (const connection of connections) ask(connection, valueBytes, () => answers++);
  await sleep(warmUpMs);
  const [began, before] = [performance.now(), answers];
  await sleep(measuredMs);
  process.stdout.write(`${((answers - before) * 1000) / (performance.now() - began)}\n`);
  for (const { socket } of connections) socket.destroy();
}

if (process.argv[1] === LEAN_LOAD) await main(process.argv.slice(2));
