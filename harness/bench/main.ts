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
import type { Row, Table } from './figures.ts';
import { benchLockServers } from './lockServers.ts';
import { benchMemory } from './memory.ts';
import { benchMutants } from './mutants.ts';
import { benchRsl } from './rsl.ts';
import { benchSht } from './sht.ts';
import { benchShtMove } from './shtMove.ts';

interface Options {
  /** Whether a part will do, where a bench knows one. */
  readonly quick: boolean;
}

type Found = readonly Row[] | readonly Table[];

const BENCHES: Readonly<Record<string, (options: Options) => Found | Promise<Found>>> = {
  campaign: benchCampaigns,
  explorer: benchExplorer,
  lock: benchLockServers,
  memory: () => benchMemory(),
  mutants: benchMutants,
  rsl: benchRsl,
  sht: benchSht,
  'sht-move': benchShtMove,
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
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    const known = Object.keys(BENCHES).join(', ');
    process.stderr.write(`ERROR - there is no benchmark "${unknown}"; choose among: ${known}\n`);
    return 2;
  }
  const rows: Row[] = [];
  const tables: Table[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stderr.write(`measuring ${name} …\n`);
    for (const found of await bench({ quick: values.quick })) {
      if ('what' in found) rows.push(found);
      else tables.push(found);
    }
  }
  const report = { machine: machine(), command: 'npm run bench', rows, tables };
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : markdown(report));
  return 0;
}

interface Report {
  readonly machine: string;
  readonly rows: readonly Row[];
  readonly tables: readonly Table[];
}

function markdown({ machine, rows, tables }: Report): string {
  const lines = [`Measured on ${machine}. Medians, with the range of the runs.`, ''];
  if (rows.length > 0) {
    const cells = rows.map(({ what, figure, beside }) => [what, figure, beside]);
    lines.push(...grid(['what', 'figure', 'beside'], cells), '');
  }
  for (const { title, columns, lines: cells } of tables) {
    lines.push(title, '', ...grid(columns, cells), '');
  }
  return lines.join('\n');
}

const grid = (
  columns: readonly string[],
  lines: readonly (readonly string[])[],
): readonly string[] =>
  [columns, columns.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);

process.exitCode = await main();
