import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AnsweringServers } from '../../harness/testing/answeringServers.ts';
import { makeIdentities } from '../../harness/testing/transports.ts';
import type { PrivateIdentity } from '../framework/identity.ts';
import { ServiceUnreachableError } from './errors.ts';
import { RslClient } from './rslClient.ts';

let identities: readonly PrivateIdentity[];
let servers: AnsweringServers;
const clients: RslClient[] = [];

beforeAll(async () => {
  identities = await makeIdentities(3);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await servers.close();
});

async function connect(options: Parameters<typeof RslClient.connect>[1] = {}) {
  const client = await RslClient.connect(servers.service, options);
  clients.push(client);
  return client;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe.each([
  ['over TLS', true],
  ['without TLS', false],
])('a client %s', (_, useSsl) => {
  test('gets the reply to each of its requests, which arrive in order', async () => {
    servers = await AnsweringServers.start(identities, useSsl);
    const client = await connect({ inFlight: 7 });
    const numbers = Array.from({ length: 100 }, (_each, index) => `${index}`);
    const replies = await Promise.all(numbers.map((each) => client.submit(Buffer.from(each))));
    expect(replies.map(text)).toEqual(numbers.map((each) => `server 0 was asked ${each}`));
    expect(servers.asked(0)).toEqual(numbers);
    expect([servers.asked(1), servers.asked(2)]).toEqual([[], []]);
    expect(client.leader).toBe(0);
  });

  test('turns to another server at once when the leader is gone', async () => {
    servers = await AnsweringServers.start(identities, useSsl);
    const client = await connect({ retry: 30_000 });
    await client.submit(Buffer.from('first'));
    servers.leader = 2;
    await servers.stop(0);
    expect(text(await client.submit(Buffer.from('second')))).toBe('server 2 was asked second');
    expect(text(await client.submit(Buffer.from('third')))).toBe('server 2 was asked third');
    expect(client.leader).toBe(2);
    expect(client.counters).toMatchObject({ retries: 0, leaderChanges: 1, connectionsLost: 1 });
  });

  test('connects again to a server that comes back', async () => {
    servers = await AnsweringServers.start(identities, useSsl);
    const client = await connect({ retry: 30_000 });
    await client.submit(Buffer.from('first'));
    await servers.stop(0);
    const second = client.submit(Buffer.from('second'));
    await servers.restart(0);
    expect(text(await second)).toBe('server 0 was asked second');
  });
});

test('a service of which no server can be reached is said to be so, with reasons', async () => {
  servers = await AnsweringServers.start(identities, false);
  for (const server of identities.keys()) await servers.stop(server);
  const failure = await connect({ connectTimeout: 200 }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ServiceUnreachableError);
  const { servers: reasons } = failure as ServiceUnreachableError;
  expect(reasons.length).toBe(3);
  for (const reason of reasons)
    expect(reason).toMatch(/server\d .* @ 127\.0\.0\.1:\d+: .*ECONNREF/);
});

test('connecting can be given up', async () => {
  servers = await AnsweringServers.start(identities, false);
  for (const server of identities.keys()) await servers.stop(server);
  const stop = new AbortController();
  const connecting = connect({ signal: stop.signal }).catch((error: unknown) => error);
  setTimeout(() => stop.abort(new Error('enough')), 50);
  expect(await connecting).toEqual(new Error('enough'));
});

test('long requests and replies come whole, beside short ones', async () => {
  servers = await AnsweringServers.start(identities, false);
  const client = await connect({ inFlightBytes: 1 });
  const long = 'x'.repeat(5_000_000);
  const replies = await Promise.all(
    ['a', long, 'b', long].map((each) => client.submit(Buffer.from(each))),
  );
  expect(replies.map(({ length }) => length)).toEqual([20, 5_000_019, 20, 5_000_019]);
});
