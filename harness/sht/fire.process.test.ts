import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { killServers } from '../testing/lockServers.ts';
import { ShtService } from '../testing/shtServers.ts';
import { HostsUnderFire } from '../testing/shtUnderFire.ts';
import { DirectWires } from '../testing/wires.ts';

let directory: string;
let service: ShtService;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  service = await ShtService.create(directory, { administrators: 1 });
});

afterEach(() => {
  killServers();
  rmSync(directory, { recursive: true, force: true });
});

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Longer than it takes to send something again that nobody acknowledges. */
const A_GOOD_WHILE = 1_000;

/** Tests end when they hang, and not because machines are busy. */
const PATIENT = { timeout: 180_000 };

describe('three hosts over TLS, whose keys move all the while', PATIENT, () => {
  test('lose no key and leave nobody unanswered, whoever is paused', async () => {
    const fire = await HostsUnderFire.start(service, new DirectWires(service.identity, directory));
    for (const paused of [2, 1, 3]) {
      await fire.moved(3);
      fire.host(paused).pause();
      // Others are about to hand it keys.
      await Promise.all([sleep(A_GOOD_WHILE), fire.ordered()]);
      fire.host(paused).resume();
      await fire.callers.answered(5);
    }
    const outcome = await fire.stop();
    await fire.expectSound(outcome);
    // Ranges went in pieces, some of which were sent in vain at first; and clients followed them.
    const { moves, redirects } = outcome.callers;
    expect(outcome.summed('delegate')).toBeGreaterThan(moves);
    expect(outcome.summed('adopt')).toBe(outcome.summed('delegate'));
    expect(outcome.summed('keysAdopted')).toBe(outcome.summed('keysHandedOn'));
    expect(outcome.summed('keysHandedOn')).toBeGreaterThan(600);
    expect(outcome.summed('acceptAgain')).toBeGreaterThan(0);
    expect(outcome.summed('resent')).toBeGreaterThan(0);
    expect(redirects).toBeGreaterThan(20);
  });
});
