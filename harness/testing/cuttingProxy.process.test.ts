import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CuttingProxy } from './cuttingProxy.ts';
import { until } from './transports.ts';

let server: Server;
let proxy: CuttingProxy;
/** What the target was told, all connections together, and how many of them ended well. */
let told: string;
let ended: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  told = '';
  ended = 0;
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('end', () => ended++);
    socket.on('data', (chunk) => {
      told += chunk;
      socket.write(`echo ${chunk}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  proxy = await CuttingProxy.open({ host: '127.0.0.1', port });
});

afterEach(() => {
  proxy.close();
  server.close();
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection through the proxy, and what it heard. */
function open() {
  const socket = dial({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
  sockets.push(socket);
  const end = { socket, heard: '', failed: false };
  socket.on('data', (chunk) => {
    end.heard += chunk;
  });
  socket.on('error', () => {
    end.failed = true;
  });
  return end;
}

describe('a link that fails', () => {
  test('carries both ways as long as it does not', async () => {
    const end = open();
    end.socket.end('hello');
    await until(() => end.heard === 'echo hello' && ended === 1);
    expect(told).toBe('hello');
  });

  test('keeps bytes in order however long they are on their way', async () => {
    const end = open();
    let expected = '';
    for (const ms of [30, 5, 0, 20, 1, 0]) {
      proxy.delay(ms);
      for (let each = 0; each < 5; each++) {
        const text = `${ms}.${each} `;
        expected += text;
        end.socket.write(text);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await until(() => told.length >= expected.length);
    expect(told).toBe(expected);
  });

  test('holds back and loses nothing', async () => {
    const end = open();
    end.socket.write('one ');
    await until(() => told === 'one ');
    proxy.stall();
    end.socket.write('two ');
    const late = open();
    late.socket.write('three');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(told).toBe('one ');
    proxy.mend();
    await until(() => late.heard === 'echo three');
    await until(() => end.heard.includes('two'));
    expect(told.length).toBe('one two three'.length);
  });

  test('breaks connections, and refuses new ones until it is mended', async () => {
    const end = open();
    end.socket.write('hello');
    await until(() => end.heard !== '');
    proxy.cut();
    await until(() => end.failed && end.socket.closed);
    const refused = open();
    await until(() => refused.failed);
    expect(proxy.broken).toBe(2);
    proxy.mend();
    const again = open();
    again.socket.write('again');
    await until(() => again.heard === 'echo again');
    expect([told, proxy.connections]).toEqual(['helloagain', 1]);
  });

  test('ends one direction and not the other', async () => {
    const end = open();
    end.socket.write('hello');
    await until(() => end.heard !== '');
    proxy.halfClose();
    await until(() => ended === 1);
    const [accepted] = sockets.slice(1);
    accepted?.write(' and more');
    await until(() => end.heard === 'echo hello and more');
    end.socket.write('unheard');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([told, end.socket.closed]).toEqual(['hello', false]);
  });
});
