import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createClientCredentials } from '../../impl/framework/certificate.ts';
import { readServiceIdentity } from '../../impl/framework/identity.ts';
import { Transport } from '../../impl/framework/transport.ts';
import { marshal } from '../../impl/lock/messages.ts';
import {
  type Ended,
  ironfleet,
  killServers,
  LockService,
  type ServerProcess,
} from '../testing/lockServers.ts';
import { forge } from '../testing/traces.ts';
import { until } from '../testing/transports.ts';

let directory: string;
let tls: LockService;
let plain: LockService;
let alone: LockService;

const subdirectory = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  [tls, plain, alone] = await Promise.all([
    LockService.create(subdirectory('tls')),
    LockService.create(subdirectory('plain'), { useSsl: false }),
    LockService.create(subdirectory('alone'), { useSsl: false, count: 1 }),
  ]);
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const stopAll = (servers: readonly ServerProcess[]) =>
  Promise.all(servers.map((server) => server.stop()));

/** How often an action is counted in a server's summary. */
const summed = (stdout: string, name: string): number =>
  Number(new RegExp(`^Summary: .*\\b${name} (\\d+)`, 'm').exec(stdout)?.[1] ?? Number.NaN);

/** Checks the traces of a service on the command line; gives the exit code and the report. */
async function checkTrace(service: LockService, ...options: readonly string[]) {
  const { code, stdout } = await ironfleet(
    'check-trace',
    '--json',
    ...options,
    ...service.traceFiles,
  );
  return { code, report: JSON.parse(stdout) };
}

describe('three lock servers over TLS', () => {
  test('pass the lock, and what they did is legal, unless a byte of it changes', async () => {
    const servers = tls.startAll();
    const passed = servers.map((server) => server.printed(/I grant the lock \d{4}\n/));
    await Promise.all(passed);
    const ended = await stopAll(servers);
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      servers.map(() => ({ code: 0, stderr: '' })),
    );
    const [first = '', second = ''] = ended.map(({ stdout }) => stdout);
    expect(first.split('\n').slice(0, 5)).toEqual([
      'IronLockServer program started',
      'Processing command-line arguments',
      '[[READY]]',
      'I start holding the lock',
      'I grant the lock 1',
    ]);
    expect(second.split('\n').slice(2, 5)).toEqual([
      '[[READY]]',
      'I hold the lock!',
      'I grant the lock 2',
    ]);
    for (const { stdout } of ended) {
      expect(stdout.split('\n').slice(-2)).toEqual(['[[EXIT]]', '']);
      expect(stdout.match(/^I grant the lock/gm)?.length).toBe(summed(stdout, 'grant'));
    }
    const { code, report } = await checkTrace(tls);
    expect({ code, verdict: report.verdict }).toEqual({ code: 0, verdict: 'legal' });
    expect(report.specSteps).toBe(
      ended.reduce((sum, { stdout }) => sum + summed(stdout, 'grant'), 0),
    );
    expect(report.traces.map((trace: { ended: boolean }) => trace.ended)).toEqual([
      true,
      true,
      true,
    ]);

    const path = tls.traceFile(2);
    const bytes = readFileSync(path);
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(await checkTrace(tls)).toMatchObject({
      code: 1,
      report: { verdict: 'refused', refusal: { path } },
    });
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    forge(path, (lines) => {
      const accepted = lines.findLast(({ action }) => action === 'accept');
      Object.assign(accepted?.state ?? {}, { epoch: 1 });
    });
    expect(await checkTrace(tls)).toMatchObject({
      code: 1,
      report: {
        verdict: 'refused',
        refusal: { path, boundary: 'B1', place: { action: 'accept' } },
      },
    });
  });
});

