/** # What is told of the mutants: a row for each, and the sum of them all. */
import Table from 'cli-table3';
import type { Result } from './judge.ts';
import type { Mutant } from './mutant.ts';

/** Whose mutant it is: that of a service, at a level if it has several. */
export const homeOf = ({ service, level }: Mutant): string =>
  level === undefined ? service : `${service}, level ${level}`;

/** All results by whose mutants they are of, in the order in which they come. */
function byHome(results: readonly Result[]): ReadonlyMap<string, readonly Result[]> {
  const homes = new Map<string, Result[]>();
  for (const result of results) {
    const home = homeOf(result.mutant);
    const others = homes.get(home);
    if (others === undefined) homes.set(home, [result]);
    else others.push(result);
  }
  return homes;
}

/** For each service and level its name, and a row for each mutant. */
export const tables = (results: readonly Result[]): string =>
  [...byHome(results)].map(([home, own]) => `Mutants of ${home}\n${table(own)}`).join('\n\n');

function table(results: readonly Result[]): string {
  const head = ['', 'mutant', 'refused by', 'clause', 'steps', 'seconds', 'shrunk to', 'explorer'];
  const rows = new Table({
    head,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [3, 34, 13, 46, 11, 9, 11, 10],
  });
  rows.push(...results.map(rowOf));
  return rows.toString();
}

const rowOf = (result: Result): string[] => {
  const { mutant, refusal, steps, seconds, length, shortest, complaint } = result;
  return [
    complaint === undefined ? '' : '✗',
    mutant.name,
    refusal?.boundary ?? mutant.survives?.class ?? 'survives',
    refusal?.clause ?? mutant.survives?.reason ?? '',
    steps.toLocaleString('en-US'),
    seconds.toFixed(1),
    String(length ?? ''),
    String(shortest ?? ''),
  ];
};

/** The middle of some numbers, of which there must be at least one. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [(sorted.length - 1) >> 1, sorted.length >> 1];
  return ((sorted[low] as number) + (sorted[high] as number)) / 2;
}

/** What became of the mutants of one service at one level. */
export interface Summary {
  /** The service, and the level if it has several. */
  readonly service: string;
  readonly mutants: number;
  /** How many each boundary has refused. */
  readonly killed: Readonly<Record<string, number>>;
  /** Those that were to survive, and did. */
  readonly survivors: readonly string[];
  /** How long it took until they were refused; nothing where none was. */
  readonly seconds:
    | { readonly median: number; readonly worst: number; readonly of: string }
    | undefined;
}

/** One for each service and level, in the order in which they come. */
export const summaries = (results: readonly Result[]): readonly Summary[] =>
  [...byHome(results)].map(([home, own]) => summaryOf(home, own));

function summaryOf(service: string, results: readonly Result[]): Summary {
  const killed: Record<string, number> = {};
  const dead = results.filter(({ refusal }) => refusal !== undefined);
  for (const { refusal } of dead) {
    const boundary = refusal?.boundary ?? '';
    killed[boundary] = (killed[boundary] ?? 0) + 1;
  }
  const [slowest] = dead.toSorted((a, b) => b.seconds - a.seconds);
  return {
    service,
    mutants: results.length,
    killed,
    survivors: results.flatMap(({ mutant, refusal }) =>
      refusal === undefined && mutant.survives ? [`${mutant.name} (${mutant.survives.class})`] : [],
    ),
    seconds: slowest && {
      median: median(dead.map(({ seconds }) => seconds)),
      worst: slowest.seconds,
      of: slowest.mutant.name,
    },
  };
}

/** The sum in a few lines. */
export function tell(summary: Summary): string {
  const { service, mutants, killed, survivors, seconds } = summary;
  const boundaries = Object.entries(killed).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = [
    `${service}: ${mutants} mutants, refused by ${boundaries
      .map(([boundary, count]) => `${boundary} ${count}`)
      .join(', ')}`,
  ];
  if (seconds !== undefined) {
    const [middle, worst] = [seconds.median.toFixed(1), seconds.worst.toFixed(1)];
    lines.push(`  seconds until refused: median ${middle}, worst ${worst} (${seconds.of})`);
  }
  lines.push(...survivors.map((name) => `  survives, as it should: ${name}`));
  return lines.join('\n');
}
