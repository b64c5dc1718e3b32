import { expect, test } from 'vitest';
import type { HistoryReport } from './checkHistories.ts';
import { describeReport, reportJson, verdictOf } from './report.ts';

const undecided = (...partitions: readonly string[]): HistoryReport => ({
  service: 'kv',
  files: ['1'],
  calls: 5_000,
  unanswered: 0,
  clients: 1,
  partitions: 30,
  outcome: { verdict: 'undecided', partitions },
});

test('what is undecided is never said to be linearizable, but named, with what to do', () => {
  const report = undecided('a', 'b\n');
  expect(verdictOf(report)).toBe('undecided');
  expect(describeReport(report)).toMatch(
    /^UNDECIDED: .* to "a", "b\\n"\n.* Record a shorter history.*\n.*\nChecked 5,000 calls by 1 client, on 30 keys$/,
  );
  expect(JSON.parse(reportJson(report))).toMatchObject({
    verdict: 'undecided',
    undecided: ['a', 'b\n'],
    calls: 5_000,
  });
});

test('where much is undecided, not all of it is named to people', () => {
  const names = Array.from({ length: 30 }, (_, index) => `k${index}`);
  expect(describeReport(undecided(...names))).toMatch(/ "k9", and 20 more\n/);
});
