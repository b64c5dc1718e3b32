/** # `ironfleet explore rsl` */
import { UsageError } from '../../impl/framework/usageError.ts';
import {
  type Explored,
  exploreInstance,
  INSTANCES,
  type Instance,
  isRefused,
} from '../explorer/rsl/exploration.ts';
import { objectionsTo, type Size } from '../explorer/rsl/instance.ts';
import { misfit, PARTS } from '../explorer/rsl/parts.ts';
import { instanceReport, rslReportJson, summary } from '../explorer/rsl/report.ts';
import type { ExploreCommandOptions } from './explore.ts';
import { aloud } from './exploreProgress.ts';

/** Gives the exit code. */
export function exploreRsl(options: ExploreCommandOptions): number {
  const { json = false, symmetry, liveness } = options;
  const all: Explored[] = [];
  for (const instance of instancesFor(options)) {
    const explored = aloud(options, (bounds) =>
      exploreInstance(instance, { ...bounds, symmetry, liveness }),
    );
    const isKnown = all.some(({ part }) => part === explored.part);
    all.push(explored);
    if (!json) process.stdout.write(`${instanceReport(explored, isKnown)}\n\n`);
  }
  process.stdout.write(json ? `${JSON.stringify(rslReportJson(all))}\n` : `${summary(all)}\n`);
  return all.some(isRefused) ? 1 : 0;
}

/**
 * The instances that were asked for: those of a part or of all, and if a size was given, one of each
 * part that can have it.
 *
 * @throws UsageError if there is none.
 */
function instancesFor(options: ExploreCommandOptions): readonly Instance[] {
  const { part: name } = options;
  const ofPart = INSTANCES.filter(({ part }) => name === undefined || part.name === name);
  if (ofPart.length === 0) {
    const names = PARTS.map((part) => part.name).join(', ');
    throw new UsageError(`there is no part "${name}" of rsl; the parts are: ${names}`);
  }
  const asked = sizeAsked(options);
  if (Object.keys(asked).length === 0) return ofPart;
  const parts = PARTS.filter((part) => name === undefined || part.name === name);
  const resized = parts.map((part) => ({ part, size: { ...part.sizes[0], ...asked } }));
  for (const { size } of resized) {
    const [objection] = objectionsTo(size);
    if (objection !== undefined) throw new UsageError(`no such service: ${objection}`);
  }
  const fitting = resized.filter(({ part, size }) => misfit(part, size) === undefined);
  const [first] = resized;
  if (fitting.length === 0 && first !== undefined) {
    throw new UsageError(misfit(first.part, first.size) ?? 'no part can be like that');
  }
  return fitting;
}

/** What was said about the size. */
function sizeAsked({
  replicas,
  operations,
  ballots,
  restarts,
}: ExploreCommandOptions): Partial<Size> {
  return {
    ...(replicas !== undefined && { replicas }),
    ...(operations !== undefined && { operations }),
    ...(ballots !== undefined && { ballots }),
    ...(restarts !== undefined && { restarts }),
  };
}
