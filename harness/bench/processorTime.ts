/**
 * # How busy processes are
 *
 * What the system says of a process's time on the processors, to tell who is the bottleneck.
 */
import { readFileSync } from 'node:fs';

/** The system counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** How long a process has run on processors so far, in seconds; 0 if it has ended. */
export function processorSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in brackets and may contain anything; the 14th and 15th field are meant.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** Watches processes until it is told to stop; then gives the share of a processor each had. */
export function watchProcessors(pids: readonly number[]): () => readonly number[] {
  const PERIOD_MS = 100;
  const first = pids.map(processorSeconds);
  const began = performance.now();
  let latest = first;
  let ended = began;
  const look = (): void => {
    const now = pids.map(processorSeconds);
    // Of a process that has ended, what it had before counts.
    latest = now.map((seconds, index) => Math.max(seconds, latest[index] ?? 0));
    ended = performance.now();
  };
  const timer = setInterval(look, PERIOD_MS);
  return () => {
    clearInterval(timer);
    look();
    const elapsed = (ended - began) / 1000;
    return latest.map((seconds, index) => (seconds - (first[index] ?? 0)) / elapsed);
  };
}
