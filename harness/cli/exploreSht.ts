/** # `ironfleet explore sht` */
import { UsageError } from '../../impl/framework/usageError.ts';
import { type Explored, exploreInstance, isRefused } from '../explorer/sht/exploration.ts';
import type { Instance } from '../explorer/sht/instance.ts';
import { INSTANCES } from '../explorer/sht/instances.ts';
import { instanceReport, shtReportJson, summary } from '../explorer/sht/report.ts';
import type { ExploreCommandOptions } from './explore.ts';
import { aloud } from './exploreProgress.ts';

/** Gives the exit code. */
export function exploreSht(options: ExploreCommandOptions): number {
  const { json = false, liveness } = options;
  const all: Explored[] = [];
  for (const instance of instancesFor(options)) {
    const explored = aloud(options, (bounds) => exploreInstance(instance, { ...bounds, liveness }));
    all.push(explored);
    if (!json) process.stdout.write(`${instanceReport(explored)}\n\n`);
  }
  process.stdout.write(json ? `${JSON.stringify(shtReportJson(all))}\n` : `${summary(all)}\n`);
  return all.some(isRefused) ? 1 : 0;
}

/** Throws a UsageError if there is none of that name. */
function instancesFor({ part }: ExploreCommandOptions): readonly Instance[] {
  const found = INSTANCES.filter(({ name }) => part === undefined || name === part);
  if (found.length > 0) return found;
  const names = INSTANCES.map(({ name }) => name).join(', ');
  throw new UsageError(`there is no part "${part}" of sht; the parts are: ${names}`);
}
