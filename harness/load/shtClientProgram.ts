/**
 * # The client program of the hash table
 *
 * Sets all keys, then asks the table again and again with any number of clients, prints a line for
 * every request as the original does, and at the end what it came to. The sharding of the original
 * is in shtSharding.ts.
 *
 * Follows the Main of IronSHTClient of IronFleet; departs from it in that keys may be with any host,
 * in that it ends with a summary and an exit code, and in that its threads are clients in one thread,
 * which all begin at once.
 */
import { setMaxListeners } from 'node:events';
import { ServiceUnreachableError } from '../../impl/client/errors.ts';
import { ShtClient } from '../../impl/client/shtClient.ts';
import type { Credentials } from '../../impl/framework/certificate.ts';
import {
  readServiceIdentity,
  requireServiceType,
  type ServiceIdentity,
} from '../../impl/framework/identity.ts';
import type { Surroundings } from '../../impl/framework/serve.ts';
import { systemTimers } from '../../impl/framework/timers.ts';
import { transientIdentity } from '../../impl/framework/transientIdentity.ts';
import { HistoryWriter } from '../history/writer.ts';
import { Random } from '../simulation/random.ts';
import { connectEach } from './connecting.ts';
import { type Driven, Load, type Submit } from './load.ts';
import { ProgramOutput } from './programOutput.ts';
import { parseShtClientOptions, type ShtClientOptions } from './shtOptions.ts';
import { setUp } from './shtSetUp.ts';
import { tryRedirection } from './shtSharding.ts';
import { shtSummary } from './shtSummary.ts';
import { GetWorkload, MixedWorkload, SetWorkload } from './shtWorkload.ts';
import type { Workload } from './workload.ts';

/** For how long what is under way at the end is waited for, in milliseconds. */
const PATIENCE_MS = 1000;

/**
 * Runs until its time is up or it is told to stop, and gives the exit code: 1 if no request
 * succeeded or a wrong answer was seen. Throws a UsageError.
 */
