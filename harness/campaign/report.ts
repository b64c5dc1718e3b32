/**
 * # What a campaign has to say
 *
 * The same findings for a reader and, as JSON, for a program.
 */
import Table from 'cli-table3';
import { match } from 'ts-pattern';
import { BOUNDARIES } from '../../refinement/framework/refusal.ts';
import type { Tally } from './batch.ts';
import type { StoryStep } from './behaviour.ts';
import type { CampaignRequest, CampaignResult } from './campaign.ts';
import { givenUp, leftUnclear } from './coverage.ts';
import type { Failure } from './failure.ts';
import type { Level } from './level.ts';

const number = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Without lines between cells: the terminal is narrow and the table is not. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

const trimEnds = (text: string): string => text.replace(/ +$/gm, '');

export function table(rows: readonly (readonly [string, string, string?])[]): string {
  const drawn = new Table({
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: ['left', 'right', 'left'],
  });
  for (const [name, value, note = ''] of rows) drawn.push([name, value, note]);
  return trimEnds(drawn.toString());
}

/** The verdict in one word, from which the exit code follows: only green is good. */
export type Verdict = 'green' | 'refused' | 'vacuous' | 'incomplete';

export function verdictOf(
  { requireCoverage }: Pick<CampaignRequest, 'requireCoverage'>,
  { failure, never, tally }: Pick<CampaignResult, 'failure' | 'never' | 'tally'>,
): Verdict {
  if (failure !== undefined) return 'refused';
  if (tally.specSteps === 0) return 'vacuous';
  const isComplete = never.length === 0 && givenUp(tally) === 0 && leftUnclear(tally) === 0;
  return requireCoverage && !isComplete ? 'incomplete' : 'green';
}

export function report(request: CampaignRequest, result: CampaignResult): string {
  const { tally, seconds, jobs } = result;
  const rate = tally.steps / seconds;
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([name, count]) => [name, number(count)] as const);
  const what = `${number(tally.behaviours)} behaviours of ${nameOf(request)}`;
  const pace = `${number(rate)} steps/s on ${jobs} threads`;
  return [
    `Checked ${number(tally.steps)} steps of ${what} in ${seconds.toFixed(1)} s: ${pace}.`
      + ` Seed ${request.seed}.`,
    '',
    'At each boundary:',
    table(boundaries(request, tally)),
    `  ${number(tally.repeated)} behaviours were run twice and came out the same.`,
    '',
    ...actions(tally),
    '',
    'What went wrong on the way:',
    table(counts(tally.faults)),
    '',
    'Behaviours in which, at some time:',
    table(counts(tally.sometimes)),
    '',
    conclude(request, result),
  ].join('\n');
}

type Row = readonly [string, string, string?];

function boundaries({ level }: CampaignRequest, tally: Tally): readonly Row[] {
  const steps = number(tally.steps);
  const anyState = `and ${number(tally.anyStateSteps)} from arbitrary states`;
  const { kept, undecided } = tally;
  const after = `after ${number(kept + undecided)} behaviours`;
  const impl: readonly Row[] = [
    ['B0', number(tally.messages), `byte strings, ${BOUNDARIES.B0}`],
    ['B1', steps, `steps, ${BOUNDARIES.B1}; ${anyState}`],
    ['B2', steps, `steps, ${BOUNDARIES.B2}`],
  ];
  return [
    ...(level === 'impl' ? impl : []),
    [
      'B3',
      steps,
      `system steps, of which ${number(tally.specSteps)} are steps of the specification`,
    ],
    ['B4', number(tally.packets), `different packets, ${BOUNDARIES.B4}`],
    ...ofServices(tally),
    [
      'liveness',
      number(kept),
      `promises kept, ${after}${undecided > 0 ? `; ${number(undecided)} given up on` : ''}`,
    ],
  ];
}

