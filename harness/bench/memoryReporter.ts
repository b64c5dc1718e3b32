/**
 * # What memory a process has
 *
 * Loaded into a process beside its program (`node --import`), this tells twice a second on its
 * standard error how much memory the process has, in MiB.
 */

/** All numbers in MiB. */
export interface MemoryReport {
  /** Of the system. */
  readonly rss: number;
  /** What JavaScript's objects take, garbage included. */
  readonly heap: number;
  /** What buffers take. */
  readonly buffers: number;
}

/** Every report is a line that begins so. */
export const MEMORY_REPORT = 'memory: ';

const PERIOD_MS = 500;

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

if (process.env['IRONFLEET_REPORT_MEMORY'] === 'true') {
  setInterval(() => {
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const report: MemoryReport = {
      rss: mebibytes(rss),
      heap: mebibytes(heapUsed),
      buffers: mebibytes(arrayBuffers),
    };
    process.stderr.write(`${MEMORY_REPORT}${JSON.stringify(report)}\n`);
  }, PERIOD_MS).unref();
}
