import type { Command } from 'commander';

const HELP = `
A server started with trace=FILE records every step it takes. Given such a trace of every server
of a service, this puts them together, every packet received after it was sent, and checks at
every boundary that what really happened is allowed.

Example:
  $ ironfleet check-trace server1.trace server2.trace server3.trace

The exit code is 0 if all is allowed, 1 if something is not or a trace was changed, and 2 for wrong
usage, such as a missing file or a missing host.`;

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
  const { describeReport, reportJson } = await import('../trace/report.ts');
  const report = checkTraces(paths, allowTorn);
  process.stdout.write(`${json ? reportJson(report) : describeReport(report)}\n`);
  process.exitCode = report.refusal === undefined ? 0 : 1;
}