/** What ran on the hosts, and what clients saw, where anybody looked at that. */
function ofServices({ requests, calls, histories, unclear }: Tally): readonly Row[] {
  const open = unclear > 0 ? `; nobody could tell of ${number(unclear)}` : '';
  const ran: readonly Row[] =
    requests === 0 ? [] : [['B6', number(requests), `requests, ${BOUNDARIES.B6}`]];
  if (histories === 0) return ran;
  return [
    ...ran,
    ['B7', number(calls), `calls in ${number(histories)} histories, ${BOUNDARIES.B7}${open}`],
  ];
}

/** How often each action was taken and, where that is known, how often it was not allowed. */
function actions({ actions: taken, refused, clauses }: Tally): readonly string[] {
  if (Object.keys(refused).length === 0) {
    return ['Actions taken:', table(Object.entries(taken).map(([name, n]) => [name, number(n)]))];
  }
  const rows = Object.entries(taken).map(
    ([name, count]) =>
      [name, number(count), name in refused ? `not ${number(refused[name] ?? 0)}` : ''] as const,
  );
  const counts = Object.values(clauses);
  const met = counts.filter((count) => count > 0).length;
  return [
    'Actions taken, and how often each was not allowed:',
    table(rows),
    ...(met === 0 ? [] : [`  ${met} of ${counts.length} clauses of their guards have refused.`]),
  ];
}

const conclude = (request: CampaignRequest, result: CampaignResult): string => {
  const waited = givenUp(result.tally);
  const unclear = leftUnclear(result.tally);
  const missing = [
    ...result.never.map((name) => `  ${name}`),
    ...(unclear === 0 ? [] : [`  somebody can tell of ${number(unclear)} histories of clients`]),
    ...(waited === 0 ? [] : [`  ${number(waited)} promises of progress, given up on, are kept`]),
  ];
  const longer = 'Run it longer, with a larger --runs or --time.';
  const green = 'GREEN: every step was allowed at every boundary.';
  return match(verdictOf(request, result))
    .with('green', () =>
      missing.length === 0
        ? green
        : [
            green,
            'But this never happened, so about it the campaign proves nothing:',
            ...missing,
            `${longer} With --require-coverage this is a failure.`,
          ].join('\n'),
    )
    .with('incomplete', () =>
      ['NOT GREEN: nothing was refused, but this never happened:', ...missing, longer].join('\n'),
    )
    .with('vacuous', () => `NOT GREEN: the specification never took a step. ${longer}`)
    .with('refused', () => {
      const { boundary, clause } = result.failure?.refusal ?? {};
      return `REFUSED at ${boundary}, for this is not so: ${clause}.`;
    })
    .exhaustive();
};

export const reportJson = (request: CampaignRequest, result: CampaignResult): string =>
  JSON.stringify({ verdict: verdictOf(request, result), ...request, ...result });

/**
 * A behaviour from some step on, a step a line: who did what, and what the whole then stands for.
 */
export function tell(story: readonly StoryStep[], from = 0): string {
  const rows = story.slice(from).map((step, index) => {
    const { host, action, clock, received, sent, spec } = step;
    const what = [
      ...(received === undefined ? [] : [`receives ${received}`]),
      ...sent.map((packet) => `sends ${packet}`),
    ].join(', ');
    return [
      String(from + index),
      `${host} ${action}`.trimEnd(),
      `${clock ?? ''}`,
      what,
      spec ?? '✗ refused',
    ];
  });
  const drawn = new Table({
    head: ['step', 'action', 'clock', 'packets', 'specification'],
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  drawn.push(...rows);
  return trimEnds(drawn.toString());
}

/** A service, or its protocol alone. */
const nameOf = ({ service, level }: { readonly service: string; readonly level: Level }): string =>
  level === 'protocol' ? `${service}'s protocol` : service;

/** What a failure is about, before its behaviour is told. */
export const headline = (failure: Failure): string => {
  const events = failure.length === 1 ? 'event' : 'events';
  const config = JSON.stringify(failure.config);
  return `A behaviour of ${nameOf(failure)} in ${failure.length} ${events}, configured as ${config}:`;
};
