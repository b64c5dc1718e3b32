/**
 * # What a load came to
 *
 * For a reader: how much was answered and how fast, what failed, for how long nobody was answered
 * at worst, and how latencies are spread.
 */
import type { Histogram } from 'hdr-histogram-js';
import type { RslClientCounters } from '../../impl/client/rslClient.ts';
import type { Load } from './load.ts';

export interface SummaryRequest {
  readonly load: Load;
  /** Of each client. */
  readonly counters: readonly RslClientCounters[];
  readonly inFlight: number;
  readonly rate: number | undefined;
  readonly seed: number;
}

export const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A time in microseconds, in the unit and with the digits that suit a reader. */
export function showLatency(us: number): string {
  if (us < 1000) return `${us} µs`;
  if (us < 10_000) return `${(us / 1000).toFixed(2)} ms`;
  if (us < 100_000) return `${(us / 1000).toFixed(1)} ms`;
  if (us < 1_000_000) return `${Math.round(us / 1000)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}

export const plural = (number: number, what: string): string =>
  `${count(number)} ${what}${number === 1 ? '' : 's'}`;

export const summary = (request: SummaryRequest): string =>
  loadSummary({
    ...request,
    clients: request.counters.length,
    more: [
      ['leaders', leaders(request.counters)],
      ['asked again', askedAgain(request.counters)],
    ],
  });

/** What is said of any load, and what there is to say more, each with its name. */
export interface LoadSummaryRequest extends Omit<SummaryRequest, 'counters'> {
  readonly clients: number;
  readonly more: readonly (readonly [string, string])[];
}

export function loadSummary(request: LoadSummaryRequest): string {
  const { load, inFlight, rate, seed, more } = request;
  const clients = plural(request.clients, 'client');
  const how = rate === undefined ? `${inFlight} under way in each` : `${count(rate)} a second`;
  const rows: (readonly [string, string])[] = [
    ['answered', `${count(load.answered)}, ${count(perSecond(load))} a second`],
    ['failed', failures(load.errors)],
    ['wrong answers', count(load.wrongAnswers)],
    ...load.wrong.map((fault) => ['', fault] as const),
    ['latency', load.answered === 0 ? 'unknown' : percentiles(load.latencies)],
    ['longest silence', silence(load)],
    ...more,
  ];
  return [
    `Summary: ${seconds(load.lasted)} of requests by ${clients}, ${how}; seed ${seed}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(15)}  ${value}`),
    ...distribution(load.spread),
  ].join('\n');
}

const perSecond = ({ answered, lasted }: Load): number =>
  lasted > 0 ? (answered * 1000) / lasted : 0;

function failures(errors: ReadonlyMap<string, number>): string {
  const kinds = [...errors].map(([name, times]) => `${name} ${count(times)}`);
  return kinds.length === 0 ? '0' : kinds.join(', ');
}

const percentiles = (latencies: Histogram): string =>
  [
    ...[50, 90, 99, 99.9].map(
      (percent) => `p${percent} ${showLatency(latencies.getValueAtPercentile(percent))}`,
    ),
    `max ${showLatency(latencies.maxValue)}`,
  ].join(', ');

function silence({ longestGap: { from, lengthMs } }: Load): string {
  return `${showLatency(Math.round(lengthMs * 1000))} without an answer to anybody, from ${seconds(from)} on`;
}

function leaders(counters: readonly RslClientCounters[]): string {
  const changes = Math.max(0, ...counters.map(({ leaderChanges }) => leaderChanges));
  const witnesses = counters.filter(({ leaderChanges }) => leaderChanges > 0).length;
  if (changes === 0) return 'the same all the time';
  return `changed ${plural(changes, 'time')}, as ${plural(witnesses, 'client')} saw`;
}

function askedAgain(counters: readonly RslClientCounters[]): string {
  const sum = (name: keyof RslClientCounters): number =>
    counters.reduce((total, each) => total + each[name], 0);
  return [
    `${plural(sum('retries'), 'time')} for lack of answers`,
    `${plural(sum('connectionsLost'), 'connection')} lost`,
    `${plural(sum('resent'), 'request')} sent again`,
    `${count(sum('repeatedReplies'))} repeated and ${count(sum('malformedReplies'))} malformed replies`,
  ].join(', ');
}

/** The longest bar, in characters. */
const BAR = 40;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** How many requests took how long: a line for each power of two of microseconds. */
function distribution(spread: readonly number[]): readonly string[] {
  if (spread.length === 0) return [];
  const most = Math.max(...spread.filter((times) => times > 0));
  const first = spread.findIndex((times) => times > 0);
  return Array.from({ length: spread.length - first }, (_, index) => {
    const power = first + index;
    const times = spread[power] ?? 0;
    const below = showLatency(2 ** power).padStart(8);
    return `    under ${below} ${count(times).padStart(12)} ${bar((times / most) * BAR)}`.trimEnd();
  });
}

/** A bar so many characters long. */
function bar(length: number): string {
  const whole = Math.floor(length);
  return '█'.repeat(whole) + (EIGHTHS[Math.ceil((length - whole) * 7)] ?? '');
}
