/** # `ironfleet campaign`: what it does once its options are known. */
import { randomInt } from 'node:crypto';
import { UsageError } from '../../impl/framework/usageError.ts';
import type { Tally } from '../campaign/batch.ts';
import { type CampaignRequest, type CampaignResult, runCampaign } from '../campaign/campaign.ts';
import { writeFailureFile } from '../campaign/failure.ts';
import type { Level } from '../campaign/level.ts';
import { report, reportJson, verdictOf } from '../campaign/report.ts';
import {
  type AnyCampaignService,
  type CampaignOptions,
  serviceNamed,
} from '../campaign/services.ts';
import { flagOf, type Settings } from '../campaign/settings.ts';
import type { CampaignCommandOptions } from './campaign.ts';
import { givenSettings } from './campaignSettings.ts';
import { showProgress } from './progress.ts';
import { retell } from './replayCommand.ts';

/** Gives the exit code. */
export async function campaignCommand(
  service: string,
  options: CampaignCommandOptions,
): Promise<number> {
  const request = requestOf(service, options);
  for (const remark of remarksOf(request)) process.stderr.write(`NOTE - ${remark}\n`);
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
  return verdictOf(request, result) === 'green' ? 0 : 1;
}

/** Throws a UsageError where no campaign can be as the options want it. */
function requestOf(name: string, options: CampaignCommandOptions): CampaignRequest {
  const { level, runs, time, jobs, hosts, replicas, steps, compatible, requireCoverage } = options;
  const service = requireService(name, level);
  if (hosts !== undefined && replicas !== undefined && hosts !== replicas) {
    throw new UsageError('--hosts and --replicas are the same, and cannot be different');
  }
  const wanted: CampaignOptions = {
    hosts: hosts ?? replicas,
    steps,
    compatible,
    settings: settingsFor(service, options),
  };
  const objections = service.objections(wanted);
  if (objections.length > 0) throw new UsageError(objections.join('; '));
  return {
    service: name,
    level: service.level,
    options: wanted,
    seed: options.seed ?? randomInt(2 ** 31),
    runs: runs ?? (time === undefined ? service.runs : undefined),
    seconds: time,
    jobs,
    requireCoverage: requireCoverage ?? false,
  };
}

const remarksOf = ({ service, level, options }: CampaignRequest): readonly string[] =>
  serviceNamed(service, level).remarks(options);

function requireService(name: string, level: Level | undefined): AnyCampaignService {
  try {
    return serviceNamed(name, level);
  } catch (error) {
    throw new UsageError((error as RangeError).message);
  }
}

/** The settings among the options, all of which the service must have. */
function settingsFor(service: AnyCampaignService, options: CampaignCommandOptions): Settings {
  const given = givenSettings(options);
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(service.settings, name));
  if (stranger === undefined) return given;
  throw new UsageError(`${service.name} has no ${flagOf(stranger)}`);
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
