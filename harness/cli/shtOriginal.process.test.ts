import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { killServers } from '../testing/lockServers.ts';
import { getBytes, OriginalShtClient, setBytes, shardBytes } from '../testing/originalShtClient.ts';
import { framed, word } from '../testing/originalSockets.ts';
import { ShtService } from '../testing/shtServers.ts';

let directory: string;
let services: Record<'tls' | 'plain', ShtService>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  const [tls, plain] = await Promise.all([
    ShtService.create(join(directory, 'tls')),
    ShtService.create(join(directory, 'plain'), { useSsl: false }),
  ]);
  services = { tls, plain };
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** What the original expects of a reply. */
const replyBytes = (key: bigint, value: Uint8Array | undefined): Buffer =>
  value === undefined
    ? Buffer.concat([word(2), word(key), word(1)])
    : Buffer.concat([word(2), word(key), word(0), framed(value)]);

describe.each(['tls', 'plain'] as const)("the original's client over %s", (transport) => {
  test.each([['as they are'], ['in the way of the original']])(
    'sets and gets as ever, of hosts that run %s',
    async (way) => {
      const service = services[transport];
      await service.startAll([`compatible=${way !== 'as they are'}`]);
      const client = await OriginalShtClient.connect(service.identity);
      try {
        for (let key = 0n; key < 20n; key++) {
          const value = Buffer.alloc(1000, Number(key));
          // In the set-up every reply is acknowledged.
          const { seqno, inner } = await client.ask(0, setBytes(key, value), true);
          expect(seqno).toBe(key + 1n);
          expect(inner).toEqual(replyBytes(key, value));
        }
        // Far more than a host would keep, if what is acknowledged did not count for all before.
        for (let each = 0; each < 1500; each++) {
          const key = BigInt(each % 30);
          const { inner } = await client.ask(0, getBytes(key));
          const value = key < 20n ? Buffer.alloc(1000, Number(key)) : undefined;
          expect(inner.equals(replyBytes(key, value))).toBe(true);
        }
        expect(client.acked[0]).toEqual(Array.from({ length: 1520 }, (_, at) => BigInt(at + 1)));
      } finally {
        client.close();
      }
    },
  );

  test.each([['its raw public key'], ['its hash']])(
    'has a range handed on where it names the recipient by %s',
    async (name) => {
      const service = services[transport];
      await service.startAll();
      const { servers } = service.identity;
      const [hash, raw] = [servers[1]?.endPoint ?? '', servers[1]?.publicKey ?? Buffer.alloc(0)];
      const client = await OriginalShtClient.connect(service.identity);
      try {
        const value = Buffer.from('150');
        await client.ask(0, setBytes(150n, value), true);
        expect((await client.ask(0, getBytes(150n), true)).inner).toEqual(replyBytes(150n, value));
        const recipient = name === 'its hash' ? Buffer.from(hash, 'hex') : raw;
        await client.order(0, shardBytes(125n, 175n, recipient));
        await new Promise((resolve) => setTimeout(resolve, 500));
        const redirect = Buffer.concat([word(3), word(150n), framed(Buffer.from(hash, 'hex'))]);
        expect((await client.ask(0, getBytes(150n), true)).inner).toEqual(redirect);
        // The numbers of each host begin with one.
        const answer = await client.ask(1, getBytes(150n), true);
        expect(answer).toEqual({ seqno: 1n, inner: replyBytes(150n, value) });
      } finally {
        client.close();
      }
    },
  );
});
