/**
 * # Clients of a hash table that never stop asking
 *
 * A process whose clients each ask a hash table for something, wait for the answer, pause, and ask
 * again; and write down what they saw. They use few keys, so that they meet; every value is set only
 * once, so that a wrong answer shows. Besides, the table is full of other keys, and an administrator
 * has ranges moved all the while. Run by itself, this module is that process. SIGTERM ends it: then
 * every call is waited for, and every move, and all other keys are looked at.
 */
import { RequestError } from '../../impl/client/errors.ts';
import { ShtClient } from '../../impl/client/shtClient.ts';
import { getRequest, KEY_INF, setRequest } from '../../impl/client/shtMessages.ts';
import { HistoryWriter } from '../history/writer.ts';
import { Random } from '../simulation/random.ts';
import { CallersProcess, type Progress, programAt } from './callersProcess.ts';
import { KeyMover } from './keyMover.ts';

const PROGRAM = programAt(import.meta.url);

export interface TableCallersOptions {
  readonly clients: number;
  /** How many requests each client has under way at most. */
  readonly lanes: number;
  /** How many keys clients meet at. */
  readonly keys: number;
  /** How many other keys the table is filled with. */
  readonly filled: number;
  /** How long to pause after a call, in milliseconds, on average. */
  readonly pauseMs: number;
  readonly seed: number;
  /** Whose key to use to have keys moved; nobody does unless this is given. */
  readonly administratorFile?: string;
}

/** How far callers have come. */
export interface TableProgress extends Progress {
  /** Calls that failed, and what the last one said. */
  readonly lost: number;
  readonly trouble: string;
  readonly redirects: number;
  readonly connectionsLost: number;
  readonly moves: number;
  readonly movesRefused: number;
  /** How many orders hosts have now, as far as is known. */
  readonly orders: number;
  /** Whether all has ended, and then how many of the other keys had not the value that they got. */
  readonly wrong: number | undefined;
}

/** Such a process, seen from the test. */
export class TableCallers extends CallersProcess<TableProgress> {
  constructor(
    serviceFile: string,
    historyFile: string,
    options: TableCallersOptions,
    prefix: readonly string[] = [],
  ) {
    super([PROGRAM, serviceFile, historyFile, JSON.stringify(options)], prefix);
  }
}

/** Longer than anything that a test does to hosts. */
const OPTIONS = { timeout: 60_000, connectTimeout: 20_000, retry: 500 };

/** Now and then a value is so long that few of them make a message. */
const LENGTHS = [...Array.from({ length: 15 }, () => 100), 10_000];

const spread = (count: number): readonly bigint[] =>
  Array.from({ length: count }, (_, index) => (KEY_INF / BigInt(count)) * BigInt(index));

const fillingOf = (key: bigint, index: number): Uint8Array =>
  Buffer.alloc(LENGTHS[index % LENGTHS.length] ?? 0, `${key}.`);

class Callers {
  readonly #clients: readonly ShtClient[];
  readonly #mover: KeyMover | undefined;
  readonly #writer: HistoryWriter;
  readonly #options: TableCallersOptions;
  readonly #random: Random;
  readonly #keys: readonly bigint[];
  readonly #others: readonly bigint[];
  /** By client and lane. */
  readonly #calls = new Map<string, number>();
  #lost = 0;
  #trouble = '';
  #values = 0;
  #wrong: number | undefined;
  #stopped = false;

  constructor(
    clients: readonly ShtClient[],
    mover: KeyMover | undefined,
    writer: HistoryWriter,
    options: TableCallersOptions,
  ) {
    this.#clients = clients;
    this.#mover = mover;
    this.#writer = writer;
    this.#options = options;
    this.#random = new Random(options.seed);
    // Odd, where others are even.
    this.#keys = spread(options.keys).map((key) => key + 7n);
    this.#others = spread(options.filled);
  }

  async run(): Promise<void> {
    const [first] = this.#clients as [ShtClient];
    const timer = setInterval(() => this.#tell(), 20);
    await Promise.all(this.#others.map((key, index) => first.set(key, fillingOf(key, index))));
    const moving = this.#mover?.run();
    const loops = this.#clients.flatMap((client, index) =>
      Array.from({ length: this.#options.lanes }, (_, lane) =>
        this.#call(client, `${index + 1}.${lane + 1}`),
      ),
    );
    await Promise.all(loops);
    await moving;
    const found = await Promise.all(
      this.#others.map(async (key, index) => {
        const value = await first.get(key);
        return value !== undefined && Buffer.compare(value, fillingOf(key, index)) === 0;
      }),
    );
    this.#wrong = found.filter((isRight) => !isRight).length;
    clearInterval(timer);
    this.#writer.close();
    for (const client of this.#clients) client.close();
    this.#tell();
  }

  stop(): void {
    this.#stopped = true;
    this.#mover?.stop();
  }

  async #call(client: ShtClient, name: string): Promise<void> {
    for (let calls = 0; !this.#stopped; ) {
      this.#calls.set(name, calls);
      try {
        await this.#writer.record(name, this.#request(), (bytes) => client.submit(bytes));
        calls++;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        this.#lost++;
        this.#trouble = error.message;
      }
      await new Promise((done) =>
        setTimeout(done, this.#random.fraction() * 2 * this.#options.pauseMs),
      );
    }
  }

  #request(): Uint8Array {
    const key = this.#random.pick(this.#keys);
    if (this.#random.happens(0.5)) return getRequest(key);
    const value = Buffer.from(`${this.#options.seed}.${this.#values++}`);
    return setRequest(key, this.#random.happens(0.2) ? undefined : value);
  }

  #tell(): void {
    if (this.#calls.size === 0) return;
    const counts = [...this.#calls.values()];
    const sum = (name: keyof ShtClient['counters']): number =>
      this.#clients.reduce((total, { counters }) => total + counters[name], 0);
    const progress: TableProgress = {
      calls: counts.reduce((a, b) => a + b, 0),
      least: Math.min(...counts),
      lost: this.#lost,
      trouble: this.#trouble,
      redirects: sum('redirects'),
      connectionsLost: sum('connectionsLost'),
      moves: this.#mover?.moves ?? 0,
      movesRefused: this.#mover?.refused ?? 0,
      orders: this.#mover?.orders ?? 0,
      wrong: this.#wrong,
    };
    process.stdout.write(`${JSON.stringify(progress)}\n`);
  }
}

async function main([serviceFile = '', historyFile = '', json = '']: readonly string[]) {
  const options = JSON.parse(json) as TableCallersOptions;
  const { administratorFile, seed } = options;
  const mover =
    administratorFile === undefined
      ? undefined
      : await KeyMover.connect(serviceFile, administratorFile, new Random(seed + 1));
  const connecting = Array.from({ length: options.clients }, () =>
    ShtClient.connect(serviceFile, OPTIONS),
  );
  const writer = HistoryWriter.create(historyFile, 'sht', false);
  const callers = new Callers(await Promise.all(connecting), mover, writer, options);
  process.once('SIGTERM', () => callers.stop());
  await callers.run();
}

if (process.argv[1] === PROGRAM) await main(process.argv.slice(2));