describe('lock servers', () => {
  test('may start in any order, the first holder first', async () => {
    const first = plain.start(1, ['retry=20']);
    await first.printed('I grant the lock 1');
    const third = plain.start(3, ['retry=20']);
    await third.printed('[[READY]]');
    const second = plain.start(2, ['retry=20']);
    await first.printed('I hold the lock!');
    await Promise.all([second.printed('I hold the lock!'), third.printed('I hold the lock!')]);
    const ended = await stopAll([first, second, third]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  test('leave traces that are legal when one of them is killed', async () => {
    const servers = plain.startAll(['hold=1', 'overwrite=true']);
    const [first, second, third] = servers as [ServerProcess, ServerProcess, ServerProcess];
    await third.printed(/(I hold the lock!\n[\s\S]*){20}/);
    expect((await second.stop('SIGKILL')).code).toBe('SIGKILL');
    await stopAll([first, third]);
    const { code, report } = await checkTrace(plain, '--allow-torn');
    expect({ code, refusal: report.refusal }).toEqual({ code: 0, refusal: undefined });
    expect(report.traces.map((trace: { ended: boolean }) => trace.ended)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('turn strangers away, and go on', async () => {
    const servers = tls.startAll(['hold=1', 'overwrite=true', 'verbose=true']);
    const [, second] = servers as [ServerProcess, ServerProcess, ServerProcess];
    await Promise.all(servers.map((server) => server.printed('I hold the lock!')));
    const me = await createClientCredentials(new Date());
    const service = readServiceIdentity(tls.serviceFile);
    const stranger = Transport.connect({ service, me });
    stranger.send(service.servers[1]?.endPoint ?? '', marshal({ type: 'transfer', epoch: 1e6 }));
    stranger.flush();
    await until(() => second.stderr.includes('Refused 127.0.0.1'));
    await stranger.close();
    const held = second.stdout.length;
    await until(() => second.stdout.length > held);
    const [, { stdout }] = (await stopAll(servers)) as [Ended, Ended, Ended];
    expect(summed(stdout, 'peers refused')).toBeGreaterThan(0);
    const { code, report } = await checkTrace(tls);
    expect({ code, refusal: report.refusal }).toEqual({ code: 0, refusal: undefined });
  });

  test('load neither the protocol nor anything that checks', async () => {
    const coverage = subdirectory('coverage');
    const server = alone.start(1, [], { NODE_V8_COVERAGE: coverage });
    await server.printed('I hold the lock!');
    await server.stop();
    const modules = readdirSync(coverage).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8'));
      return result.map(({ url }: { url: string }) => url.replace(/.*\/dist\//, 'dist/'));
    });
    expect(modules).toContain('dist/impl/lock/host.js');
    expect(modules.filter((url) => /^dist\/(protocol|refinement)\//.test(url))).toEqual([]);
    // The words of the command line's options come along, and load nothing.
    const others = /^dist\/harness\/(?!cli[./]|\w+\/settings\.js$)/;
    expect(modules.filter((url) => others.test(url))).toEqual([]);
    expect(modules.filter((url) => url.includes('fast-check'))).toEqual([]);
  });

  test('sleep while there is nothing to do', async () => {
    const server = plain.start(2, ['compatible=true']);
    await server.printed('[[READY]]');
    const before = processorTicks(server.pid);
    await new Promise((resolve) => setTimeout(resolve, 500));
    // A server that spins uses fifty of them, and one that sleeps none, however busy the machine
    // is.
    expect(processorTicks(server.pid) - before).toBeLessThan(10);
    const { stdout } = await server.stop('SIGINT');
    expect(summed(stdout, 'steps')).toBe(0);
    expect(summed(stdout, 'wake-ups')).toBe(1);
  });

  test('serve on and end in good order when nobody reads what they print', async () => {
    const trace = alone.traceFile(1);
    const server = alone.start(1, [`trace=${trace}`]);
    server.stopReading();
    await until(() => existsSync(trace) && statSync(trace).size > 5_000_000);
    const { code } = await server.stop();
    expect(code).toBe(0);
    const { report } = await checkTrace(alone);
    expect(report).toMatchObject({ verdict: 'legal', traces: [{ ended: true }] });
  });
});

/** Hundredths of a second of processor time that a process has used. */
function processorTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
