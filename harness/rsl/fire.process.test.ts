import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLI, killServers, ServerProcess } from '../testing/lockServers.ts';
import { RslService } from '../testing/rslServers.ts';
import {
  CALLERS,
  expectSound,
  expectSoundFiles,
  QUICK,
  ReplicasUnderFire,
} from '../testing/rslUnderFire.ts';
import { DirectWires } from '../testing/wires.ts';

let directory: string;
let service: RslService;
let fire: ReplicasUnderFire;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  service = await RslService.create(directory);
});

afterEach(() => {
  killServers();
  rmSync(directory, { recursive: true, force: true });
});

const start = (...options: readonly string[]): Promise<ReplicasUnderFire> =>
  ReplicasUnderFire.start(service, new DirectWires(service.identity, directory), [
    ...QUICK,
    ...options,
  ]);

/** Longer than it takes to suspect a leader, and to elect another. */
const A_GOOD_WHILE = 2_000;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('three replicas over TLS', { timeout: 180_000 }, () => {
  test('serve on, correctly, when their leader is killed and others are paused', async () => {
    fire = await start();
    expect(await fire.leader()).toBe(1);
    fire.replica(3).pause();
    await fire.callers.answered(20);
    fire.replica(3).resume();

    expect((await fire.replica(1).stop('SIGKILL')).code).toBe('SIGKILL');
    const { leaderChanges } = await fire.callers.answered(20);
    expect(leaderChanges).toBeGreaterThan(0);

    // Of three replicas one is dead: without another there is no quorum. What was decided before
    // may still be answered, so everyone may get one more answer, but nobody two.
    const leader = await fire.leader();
    expect([2, 3]).toContain(leader);
    fire.replica(leader).pause();
    const before = await fire.callers.silent(300);
    await sleep(A_GOOD_WHILE);
    const answered = (fire.callers.progress?.calls ?? 0) - before;
    expect(answered).toBeLessThanOrEqual(CALLERS.clients * CALLERS.lanes);
    fire.replica(leader).resume();
    await fire.callers.answered(20);

    const outcome = await fire.stop();
    expect(outcome.ended.map(({ code }) => code)).toEqual(['SIGKILL', 0, 0]);
    expect(outcome.summed('changeView')).toBeGreaterThan(0);
    await expectSound(fire, outcome);
  });

  test('serve on, correctly, when whoever leads is paused for long, again and again', async () => {
    fire = await start('window=16');
    const leaders = new Set<number>();
    for (let round = 0; round < 4; round++) {
      const leader = await fire.leader();
      leaders.add(leader);
      fire.replica(leader).pause();
      await fire.callers.answered(20);
      // It wakes up and still believes that it leads.
      fire.replica(leader).resume();
      await fire.callers.answered(5);
    }
    const outcome = await fire.stop();
    expect(outcome.ended.map(({ code, stderr }) => [code, stderr])).toEqual(
      Array.from({ length: 3 }, () => [0, '']),
    );
    expect(leaders.size).toBeGreaterThan(1);
    expect(outcome.summed('changeView')).toBeGreaterThan(2);
    expect(outcome.callers.leaderChanges).toBeGreaterThan(2);
    await expectSound(fire, outcome);
  });

  test('are seen by a client program to go on without their leader', async () => {
    const traces = [1, 2, 3].map((number) => service.traceFile(number));
    const replicas = traces.map((trace, index) =>
      service.start(index + 1, [...QUICK, `trace=${trace}`]),
    );
    await Promise.all(replicas.map((replica) => replica.printed('[[READY]]')));
    const history = join(directory, 'history');
    const asked = ['nthreads=4', 'rate=100', 'inflight=2', 'duration=10', 'sleep=0'];
    const mix = ['setfraction=0.4', `history=${history}`];
    const client = new ServerProcess([
      ...[CLI, 'rsl-kv-client', service.serviceFile],
      ...asked,
      ...mix,
    ]);
    await client.printed(/(#req .*\n){100}/);
    await replicas[0]?.stop('SIGKILL');
    const { code, stdout, stderr } = await client.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}leaders +changed \d+ times?, as \d clients saw$/m);
    expect(stdout).toMatch(/^ {2}wrong answers +0$/m);
    await Promise.all(replicas.slice(1).map((replica) => replica.stop()));
    await expectSoundFiles([history], traces);
  });
});
