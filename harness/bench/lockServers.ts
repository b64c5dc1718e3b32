/**
 * # How fast real servers pass the lock
 *
 * Three server processes on this machine, each passing the lock on at once, beside a bare echo in
 * Node in the same run. A pass takes one message that nothing else can overtake, a round trip of
 * the echo takes two, one after the other; so a pass is compared with half a round trip.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockService } from '../testing/lockServers.ts';
import { alternate, ratio } from './alternate.ts';
import { measureEcho, sleep } from './echo.ts';
import { count, type Figure, figure, type Row, row, show } from './figures.ts';

const RUNS = 3;
const WARM_UP_MS = 1000;
const MEASURED_MS = 2000;
/** One message at a time, as long as a message of the lock. */
const ECHO = { connections: 1, payload: 16 };

export async function benchLockServers(): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  try {
    const tls = await LockService.create(join(directory, 'tls'));
    const plain = await LockService.create(join(directory, 'plain'), { useSsl: false });
    const times = { warmUpMs: WARM_UP_MS, measuredMs: MEASURED_MS };
    const measured = await alternate(
      {
        tls: () => measurePasses(tls),
        tlsTraced: () => measurePasses(tls, true),
        tlsEcho: () => measureEcho({ privateKeyFile: tls.privateKeyFile(1), ...ECHO, ...times }),
        plain: () => measurePasses(plain),
        plainEcho: () => measureEcho({ privateKeyFile: undefined, ...ECHO, ...times }),
      },
      RUNS,
    );
    return [
      row(
        'lock passes a second, 3 servers, mutual TLS',
        show(measured.tls),
        besideEcho(measured.tls, measured.tlsEcho),
      ),
      row(
        'lock passes a second, 3 servers, plain TCP',
        show(measured.plain),
        besideEcho(measured.plain, measured.plainEcho),
      ),
      row(
        'the same over TLS while a trace is recorded',
        show(measured.tlsTraced),
        `ratio ${ratio(measured.tlsTraced, measured.tls)} to that without`,
      ),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const besideEcho = (passes: Figure, echo: Figure): string => {
  const messages = figure([echo.median, echo.min, echo.max].map((roundTrips) => 2 * roundTrips));
  return (
    `bare Node echo of 16-byte frames, two processes: ${show(echo)} round trips, `
    + `so ${count(messages.median)} messages one after the other; ratio ${ratio(passes, messages)}`
  );
};

/** Runs all servers of a service, which print to files, and gives the lock passes per second. */
async function measurePasses(service: LockService, traced = false): Promise<number> {
  const options = (number: number): readonly string[] =>
    traced ? [`trace=${service.traceFile(number)}`, 'overwrite=true'] : [];
  const numbers = Array.from({ length: service.count }, (_, index) => index + 1);
  const servers = numbers.map((number) => {
    const path = join(service.directory, `${number}.out`);
    const output = openSync(path, 'w+');
    const stdio: ['ignore', number, 'inherit'] = ['ignore', output, 'inherit'];
    const args = service.commandLine(number, options(number));
    return { output, child: spawn(process.execPath, args, { stdio }) };
  });
  try {
    const latest = (): number => Math.max(...servers.map(({ output }) => lastEpoch(output)));
    while (latest() < 2 * service.count) await sleep(50);
    await sleep(WARM_UP_MS);
    const [began, before] = [performance.now(), latest()];
    await sleep(MEASURED_MS);
    return ((latest() - before) * 1000) / (performance.now() - began);
  } finally {
    await Promise.all(servers.map(({ child }) => stop(child)));
    for (const { output } of servers) closeSync(output);
  }
}

/** The epoch that a server granted last, from the end of what it printed. */
function lastEpoch(output: number): number {
  const tail = Buffer.alloc(4096);
  const start = Math.max(fstatSync(output).size - tail.length, 0);
  const length = readSync(output, tail, 0, tail.length, start);
  const grants = [...tail.toString('utf8', 0, length).matchAll(/^I grant the lock (\d+)\n/gm)];
  return Number(grants.at(-1)?.[1] ?? 0);
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
}
