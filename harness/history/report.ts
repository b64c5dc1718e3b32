/**
 * # What came of checking histories, for people and for programs
 */
import type { HistoryReport } from './checkHistories.ts';

/**
 * The verdict in one word, from which the exit code follows. Without an answer there is nothing to
 * explain: such a history is vacuous.
 */
export function verdictOf({
  outcome,
  calls,
  unanswered,
}: HistoryReport): 'linearizable' | 'refused' | 'undecided' | 'vacuous' {
  if (outcome.verdict !== 'linearizable') return outcome.verdict;
  return calls > unanswered ? 'linearizable' : 'vacuous';
}

/** So many undecided partitions are named. */
const NAMED = 10;

/** For people. */
export function describeReport(report: HistoryReport): string {
  const { outcome, service } = report;
  switch (outcome.verdict) {
    case 'refused':
      return [
        `REFUSED: what clients of ${service} saw no single machine can have answered`,
        outcome.refusal.message,
        '  If other clients took part, or calls were made before, their histories are needed, too.',
        figures(report),
      ].join('\n');
    case 'undecided': {
      const { partitions } = outcome;
      const names = partitions.slice(0, NAMED).map((name) => JSON.stringify(name));
      const more =
        partitions.length > NAMED ? `, and ${count(partitions.length - NAMED)} more` : '';
      return [
        `UNDECIDED: there are too many orders of the calls to ${names.join(', ')}${more}`,
        '  All else is linearizable. Record a shorter history, with fewer calls under way at once',
        '  or on more keys, or with fewer sets of one value.',
        figures(report),
      ].join('\n');
    }
    default:
      return verdictOf(report) === 'vacuous'
        ? `NOTHING CHECKED: no call was answered\n${figures(report)}`
        : `LINEARIZABLE: what clients of ${service} saw is what one machine can have answered\n`
            + figures(report);
  }
}

function figures({
  calls,
  unanswered,
  clients,
  partitions,
  service,
  files,
}: HistoryReport): string {
  const parts = service !== 'counter' ? `, on ${some(partitions, 'key')}` : '';
  const from = files.length > 1 ? `, from ${count(files.length)} files` : '';
  const lost = unanswered === 0 ? '' : `; ${count(unanswered)} of them were not answered`;
  return `Checked ${some(calls, 'call')} by ${some(clients, 'client')}${parts}${from}${lost}`;
}

const count = (number: number): string => number.toLocaleString('en');

const some = (number: number, what: string): string =>
  `${count(number)} ${what}${number === 1 ? '' : 's'}`;

/** For programs: one line of JSON. */
export function reportJson(report: HistoryReport): string {
  const { outcome, ...rest } = report;
  return JSON.stringify({
    verdict: verdictOf(report),
    ...rest,
    ...(outcome.verdict === 'undecided' && { undecided: outcome.partitions }),
    ...(outcome.verdict === 'refused' && { refusal: refusalJson(outcome.refusal) }),
  });
}

const refusalJson = ({
  boundary,
  clause,
  place,
  message,
}: Extract<HistoryReport['outcome'], { verdict: 'refused' }>['refusal']): unknown => ({
  boundary,
  clause,
  place,
  message,
});
