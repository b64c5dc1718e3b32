/**
 * # Progress on long work
 *
 * A bar that moves on a terminal; elsewhere a plain line every few seconds. On standard error, so
 * that results can be piped.
 */
import { SingleBar } from 'cli-progress';

export interface Progress {
  /** `done` of the total, and what else there is to say. */
  update(done: number, note: string): void;
  stop(): void;
}

const PLAIN_EVERY_MS = 5_000;

/** A progress display towards `total`; the unit is whatever `done` counts. */
export function showProgress(label: string, total: number, enabled = true): Progress {
  if (!enabled) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `${label} {bar} {percentage}% | {eta_formatted} left | {note}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: PLAIN_EVERY_MS,
    barsize: 24,
  });
  bar.start(total, 0, { note: '' });
  return {
    update: (done, note) => bar.update(Math.min(done, total), { note }),
    stop: () => bar.stop(),
  };
}
