import type { Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  Bench,
  makeIdentities,
  nextPacket,
  sendText,
  textOf,
  until,
} from '../../harness/testing/transports.ts';
import { createClientCredentials } from './certificate.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { endPointOf, type PrivateIdentity } from './identity.ts';
import type { Transport } from './transport.ts';

let identities: PrivateIdentity[];
let bench: Bench;

beforeAll(async () => {
  identities = await makeIdentities(3);
});

afterEach(async () => {
  await bench.close();
});

const endPoint = (index: number): string => identities[index]?.endPoint ?? '';

/** The texts of the frames that a bare connection has been sent so far. */
function collect(socket: Socket): string[] {
  const reader = new FrameReader();
  const texts: string[] = [];
  socket.on('data', (chunk: Uint8Array) => {
    reader.feed(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      texts.push(Buffer.from(frame).toString());
    }
  });
  return texts;
}

/** Starts the first server alone, without TLS. */
async function startOne(options: Parameters<Bench['start']>[1] = {}): Promise<Transport> {
  bench = new Bench(identities, false);
  return bench.start(0, options);
}

describe.each([
  ['over TLS', true],
  ['without TLS', false],
])('a service %s', (_, useSsl) => {
  test('carries messages from each of its servers to each, itself included', async () => {
    bench = new Bench(identities, useSsl);
    const servers = await bench.startAll();
    for (const [from, server] of servers.entries()) {
      for (const [to] of servers.entries()) sendText(server, endPoint(to), `${from} to ${to}`);
    }
    for (const [to, server] of servers.entries()) {
      const received = [];
      for (const _from of servers) received.push(await nextPacket(server));
      const expected = servers.map((_server, from) => [endPoint(from), `${from} to ${to}`]);
      expect(received.map((packet) => [packet.src, textOf(packet)]).sort()).toEqual(
        expected.sort(),
      );
    }
  });

  test('answers a client on the connection that the client has opened', async () => {
    bench = new Bench(identities, useSsl);
    const servers = await bench.startAll();
    const me = await createClientCredentials(new Date());
    const client = bench.client({ me });
    sendText(client, endPoint(1), 'question');
    const question = await nextPacket(servers[1] as Transport);
    expect([question.src, textOf(question)]).toEqual([me.endPoint, 'question']);
    // The client has connected to all servers, so those that it never wrote to can write to it.
    await until(() => servers.every(({ counters }) => counters.connectionsOpened === 1));
    for (const server of servers) sendText(server, me.endPoint, 'answer');
    const answers = [await nextPacket(client), await nextPacket(client), await nextPacket(client)];
    expect(answers.map(({ src }) => src).sort()).toEqual(identities.map((i) => i.endPoint).sort());
  });

  test('keeps the order of a connection, and payloads of any size whole', async () => {
    bench = new Bench(identities, useSsl);
    const [first, second] = (await bench.startAll()) as [Transport, Transport];
    const sizes = [0, 1, 3_000_000, 0, 70_000, 65_536, 65_537, 5];
    for (const [index, size] of sizes.entries()) {
      first.send(endPoint(1), new Uint8Array(size).fill(index));
    }
    first.flush();
    for (const [index, size] of sizes.entries()) {
      const { bytes } = await nextPacket(second);
      expect(Buffer.compare(bytes, Buffer.alloc(size, index))).toBe(0);
    }
  });
});

