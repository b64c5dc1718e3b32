import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onChunk } from './chunks.ts';

const server = createServer();
let accepted: Socket;
let dialled: Socket;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection');
  dialled = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
  [[accepted]] = [(await connection) as [Socket]];
});

afterEach(async () => {
  accepted.destroy();
  dialled.destroy();
  await new Promise((done) => server.close(done));
});

/** Bytes that differ from those near them, and from those a chunk away. */
const bytesOf = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff));

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
};

/** Keeps what a socket receives, each chunk as it was handed over. */
function kept(socket: Socket): { readonly chunks: Uint8Array[]; length(): number } {
  const chunks: Uint8Array[] = [];
  onChunk(socket, (chunk) => chunks.push(chunk));
  return { chunks, length: () => chunks.reduce((sum, { length }) => sum + length, 0) };
}

const lengths = [1, 2, 50, 64, 65, 100, 3_000, 4_095, 4_096, 4_097, 8_192, 65_536, 300_000];

test('what was sent is received, byte for byte, and stays what it was', async () => {
  const { chunks, length } = kept(accepted);
  const sent: Buffer[] = [];
  for (let round = 0; round < 3; round++) {
    for (const each of lengths) {
      const bytes = bytesOf(each);
      sent.push(bytes);
      dialled.write(bytes);
      // Most come one by one, so that they fill up the memory for short ones.
      if (each < 8_192) await until(() => length() === Buffer.concat(sent).length);
    }
  }
  await until(() => length() === Buffer.concat(sent).length);
  expect(Buffer.compare(Buffer.concat(chunks), Buffer.concat(sent))).toBe(0);
});

test('several sockets that are read at once do not get in one another’s way', async () => {
  const [there, back] = [kept(accepted), kept(dialled)];
  for (let round = 0; round < 100; round++) {
    dialled.write(bytesOf(1_000));
    accepted.write(bytesOf(777));
  }
  await until(() => there.length() === 100_000 && back.length() === 77_700);
  const expected = (length: number) => Buffer.concat(new Array(100).fill(bytesOf(length)));
  expect(Buffer.compare(Buffer.concat(there.chunks), expected(1_000))).toBe(0);
  expect(Buffer.compare(Buffer.concat(back.chunks), expected(777))).toBe(0);
});

test('a socket that is paused hands over nothing, and loses nothing', async () => {
  const { length } = kept(accepted);
  dialled.write(bytesOf(10));
  await until(() => length() === 10);
  accepted.pause();
  dialled.write(bytesOf(100));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(length()).toBe(10);
  accepted.resume();
  await until(() => length() === 110);
});

test('the end of a connection is seen, after all that came before it', async () => {
  const { length } = kept(accepted);
  const closed = once(accepted, 'close');
  dialled.end(bytesOf(5_000));
  await closed;
  expect(length()).toBe(5_000);
});

test('this platform has it as expected, so that no events are needed', () => {
  kept(accepted);
  expect(accepted.listenerCount('data')).toBe(0);
});

test('where it has it differently, chunks come as events', async () => {
  const other = new PassThrough() as unknown as Socket;
  const { chunks } = kept(other);
  other.write(bytesOf(9));
  await until(() => chunks.length > 0);
  expect(Buffer.from(chunks[0] as Uint8Array)).toEqual(bytesOf(9));
});
