import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ShtClient } from '../../impl/client/shtClient.ts';
import { killServers, type ServerProcess } from '../testing/lockServers.ts';
import { ShtService } from '../testing/shtServers.ts';
import { summedIn } from '../testing/shtUnderFire.ts';
import { TableFlooder } from '../testing/tableFlooder.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
});

afterEach(() => {
  killServers();
  rmSync(directory, { recursive: true, force: true });
});

/** The memory that servers have, all together, in MiB. */
const residentMiB = (hosts: readonly ServerProcess[]): number =>
  hosts.reduce((sum, { pid }) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kilobytes) / 1024;
  }, 0);

const MODES = [
  ['as they are', []],
  ['doing only what the original does', ['compatible=true']],
] as const;

describe.each(MODES)('hosts over TLS, %s', (_, options) => {
  test('serve everyone in turn while some flood, who acknowledge or do not', async () => {
    const service = await ShtService.create(directory, { count: 1 });
    const hosts = await service.startAll(options);
    const honest = await ShtClient.connect(service.serviceFile);
    const value = Buffer.alloc(1000, 'y');
    await honest.set(7_777n, value);
    const own = { value: 1000, keys: 100 };
    const silent = new TableFlooder(service.serviceFile, { acknowledges: false, ...own });
    const flooder = new TableFlooder(service.serviceFile, { acknowledges: true, ...own });
    // It is warm, and so is the host.
    const { calls: answered } = await flooder.until(({ calls }) => calls >= 5_000);
    const before = residentMiB(hosts);
    let most = before;
    const CALLS = 100;
    for (let call = 0; call < CALLS; call++) {
      if (call % 2 === 0) await honest.set(7_777n, value);
      else expect(await honest.get(7_777n)).toEqual(new Uint8Array(value));
      most = Math.max(most, residentMiB(hosts));
    }
    // Whoever asks waits for what the others may have waiting, and not for all that they have sent.
    const { calls = 0 } = flooder.progress ?? {};
    expect((calls - answered) / CALLS).toBeLessThan(1_500);
    expect(most - before).toBeLessThan(250);
    // Who acknowledges nothing is answered no more, but what it says is still heard.
    const { taken } = await silent.until((said) => said.calls >= 1_024 && said.taken > 10_000);
    await silent.until((said) => said.taken > taken + 10_000);
    expect((await silent.stop()).calls).toBe(1_024);
    await flooder.stop();
    honest.close();
    const ended = await Promise.all(hosts.map((host) => host.stop()));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([[0, '']]);
    expect(summedIn(ended, 'notListening')).toBeGreaterThan(0);
  });
});
