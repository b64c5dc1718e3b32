import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
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
import { encodeFrame } from './frame.ts';
import { endPointOf, type PrivateIdentity } from './identity.ts';
import { UsageError } from './usageError.ts';

/** How many connections the fuzz test makes; each sends a few hundred bytes. */
const FUZZ_CONNECTIONS = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 50_000) / 500);

let identities: PrivateIdentity[];
let bench: Bench;

beforeAll(async () => {
  identities = await makeIdentities(2);
});

afterEach(async () => {
  await bench.close();
});

const endPoint = (index: number): string => identities[index]?.endPoint ?? '';
const key = (name: string): Uint8Array => Buffer.from(name);

describe('an address', () => {
  test('that is in use is told in one line', async () => {
    bench = new Bench(identities, false);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const attempt = bench.start(0, { port });
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: the port is in use; `
        + 'end the program that uses it, or give another with port=',
    );
    other.close();
  });

  test('that is not of this machine is told in one line', async () => {
    bench = new Bench(identities, false);
    const attempt = bench.start(0, { host: '192.0.2.1' }); // An address that only documents have.
    await expect(attempt).rejects.toThrow(/^Cannot listen on 192\.0\.2\.1:0: .* with addr=$/);
  });
});

describe('peers that do not say who they are', () => {
  test.each([true, false])('block nobody (TLS: %s)', async (useSsl) => {
    bench = new Bench(identities, useSsl);
    const server = await bench.start(0);
    for (let count = 0; count < 20; count++) await bench.dial(server);
    const other = await bench.start(1);
    sendText(other, endPoint(0), 'not blocked');
    expect(textOf(await nextPacket(server))).toBe('not blocked');
    expect(server.counters.connectionsOpened).toBe(1);
  });

  test.each([true, false])('have to go in the end (TLS: %s)', async (useSsl) => {
    bench = new Bench(identities, useSsl);
    const server = await bench.start(0, { limits: { openingMs: 20 } });
    const silent = await Promise.all(Array.from({ length: 20 }, () => bench.dial(server)));
    await Promise.all(silent.map(gone));
    expect(server.counters.refused.tooSlow).toBe(20);
    expect(bench.log).toHaveLength(10); // Of twenty.
  });

  test('crowd out each other, the oldest first, but nobody else', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0, { limits: { openings: 2 } });
    for (let count = 0; count < 3; count++) {
      await bench.dialAs(key(`in good faith ${count}`), server);
      await until(() => server.counters.connectionsOpened === count + 1);
    }
    const silent = [];
    for (let count = 0; count < 5; count++) silent.push(await bench.dial(server));
    await Promise.all(silent.slice(0, 3).map(gone));
    expect(server.counters.refused.crowdedOut).toBe(3);
    const other = await bench.start(1);
    sendText(other, endPoint(0), 'not crowded out');
    expect(textOf(await nextPacket(server))).toBe('not crowded out');
  });

  test('break off at any point, and nothing comes of it', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0);
    const greeting = encodeFrame(key('someone'));
    for (let length = 0; length < greeting.length; length++) {
      const socket = await bench.dial(server);
      socket.end(greeting.subarray(0, length));
    }
    await until(() => server.counters.refused.brokenHandshake === greeting.length);
    expect(server.counters.connectionsOpened).toBe(0);
  });
});

describe('clients', () => {
  test('are bounded in number; servers still get in, and leaving makes room', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0, { limits: { clients: 2 } });
    const sockets = [
      await bench.dialAs(key('one'), server),
      await bench.dialAs(key('two'), server),
    ];
    await until(() => server.counters.connectionsOpened === 2);
    await gone(await bench.dialAs(key('three'), server));
    expect(server.counters.refused.tooManyClients).toBe(1);
    const other = await bench.start(1);
    sendText(other, endPoint(0), 'a server');
    expect(textOf(await nextPacket(server))).toBe('a server');
    sockets[0]?.destroy();
    await until(() => server.counters.connectionsClosed === 1);
    await bench.dialAs(key('three'), server);
    await until(() => server.counters.connectionsOpened === 4);
  });

  test('that connect again and again lose their oldest connections', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0, { limits: { connectionsPerPeer: 2 } });
    const sockets = [];
    for (let count = 0; count < 5; count++) {
      sockets.push(await bench.dialAs(key('one'), server));
      await until(() => server.counters.connectionsOpened === count + 1);
    }
    await until(() => server.counters.connectionsClosed === 3);
    sockets[4]?.write(encodeFrame(key('still here')));
    expect(textOf(await nextPacket(server))).toBe('still here');
  });

  test('that send a frame too long are closed, but what came before it counts', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0, { limits: { clientPayloadBytes: 1000 } });
    const [bad, good] = [
      await bench.dialAs(key('bad'), server),
      await bench.dialAs(key('good'), server),
    ];
    bad.write(Buffer.concat([encodeFrame(key('before')), encodeFrame(new Uint8Array(1001))]));
    await gone(bad);
    good.write(encodeFrame(new Uint8Array(1000)));
    const packets = [await nextPacket(server), await nextPacket(server)];
    expect(packets.map(({ src }) => src)).toEqual([
      endPointOf(key('bad')),
      endPointOf(key('good')),
    ]);
    expect(server.counters.droppedOversized).toBe(1);
    expect(bench.log.join()).toMatch(/a frame claims 1001 bytes, more than the limit of 1000/);
  });

  test('that never finish a long frame are closed when all together hold too much', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0, { limits: { heldBytes: 1_000_000 } });
    const [small, large] = [
      await bench.dialAs(key('a'), server),
      await bench.dialAs(key('b'), server),
    ];
    small.write(encodeFrame(new Uint8Array(1000)).subarray(0, 900));
    large.write(encodeFrame(new Uint8Array(2_000_000)).subarray(0, 1_900_000));
    await gone(large);
    small.write(new Uint8Array(108));
    expect((await nextPacket(server)).bytes).toHaveLength(1000);
    expect(bench.log.join()).toMatch(/all connections together hold too much/);
  });

  test('that end inside a frame are counted', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0);
    const frame = encodeFrame(new Uint8Array(1000));
    for (const cut of [frame.length, 3, 900]) {
      const socket = await bench.dialAs(key('a'), server);
      socket.end(frame.subarray(0, cut));
      await gone(socket);
    }
    await until(() => server.counters.connectionsClosed === 3);
    expect([server.counters.framesIn, server.counters.droppedTruncated]).toEqual([1, 2]);
  });

  test('that flood wait for themselves, while others are heard', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0, { limits: { inboxBytes: 10_000 } });
    const flooder = await bench.dialAs(key('flooder'), server);
    const flood = Buffer.concat(
      Array.from({ length: 100_000 }, () => encodeFrame(Uint8Array.of(1))),
    );
    flooder.write(flood);
    await until(() => server.waiting > 0);
    const other = await bench.dialAs(key('other'), server);
    other.write(encodeFrame(key('heard')));
    await until(() => server.counters.connectionsOpened === 2);
    let [received, heardAfter, mostWaiting] = [0, Number.POSITIVE_INFINITY, 0];
    while (received < 100_001) {
      await until(() => server.waiting > 0);
      mostWaiting = Math.max(mostWaiting, server.waiting);
      for (let packet = server.receive(); packet; packet = server.receive()) {
        if (packet.src === endPointOf(key('other'))) heardAfter = received;
        received++;
      }
    }
    // One full inbox, and the chunk of 64 KiB that filled it.
    expect(mostWaiting).toBeLessThan((10_000 + 65_536) / 9);
    expect(heardAfter).toBeLessThan(50_000);
    expect(server.counters.droppedQueueFull).toBe(0);
  });

  test('that say anything at all, in any order, do the server no harm', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0, { limits: { clientPayloadBytes: 300 } });
    server.onWaiting = () => {
      while (server.receive());
    };
    let state = 1;
    const below = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    for (let count = 0; count < FUZZ_CONNECTIONS; count++) {
      const frames = Array.from({ length: 10 }, () => encodeFrame(new Uint8Array(below(60))));
      const stream = Buffer.concat(frames);
      for (let mutations = below(3); mutations > 0; mutations--) {
        stream[below(stream.length)] = below(256);
      }
      const socket = await bench.dial(server);
      socket.end(stream.subarray(0, below(stream.length + 1)));
    }
    const { refused } = server.counters;
    await until(() => {
      const { connectionsOpened, connectionsClosed } = server.counters;
      const ended = connectionsClosed + refused.brokenHandshake;
      return ended === FUZZ_CONNECTIONS && connectionsOpened === connectionsClosed;
    });
    const { framesIn, droppedOversized } = server.counters;
    expect(Math.min(framesIn, droppedOversized, refused.brokenHandshake)).toBeGreaterThan(0);
  }, 3_600_000);
});
