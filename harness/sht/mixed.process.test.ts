import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ShtClient } from '../../impl/client/shtClient.ts';
import { ironfleet, killServers } from '../testing/lockServers.ts';
import { getBytes, OriginalShtClient, setBytes, shardBytes } from '../testing/originalShtClient.ts';
import { framed, word } from '../testing/originalSockets.ts';
import { ShtService } from '../testing/shtServers.ts';
import { summedIn } from '../testing/shtUnderFire.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
});

afterEach(() => {
  killServers();
  rmSync(directory, { recursive: true, force: true });
});

const KEYS = Array.from({ length: 200 }, (_, index) => BigInt(index));

/** What the original says: kinds of inner messages. */
const REPLY = 2n;
const REDIRECT = 3n;

/** An original's client that follows where it is sent. */
class Follower {
  readonly #client: OriginalShtClient;
  readonly #endPoints: readonly string[];
  redirects = 0;

  constructor(client: OriginalShtClient, endPoints: readonly string[]) {
    this.#client = client;
    this.#endPoints = endPoints;
  }

  /** Asks for a key, of the first host at first; gives what comes after the key in the reply. */
  async ask(inner: Buffer): Promise<Buffer> {
    for (let host = 0; ; ) {
      const { inner: answer } = await this.#client.ask(host, inner, true);
      expect(answer.subarray(8, 16)).toEqual(inner.subarray(8, 16));
      const kind = answer.readBigUInt64BE();
      if (kind === REPLY) return answer.subarray(16);
      expect(kind).toBe(REDIRECT);
      this.redirects++;
      host = this.#endPoints.indexOf(answer.subarray(24).toString('hex'));
    }
  }
}

describe('hosts over TLS that do only what the original does', () => {
  test('serve clients of both kinds while keys move and a host is paused', async () => {
    const service = await ShtService.create(directory);
    const traces = [1, 2, 3].map((number) => join(directory, `${number}.trace`));
    const hosts = traces.map((trace, index) =>
      service.start(index + 1, ['compatible=true', 'resend=200', `trace=${trace}`]),
    );
    await Promise.all(hosts.map((host) => host.printed('[[READY]]')));
    const { servers } = service.identity;
    const original = await OriginalShtClient.connect(service.identity);
    const follower = new Follower(
      original,
      servers.map(({ endPoint }) => endPoint),
    );
    const client = await ShtClient.connect(service.identity, { retry: 200 });
    try {
      const values = new Map(KEYS.map((key) => [key, `${key}`]));
      await Promise.all(KEYS.map((key) => client.set(key, Buffer.from(`${key}`))));
      // One more key than a message of the original can hold: nothing happens, and nothing is said.
      await original.order(0, shardBytes(0n, 62n, servers[1]?.publicKey ?? word(0)));
      // Each range goes from the first host to one of the others, the last of them to a paused one.
      for (const [low, high, recipient] of [
        [0n, 50n, 1],
        [60n, 100n, 2],
        [100n, 160n, 1],
      ] as const) {
        const paused = hosts[recipient];
        if (low === 100n) paused?.pause();
        // The original's client calls hosts by their keys.
        await original.order(0, shardBytes(low, high, servers[recipient]?.publicKey ?? word(0)));
        const asked = KEYS.map((key) => client.get(key));
        if (low === 100n) setTimeout(() => paused?.resume(), 700);
        const found = (await Promise.all(asked)).map((value) =>
          Buffer.from(value ?? '').toString(),
        );
        expect(found).toEqual([...values.values()]);
        const key = low + 5n;
        const value = framed(Buffer.from(`${key}`));
        expect(await follower.ask(getBytes(key))).toEqual(Buffer.concat([word(0), value]));
        await follower.ask(setBytes(key, Buffer.from(`moved ${key}`)));
        values.set(key, `moved ${key}`);
      }
      expect(Buffer.from((await client.get(105n)) ?? '').toString()).toBe('moved 105');
      await client.set(105n, undefined);
      expect(await follower.ask(getBytes(105n))).toEqual(word(1));
      // Not all of these are its own.
      await original.order(1, shardBytes(0n, 1n << 63n, servers[0]?.publicKey ?? word(0)));
      expect(follower.redirects).toBeGreaterThan(5);
    } finally {
      original.close();
      client.close();
    }
    const ended = await Promise.all(hosts.map((host) => host.stop()));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(hosts.map(() => [0, '']));
    expect(summedIn(ended, 'delegate')).toBe(0);
    expect(summedIn(ended, 'adopt')).toBe(3);
    expect(summedIn(ended, 'keysAdopted')).toBe(150);
    expect(summedIn(ended, 'refuse')).toBe(0);
    const { code, stdout } = await ironfleet('check-trace', '--json', ...traces);
    expect([code, JSON.parse(stdout).verdict]).toEqual([0, 'legal']);
  });
});
