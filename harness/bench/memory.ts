/**
 * # Whether replicas' memory stays bounded
 *
 * Three replicas of a key-value store under full load, for as long as one likes, and how much
 * memory they have meanwhile: the leader, and whichever follower has most. By itself, this module
 * runs for as many seconds as it is told:
 *
 *     node dist/harness/bench/memory.js 600
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLI, killServers, ServerProcess } from '../testing/lockServers.ts';
import { RslService } from '../testing/rslServers.ts';
import { count, type Row, row } from './figures.ts';
import { MEMORY_REPORT, type MemoryReport } from './memoryReporter.ts';

const PROGRAM = fileURLToPath(import.meta.url);
const REPORTER = fileURLToPath(new URL('./memoryReporter.js', import.meta.url));

/** Enough clients to keep all replicas busy. */
const LOAD = ['nthreads=50', 'inflight=8', 'setfraction=0.25', 'valuesize=100', 'sleep=0'];

const SHORT_SECONDS = 30;

/** Of how many moments the report tells. */
const MOMENTS = 12;

export async function benchMemory(seconds = SHORT_SECONDS): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  try {
    const program = ['--import', REPORTER, CLI, 'rsl-kv-server'];
    const service = await RslService.create(directory, { useSsl: false, program });
    const replicas = Array.from({ length: service.count }, (_, index) =>
      service.start(index + 1, [], { IRONFLEET_REPORT_MEMORY: 'true' }),
    );
    await Promise.all(replicas.map((replica) => replica.printed('[[READY]]')));
    const asked = ['quiet=true', `duration=${seconds}`, ...LOAD];
    const client = new ServerProcess([CLI, 'rsl-kv-client', service.serviceFile, ...asked]);
    const { code, stdout, stderr } = await client.ended;
    if (code !== 0) throw new Error(`the clients ended with ${code}: ${stderr}${stdout}`);
    const ended = await Promise.all(replicas.map((replica) => replica.stop()));
    const curves = ended.map(({ stderr: told }) => reportsIn(told));
    const executed = Number(/\bexecute (\d+)/.exec(ended[0]?.stdout ?? '')?.[1] ?? 0);
    return rowsOf(seconds, curves, executed, stdout);
  } finally {
    killServers();
    rmSync(directory, { recursive: true, force: true });
  }
}

const reportsIn = (told: string): readonly MemoryReport[] =>
  told
    .split('\n')
    .filter((line) => line.startsWith(MEMORY_REPORT))
    .map((line) => JSON.parse(line.slice(MEMORY_REPORT.length)) as MemoryReport);

function rowsOf(
  seconds: number,
  [leader = [], ...followers]: readonly (readonly MemoryReport[])[],
  executed: number,
  summary: string,
): readonly Row[] {
  const most = (curve: readonly MemoryReport[]) => Math.max(...curve.map(({ rss }) => rss));
  const follower = followers.toSorted((a, b) => most(b) - most(a))[0] ?? [];
  const rate = /answered +[\d,]+, ([\d,]+) a second/.exec(summary)?.[1] ?? 'unknown';
  return [['leader', leader] as const, ['larger follower', follower] as const].map(([who, curve]) =>
    row(
      `memory of the ${who}, full load for ${count(seconds)} s: MiB over time, resident`
        + ' (heap, buffers)',
      curveOf(curve),
      `${growth(curve)}; ${count(executed)} operations, ${rate} requests a second`,
    ),
  );
}

/** Some moments, evenly from the beginning to the end. */
const curveOf = (curve: readonly MemoryReport[]): string =>
  Array.from({ length: Math.min(MOMENTS, curve.length) }, (_, moment) => {
    const at = Math.floor(((moment + 1) * curve.length) / Math.min(MOMENTS, curve.length)) - 1;
    const { rss = 0, heap = 0, buffers = 0 } = curve[at] ?? {};
    return `${rss} (${heap}, ${buffers})`;
  }).join(' → ');

/** How the last third compares with the one before it: what is bounded does not grow. */
function growth(curve: readonly MemoryReport[]): string {
  const third = Math.floor(curve.length / 3);
  const most = (part: readonly MemoryReport[]) => Math.max(...part.map(({ rss }) => rss));
  const ratio = most(curve.slice(-third)) / most(curve.slice(-2 * third, -third));
  return `most in the last third: ${ratio.toFixed(2)} times that of the third before`;
}

if (process.argv[1] === PROGRAM) {
  const seconds = Number(process.argv[2] ?? SHORT_SECONDS);
  for (const { what, figure, beside } of await benchMemory(seconds)) {
    process.stdout.write(`${what}:\n  ${figure}\n  ${beside}\n`);
  }
}
