/**
 * # A running server
 *
 * Puts a service's host on the network and keeps it running until it is told to stop: the part of a
 * server's program that is the same in all services.
 *
 * Follows the Main of the services of IronFleet; departs from it in that a server can be stopped,
 * in that it is ready only when it really listens, and in that it can record a trace.
 */
import type { Writable } from 'node:stream';
import { type RunSummary, runHost } from './hostRunner.ts';
import type { PrivateIdentity, ServiceIdentity } from './identity.ts';
import type { Flow, Host } from './io.ts';
import { LineOutput } from './lineOutput.ts';
import { ProfiledHost, Profiler } from './profiler.ts';
import { oneLine } from './rateLimitedLog.ts';
import { TraceWriter } from './traceWriter.ts';
import { Transport } from './transport.ts';
import type { TransportCounters } from './transportLimits.ts';
import { UsageError } from './usageError.ts';

/** What a server's process gives it. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Tells it to stop. */
  readonly signal: AbortSignal;
}

export interface ServerSettings {
  readonly service: ServiceIdentity;
  readonly me: PrivateIdentity;
  /** Where to listen, if not where the private key file says. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Whether to tell of refused peers and unreachable servers, and where the host failed. */
  readonly verbose: boolean;
  /** Where to record a trace, if anywhere, and whether that may replace a file. */
  readonly trace?: string | undefined;
  readonly overwrite: boolean;
  /** Whether peers that are no servers of the service may connect. */
  readonly acceptClients: boolean;
  /** The longest message that a server of the service sends, in bytes. */
  readonly longestMessage: number;
  /** The same of a client, if clients may connect. */
  readonly longestRequest?: number;
  /** What a trace says of the protocol's parameters. */
  readonly parameters: unknown;
  /** Whether to print how long actions take. */
  readonly profile?: boolean;
  /**
   * Called when nothing is left that could prevent the server from serving, and before it says so;
   * prints by `print`. Throws a {@link UsageError} to prevent it after all.
   */
  beforeReady?(print: (line: string) => void): void;
  /** Makes the host; `announce` prints a line, `flow` is that of its packets. */
  createHost(announce: (line: string) => void, flow: Flow): Host;
}

/**
 * Serves until it is told to stop, and gives the exit code: 0 then, 1 if the host failed, which
 * stops it for good. Throws a {@link UsageError} if it cannot listen or cannot write its trace.
 */
export async function serve(settings: ServerSettings, surroundings: Surroundings): Promise<0 | 1> {
  const { service, me, host, port, verbose } = settings;
  const output = new LineOutput(surroundings.stdout);
  const errors = new LineOutput(surroundings.stderr);
  const tell = (line: string): void => {
    errors.line(line);
    errors.flush();
  };
  const log = verbose ? tell : undefined;
  const { acceptClients, longestMessage, longestRequest = longestMessage } = settings;
  const limits = { payloadBytes: longestMessage, clientPayloadBytes: longestRequest };
  const transport = await Transport.start({ service, me, host, port, log, acceptClients, limits });
  try {
    const summary = await serveOver(transport, settings, output, surroundings.signal);
    output.line(describeRun(summary, transport.counters));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    tell(`ERROR - The server stops, for its host failed: ${oneLine(problem)}`);
    if (verbose && error instanceof Error && error.stack !== undefined) tell(error.stack);
    return 1;
  } finally {
    await transport.close();
    output.line('[[EXIT]]');
    await output.end();
  }
}

async function serveOver(
  transport: Transport,
  settings: ServerSettings,
  output: LineOutput,
  signal: AbortSignal,
): Promise<RunSummary> {
  const { service, me, parameters } = settings;
  const print = (line: string): void => output.line(line);
  const recorder =
    settings.trace === undefined
      ? undefined
      : TraceWriter.create(settings.trace, settings.overwrite);
  let ended = false;
  try {
    // What the host says while it is made is said when it serves.
    const early: string[] = [];
    let announce = (line: string): void => void early.push(line);
    const made = settings.createHost((line) => announce(line), transport);
    const profiler = settings.profile ? new Profiler(print) : undefined;
    const host = profiler === undefined ? made : new ProfiledHost(made, profiler);
    recorder?.begin({
      service: service.friendlyName,
      serviceType: service.serviceType,
      hosts: service.servers.map(({ friendlyName, endPoint }) => ({
        name: friendlyName,
        endPoint,
      })),
      host: service.servers.findIndex(({ endPoint }) => endPoint === me.endPoint),
      parameters,
      start: host.snapshot(),
    });
    settings.beforeReady?.(print);
    print('[[READY]]');
    early.forEach(print);
    announce = print;
    const afterBatch = () => output.flush();
    const summary = await runHost(host, transport, { recorder, signal, afterBatch });
    ended = true;
    profiler?.print();
    return summary;
  } finally {
    recorder?.close(ended);
  }
}

/** What a run came to, in one line of names and numbers. */
function describeRun(
  { steps, wakeUps, actions, counters }: RunSummary,
  { framesIn, framesOut, refused, ...others }: TransportCounters,
): string {
  const dropped = Object.entries(others).filter(([name]) => name.startsWith('dropped'));
  const figures: readonly (readonly [string, number])[] = [
    ['steps', steps],
    ['wake-ups', wakeUps],
    ...actions,
    ...Object.entries(counters),
    ['messages in', framesIn],
    ['messages out', framesOut],
    ['dropped', sum(dropped.map(([, count]) => count))],
    ['peers refused', sum(Object.values(refused))],
  ];
  return `Summary: ${figures.map(([name, count]) => `${name} ${count}`).join(', ')}`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
