/**
 * # A bare echo of another length
 *
 * A server that answers requests of one length with replies of another, as each request says in its
 * first bytes, and with one write for all that came together: what a server in Node could do at most
 * here if it had nothing to do.
 *
 * Run by itself, this module is the server; it prints its port.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../testing/lockServers.ts';
import { credentials } from './echo.ts';
import { pinned, SERVER_PROCESSOR } from './pinned.ts';

const PROGRAM = fileURLToPath(import.meta.url);

/** Starts the server; over plain TCP if there is no private key file. */
export async function startShapedEcho(
  privateKeyFile: string | undefined,
): Promise<{ readonly process: ServerProcess; readonly port: number }> {
  const args = [PROGRAM, ...(privateKeyFile ? [privateKeyFile] : [])];
  const process = new ServerProcess(args, {}, pinned(SERVER_PROCESSOR));
  await process.printed('\n');
  return { process, port: Number(process.stdout) };
}

function answer(socket: Socket): void {
  /** How long requests and replies are, and how much has come of a request that is not complete. */
  let [requestBytes, replyBytes, pending] = [0, 0, 0];
  let replies = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    if (pending === 0) [requestBytes, replyBytes] = [chunk.readUInt32BE(0), chunk.readUInt32BE(4)];
    pending += chunk.length;
    const length = Math.floor(pending / requestBytes) * replyBytes;
    pending %= requestBytes;
    if (length > replies.length) replies = Buffer.alloc(length);
    if (length > 0) socket.write(replies.subarray(0, length));
  });
}

if (process.argv[1] === PROGRAM) {
  const [privateKeyFile] = process.argv.slice(2);
  const server =
    privateKeyFile === undefined
      ? createServer(answer)
      : createTlsServer({ ...credentials(privateKeyFile), requestCert: true }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}
