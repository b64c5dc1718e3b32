/**
 * # Where keys are, for people and for programs
 */
import type { Arrangement } from '../../impl/client/shtArranging.ts';
import type { SilentHostError } from '../../impl/client/shtErrors.ts';
import { KEY_INF, type KeyRange } from '../../impl/client/shtMessages.ts';
import { type HostReport, putTogether, type Segment } from '../../impl/client/shtSurvey.ts';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';

/** What each host says, or why it says nothing. */
export interface Table {
  readonly service: ServiceIdentity;
  readonly reports: readonly (HostReport | SilentHostError)[];
}

/** So many ranges are shown to people. */
const SHOWN = 100;

/** For people. */
export function describeTable(table: Table): string {
  const { service, reports } = table;
  const names = service.servers.map(({ friendlyName }) => friendlyName);
  const known = reports.flatMap((report) => (report instanceof Error ? [] : [report]));
  const keys = known.reduce((sum, report) => sum + report.keys, 0);
  const wide = Math.max(...names.map(({ length }) => length));
  const lines = [
    `${service.friendlyName}: ${some(keys, 'key')} with ${some(known.length, 'host')}`,
    ...reports.map((report, host) =>
      report instanceof Error
        ? `  ${(names[host] ?? '').padEnd(wide)}  ${report.matter}`
        : `  ${(names[host] ?? '').padEnd(wide)}  ${count(report.keys).padStart(13)} keys in `
          + some(report.own.length, 'range'),
    ),
    'Who has which keys',
    ...describeSegments(table, names),
    ...describeOrders(table, names),
  ];
  return lines.join('\n');
}

function describeSegments(table: Table, names: readonly string[]): readonly string[] {
  const segments = segmentsOf(table);
  if (segments === undefined) return ['  Keys move at this moment; ask again'];
  const isWhole = table.reports.every((report) => !(report instanceof Error));
  const nobody = isWhole ? 'on the way' : 'unknown';
  const rows = segments
    .slice(0, SHOWN)
    .map((segment) => `  ${showRange(segment)}  ${names[segment.owner ?? -1] ?? nobody}`);
  const more = segments.length - rows.length;
  return more > 0 ? [...rows, `  and ${some(more, 'range')} more, which --json shows`] : rows;
}

function describeOrders({ reports }: Table, names: readonly string[]): readonly string[] {
  const lines = reports.flatMap((report, host) =>
    report instanceof Error
      ? []
      : report.orders.map(
          ({ range, recipient }) =>
            `  ${showRange(range)}  from ${names[host]} to ${names[recipient ?? -1] ?? 'a stranger'}`,
        ),
  );
  return lines.length === 0 ? [] : ['On the move', ...lines];
}

const segmentsOf = ({ reports }: Table): readonly Segment[] | undefined =>
  putTogether(
    reports.map((report) =>
      report instanceof Error ? { keys: 0, own: [], orders: [], samples: [] } : report,
    ),
  )?.segments;

/** Twenty digits, and what stands around them. */
const showRange = ({ low, high }: KeyRange): string =>
  `[${showBound(low).padStart(20)}, ${showBound(high).padStart(20)})`;

const showBound = (bound: bigint): string => (bound >= KEY_INF ? 'inf' : `${bound}`);

/** For programs: one line of JSON. */
export function tableJson(table: Table): string {
  const { service, reports } = table;
  const nameOf = (host: number | undefined): string | null =>
    service.servers[host ?? -1]?.friendlyName ?? null;
  const range = ({ low, high }: KeyRange) => ({ low: showBound(low), high: showBound(high) });
  return JSON.stringify({
    service: service.friendlyName,
    hosts: reports.map((report, host) =>
      report instanceof Error
        ? { name: nameOf(host), error: report.message }
        : {
            name: nameOf(host),
            keys: report.keys,
            ranges: report.own.length,
            orders: report.orders.map((order) => ({
              ...range(order.range),
              recipient: nameOf(order.recipient),
            })),
          },
    ),
    ranges: segmentsOf(table)?.map((segment) => ({
      ...range(segment),
      owner: nameOf(segment.owner),
    })),
  });
}

/** What came of it, in a line. */
export function describeArrangement(arrangement: Arrangement | undefined): string {
  if (arrangement === undefined) return 'Every host has its even share already; nothing to do';
  const { moved, tookMs, survey, wasNothing } = arrangement;
  if (wasNothing) return 'Everything is there already; nothing to do';
  const keys = survey.hosts.map((host) => count(host.keys)).join(', ');
  return (
    `Done: about ${some(Math.round(moved), 'key')} moved in ${(tookMs / 1000).toFixed(1)} s; `
    + `hosts have ${keys} keys`
  );
}

const count = (number: number): string => number.toLocaleString('en');

const some = (number: number, what: string): string =>
  `${count(number)} ${what}${number === 1 ? '' : 's'}`;
