import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  Bench,
  gone,
  makeIdentities,
  nextPacket,
  sendText,
  until,
} from '../../harness/testing/transports.ts';
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

/** Starts the first server alone, without TLS. */
async function startOne(options: Parameters<Bench['start']>[1] = {}): Promise<Transport> {
  bench = new Bench(identities, false);
  return bench.start(0, options);
}

describe('closing', () => {
  test('delivers what has been flushed, and leaves nothing open', async () => {
    bench = new Bench(identities, true);
    const limits = { closingMs: 3_600_000 };
    const [first, second] = (await bench.startAll({ limits })) as [Transport, Transport];
    sendText(first, endPoint(1), 'hello');
    await nextPacket(second);
    await bench.vacate(2);
    sendText(first, endPoint(2), 'nobody there');
    const silent = await bench.dial(first);
    const farewell = new Uint8Array(20_000_000); // More than the system takes at once.
    first.send(endPoint(1), farewell);
    first.flush();
    await first.close();
    await gone(silent);
    expect((await nextPacket(second)).bytes).toHaveLength(farewell.length);
    await bench.close();
    await until(() => !process.getActiveResourcesInfo().some((name) => name.startsWith('TCP')));
    expect(first.counters.connectionsClosed).toBe(first.counters.connectionsOpened);
    expect(() => sendText(first, endPoint(1), 'from the grave')).not.toThrow();
  });

  test('ends the attempts to connect', async () => {
    const server = await startOne({ limits: { redialMs: [300, 300] } });
    let dialled = 0;
    await bench.listen(1, (socket) => {
      dialled++;
      socket.destroy();
    });
    sendText(server, endPoint(1), 'hello');
    await until(() => server.counters.connectionsClosed === 1);
    sendText(server, endPoint(1), 'hello again');
    await server.close();
    const before = dialled;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(dialled).toBe(before);
  });

  test('does not wait long for a peer that reads nothing', async () => {
    const server = await startOne({ limits: { closingMs: 20 } });
    const socket = await bench.dialAs(Uint8Array.of(1), server);
    socket.pause();
    await until(() => server.counters.connectionsOpened === 1);
    server.send(endPointOf(Uint8Array.of(1)), new Uint8Array(40_000_000));
    server.flush();
    await server.close();
    expect(server.counters.connectionsClosed).toBe(1);
  });
});
