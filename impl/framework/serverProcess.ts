/**
 * # A server's process
 *
 * What a program does that is nothing but a server: it lends the server its output, stops it at the
 * first signal, and ends with its exit code.
 */
import type { Surroundings } from './serve.ts';

/**
 * Runs a server in this process until a signal stops it, and sets the exit code. Whatever the
 * server throws is thrown on.
 */
export async function serveInProcess(
  server: (surroundings: Surroundings) => Promise<0 | 1>,
): Promise<void> {
  const stop = new AbortController();
  // The first signal asks the server to stop; another one ends the process as usual.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const { stdout, stderr } = process;
  process.exitCode = await server({ stdout, stderr, signal: stop.signal });
  // Output that nobody reads must not keep the process from ending.
  if (stdout.writableLength > 0) process.exit();
}
