/**
 * # Running a host
 *
 * Wakes a host when a packet has come for it or when its deadline has passed, and lets it take
 * steps as long as there is a reason to. The steps of one turn make a batch: first the host is
 * handed the packets that wait, so that it knows all that it can; then it does whatever is due;
 * then all this is recorded, and only then does the network get what was sent. Between turns the
 * event loop gets its own; when there is nothing to do, nothing runs at all.
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

/**
 * The most packets in a turn, and the most deadlines: whichever there are too many of, the other
 * kind has its turn as well. At a few microseconds each, signals and sockets do not wait long.
 */
const MAX_PACKETS = 512;
const MAX_DEADLINES = 512;

/** The longest time that a timer can be set to. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Runs a host until it is told to stop. Rejects with whatever the host or the recorder throws. */
export const runHost = (host: Host, network: Network, options: RunOptions): Promise<RunSummary> =>
  new HostRunner(host, network, options).run();

/** How often an action was taken. */
interface Tally {
  readonly action: string;
  count: number;
}

class HostRunner {
  readonly #host: Host;
  readonly #network: Network;
  readonly #recorder: Recorder | undefined;
  readonly #signal: AbortSignal;
  readonly #afterBatch: () => void;
  readonly #clock: () => number;
  readonly #io: OrderedIo;
  readonly #tallies = new Map<string, Tally>();
  /** That of the latest action: the next is often the same. */
  #tally: Tally | undefined;
  #wakeUps = 0;
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
    const actions = new Map([...this.#tallies].map(([action, { count }]) => [action, count]));
    return {
      steps: [...actions.values()].reduce((sum, count) => sum + count, 0),
      actions,
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
      this.#handOver();
      const more = this.#doWhatIsDue();
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

  #handOver(): void {
    for (let count = 0; count < MAX_PACKETS && this.#network.waiting > 0; count++) {
      this.#step('packet');
    }
  }

  /** Says whether something may be due still. */
  #doWhatIsDue(): boolean {
    let deadline = this.#host.nextDeadline();
    if (deadline === Number.POSITIVE_INFINITY) return false;
    // One reading serves all: what becomes due meanwhile is due in the next turn.
    const now = this.#clock();
    for (let count = 0; deadline <= now; count++) {
      if (count === MAX_DEADLINES) return true;
      this.#step('deadline');
      deadline = this.#host.nextDeadline();
    }
    return false;
  }

  #step(wake: Wake): void {
    this.#io.beginStep();
    const action = this.#host.step(this.#io, wake);
    this.#recorder?.endStep(action, this.#host.snapshot());
    if (action !== this.#tally?.action) this.#tally = this.#tallyOf(action);
    this.#tally.count++;
  }

  #tallyOf(action: string): Tally {
    const known = this.#tallies.get(action);
    if (known) return known;
    const tally = { action, count: 0 };
    this.#tallies.set(action, tally);
    return tally;
  }

  /**
   * Sees to it that the host is woken at its deadline. A timer that fires too early for it does no
   * harm, so one is not replaced by a later one: a busy server would do little else.
   */
  #sleep(): void {
    const deadline = this.#host.nextDeadline();
    if (deadline < this.#timerAt) {
      const delay = Math.ceil(deadline - this.#clock());
      if (delay <= 0) {
        setImmediate(this.#turn); // It has passed since this turn began.
        return;
      }
      clearTimeout(this.#timer);
      this.#timerAt = deadline;
      this.#timer = setTimeout(this.#ring, Math.min(delay, MAX_TIMEOUT));
    }
    this.#awake = false;
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
