/**
 * # What a load on a hash table came to
 */
import type { ShtClientCounters } from '../../impl/client/shtClient.ts';
import { count, loadSummary, plural, type SummaryRequest } from './summary.ts';

export interface ShtSummaryRequest extends Omit<SummaryRequest, 'counters'> {
  /** Of each client. */
  readonly counters: readonly ShtClientCounters[];
}

export function shtSummary(request: ShtSummaryRequest): string {
  const { counters } = request;
  const sum = (name: keyof ShtClientCounters): number =>
    counters.reduce((total, each) => total + each[name], 0);
  const redirects = `${plural(sum('redirects'), 'request')} sent on to another host`;
  return loadSummary({
    ...request,
    clients: counters.length,
    more: [
      ['redirects', `${redirects}, ranges learned ${plural(sum('statuses'), 'time')}`],
      [
        'asked again',
        [
          `${plural(sum('retries'), 'time')} for lack of answers`,
          `${plural(sum('connectionsLost'), 'connection')} lost`,
          `${plural(sum('resent'), 'request')} sent again`,
          `${count(sum('repeatedAnswers'))} repeated, ${count(sum('gaps'))} early, `
            + `${count(sum('strays'))} stray and ${count(sum('malformed'))} malformed answers`,
        ].join(', '),
      ],
    ],
  });
}
