/**
 * # Clients while keys move
 *
 * A process with clients of the hash table, as a user would write them: each gets or sets, as
 * chance has it, a key drawn at random, and as soon as that is answered the next. It tells how long
 * they waited.
 *
 * Run by itself, this module is the process; see {@link MovingClients} for whoever starts it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as hdr from 'hdr-histogram-js';
import { ShtClient } from '../../impl/client/shtClient.ts';
import { readServiceIdentity } from '../../impl/framework/identity.ts';
import { Identities } from '../load/identities.ts';
import { keyWithNumber } from './shtFrames.ts';

const PROGRAM = fileURLToPath(import.meta.url);

export interface MovingSettings {
  readonly serviceFile: string;
  readonly clients: number;
  readonly keys: number;
  readonly valueBytes: number;
}

/** What clients saw since they were asked last: how many a second, and how long they waited. */
export interface Seen {
  readonly rate: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly redirects: number;
}

export class MovingClients {
  readonly #process: ChildProcess;

  private constructor(settings: MovingSettings) {
    this.#process = fork(PROGRAM, [JSON.stringify(settings)]);
  }

  /** Starts a process, and waits until its clients are at it. */
  static async start(settings: MovingSettings): Promise<MovingClients> {
    const clients = new MovingClients(settings);
    await once(clients.#process, 'message');
    return clients;
  }

  async seen(): Promise<Seen> {
    this.#process.send('seen');
    const [seen] = await once(this.#process, 'message');
    return seen as Seen;
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}

/** Latencies are recorded in microseconds, up to a minute. */
const LONGEST_US = 60_000_000;

class Record {
  readonly #histogram = hdr.build({
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 3,
  });
  #began = performance.now();

  add(ms: number): void {
    this.#histogram.recordValue(Math.min(LONGEST_US, Math.max(1, Math.round(ms * 1000))));
  }

  /** What there is since this was asked last. */
  take(): Omit<Seen, 'redirects'> {
    const histogram = this.#histogram;
    const seconds = (performance.now() - this.#began) / 1000;
    const seen = {
      rate: histogram.totalCount / seconds,
      p50Ms: histogram.getValueAtPercentile(50) / 1000,
      p99Ms: histogram.getValueAtPercentile(99) / 1000,
      maxMs: histogram.maxValue / 1000,
    };
    histogram.reset();
    this.#began = performance.now();
    return seen;
  }
}

async function askForEver(
  client: ShtClient,
  { keys, valueBytes }: MovingSettings,
  random: () => number,
  record: Record,
): Promise<void> {
  const value = new Uint8Array(valueBytes).fill(97);
  for (;;) {
    const key = keyWithNumber(Math.floor(random() * keys), keys);
    const began = performance.now();
    if (random() < 0.5) await client.get(key);
    else await client.set(key, value);
    record.add(performance.now() - began);
  }
}

/** Numbers from 0 to below 1 by Marsaglia's xorshift. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

async function main(settings: MovingSettings): Promise<void> {
  process.once('disconnect', () => process.exit());
  const service = readServiceIdentity(settings.serviceFile);
  const identities = new Identities(service);
  const clients: ShtClient[] = [];
  while (clients.length < settings.clients) {
    clients.push(await ShtClient.connect(service, { identity: await identities.next() }));
  }
  const record = new Record();
  const fail = (error: unknown): void => {
    throw error;
  };
  for (const [index, client] of clients.entries()) {
    askForEver(client, settings, randomNumbers(index + 1), record).catch(fail);
  }
  process.send?.('ready');
  let redirectsBefore = 0;
  for (;;) {
    await once(process, 'message');
    const redirects = clients.reduce((sum, { counters }) => sum + counters.redirects, 0);
    process.send?.({ ...record.take(), redirects: redirects - redirectsBefore });
    redirectsBefore = redirects;
  }
}

const [text] = process.argv.slice(2);
if (process.argv[1] === PROGRAM && text !== undefined) {
  await main(JSON.parse(text) as MovingSettings);
}