export async function runShtClient(
  serviceFile: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<0 | 1> {
  const options = parseShtClientOptions(args);
  const service = readServiceIdentity(serviceFile);
  requireServiceType(service, 'IronSHT');
  return new ShtClientProgram(service, options, surroundings).run();
}

class ShtClientProgram {
  readonly #service: ServiceIdentity;
  readonly #options: ShtClientOptions;
  readonly #output: ProgramOutput;
  readonly #history: HistoryWriter | undefined;
  readonly #load: Load;
  readonly #clients: ShtClient[] = [];
  /** Clients that are connected and wait for the others. */
  readonly #atTheLine: Driven[] = [];
  /** Aborted when the program is to end, with the failure if that is the reason. */
  readonly #end = new AbortController();
  #failure: unknown;

  constructor(service: ServiceIdentity, options: ShtClientOptions, surroundings: Surroundings) {
    this.#service = service;
    this.#options = options;
    this.#output = new ProgramOutput(surroundings);
    const { history, overwrite, threads, rate, inFlight, quiet } = options;
    if (history !== undefined) this.#history = HistoryWriter.create(history, 'sht', overwrite);
    this.#load = new Load({
      workload: workloadOf(options),
      timers: systemTimers,
      inFlight,
      ratePerClient: rate === undefined ? undefined : rate / threads,
      observer: {
        ...(!quiet && {
          answered: (thread, count, tookMs) =>
            this.#output.print(`#req ${thread} ${count} ${Math.round(tookMs * 1e4) / 1e4}`),
        }),
      },
      onFailure: (error) => this.#fail(error),
    });
    setMaxListeners(0, this.#end.signal); // Every thread waits for it while it connects.
    const { signal } = surroundings;
    if (signal.aborted) this.#end.abort();
    else signal.addEventListener('abort', () => this.#end.abort(), { once: true });
  }

  async run(): Promise<0 | 1> {
    this.#output.print('[[READY]]');
    const keepAlive = setInterval(() => {}, 1000);
    try {
      const succeeded = await this.#work();
      if (this.#failure !== undefined) throw this.#failure;
      return succeeded ? 0 : 1;
    } finally {
      clearInterval(keepAlive);
      this.#history?.close();
      await this.#output.end();
    }
  }

  /** Says whether all went well. */
  async #work(): Promise<boolean> {
    const { workload, threads } = this.#options;
    const { signal } = this.#end;
    if (!(await this.#setUp()) || signal.aborted) return false;
    this.#output.print('[[SETUP COMPLETE]]');
    if (workload === 'f') {
      const { sleep, key } = this.#options;
      const settings = { sleep, key, signal, output: this.#output };
      const succeeded = await tryRedirection(this.#service, settings);
      this.#output.print('[[DONE]]');
      return succeeded;
    }
    const connect = (thread: number, identity: Credentials) => this.#connect(thread, identity);
    await connectEach(this.#service, threads, connect, signal);
    await this.#drive();
    return this.#load.answered > 0 && this.#load.wrongAnswers === 0;
  }

  /** Sets all keys with a client of its own; says whether they are set. */
  async #setUp(): Promise<boolean> {
    const { setUp: isWanted, keys, valueSize, seed } = this.#options;
    if (!isWanted) return true;
    const identity = await transientIdentity(this.#service);
    const client = await this.#reach(identity);
    if (client === undefined) return false;
    const submit = this.#recorded(identity.endPoint, (request) => client.submit(request));
    const { signal } = this.#end;
    try {
      await setUp({ submit, keys, valueSize, seed, signal });
      return true;
    } catch (error) {
      this.#output.complain(`ERROR - Not all keys could be set: ${messageOf(error)}`);
      return false;
    } finally {
      client.close();
    }
  }

  /** Connects a client, which then waits for the others. */
  async #connect(thread: number, identity: Credentials): Promise<void> {
    const client = await this.#reach(identity);
    if (client === undefined) {
      if (this.#clients.length === 0) this.#end.abort(); // There is nothing to wait for.
      return;
    }
    this.#clients.push(client);
    const submit = this.#recorded(identity.endPoint, (request) => client.submit(request));
    const random = new Random(this.#options.seed + 1 + thread);
    this.#atTheLine.push({ thread, client, random, submit });
  }

  /** A connected client; nothing if no host is reached, which is complained of. */
  async #reach(identity: Credentials): Promise<ShtClient | undefined> {
    const { inFlight, timeout, verbose } = this.#options;
    const { signal } = this.#end;
    const log = verbose ? (line: string) => this.#output.complain(line) : undefined;
    try {
      const options = { identity, inFlight: Math.max(inFlight, 128), timeout, signal, log };
      return await ShtClient.connect(this.#service, options);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof ServiceUnreachableError)) throw error;
      this.#output.complain(`ERROR - ${error.message}`);
      return undefined;
    }
  }

  /** Keeps all clients busy until it is time to end, and says what it came to. */
  async #drive(): Promise<void> {
    const { duration, inFlight, rate, seed } = this.#options;
    const { signal } = this.#end;
    if (duration > 0) setTimeout(() => this.#end.abort(), duration * 1000).unref();
    for (const driven of this.#atTheLine) this.#load.drive(driven);
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
    await this.#load.stop(PATIENCE_MS);
    const counters = this.#clients.map((client) => client.counters);
    for (const client of this.#clients) client.close();
    this.#output.print(shtSummary({ load: this.#load, counters, inFlight, rate, seed }));
    this.#output.print('[[DONE]]');
  }

  /** Writes a history of what is submitted, if that is wanted. */
  #recorded(client: string, submit: Submit): Submit {
    const history = this.#history;
    return history === undefined ? submit : (request) => history.record(client, request, submit);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#end.abort();
  }
}

function workloadOf(options: ShtClientOptions): Workload {
  switch (options.workload) {
    case 'g':
      return new GetWorkload(options);
    case 'm':
      return new MixedWorkload(options);
    case 's':
    case 'f':
      return new SetWorkload(options);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);
