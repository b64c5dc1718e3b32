/**
 * # What a campaign has to say
 *
 * The same findings for a reader and, as JSON, for a program.
 */
import Table from 'cli-table3';
import { match, P } from 'ts-pattern';
import { BOUNDARIES } from '../../refinement/framework/refusal.ts';
import type { StoryStep } from './behaviour.ts';
import type { CampaignRequest, CampaignResult } from './campaign.ts';
import type { Failure } from './failure.ts';

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

/** The verdict in one word, from which the exit code follows. */
export const verdictOf = ({ failure, never }: CampaignResult): 'green' | 'refused' | 'vacuous' =>
  match({ failure, never })
    .with({ failure: P.nonNullable }, () => 'refused' as const)
    .with({ never: [] }, () => 'green' as const)
    .otherwise(() => 'vacuous' as const);

export function report(request: CampaignRequest, result: CampaignResult): string {
  const { tally, seconds, jobs } = result;
  const rate = tally.steps / seconds;
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([name, count]) => [name, number(count)] as const);
  return [
    `Checked ${number(tally.steps)} steps of ${number(tally.behaviours)} behaviours of ${request.service}`
      + ` in ${seconds.toFixed(1)} s: ${number(rate)} steps/s on ${jobs} threads. Seed ${request.seed}.`,
    '',
    'At each boundary:',
    table([
      ['B0', number(tally.messages), `byte strings, ${BOUNDARIES.B0}`],
      [
        'B1',
        number(tally.steps),
        `steps, ${BOUNDARIES.B1}; and ${number(tally.anyStateSteps)} from arbitrary states`,
      ],
      ['B2', number(tally.steps), `steps, ${BOUNDARIES.B2}`],
      [
        'B3',
        number(tally.steps),
        `system steps, of which ${number(tally.specSteps)} are steps of the specification`,
      ],
      ['B4', number(tally.packets), `different packets, ${BOUNDARIES.B4}`],
    ]),
    `  ${number(tally.repeated)} behaviours were run twice and came out the same.`,
    '',
    'Actions taken:',
    table(counts(tally.actions)),
    '',
    'What went wrong on the way:',
    table(counts(tally.faults)),
    '',
    'Behaviours in which, at some time:',
    table(counts(tally.sometimes)),
    '',
    conclude(result),
  ].join('\n');
}

const conclude = (result: CampaignResult): string =>
  match(verdictOf(result))
    .with('green', () => 'GREEN: every step was allowed at every boundary.')
    .with('vacuous', () =>
      [
        'NOT GREEN: nothing was refused, but this never happened, so the campaign proves little:',
        ...result.never.map((name) => `  ${name}`),
        'Run it longer, with a larger --runs or --time.',
      ].join('\n'),
    )
    .with('refused', () => {
      const { boundary, clause } = result.failure?.refusal ?? {};
      return `REFUSED at ${boundary}, for this is not so: ${clause}.`;
    })
    .exhaustive();

export const reportJson = (request: CampaignRequest, result: CampaignResult): string =>
  JSON.stringify({ verdict: verdictOf(result), ...request, ...result });

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

/** What a failure is about, before its behaviour is told. */
export const headline = ({ service, length, config }: Failure): string =>
  `A behaviour of ${service} in ${length} ${length === 1 ? 'event' : 'events'}, configured as ${JSON.stringify(config)}:`;
