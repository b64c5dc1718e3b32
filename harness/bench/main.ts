/**
 * # `npm run bench`
 *
 * Measures what the project promises to be fast at, each figure beside a peer or a limit measured
 * in the same run, for absolute numbers do not travel from machine to machine.
 */
import { availableParallelism, cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { benchCampaigns } from './campaigns.ts';
import { benchExplorer } from './explorers.ts';
import type { Row } from './figures.ts';
import { benchLockServers } from './lockServers.ts';
import { benchMemory } from './memory.ts';
import { benchMutants } from './mutants.ts';
import { benchRsl } from './rsl.ts';

const BENCHES: Readonly<Record<string, () => readonly Row[] | Promise<readonly Row[]>>> = {
  campaign: benchCampaigns,
  explorer: benchExplorer,
  lock: benchLockServers,
  memory: () => benchMemory(),
  mutants: benchMutants,
  rsl: benchRsl,
};

/** What a figure depends on besides the code. */
const machine = (): string =>
  [
    new Date().toISOString().slice(0, 10),
    `Node ${process.versions.node}`,
    `${availableParallelism()} cores`,
    cpus()[0]?.model ?? 'unknown processor',
    `kernel ${release()}`,
  ].join(', ');

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    const known = Object.keys(BENCHES).join(', ');
    process.stderr.write(`ERROR - there is no benchmark "${unknown}"; choose among: ${known}\n`);
    return 2;
  }
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stderr.write(`measuring ${name} …\n`);
    rows.push(...(await bench()));
  }
  const report = { machine: machine(), command: 'npm run bench', rows };
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : markdown(report));
  return 0;
}

const markdown = (report: { readonly machine: string; readonly rows: readonly Row[] }): string =>
  [
    `Measured on ${report.machine}. Medians, with the range of the runs.`,
    '',
    '| what | figure | beside |',
    '| --- | --- | --- |',
    ...report.rows.map(({ what, figure, beside }) => `| ${what} | ${figure} | ${beside} |`),
    '',
  ].join('\n');

process.exitCode = await main();
