import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Random } from '../simulation/random.ts';
import { killServers } from '../testing/lockServers.ts';
import { NamespaceWires } from '../testing/namespaceWires.ts';
import { RslService } from '../testing/rslServers.ts';
import { expectSound, QUICK, ReplicasUnderFire } from '../testing/rslUnderFire.ts';
import { CLIENTS, ProxyWires, type Wires } from '../testing/wires.ts';

let directory: string;
let service: RslService;
let wires: Wires | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  service = await RslService.create(directory);
});

afterEach(() => {
  killServers();
  wires?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A window so short that whoever misses something needs the whole state of another. */
const OPTIONS = [...QUICK, 'window=16'];

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

const proxies = () => ProxyWires.lay(service.identity, directory);
/** Not every machine lets a test have networks of its own. */
const networks = async () => NamespaceWires.lay(service.identity, directory) ?? (await proxies());

/** Tests end when they hang, and not because machines are busy. */
const PATIENT = { timeout: 180_000 };

describe.each([
  ['connections that break', proxies],
  ['cables that are pulled', networks],
])('three replicas over TLS, whose links are %s', PATIENT, (_, lay) => {
  test('serve on, correctly, whichever link is cut', async () => {
    const laid = await lay();
    wires = laid;
    const fire = await ReplicasUnderFire.start(service, laid, OPTIONS);

    // The leader reaches the clients, but no other replica.
    const first = await fire.leader();
    fire.cut(first, fire.others(first));
    await fire.callers.answered(10);
    fire.mend(first, fire.others(first));
    const second = await fire.leader();

    // The leader reaches the other replicas, but no client.
    fire.cut(CLIENTS, [second]);
    await fire.callers.answered(10);
    fire.mend(CLIENTS, [second]);
    const third = await fire.leader();

    // A replica reaches nobody, and misses more than the others remember; then another does, so
    // that the first is needed again. A message is dropped after three attempts to connect.
    const [behind = 0] = fire.others(third);
    fire.cut(behind, [CLIENTS, ...fire.others(behind)]);
    await Promise.all([fire.callers.answered(40), sleep(2_500)]);
    fire.mend(behind, [CLIENTS, ...fire.others(behind)]);
    fire.cut(third, [CLIENTS, ...fire.others(third)]);
    await fire.callers.answered(10);
    fire.mend(third, [CLIENTS, ...fire.others(third)]);
    await fire.callers.answered(10);

    const outcome = await fire.stop();
    expect(outcome.ended.map(({ code, stderr }) => [code, stderr])).toEqual(
      Array.from({ length: 3 }, () => [0, '']),
    );
    expect(outcome.summed('changeView')).toBeGreaterThan(2);
    // What is on its way when a cable is pulled may still come when it is not any more.
    if (laid instanceof ProxyWires) expect(outcome.summed('adoptState')).toBeGreaterThan(0);
    expect(outcome.callers.leaderChanges).toBeGreaterThan(2);
    await expectSound(fire, outcome);
  });
});

describe('three replicas over TLS and links that do as they like', PATIENT, () => {
  test('serve on, correctly, once these have calmed down', async () => {
    const laid = await proxies();
    wires = laid;
    const fire = await ReplicasUnderFire.start(service, laid, OPTIONS);
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
    await fire.callers.answered(10);
    const outcome = await fire.stop();
    expect(outcome.ended.map(({ code, stderr }) => [code, stderr])).toEqual(
      Array.from({ length: 3 }, () => [0, '']),
    );
    expect(halves).toBeGreaterThan(0);
    expect(laid.all.reduce((sum, { broken }) => sum + broken, 0)).toBeGreaterThan(0);
    await expectSound(fire, outcome);
  });
});
