import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { killServers, LockService } from '../../harness/testing/lockServers.ts';
import { ShtService } from '../../harness/testing/shtServers.ts';
import { readCredentials } from '../framework/identity.ts';
import { ServiceUnreachableError } from './errors.ts';
import { ShtAdministrator } from './shtAdministrator.ts';
import { ShtClient } from './shtClient.ts';

let directory: string;
let service: ShtService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  service = await ShtService.create(join(directory, 'table'), { administrators: 1 });
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const text = (value: Uint8Array | undefined): string | undefined =>
  value && Buffer.from(value).toString();

describe('a program that uses the table over TLS', () => {
  test('finds its keys wherever an administrator has them moved', async () => {
    await service.startAll();
    const client = await ShtClient.connect(service.serviceFile);
    const key = readCredentials(service.administratorFile(1));
    const administrator = await ShtAdministrator.connect(service.serviceFile, { key });
    try {
      const keys = Array.from({ length: 200 }, (_, at) => BigInt(at) << 56n);
      await Promise.all(keys.map((each) => client.set(each, Buffer.from(`${each}`))));
      const arrangement = await administrator.rebalance();
      expect(arrangement?.survey.hosts.map((host) => host.keys).toSorted()).toEqual([66, 67, 67]);
      const values = await Promise.all(keys.map((each) => client.get(each)));
      expect(values.map(text)).toEqual(keys.map((each) => `${each}`));
      expect(client.counters.redirects).toBeGreaterThan(0);
      expect(await administrator.rebalance()).toBeUndefined();
      const { redirects } = client.counters;
      for (const each of keys) await client.get(each + 1n);
      // It knows the ranges, or is told of them at the first.
      expect(client.counters.redirects).toBeLessThanOrEqual(redirects + 4);
      expect(client.known.ranges).toBe(3);
    } finally {
      client.close();
      administrator.close();
    }
  });

  test('loses nothing while a host is paused', async () => {
    const hosts = await service.startAll();
    const client = await ShtClient.connect(service.serviceFile, { retry: 200 });
    try {
      await client.set(1, Buffer.from('before'));
      hosts[0]?.pause();
      const sets = Array.from({ length: 50 }, (_, at) => client.set(at, Buffer.from(`${at}`)));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      hosts[0]?.resume();
      await Promise.all(sets);
      expect(text(await client.get(49))).toBe('49');
    } finally {
      client.close();
    }
  });

  test('is told which host it waits for in vain', async () => {
    const hosts = await service.startAll();
    const client = await ShtClient.connect(service.serviceFile, { timeout: 1000 });
    try {
      await client.get(1);
      await hosts[0]?.stop('SIGKILL');
      await expect(client.get(1)).rejects.toMatchObject({
        name: 'RequestTimeoutError',
        message: expect.stringMatching(/no connection with Test\.IronSHT\.server1 .*ECONNREFUSED/),
      });
    } finally {
      client.close();
    }
  });
});

describe('connecting', () => {
  test('fails where no host is there', async () => {
    const connecting = ShtClient.connect(service.serviceFile, { connectTimeout: 500 });
    await expect(connecting).rejects.toBeInstanceOf(ServiceUnreachableError);
  });

  test('fails at once where it is told to stop', async () => {
    const stop = new AbortController();
    const connecting = ShtClient.connect(service.identity, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
  });

  test('fails with the files of another service', async () => {
    const lock = await LockService.create(join(directory, 'lock'));
    await expect(ShtClient.connect(lock.serviceFile)).rejects.toThrow(/is of type IronLock/);
  });
});
