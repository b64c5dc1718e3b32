/**
 * # Load
 *
 * Keeps clients busy, and measures. Each client either makes its next request as soon as one is
 * answered, with a given number always under way; or makes requests at a given rate, whether
 * answered or not, and then a reply's time counts from when its request was due, so that a service
 * that stands still does not look better for being asked less.
 */
import * as hdr from 'hdr-histogram-js';
import { RequestError } from '../../impl/client/errors.ts';
import type { Timers } from '../../impl/framework/timers.ts';
import type { Random } from '../simulation/random.ts';
import type { Call, Workload } from './workload.ts';

/** Submits a request; a history is written by what stands in between. */
export type Submit = (request: Uint8Array) => Promise<Uint8Array>;

/** One client that is kept busy. */
export interface Driven {
  /** Counted from 0. */
  readonly thread: number;
  readonly client: { submit(request: Uint8Array): Promise<Uint8Array> };
  readonly random: Random;
  /** In place of the client's own. */
  readonly submit?: Submit | undefined;
}

/** Who wants to know of every request; for a reader, or for a measurement of its own. */
export interface LoadObserver {
  began?(thread: number, call: Call): void;
  /** `count` is how many of the thread's requests have been answered, this one included. */
  answered?(thread: number, count: number, tookMs: number, call: Call, reply: Uint8Array): void;
}

export interface LoadSettings {
  readonly workload: Workload;
  readonly timers: Timers;
  /** How many requests of each client are always under way. */
  readonly inFlight: number;
  /** Instead, how many requests each client makes a second. */
  readonly ratePerClient?: number | undefined;
  readonly observer?: LoadObserver;
  /** Told when something fails that is no request, such as writing a history; then it stops. */
  readonly onFailure: (error: unknown) => void;
}

/** Latencies are recorded in microseconds, from one up to an hour. */
const LONGEST_US = 3_600_000_000;

/** How many wrong answers are kept; all are counted. */
const KEPT = 10;

/** How long a client that cannot be asked waits before it is asked again, in milliseconds. */
const PAUSE_MS = 10;

/** The longest time in which nobody was answered, in milliseconds since the load began. */
export interface Gap {
  readonly from: number;
  readonly lengthMs: number;
}

export class Load {
  /** Of answered requests, in microseconds. */
  readonly latencies = hdr.build({ highestTrackableValue: LONGEST_US });
  /** How many requests took less than 2ⁿ microseconds and no less than half of that, by n. */
  readonly spread: number[] = [];
  /** Failed requests by the name of the error. */
  readonly errors = new Map<string, number>();
  /** What was wrong with the first wrong answers. */
  readonly wrong: string[] = [];
  answered = 0;
  wrongAnswers = 0;
  readonly #settings: LoadSettings;
  /** When the first client began, and when somebody was last answered since. */
  #beganAt: number | undefined;
  #endedAt: number | undefined;
  #answeredAt = 0;
  #gap: Gap = { from: 0, lengthMs: 0 };
  #stopped = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(settings: LoadSettings) {
    this.#settings = settings;
  }

  /** Keeps a client busy until the load is stopped. */
  drive(driven: Driven): void {
    const { timers, inFlight, ratePerClient } = this.#settings;
    this.#beganAt ??= this.#answeredAt = timers.now();
    const thread = new Thread(driven);
    if (ratePerClient !== undefined) {
      this.#pace(thread, 1000 / ratePerClient);
      return;
    }
    for (let each = 0; each < inFlight; each++) this.#follow(this.#repeat(thread));
  }

  /** Makes no more requests. What is under way is waited for, but not for longer than given. */
  async stop(patienceMs: number): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const { timers } = this.#settings;
    this.#noteSilence(timers.now());
    this.#endedAt = timers.now();
    await new Promise<void>((resolve) => {
      const cancel = timers.after(patienceMs, resolve);
      void Promise.all(this.#underWay).then(() => {
        cancel();
        resolve();
      });
    });
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** For how long there has been load, in milliseconds. */
  get lasted(): number {
    const { timers } = this.#settings;
    return this.#beganAt === undefined ? 0 : (this.#endedAt ?? timers.now()) - this.#beganAt;
  }

  get longestGap(): Gap {
    return this.#gap;
  }

  get failed(): number {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }

  #follow(work: Promise<unknown>): void {
    const ended = work
      .catch((error: unknown) => {
        this.#stopped = true;
        this.#settings.onFailure(error);
      })
      .then(() => {
        this.#underWay.delete(ended);
      });
    this.#underWay.add(ended);
  }

  /** One request after another. */
  async #repeat(thread: Thread): Promise<void> {
    const { timers } = this.#settings;
    while (!this.#stopped) {
      const isDone = await this.#make(thread, timers.now());
      if (!isDone) await new Promise<void>((resolve) => timers.after(PAUSE_MS, resolve));
    }
  }

  /** A request in every stretch of so many milliseconds. */
  #pace(thread: Thread, everyMs: number): void {
    const { timers } = this.#settings;
    let due = timers.now() + everyMs * thread.driven.random.fraction();
    const act = (): void => {
      for (const now = timers.now(); due <= now && !this.#stopped; due += everyMs) {
        this.#follow(this.#make(thread, due));
      }
      if (!this.#stopped) timers.after(due - timers.now(), act);
    };
    act();
  }

  /** Makes a request that was due at `due`; says whether it was sent. */
  async #make(thread: Thread, due: number): Promise<boolean> {
    const { workload, observer, timers } = this.#settings;
    const { driven } = thread;
    const call = workload.next(driven.random, driven.thread);
    observer?.began?.(driven.thread, call);
    try {
      const reply = await thread.submit(call.request);
      const now = timers.now();
      this.#judge(call, reply);
      if (this.#stopped) return true;
      this.#noteAnswer(now, now - due);
      observer?.answered?.(driven.thread, ++thread.count, now - due, call, reply);
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // What a client is told when the load has ended, is no failure.
      if (!this.#stopped) this.errors.set(error.name, (this.errors.get(error.name) ?? 0) + 1);
      return error.fate !== 'never sent';
    }
  }

  #noteAnswer(now: number, tookMs: number): void {
    this.answered++;
    const tookUs = Math.min(Math.max(Math.round(tookMs * 1000), 1), LONGEST_US);
    this.latencies.recordValue(tookUs);
    const power = 32 - Math.clz32(tookUs);
    this.spread[power] = (this.spread[power] ?? 0) + 1;
    this.#noteSilence(now);
    this.#answeredAt = now;
  }

  #judge(call: Call, reply: Uint8Array): void {
    const fault = call.judge(reply);
    if (fault === undefined) return;
    this.wrongAnswers++;
    if (this.wrong.length < KEPT) this.wrong.push(fault);
  }

  /** Nobody was answered from the last answer until now. */
  #noteSilence(now: number): void {
    const lengthMs = now - this.#answeredAt;
    if (lengthMs <= this.#gap.lengthMs) return;
    this.#gap = { from: this.#answeredAt - (this.#beganAt ?? 0), lengthMs };
  }
}

class Thread {
  readonly driven: Driven;
  readonly submit: Submit;
  /** How many of its requests have been answered. */
  count = 0;

  constructor(driven: Driven) {
    this.driven = driven;
    this.submit = driven.submit ?? ((request) => driven.client.submit(request));
  }
}
