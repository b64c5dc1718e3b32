/**
 * # Running a host
 *
 * Wakes a host when a packet has come for it or when its deadline has passed, and lets it take
 * steps as long as there is a reason to. The steps of one wake-up make a batch: first all are
 * taken, then they are recorded, and only then does the network get what they sent. Between batches
 * the event loop gets its turn; when there is nothing to do, nothing runs at all.
 *
 * Follows the loops in the Main of each service of IronFleet, which spin.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Host, Io, Received, Wake } from './io.ts';
import { OrderedIo } from './orderedIo.ts';

/** What carries a host's packets. What is sent may wait until it is flushed, and should. */
export interface Network extends Pick<Io, 'receive' | 'send'> {
  /** How many packets wait to be received. */
  readonly waiting: number;
  /** Called when packets have come and none were waiting. */
  onWaiting: () => void;
  flush(): void;
}

/** What records steps. */
export interface Recorder {
  watch(io: Io): Io;
  endStep(action: string, state: unknown): void;
  flush(): void;
}

export interface RunOptions {
  readonly recorder?: Recorder | undefined;
  /** Ends the run when it is aborted, between two batches. */
  readonly signal: AbortSignal;
  /** Called after each batch. */
  readonly afterBatch?: () => void;
  /** Milliseconds that never go back. */
  readonly clock?: () => number;
}

/** What a run came to. */
export interface RunSummary {
  readonly steps: number;
  /** How often each action was taken. */
  readonly actions: ReadonlyMap<string, number>;
  /** What the host counted besides. */
  readonly counters: Readonly<Record<string, number>>;
  /** How often the host was woken from sleep. */
  readonly wakeUps: number;
}

/** The clock of a running server: whole milliseconds since its process began. */
export const monotonicClock = (): number => Math.floor(performance.now());

/** Steps in a batch. At a few microseconds each, signals and sockets do not wait long. */
const MAX_BATCH = 256;

/** The longest time that a timer can be set to. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Runs a host until it is told to stop. Rejects with whatever the host or the recorder throws. */
export const runHost = (host: Host, network: Network, options: RunOptions): Promise<RunSummary> =>
  new HostRunner(host, network, options).run();

class HostRunner {
  readonly #host: Host;
  readonly #network: Network;
  readonly #recorder: Recorder | undefined;
  readonly #signal: AbortSignal;
  readonly #afterBatch: () => void;
  readonly #clock: () => number;
  readonly #io: OrderedIo;
  readonly #actions = new Map<string, number>();
  #steps = 0;
  #wakeUps = 0;
  /** Which kind of wake the latest step had, so that the other kind comes first next time. */
  #latest: Wake = 'packet';
  #awake = false;
  #timer: NodeJS.Timeout | undefined;
  /** The clock's reading when the timer will fire. */
  #timerAt = Number.POSITIVE_INFINITY;
  #finish: (error?: unknown) => void = () => {};

  constructor(host: Host, network: Network, options: RunOptions) {
    this.#host = host;
    this.#network = network;
    this.#recorder = options.recorder;
    this.#signal = options.signal;
    this.#afterBatch = options.afterBatch ?? (() => {});
    this.#clock = options.clock ?? monotonicClock;
    const world = new World(network, this.#clock);
    this.#io = new OrderedIo(this.#recorder?.watch(world) ?? world);
  }

  async run(): Promise<RunSummary> {
    const stop = () => this.#finish();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#finish = (error) => (error === undefined ? resolve() : reject(error));
        this.#signal.addEventListener('abort', stop);
        this.#network.onWaiting = () => this.#wake();
        if (this.#signal.aborted) stop();
        else this.#wake();
      });
    } finally {
      this.#awake = true; // Whatever comes now wakes nobody.
      this.#signal.removeEventListener('abort', stop);
      clearTimeout(this.#timer);
    }
    return {
      steps: this.#steps,
      actions: this.#actions,
      counters: this.#host.counters ?? {},
      wakeUps: this.#wakeUps,
    };
  }

  /** A batch begins when all sockets that have something to read have been read. */
  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#wakeUps++;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    if (this.#signal.aborted) return;
    try {
      const more = this.#takeSteps();
      this.#recorder?.flush();
      this.#network.flush();
      this.#afterBatch();
      // A flush may have put packets from the host to itself where they wait.
      if (more || this.#network.waiting > 0) setImmediate(this.#turn);
      else this.#sleep();
    } catch (error) {
      this.#fail(error);
    }
  };

  /**
   * Keeps the record of the steps that were completed. What they sent since the last batch is lost.
   */
  #fail(error: unknown): void {
    try {
      this.#recorder?.flush();
    } catch {
      // The first error is the one to tell.
    }
    this.#finish(error);
  }

  /** Takes steps while there is a reason to, up to a batch; says whether there still is. */
  #takeSteps(): boolean {
    for (let count = 0; count < MAX_BATCH; count++) {
      const wake = this.#reason();
      if (wake === undefined) return false;
      this.#latest = wake;
      this.#io.beginStep();
      const action = this.#host.step(this.#io, wake);
      this.#recorder?.endStep(action, this.#host.snapshot());
      this.#steps++;
      this.#actions.set(action, (this.#actions.get(action) ?? 0) + 1);
    }
    return true;
  }

  /** Packets and deadlines take turns while there are both. */
  #reason(): Wake | undefined {
    const packet = this.#network.waiting > 0;
    if (packet && this.#latest === 'deadline') return 'packet';
    const deadline = this.#host.nextDeadline();
    if (deadline === Number.NEGATIVE_INFINITY) return 'deadline';
    if (deadline < Number.POSITIVE_INFINITY && deadline <= this.#clock()) return 'deadline';
    return packet ? 'packet' : undefined;
  }

  /**
   * Sees to it that the host is woken at its deadline. A timer that fires too early for it does no
   * harm, so one is not replaced by a later one: a busy server would do little else.
   */
  #sleep(): void {
    this.#awake = false;
    const deadline = this.#host.nextDeadline();
    if (deadline === Number.POSITIVE_INFINITY || this.#timerAt <= deadline) return;
    clearTimeout(this.#timer);
    const delay = Math.min(Math.max(Math.ceil(deadline - this.#clock()), 1), MAX_TIMEOUT);
    this.#timerAt = deadline;
    this.#timer = setTimeout(this.#ring, delay);
  }

  readonly #ring = (): void => {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#timer = undefined;
    this.#wake();
  };
}

/** The world as the network and the clock make it. */
class World implements Io {
  readonly #network: Network;
  readonly readClock: () => number;

  constructor(network: Network, clock: () => number) {
    this.#network = network;
    this.readClock = clock;
  }

  receive(): Received | undefined {
    return this.#network.receive();
  }

  send(dst: EndPoint, bytes: Uint8Array): void {
    this.#network.send(dst, bytes);
  }
}
