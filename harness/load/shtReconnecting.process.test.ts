import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ShtAdministrator } from '../../impl/client/shtAdministrator.ts';
import { ShtClient } from '../../impl/client/shtClient.ts';
import { KEY_INF } from '../../impl/client/shtMessages.ts';
import { systemTimers } from '../../impl/framework/timers.ts';
import { transientIdentity } from '../../impl/framework/transientIdentity.ts';
import { checkHistories } from '../history/checkHistories.ts';
import { HistoryWriter } from '../history/writer.ts';
import { Random } from '../simulation/random.ts';
import { CuttingProxy } from '../testing/cuttingProxy.ts';
import { killServers } from '../testing/lockServers.ts';
import { ShtService } from '../testing/shtServers.ts';
import { Load } from './load.ts';
import { MixedWorkload } from './shtWorkload.ts';

const CLIENTS = 3;
const ROUNDS = 12;

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

test.each([true, false])(
  'no request is lost or done twice while connections break and keys move, with TLS: %s',
  async (useSsl) => {
    const service = await ShtService.create(join(directory, `${useSsl}`), { useSsl });
    await service.startAll(['delegationkeys=5']);
    const { identity } = service;
    const proxies = await Promise.all(identity.servers.map((server) => CuttingProxy.open(server)));
    const servers = identity.servers.map((server, host) => {
      return { ...server, port: proxies[host]?.port ?? 0 };
    });
    const path = join(directory, `${useSsl}.history`);
    const history = HistoryWriter.create(path, 'sht', false);
    const shares = { keys: 30, valueSize: 40, setUp: false };
    const load = new Load({
      workload: new MixedWorkload({ ...shares, setFraction: 0.5, deleteFraction: 0.1 }),
      timers: systemTimers,
      inFlight: 8,
      onFailure: (error) => expect.unreachable(String(error)),
    });
    const clients: ShtClient[] = [];
    for (let thread = 0; thread < CLIENTS; thread++) {
      const me = await transientIdentity(identity);
      const client = await ShtClient.connect({ ...identity, servers }, { identity: me });
      clients.push(client);
      const submit = (request: Uint8Array) =>
        history.record(me.endPoint, request, (bytes) => client.submit(bytes));
      load.drive({ thread, client, random: new Random(thread), submit });
    }
    const administrator = await ShtAdministrator.connect(identity);
    const random = new Random(5);
    for (let round = 0; round < ROUNDS; round++) {
      const low = BigInt(random.below(30));
      const high = random.happens(0.5) ? KEY_INF : low + 10n;
      await administrator.arrange([{ range: { low, high }, recipient: round % 3 }]);
      for (const proxy of proxies) {
        if (random.happens(0.3)) proxy.halfClose();
        else if (random.happens(0.7)) proxy.reset();
      }
      await pause(100 + random.below(200));
    }
    await load.stop(20_000);
    administrator.close();
    const { answered, errors, wrong } = load;
    const sum = (name: 'resent' | 'redirects' | 'connectionsLost' | 'malformed' | 'strays') =>
      clients.reduce((total, { counters }) => total + counters[name], 0);
    const seen = [sum('resent'), sum('redirects'), sum('connectionsLost')];
    const never = [sum('malformed'), sum('strays')];
    for (const client of clients) client.close();
    for (const proxy of proxies) await proxy.close();
    history.close();
    expect({ errors: [...errors], wrong, never }).toEqual({ errors: [], wrong: [], never: [0, 0] });
    for (const count of seen) expect(count).toBeGreaterThan(0);
    expect(answered).toBeGreaterThan(300);
    const report = checkHistories([path]);
    expect(report.outcome.verdict).toBe('linearizable');
    expect(report.unanswered).toBe(0);
  },
  60_000,
);
