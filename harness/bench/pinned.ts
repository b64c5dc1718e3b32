/**
 * # Processors of one's own
 *
 * A load is kept to one processor and servers to the others. Otherwise it is up to chance whether
 * both share one; with few requests under way that makes a difference of four, for then nobody has
 * to be woken from sleep.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const SERVER_PROCESSOR = 0;
export const LOAD_PROCESSOR = 1;

const processors = availableParallelism();

const canPin = processors > 1 && spawnSync('taskset', ['--version']).error === undefined;

/** The processor of each of several servers: another for each, as long as there are any. */
export function serverProcessor(index: number): number {
  const place = index % (processors - 1);
  return place < LOAD_PROCESSOR ? place : place + 1;
}

/** The command, kept to a processor if one is given and this machine knows how. */
export function pinned(
  processor: number | undefined,
  command: readonly [string, ...string[]],
): readonly [string, ...string[]];
export function pinned(processor: number | undefined): readonly string[];
export function pinned(
  processor: number | undefined,
  command: readonly string[] = [],
): readonly string[] {
  if (processor === undefined || !canPin) return command;
  return ['taskset', '--cpu-list', `${processor}`, ...command];
}
