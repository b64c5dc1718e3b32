import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Random } from '../simulation/random.ts';
import { killServers } from '../testing/lockServers.ts';
import { NamespaceWires } from '../testing/namespaceWires.ts';
import { ShtService } from '../testing/shtServers.ts';
import { HostsUnderFire } from '../testing/shtUnderFire.ts';
import { CLIENTS, ProxyWires, type Wires } from '../testing/wires.ts';

let directory: string;
let service: ShtService;
let wires: Wires | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  service = await ShtService.create(directory, { administrators: 1 });
});

afterEach(() => {
  killServers();
  wires?.close();
  rmSync(directory, { recursive: true, force: true });
});

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

const proxies = () => ProxyWires.lay(service.identity, directory);
/** Not every machine lets a test have networks of its own. */
const networks = async () => NamespaceWires.lay(service.identity, directory) ?? (await proxies());

/** Tests end when they hang, and not because machines are busy. */
const PATIENT = { timeout: 180_000 };

describe.each([
  ['connections that break', proxies],
  ['cables that are pulled', networks],
])('three hosts over TLS, whose links are %s', PATIENT, (_, lay) => {
  test('lose nothing and do nothing twice, whichever link is cut while keys move', async () => {
    wires = await lay();
    const fire = await HostsUnderFire.start(service, wires);

    // Keys are on their way between two hosts, and neither hears of the other for a while. After
    // three attempts to connect a message is dropped.
    await fire.moved(3);
    fire.cut(1, [2]);
    await Promise.all([sleep(1_500), fire.ordered()]);
    fire.mend(1, [2]);
    await fire.callers.answered(5);

    // Hosts reach each other, but clients do not reach one of them: orders are carried out.
    await fire.moved(3);
    fire.cut(CLIENTS, [1]);
    await sleep(1_000);
    fire.mend(CLIENTS, [1]);
    await fire.callers.answered(5);

    // A host reaches nobody.
    await fire.moved(3);
    fire.cut(3, [CLIENTS, 1, 2]);
    await Promise.all([sleep(1_500), fire.ordered()]);
    fire.mend(3, [CLIENTS, 1, 2]);
    await fire.callers.answered(5);

    const outcome = await fire.stop();
    await fire.expectSound(outcome);
    expect(outcome.summed('adopt')).toBe(outcome.summed('delegate'));
    expect(outcome.summed('keysAdopted')).toBe(outcome.summed('keysHandedOn'));
    expect(outcome.summed('resent')).toBeGreaterThan(0);
    // A cable that is pulled for a moment breaks nothing.
    if (wires instanceof ProxyWires) expect(outcome.callers.connectionsLost).toBeGreaterThan(0);
  });
});

describe('three hosts over TLS and links that do as they like', PATIENT, () => {
  test('lose nothing and do nothing twice, and all keys land once these have calmed down', async () => {
    const laid = await proxies();
    wires = laid;
    const fire = await HostsUnderFire.start(service, laid);
    const random = new Random(7);
    let halves = 0;
    for (let round = 0; round < 40; round++) {
      const link = random.pick(laid.all);
      const what = random.pick(['reset', 'halfClose', 'stall', 'cut', 'delay', 'mend', 'mend']);
      if (what === 'halfClose' && link.connections > 0) halves++;
      if (what === 'delay') link.delay(random.below(100));
      else link[what as 'reset' | 'halfClose' | 'stall' | 'cut' | 'mend']();
      await sleep(100);
    }
    for (const link of laid.all) link.mend();
    await fire.callers.answered(5);
    const outcome = await fire.stop();
    expect(halves).toBeGreaterThan(0);
    expect(laid.all.reduce((sum, { broken }) => sum + broken, 0)).toBeGreaterThan(0);
    await fire.expectSound(outcome);
    expect(outcome.summed('adopt')).toBe(outcome.summed('delegate'));
    expect(outcome.callers.connectionsLost).toBeGreaterThan(0);
  });
});
