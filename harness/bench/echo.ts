/**
 * # A bare echo
 *
 * One process sends a frame on each of its connections and waits until another has sent it back,
 * again and again: what a protocol that never has two messages on their way between the same two
 * could do at most here. Nothing but Node between it and the network.
 *
 * Run by itself, this module is either of the two processes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { createServer as createTlsServer, connect as dialTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { encodeFrame } from '../../impl/framework/frame.ts';
import { readPrivateIdentity } from '../../impl/framework/identity.ts';

const PROGRAM = fileURLToPath(import.meta.url);

export interface EchoRequest {
  /** Whose certificate both sides show; over plain TCP if there is none. */
  readonly privateKeyFile: string | undefined;
  readonly connections: number;
  /** How long a frame's payload is, in bytes. */
  readonly payload: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

/** Measures round trips per second between two processes. */
export async function measureEcho(request: EchoRequest): Promise<number> {
  const { privateKeyFile = '', connections, payload, warmUpMs, measuredMs } = request;
  const server = start('server', privateKeyFile);
  try {
    const port = await firstLine(server);
    const numbers = [connections, payload, warmUpMs, measuredMs].map(String);
    return Number(await firstLine(start('client', privateKeyFile, port, ...numbers)));
  } finally {
    server.kill();
  }
}

const start = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('its output goes elsewhere');
  const [line] = await once(child.stdout, 'data');
  return String(line).trim();
}

export const credentials = (privateKeyFile: string) => ({
  pfx: Buffer.from(readPrivateIdentity(privateKeyFile).pkcs12),
  passphrase: '',
  rejectUnauthorized: false,
});

async function echo(privateKeyFile: string): Promise<void> {
  const answer = (socket: Socket): void => {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('error', () => {});
  };
  const server =
    privateKeyFile === ''
      ? createServer(answer)
      : createTlsServer({ ...credentials(privateKeyFile), requestCert: true }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}

type Asked = Omit<EchoRequest, 'privateKeyFile'>;

async function ask(privateKeyFile: string, port: number, asked: Asked): Promise<void> {
  const frame = encodeFrame(new Uint8Array(asked.payload));
  let roundTrips = 0;
  const sockets = await Promise.all(
    Array.from({ length: asked.connections }, () => connect(privateKeyFile, port)),
  );
  for (const socket of sockets) {
    let awaited = frame.length;
    socket.on('data', (chunk: Buffer) => {
      awaited -= chunk.length;
      if (awaited > 0) return;
      roundTrips++;
      awaited = frame.length;
      socket.write(frame);
    });
    socket.write(frame);
  }
  await sleep(asked.warmUpMs);
  const [began, before] = [performance.now(), roundTrips];
  await sleep(asked.measuredMs);
  const rate = ((roundTrips - before) * 1000) / (performance.now() - began);
  for (const socket of sockets) socket.destroy();
  process.stdout.write(`${rate}\n`);
}

async function connect(privateKeyFile: string, port: number): Promise<Socket> {
  const address = { host: '127.0.0.1', port };
  const socket =
    privateKeyFile === ''
      ? dial(address)
      : dialTls({
          ...address,
          ...credentials(privateKeyFile),
          checkServerIdentity: () => undefined,
        });
  await once(socket, privateKeyFile === '' ? 'connect' : 'secureConnect');
  return socket.setNoDelay(true);
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

if (process.argv[1] === PROGRAM) {
  const [role, privateKeyFile = '', ...numbers] = process.argv.slice(2);
  const [port = 0, connections = 1, payload = 0, warmUpMs = 0, measuredMs = 0] =
    numbers.map(Number);
  if (role === 'server') await echo(privateKeyFile);
  else await ask(privateKeyFile, port, { connections, payload, warmUpMs, measuredMs });
}
