import type { Command } from 'commander';
import type { HistoryProgress, HistoryReport } from '../history/checkHistories.ts';
import type { Progress } from './progress.ts';

const HELP = `
A client program started with history=FILE records every call and its reply. Given such a history,
this looks for one order of all calls in which a single machine can have given all these replies,
such that what was answered before another call was made comes before it. It knows nothing of
servers: what clients saw is all there is. Several files are checked as one history; they must have
been recorded on one machine, since it was last started.

The histories must be of all clients that changed anything, from when the service began. A file of a
program that was killed is not taken: calls are missing in it that may have taken effect.

Example, some clients of a new service, whose leader you may kill meanwhile:
  $ ironfleet rsl-kv-client My.IronRSLKV.service.txt nthreads=10 duration=30 quiet=true \\
      history=kv.history setfraction=0.5
  $ ironfleet check-history kv.history

Of a sharded hash table, whose keys you may have moved meanwhile:
  $ ironfleet sht-client My.IronSHT.service.txt workload=m nthreads=10 duration=30 quiet=true \\
      numkeys=100 history=table.history
  $ ironfleet check-history table.history

The exit code is 0 if the history is linearizable; 1 if it is not, if that could not be decided
because there are too many orders, or if no call was answered; and 2 for wrong usage, such as a
missing file or one that is not complete.`;

export function register(program: Command): void {
  program
    .command('check-history')
    .description('check that what clients saw is linearizable')
    .argument('<file...>', 'the histories, which are checked as one')
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(paths: readonly string[], { json }: { readonly json?: boolean }) {
  const { checkHistories } = await import('../history/checkHistories.ts');
  const { describeReport, reportJson, verdictOf } = await import('../history/report.ts');
  const progress = await historyProgress(!json);
  let report: HistoryReport;
  try {
    report = checkHistories(paths, { progress: progress.update });
  } finally {
    progress.stop();
  }
  process.stdout.write(`${json ? reportJson(report) : describeReport(report)}\n`);
  process.exitCode = verdictOf(report) === 'linearizable' ? 0 : 1;
}

const LONG_MS = 2_000;

/** Shown where the work is long. */
async function historyProgress(enabled: boolean) {
  const { showProgress } = await import('./progress.ts');
  const start = Date.now();
  let shown: Progress | undefined;
  const update: HistoryProgress = (done, total, note) => {
    if (Date.now() - start < LONG_MS) return;
    // Of pipes nobody knows how much is to come.
    shown ??= showProgress('check-history', total, enabled && total > 0);
    shown.update(done, note);
  };
  return { update, stop: () => shown?.stop() };
}
