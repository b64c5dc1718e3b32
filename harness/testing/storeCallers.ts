/**
 * # Clients that never stop asking
 *
 * A process whose clients each ask a key-value store for something, wait for the answer, pause, and
 * ask again; and write down what they saw. They use few keys, so that they meet; every value is set
 * only once, so that a wrong answer shows. Run by itself, this module is that process; SIGTERM ends
 * it. It prints a line now and then that says how far everyone has come.
 */
import { RequestError } from '../../impl/client/errors.ts';
import { deleteRequest, getRequest, setRequest } from '../../impl/client/keyValueMessages.ts';
import { RslClient } from '../../impl/client/rslClient.ts';
import { HistoryWriter } from '../history/writer.ts';
import { Random } from '../simulation/random.ts';
import { CallersProcess, type Progress, programAt } from './callersProcess.ts';

const PROGRAM = programAt(import.meta.url);

export interface CallersOptions {
  readonly clients: number;
  /** How many requests each client has under way at most. */
  readonly lanes: number;
  readonly keys: number;
  /** How long to pause after a call, in milliseconds, on average. */
  readonly pauseMs: number;
  readonly seed: number;
}

/** How far callers have come. */
export interface CallersProgress extends Progress {
  /** Calls of unknown fate. */
  readonly lost: number;
  /** How often clients found another replica to lead, all together. */
  readonly leaderChanges: number;
  /** Who leads, as the first client thinks: a replica's number from 1. */
  readonly leader: number | undefined;
}

/** Such a process, seen from the test. */
export class StoreCallers extends CallersProcess<CallersProgress> {
  constructor(
    serviceFile: string,
    historyFile: string,
    options: CallersOptions,
    prefix: readonly string[] = [],
  ) {
    super([PROGRAM, serviceFile, historyFile, JSON.stringify(options)], prefix);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

class Callers {
  readonly #clients: readonly RslClient[];
  readonly #writer: HistoryWriter;
  readonly #options: CallersOptions;
  readonly #random: Random;
  /** By client and lane. */
  readonly #calls = new Map<string, number>();
  #lost = 0;
  #values = 0;
  #stopped = false;

  constructor(clients: readonly RslClient[], writer: HistoryWriter, options: CallersOptions) {
    this.#clients = clients;
    this.#writer = writer;
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<void> {
    const loops = this.#clients.flatMap((client, index) =>
      Array.from({ length: this.#options.lanes }, (_, lane) =>
        this.#call(client, `${index + 1}.${lane + 1}`),
      ),
    );
    const timer = setInterval(() => this.#tell(), 20);
    await Promise.all(loops);
    clearInterval(timer);
    this.#tell();
  }

  /** What is still under way has an unknown fate. */
  stop(): void {
    this.#stopped = true;
    this.#writer.close();
    for (const client of this.#clients) client.close();
  }

  async #call(client: RslClient, name: string): Promise<void> {
    for (let calls = 0; !this.#stopped; ) {
      this.#calls.set(name, calls);
      try {
        await this.#writer.record(name, this.#request(), (bytes) => client.submit(bytes));
        calls++;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        if (!this.#stopped) this.#lost++;
      }
      await sleep(this.#random.fraction() * 2 * this.#options.pauseMs);
    }
  }

  #request(): Uint8Array {
    const key = `k${this.#random.below(this.#options.keys)}`;
    if (this.#random.happens(0.5)) return getRequest(key);
    return this.#random.happens(0.2)
      ? deleteRequest(key)
      : setRequest(key, `${this.#options.seed}.${this.#values++}`);
  }

  #tell(): void {
    const [first] = this.#clients;
    const counts = [...this.#calls.values()];
    const progress: CallersProgress = {
      calls: counts.reduce((a, b) => a + b, 0),
      least: Math.min(...counts),
      lost: this.#lost,
      leaderChanges: this.#clients.reduce((sum, c) => sum + c.counters.leaderChanges, 0),
      leader: first?.leader === undefined ? undefined : first.leader + 1,
    };
    process.stdout.write(`${JSON.stringify(progress)}\n`);
  }
}

async function main([serviceFile, historyFile, json]: readonly string[]): Promise<void> {
  const options = JSON.parse(json ?? '') as CallersOptions;
  const connecting = Array.from({ length: options.clients }, () =>
    RslClient.connect(serviceFile ?? ''),
  );
  const writer = HistoryWriter.create(historyFile ?? '', 'kv', false);
  const callers = new Callers(await Promise.all(connecting), writer, options);
  process.once('SIGTERM', () => callers.stop());
  await callers.run();
}

if (process.argv[1] === PROGRAM) await main(process.argv.slice(2));
