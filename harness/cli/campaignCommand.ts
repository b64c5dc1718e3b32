/** # `ironfleet campaign`: what it does once its options are known. */
import { randomInt } from 'node:crypto';
import { UsageError } from '../../impl/framework/usageError.ts';
import type { Tally } from '../campaign/batch.ts';
import { type CampaignRequest, type CampaignResult, runCampaign } from '../campaign/campaign.ts';
import { writeFailureFile } from '../campaign/failure.ts';
import { report, reportJson, verdictOf } from '../campaign/report.ts';
import { serviceNamed } from '../campaign/services.ts';
import type { CampaignCommandOptions } from './campaign.ts';
import { showProgress } from './progress.ts';
import { retell } from './replayCommand.ts';

const DEFAULT_RUNS = 10_000;

/** Gives the exit code. */
export async function campaignCommand(
  service: string,
  options: CampaignCommandOptions,
): Promise<number> {
  const request = requestOf(service, options);
  const result = await runWithProgress(request, !options.json);
  const { failure } = result;
  const path = options.failureFile ?? `${service}.failure.json`;
  if (options.json) {
    process.stdout.write(`${reportJson(request, result)}\n`);
  } else {
    process.stdout.write(`${report(request, result)}\n`);
    if (failure !== undefined) process.stdout.write(`\n${retell(failure).text}\n`);
  }
  // Last of all, so that nothing is lost if it cannot be written.
  if (failure !== undefined) {
    writeFailureFile(path, failure);
    if (!options.json) {
      process.stdout.write(`\nWritten to ${path}; see it again with: ironfleet replay ${path}\n`);
    }
  }
  return verdictOf(result) === 'green' ? 0 : 1;
}

function requestOf(service: string, options: CampaignCommandOptions): CampaignRequest {
  requireService(service);
  const { runs, time, jobs, hosts, steps, compatible } = options;
  const seed = options.seed ?? randomInt(2 ** 31);
  return {
    service,
    options: { hosts, steps, compatible },
    seed,
    runs: runs ?? (time === undefined ? DEFAULT_RUNS : undefined),
    seconds: time,
    jobs,
  };
}

function requireService(name: string): void {
  try {
    serviceNamed(name);
  } catch (error) {
    throw new UsageError((error as RangeError).message);
  }
}

async function runWithProgress(request: CampaignRequest, shown: boolean): Promise<CampaignResult> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  const { runs, seconds: limit } = request;
  const progress = showProgress(`campaign ${request.service}`, runs ?? limit ?? 1, shown);
  const onProgress = (tally: Tally): void => {
    const rate = Math.round(tally.steps / seconds());
    const note = `${tally.behaviours} behaviours, ${tally.steps} steps, ${rate} steps/s`;
    progress.update(runs === undefined ? Math.floor(seconds()) : tally.behaviours, note);
  };
  // The first interrupt ends the campaign, which sums up what it saw; another one ends the process.
  const stop = new AbortController();
  const interrupted = () => stop.abort();
  process.once('SIGINT', interrupted);
  try {
    return await runCampaign(request, { onProgress, signal: stop.signal });
  } finally {
    process.off('SIGINT', interrupted);
    progress.stop();
  }
}
