/**
 * # A client program
 *
 * Asks a replicated service again and again with any number of clients, prints a line for every
 * request as the original does, and at the end what it came to.
 *
 * Follows the Main of IronRSLCounterClient and IronRSLKVClient of IronFleet; departs from them in
 * that it ends with a summary and an exit code, and in that its threads are clients in one thread.
 */
import { setMaxListeners } from 'node:events';
import { ServiceUnreachableError } from '../../impl/client/errors.ts';
import { RslClient } from '../../impl/client/rslClient.ts';
import type { Credentials } from '../../impl/framework/certificate.ts';
import {
  readServiceIdentity,
  requireServiceType,
  type ServiceIdentity,
} from '../../impl/framework/identity.ts';
import type { Surroundings } from '../../impl/framework/serve.ts';
import { systemTimers } from '../../impl/framework/timers.ts';
import { HistoryWriter } from '../history/writer.ts';
import { Random } from '../simulation/random.ts';
import { connectEach } from './connecting.ts';
import { Load, type LoadObserver, type Submit } from './load.ts';
import { type ClientOptions, parseClientOptions } from './options.ts';
import { ProgramOutput } from './programOutput.ts';
import { summary } from './summary.ts';
import { CounterWorkload, KeyValueWorkload } from './workload.ts';

/** What a program asks for. */
export type Asked = 'counter' | 'kv';

const SERVICE_TYPES = { counter: 'IronRSLCounter', kv: 'IronRSLKV' } as const;

/** For how long what is under way at the end is waited for, in milliseconds. */
const PATIENCE_MS = 1000;

/**
 * Runs until its time is up or it is told to stop, and gives the exit code: 1 if no request
 * succeeded or a wrong answer was seen. Throws a UsageError.
 */
export async function runClientProgram(
  asked: Asked,
  serviceFile: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<0 | 1> {
  const options = parseClientOptions(args, asked === 'kv');
  const service = readServiceIdentity(serviceFile);
  requireServiceType(service, SERVICE_TYPES[asked]);
  const program = new ClientProgram(asked, service, options, surroundings);
  return program.run();
}

class ClientProgram {
  readonly #service: ServiceIdentity;
  readonly #options: ClientOptions;
  readonly #output: ProgramOutput;
  readonly #history: HistoryWriter | undefined;
  readonly #load: Load;
  readonly #clients: RslClient[] = [];
  /** What makes clients ask that wait until all are connected. */
  readonly #atTheLine: (() => void)[] = [];
  /** Aborted when the program is to end, with the failure if that is the reason. */
  readonly #end = new AbortController();
  #failure: unknown;

  constructor(
    asked: Asked,
    service: ServiceIdentity,
    options: ClientOptions,
    surroundings: Surroundings,
  ) {
    this.#service = service;
    this.#options = options;
    this.#output = new ProgramOutput(surroundings);
    const { signal } = surroundings;
    const { history, overwrite, threads, rate, inFlight } = options;
    if (history !== undefined) this.#history = HistoryWriter.create(history, asked, overwrite);
    this.#load = new Load({
      workload: asked === 'kv' ? new KeyValueWorkload(options) : new CounterWorkload(),
      timers: systemTimers,
      inFlight,
      ratePerClient: rate === undefined ? undefined : rate / threads,
      observer: this.#observer(),
      onFailure: (error) => this.#fail(error),
    });
    setMaxListeners(0, this.#end.signal); // Every thread waits for it while it connects.
    if (signal.aborted) this.#end.abort();
    else signal.addEventListener('abort', () => this.#end.abort(), { once: true });
  }

  async run(): Promise<0 | 1> {
    this.#output.print('[[READY]]');
    this.#connectAll().catch((error) => this.#fail(error));
    const keepAlive = setInterval(() => {}, 1000);
    await this.#ended();
    clearInterval(keepAlive);
    await this.#load.stop(PATIENCE_MS);
    const counters = this.#clients.map((client) => client.counters);
    for (const client of this.#clients) client.close();
    this.#history?.close();
    if (this.#failure !== undefined) throw this.#failure;
    const { inFlight, rate, seed } = this.#options;
    this.#output.print(summary({ load: this.#load, counters, inFlight, rate, seed }));
    this.#output.print('[[DONE]]');
    await this.#output.end();
    return this.#load.answered > 0 && this.#load.wrongAnswers === 0 ? 0 : 1;
  }

  /** Connects all clients, and ends the program when its time is over. */
  async #connectAll(): Promise<void> {
    const { duration, threads, together } = this.#options;
    const { signal } = this.#end;
    const startTime = (): void => {
      if (duration > 0) setTimeout(() => this.#end.abort(), duration * 1000).unref();
    };
    const connect = (thread: number, identity: Credentials) => this.#connect(thread, identity);
    if (!together) startTime();
    await connectEach(this.#service, threads, connect, signal);
    if (!together || signal.aborted) return;
    startTime();
    for (const drive of this.#atTheLine) this.#whenSlept(drive);
  }

  /** Connects a client, and has it ask when it has waited. */
  async #connect(thread: number, identity: Credentials): Promise<void> {
    const { inFlight, seed, timeout, together, verbose } = this.#options;
    const { signal } = this.#end;
    const log = verbose ? (line: string) => this.#output.complain(line) : undefined;
    let client: RslClient;
    try {
      const options = { identity, inFlight, timeout, signal, log };
      client = await RslClient.connect(this.#service, options);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ServiceUnreachableError)) throw error;
      this.#output.complain(`ERROR - ${error.message}`);
      if (this.#clients.length === 0) this.#end.abort(); // There is nothing to wait for.
      return;
    }
    this.#clients.push(client);
    const submit = this.#recorded(identity.endPoint, (request) => client.submit(request));
    const random = new Random(seed + thread);
    const drive = (): void => this.#load.drive({ thread, client, random, submit });
    if (together) this.#atTheLine.push(drive);
    else this.#whenSlept(drive);
  }

  #whenSlept(drive: () => void): void {
    const begin = (): void => {
      if (!this.#end.signal.aborted) drive();
    };
    setTimeout(begin, this.#options.sleep * 1000).unref();
  }

  /** Writes a history of what is submitted, if that is wanted. */
  #recorded(client: string, submit: Submit): Submit {
    const history = this.#history;
    return history === undefined ? submit : (request) => history.record(client, request, submit);
  }

  #observer(): LoadObserver {
    const { print, quiet } = this.#options;
    return {
      ...(print && {
        began: (_thread, { announcement }) => {
          if (announcement !== undefined) this.#output.print(announcement);
        },
      }),
      ...((print || !quiet) && {
        answered: (thread, count, tookMs, call, reply) => {
          if (print) for (const line of call.describe(reply)) this.#output.print(line);
          if (!quiet)
            this.#output.print(`#req ${thread} ${count} ${Math.round(tookMs * 1e4) / 1e4}`);
        },
      }),
    };
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#end.abort();
  }

  #ended(): Promise<void> {
    const { signal } = this.#end;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
