import { connect as connectTls } from 'node:tls';
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
import type { PrivateIdentity } from './identity.ts';
import type { Transport } from './transport.ts';
import { UsageError } from './usageError.ts';

let identities: PrivateIdentity[];
let impostor: PrivateIdentity;
let bench: Bench;

beforeAll(async () => {
  const made = await makeIdentities(3);
  identities = made.slice(0, 2);
  const [, second, third] = made as [PrivateIdentity, PrivateIdentity, PrivateIdentity];
  impostor = { ...third, friendlyName: second.friendlyName };
});

afterEach(async () => {
  await bench.close();
});

const endPoint = (index: number): string => identities[index]?.endPoint ?? '';

/** That the first two servers still talk to each other, in both directions. */
async function expectUndisturbed(first: Transport, second: Transport): Promise<void> {
  sendText(first, endPoint(1), 'ping');
  expect(textOf(await nextPacket(second))).toBe('ping');
  sendText(second, endPoint(0), 'pong');
  expect(textOf(await nextPacket(first))).toBe('pong');
}

describe('over TLS', () => {
  test('a server with another key is refused, and nothing is sent to it', async () => {
    bench = new Bench(identities, true);
    const server = await bench.start(0, { limits: { redialMs: [1, 2] } });
    const other = await bench.start(1, { me: impostor });
    sendText(server, endPoint(1), 'secret');
    await until(() => server.counters.droppedAfterRetries === 1);
    expect(server.counters.refused.wrongKey).toBe(3);
    expect(server.counters.connectionsOpened).toBe(0);
    expect(other.waiting).toBe(0);
    expect(bench.log.join()).toMatch(/Refused Test\.Transport\.server2 .*: its key is not the one/);
  });

  test('a server under another name is refused by whoever it dials or is dialled by', async () => {
    bench = new Bench(identities, true);
    const [first, second] = (await bench.startAll()) as [Transport, Transport];
    bench.rename(1, 'Somebody.Else');
    sendText(first, endPoint(1), 'to a wrong name');
    await until(() => first.counters.refused.wrongSubject === 1);
    sendText(second, endPoint(0), 'from a wrong name');
    await until(() => first.counters.refused.wrongSubject >= 2);
    expect(first.waiting).toBe(0);
    expect(first.counters.connectionsOpened).toBe(0);
  });

  test('a client without a certificate is refused, and the others go on', async () => {
    bench = new Bench(identities, true);
    const [first, second] = (await bench.startAll()) as [Transport, Transport];
    await expectUndisturbed(first, second);
    const port = first.port ?? 0;
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    socket.on('error', () => {});
    socket.write(encodeFrame(Uint8Array.of(1)));
    await gone(socket);
    expect(first.counters.refused.noCertificate).toBe(1);
    expect(first.waiting).toBe(0);
    await expectUndisturbed(first, second);
  });

  test('a stranger is a client, or refused where only servers are welcome', async () => {
    bench = new Bench(identities, true);
    const [open, closed] = [await bench.start(0), await bench.start(1, { acceptClients: false })];
    const client = bench.client({ me: impostor });
    sendText(client, endPoint(0), 'hello');
    expect((await nextPacket(open)).src).toBe(impostor.endPoint);
    sendText(client, endPoint(1), 'hello');
    await until(() => closed.counters.refused.unknownKey > 0);
    expect(closed.waiting).toBe(0);
    await expectUndisturbed(open, closed);
  });

  test('whoever does not speak TLS is refused, and the others go on', async () => {
    bench = new Bench(identities, true);
    const [first, second] = (await bench.startAll()) as [Transport, Transport];
    const socket = await bench.dialAs(identities[1]?.publicKey ?? Uint8Array.of(), first);
    await gone(socket);
    expect(first.counters.refused.brokenHandshake).toBe(1);
    await expectUndisturbed(first, second);
  });

  test('a private key that does not open is told in one line', async () => {
    bench = new Bench(identities, true);
    const me = { ...impostor, pkcs12: Uint8Array.of(1, 2, 3) };
    await expect(bench.start(0, { me })).rejects.toThrow(UsageError);
  });
});

describe('without TLS', () => {
  test('whoever speaks TLS is refused, for no key is that long', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0);
    const port = server.port ?? 0;
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    socket.on('error', () => {});
    await gone(socket);
    expect(server.counters.refused.brokenHandshake).toBe(1);
    expect(bench.log.join()).toMatch(/instead of its key, a frame claims/);
  });

  test('a key has at most 0xFFFFF bytes', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0);
    await bench.dialAs(new Uint8Array(0xfffff), server);
    await until(() => server.counters.connectionsOpened === 1);
    const socket = await bench.dialAs(new Uint8Array(0x100000), server);
    await gone(socket);
    expect(server.counters.refused.brokenHandshake).toBe(1);
    expect(server.counters.connectionsOpened).toBe(1);
  });

  test('frames that come together with the key are received', async () => {
    bench = new Bench(identities, false);
    const server = await bench.start(0);
    const socket = await bench.dial(server);
    const key = identities[1]?.publicKey ?? Uint8Array.of();
    socket.write(Buffer.concat([key, Buffer.from('one'), Buffer.from('two')].map(encodeFrame)));
    const packets = [await nextPacket(server), await nextPacket(server)];
    expect(packets.map(({ src }) => src)).toEqual([endPoint(1), endPoint(1)]);
    expect(packets.map(textOf)).toEqual(['one', 'two']);
  });
});