describe('sending', () => {
  test('waits for the flush, to oneself as to others', async () => {
    const server = await startOne();
    server.send(endPoint(0), Uint8Array.of(1));
    expect(server.waiting).toBe(0);
    server.flush();
    expect(server.waiting).toBe(1);
  });

  test('to a peer that starts a little later gets through', async () => {
    const server = await startOne({ limits: { tries: 1000 } });
    await bench.vacate(1);
    sendText(server, endPoint(1), 'early');
    await until(() => server.counters.dialsFailed === 1);
    const late = await bench.start(1);
    expect(textOf(await nextPacket(late))).toBe('early');
    expect(server.counters.droppedAfterRetries).toBe(0);
    expect(bench.log).toHaveLength(1);
    expect(bench.log[0]).toMatch(/^Cannot reach Test\.Transport\.server2 .*ECONNREFUSED/);
  });

  test('gives a message up after three attempts to connect, and the peer never', async () => {
    const server = await startOne({ limits: { redialMs: [1, 2] } });
    await bench.vacate(1);
    sendText(server, endPoint(1), 'lost');
    await until(() => server.counters.droppedAfterRetries === 1);
    expect(server.counters.dialsFailed).toBe(3);
    const late = await bench.start(1);
    sendText(server, endPoint(1), 'found');
    expect(textOf(await nextPacket(late))).toBe('found');
  });

  test('does not dial a dead peer more often because more is sent', async () => {
    const server = await startOne({ limits: { redialMs: [3_600_000, 3_600_000] } });
    await bench.vacate(1);
    for (let count = 0; count < 1000; count++) sendText(server, endPoint(1), 'hello?');
    await until(() => server.counters.dialsFailed === 1);
    for (let count = 0; count < 1000; count++) sendText(server, endPoint(1), 'hello?');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.counters.dialsFailed).toBe(1);
  });

  test('dials a peer that was heard and is lost at once', async () => {
    const server = await startOne({ limits: { redialMs: [3_600_000, 3_600_000] } });
    const peer = await bench.start(1);
    sendText(server, endPoint(1), 'question');
    await nextPacket(peer);
    sendText(peer, endPoint(0), 'answer');
    await nextPacket(server);
    await peer.close();
    await until(() => server.counters.connectionsClosed === 1);
    const again = await bench.start(1);
    sendText(server, endPoint(1), 'question again');
    expect(textOf(await nextPacket(again))).toBe('question again');
  });

  test('tries another connection with a server that does not say a word', async () => {
    const server = await startOne({ limits: { silenceMs: 20, redialMs: [1, 1] } });
    const accepted: Socket[] = [];
    await bench.listen(1, (socket) => accepted.push(socket));
    sendText(server, endPoint(1), 'hello?');
    await until(() => accepted.length === 1);
    accepted[0]?.write(encodeFrame(Uint8Array.of(1)));
    await nextPacket(server);
    await new Promise((resolve) => setTimeout(resolve, 40));
    sendText(server, endPoint(1), 'nice to hear from you');
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(accepted).toHaveLength(1);
    sendText(server, endPoint(1), 'are you still there?');
    await until(() => accepted.length === 2);
  });

  test('what waits for a dial goes out on a connection that comes in meanwhile', async () => {
    const server = await startOne({ limits: { redialMs: [3_600_000, 3_600_000] } });
    await bench.vacate(1);
    sendText(server, endPoint(1), 'patience');
    await until(() => server.counters.dialsFailed === 1);
    const late = await bench.start(1);
    sendText(late, endPoint(0), 'here I am');
    expect(textOf(await nextPacket(late))).toBe('patience');
  });

  test('prefers the newest connection, and goes back when that is gone', async () => {
    const server = await startOne();
    const key = Buffer.from('some client');
    const [older, newer] = [await bench.dialAs(key, server), await bench.dialAs(key, server)];
    const [atOlder, atNewer] = [collect(older), collect(newer)];
    await until(() => server.counters.connectionsOpened === 2);
    sendText(server, endPointOf(key), 'one');
    await until(() => atNewer.length === 1);
    newer.destroy();
    await until(() => server.counters.connectionsClosed === 1);
    sendText(server, endPointOf(key), 'two');
    await until(() => atOlder.length === 1);
    expect([atOlder, atNewer]).toEqual([['two'], ['one']]);
  });

  test('of a client resumes by itself when a server is back', async () => {
    const server = await startOne();
    const me = await createClientCredentials(new Date());
    const client = bench.client({ me });
    sendText(client, endPoint(0), 'before');
    await nextPacket(server);
    await server.close();
    const again = await bench.start(0);
    await until(() => again.counters.connectionsOpened === 1);
    sendText(again, me.endPoint, 'after');
    expect(textOf(await nextPacket(client))).toBe('after');
  });

  test('to somebody unknown, or gone, is dropped and counted', async () => {
    const server = await startOne();
    sendText(server, 'f'.repeat(64), 'nobody');
    expect(server.counters.droppedUnroutable).toBe(1);
    const socket = await bench.dialAs(Uint8Array.of(1), server);
    await until(() => server.counters.connectionsOpened === 1);
    server.send(endPointOf(Uint8Array.of(1)), Uint8Array.of(1));
    socket.destroy();
    await until(() => server.counters.connectionsClosed === 1);
    server.flush();
    expect(server.counters.droppedUnroutable).toBe(2);
  });

  test('of a message longer than the limit succeeds behind a short one', async () => {
    const limits = { outboxBytes: 1000, clientOutboxBytes: 1000, clientsOutboxBytes: 0 };
    const server = await startOne({ limits });
    const peer = await bench.start(1, { limits });
    const me = await createClientCredentials(new Date());
    const client = bench.client({ me });
    await until(() => server.counters.connectionsOpened === 1);
    for (const [receiver, dst] of [
      [peer, endPoint(1)],
      [client, me.endPoint],
    ] as const) {
      server.send(dst, new Uint8Array(48));
      server.send(dst, new Uint8Array(5000));
      server.send(dst, new Uint8Array(1));
      server.flush();
      expect((await nextPacket(receiver)).bytes).toHaveLength(48);
      expect((await nextPacket(receiver)).bytes).toHaveLength(5000);
    }
    expect(server.counters.droppedQueueFull).toBe(2);
  });

  test('to a client that does not read is bounded, and the rest is dropped', async () => {
    const limits = { clientOutboxBytes: 100_000, clientsOutboxBytes: 100_000 };
    const server = await startOne({ limits });
    const socket = await bench.dialAs(Uint8Array.of(1), server);
    socket.pause();
    await until(() => server.counters.connectionsOpened === 1);
    const message = new Uint8Array(50_000);
    while (server.counters.droppedQueueFull === 0) {
      server.send(endPointOf(Uint8Array.of(1)), message);
      server.flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.counters.framesOut).toBeLessThan(1000);
    const other = await bench.dialAs(Uint8Array.of(2), server);
    const texts = collect(other);
    await until(() => server.counters.connectionsOpened === 2);
    sendText(server, endPointOf(Uint8Array.of(2)), 'undisturbed');
    await until(() => texts.length === 1);
  });

  test('to oneself is bounded, too', async () => {
    const server = await startOne({ limits: { outboxBytes: 1000 } });
    for (let count = 0; count < 100; count++) server.send(endPoint(0), new Uint8Array(36));
    server.flush();
    expect([server.waiting, server.counters.droppedQueueFull]).toEqual([10, 90]);
  });
});
