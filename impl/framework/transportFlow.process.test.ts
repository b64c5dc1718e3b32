import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  Bench,
  gone,
  makeIdentities,
  nextPacket,
  sendText,
  textOf,
  until,
} from '../../harness/testing/transports.ts';
import { type Credentials, createClientCredentials } from './certificate.ts';
import { encodeFrame } from './frame.ts';
import { endPointOf, type PrivateIdentity } from './identity.ts';
import type { Transport } from './transport.ts';
import { DEFAULT_LIMITS, FRAME_OVERHEAD, limitsWith } from './transportLimits.ts';

let identities: PrivateIdentity[];
let me: Credentials;
let bench: Bench;

beforeAll(async () => {
  [identities, me] = await Promise.all([makeIdentities(2), createClientCredentials(new Date())]);
});

afterEach(async () => {
  await bench.close();
});

const endPoint = (index: number): string => identities[index]?.endPoint ?? '';

describe.each([
  ['over TLS', true],
  ['without TLS', false],
])('%s', (_, useSsl) => {
  test('servers may send longer messages than clients', async () => {
    bench = new Bench(identities, useSsl);
    const limits = { clientPayloadBytes: 100_000, payloadBytes: 200_000 };
    const [server, other] = (await bench.startAll({ limits })) as [Transport, Transport];
    const client = bench.client({ me });
    const lengths: number[] = [];
    for (const [from, length] of [
      [client, 100_000],
      [other, 200_000],
    ] as const) {
      from.send(endPoint(0), new Uint8Array(length));
      from.flush();
      lengths.push((await nextPacket(server)).bytes.length);
    }
    expect(lengths).toEqual([100_000, 200_000]);
    client.send(endPoint(0), new Uint8Array(100_001));
    client.flush();
    await until(() => server.counters.droppedOversized === 1);
    expect(bench.log.join()).toMatch(/claims 100001 bytes, more than the limit of 100000/);
    other.send(endPoint(0), new Uint8Array(200_001));
    other.flush();
    await until(() => server.counters.droppedOversized === 2);
    expect(bench.log.join()).toMatch(/claims 200001 bytes, more than the limit of 200000/);
    expect(server.waiting).toBe(0);
  });

  test('a client that is held has to wait with what it writes; nothing is lost', async () => {
    bench = new Bench(identities, useSsl);
    const server = await bench.start(0, { limits: { inboxBytes: 100_000 } });
    // A message is dropped where there is no room for it, and these must not be.
    const client = bench.client({ me, limits: { outboxBytes: 1e9 } });
    const other = await bench.start(1);
    sendText(client, endPoint(0), 'first');
    expect(textOf(await nextPacket(server))).toBe('first');
    server.hold(me.endPoint);
    const count = 4000; // More than the buffers of the system take.
    for (let index = 0; index < count; index++) {
      const bytes = Buffer.alloc(5000);
      bytes.writeUInt32BE(index);
      client.send(endPoint(0), bytes);
    }
    client.flush();
    for (let index = 0; index < 50; index++) {
      sendText(other, endPoint(0), `${index}`);
      expect(textOf(await nextPacket(server))).toBe(`${index}`);
    }
    // A full inbox, and the chunk of 64 KiB that filled it.
    expect(server.counters.framesIn - 51).toBeLessThan((100_000 + 2 * 65_536) / 5000);
    server.release(me.endPoint);
    for (let index = 0; index < count; index++) {
      const { src, bytes } = await nextPacket(server);
      if (src !== me.endPoint || Buffer.from(bytes).readUInt32BE() !== index) {
        expect([index, src]).toEqual([Buffer.from(bytes).readUInt32BE(), me.endPoint]);
      }
    }
    expect(server.counters.droppedQueueFull).toBe(0);
  });
});

describe('a client that is held', () => {
  test('and hangs up leaves what it has sent', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0);
    const key = Buffer.from('somebody');
    server.hold(endPointOf(key));
    const socket = await bench.dialAs(key, server);
    socket.end(Buffer.concat(['one', 'two'].map((text) => encodeFrame(Buffer.from(text)))));
    await gone(socket);
    await until(() => server.counters.connectionsClosed === 1);
    expect(server.waiting).toBe(0);
    let woken = 0;
    server.onWaiting = () => woken++;
    server.release(endPointOf(key));
    expect([woken, server.waiting]).toEqual([1, 2]);
    expect([textOf(await nextPacket(server)), textOf(await nextPacket(server))]).toEqual([
      'one',
      'two',
    ]);
  });
});

describe('clients', () => {
  test('have a share each on its way to them, and more while all have little', async () => {
    bench = new Bench(identities, false);
    const limits = { clientOutboxBytes: 1000, clientsOutboxBytes: 10_000 };
    const server = await bench.start(0, { limits });
    const keys = ['one', 'two'].map((name) => Buffer.from(name));
    for (const key of keys) await bench.dialAs(key, server);
    await until(() => server.counters.connectionsOpened === 2);
    /** How many messages that cost 100 each are taken for a client before one is dropped. */
    const taken = (name: string): number => {
      for (let count = 0; ; count++) {
        const before = server.counters.droppedQueueFull;
        server.send(endPointOf(Buffer.from(name)), new Uint8Array(100 - FRAME_OVERHEAD));
        if (server.counters.droppedQueueFull > before) return count;
      }
    };
    expect([taken('one'), taken('two')]).toEqual([100, 10]);
    server.flush();
    await until(() => server.counters.framesOut === 110);
    // What the system has taken does not count any more.
    expect([taken('two'), taken('one')]).toEqual([100, 10]);
  });
});

describe('a long payload', () => {
  test('takes no memory before it comes, whatever was promised', async () => {
    bench = new Bench(identities, false);
    const limits = { clientPayloadBytes: 2 ** 40 };
    const server = await bench.start(0, { limits });
    const before = process.memoryUsage().arrayBuffers;
    const sockets = await Promise.all(
      Array.from({ length: 20 }, (_, index) => bench.dialAs(Uint8Array.of(index), server)),
    );
    for (const socket of sockets) {
      const header = Buffer.alloc(8 + 1000);
      header.writeBigUInt64BE(2n ** 39n);
      socket.write(header);
      if (socket.writableLength > 0) await once(socket, 'drain');
    }
    await until(() => server.counters.connectionsOpened === 20);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  test('has room, however long it may be', () => {
    for (const longest of [1, 128 * 1024 * 1024, 2 ** 32]) {
      for (const limits of [{ payloadBytes: longest }, { clientPayloadBytes: longest }]) {
        const { heldBytes } = limitsWith(limits);
        expect(heldBytes).toBeGreaterThan(longest + 300_000_000);
      }
    }
    expect(limitsWith()).toEqual(DEFAULT_LIMITS);
    expect(limitsWith({ payloadBytes: 2 ** 32, heldBytes: 7 }).heldBytes).toBe(7);
  });
});
