/**
 * # A lean load of key-value stores
 *
 * One process that keeps clients of a store busy: of the hash table, of Redis, or of a bare echo,
 * all by the same code but for what is said on the wire. A client has a connection to each server
 * and a number of requests under way in all; each of its requests is for a key drawn at random and
 * goes to the server that has it; what is asked at the same moment goes out in one write.
 *
 * The process lives as long as the bench, so that its code is warm; clients that have nothing to do
 * stay connected.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pinned } from './pinned.ts';
import type { Asked } from './storeSpeakers.ts';

const PROGRAM = fileURLToPath(new URL('./storeLoadProcess.js', import.meta.url));

/** Whom to ask. */
export type Target =
  | { readonly type: 'redis'; readonly port: number; readonly useTls: boolean }
  | { readonly type: 'echo'; readonly port: number; readonly privateKeyFile: string | undefined }
  /** The keys are spread over the first so many hosts; at first, the first has them all. */
  | { readonly type: 'sht'; readonly serviceFile: string; readonly hosts: number };

/** What a process is started with. */
export interface LoadSettings {
  readonly target: Target;
  /** How many keys there are. */
  readonly keys: number;
  /** How many clients there are at most. */
  readonly clients: number;
  /** The processes of the servers, whose processor time is wanted. */
  readonly servers: readonly number[];
  /** Which processor the load keeps to; unless given, none. */
  readonly processor?: number;
}

/** What it is told to do, again and again. */
export type LoadOrder =
  /** Sets every key once. */
  | { readonly type: 'fill'; readonly valueBytes: number }
  | ({
      readonly type: 'measure';
      readonly clients: number;
      readonly inFlight: number;
      readonly warmUpMs: number;
      readonly measuredMs: number;
    } & Asked);

/** What a measurement came to: requests a second, and shares of a processor. */
export interface LoadFigures {
  readonly rate: number;
  readonly load: number;
  readonly servers: readonly number[];
}

type Measure = Omit<Extract<LoadOrder, { type: 'measure' }>, 'type'>;

export class StoreLoad {
  readonly #process: ChildProcess;

  private constructor(settings: LoadSettings) {
    const [command, ...before] = pinned(settings.processor, [process.execPath]);
    const options = { execPath: command, execArgv: before };
    this.#process = fork(PROGRAM, [JSON.stringify(settings)], options);
  }

  /** Starts a process and has its clients connect. */
  static async start(settings: LoadSettings): Promise<StoreLoad> {
    const load = new StoreLoad(settings);
    await load.#answer();
    return load;
  }

  async fill(valueBytes: number): Promise<void> {
    await this.#do({ type: 'fill', valueBytes });
  }

  measure(measure: Measure): Promise<LoadFigures> {
    return this.#do({ type: 'measure', ...measure });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  #do(order: LoadOrder): Promise<LoadFigures> {
    this.#process.send(order);
    return this.#answer();
  }

  async #answer(): Promise<LoadFigures> {
    const ended = new AbortController();
    const exit = once(this.#process, 'exit', ended).then(([code]) => {
      throw new Error(`a load ended with ${code}`);
    });
    const message = once(this.#process, 'message', ended);
    try {
      const [figures] = await Promise.race([message, exit]);
      return figures as LoadFigures;
    } finally {
      exit.catch(() => {});
      message.catch(() => {});
      ended.abort();
    }
  }
}
