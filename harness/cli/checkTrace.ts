import type { Command } from 'commander';
import type { TraceProgress, TraceReport } from '../trace/checkTraces.ts';
import type { Progress } from './progress.ts';

const HELP = `
A server started with trace=FILE records every step it takes. Given such a trace of every server
of a service, this puts them together, every packet received after it was sent, and checks at
every boundary that what really happened is allowed. A million requests of a replicated service
take some minutes and about half a gigabyte of memory.

Example:
  $ ironfleet check-trace server1.trace server2.trace server3.trace

The exit code is 0 if all is allowed, 1 if something is not, a trace was changed or no host took a
step, and 2 for wrong usage, such as a missing file or a missing host.`;

interface Options {
  readonly allowTorn?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('check-trace')
    .description('check what running servers recorded at every boundary')
    .argument('<file...>', 'the traces, one of each server of the service, in any order')
    .option('--allow-torn', 'leave out a last line that was not written to its end')
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(paths: readonly string[], { allowTorn, json }: Options): Promise<void> {
  const { checkTraces } = await import('../trace/checkTraces.ts');
  const { describeReport, reportJson, verdictOf } = await import('../trace/report.ts');
  const progress = await traceProgress(!json);
  let report: TraceReport;
  try {
    report = checkTraces(paths, allowTorn, progress.update);
  } finally {
    progress.stop();
  }
  process.stdout.write(`${json ? reportJson(report) : describeReport(report)}\n`);
  process.exitCode = verdictOf(report) === 'legal' ? 0 : 1;
}

/** Shown from the first report on, which comes only where there is much to read. */
async function traceProgress(enabled: boolean) {
  const { showProgress } = await import('./progress.ts');
  let shown: Progress | undefined;
  const update: TraceProgress = (bytes, total, steps) => {
    // Of pipes nobody knows how much is to come.
    shown ??= showProgress('check-trace', total, enabled && total > 0);
    shown.update(bytes, `${steps.toLocaleString('en')} steps`);
  };
  return { update, stop: () => shown?.stop() };
}
