/**
 * # A host that does as the test says
 *
 * For tests of whoever runs hosts: a host whose steps and deadlines are the test's, a network that
 * is a list, and a clock that stands still until the test moves it. What happens is written down in
 * order, whoever did it.
 */
import {
  type Network,
  type Recorder,
  type RunOptions,
  type RunSummary,
  runHost,
} from '../../impl/framework/hostRunner.ts';
import type { Host, Io, Received, Wake } from '../../impl/framework/io.ts';

export class ScriptedHost implements Host {
  deadline = Number.POSITIVE_INFINITY;
  onStep: (io: Io, wake: Wake) => void = (io, wake) => {
    if (wake === 'packet') io.receive();
  };

  step(io: Io, wake: Wake): string {
    this.onStep(io, wake);
    return wake;
  }

  nextDeadline(): number {
    return this.deadline;
  }

  snapshot(): unknown {
    return {};
  }
}

export class ListedNetwork implements Network {
  readonly packets: Received[] = [];
  onWaiting = (): void => {};
  /** Whether a flush brings what was sent straight back. */
  echoes = false;
  readonly #events: string[];
  #sent = 0;

  constructor(events: string[]) {
    this.#events = events;
  }

  get waiting(): number {
    return this.packets.length;
  }

  arrive(count = 1): void {
    const wereWaiting = this.packets.length;
    for (let i = 0; i < count; i++) this.packets.push({ src: 'a', bytes: Uint8Array.of(i) });
    if (wereWaiting === 0) this.onWaiting();
  }

  receive(): Received | undefined {
    return this.packets.shift();
  }

  send(): void {
    this.#sent++;
  }

  flush(): void {
    const count = this.#sent;
    this.#sent = 0;
    this.#events.push(`release ${count}`);
    if (this.echoes && count > 0) this.arrive(count);
  }
}

/** A host, its network, its clock and what came of them. */
export class Stage {
  /** The wake of each step, `record` and `release` with the number of packets. */
  readonly events: string[] = [];
  readonly host = new ScriptedHost();
  readonly network = new ListedNetwork(this.events);
  readonly recorder: Recorder = {
    watch: (io) => io,
    endStep: (action) => void this.events.push(action),
    flush: () => void this.events.push('record'),
  };
  /** What the clock shows. */
  now = 0;
  readonly #stopper = new AbortController();

  run(options: Partial<RunOptions> = {}): Promise<RunSummary> {
    return runHost(this.host, this.network, {
      recorder: this.recorder,
      signal: this.#stopper.signal,
      clock: () => this.now,
      ...options,
    });
  }

  stop(): void {
    this.#stopper.abort();
  }

  /** How often this happened. */
  count(event: string): number {
    return this.events.filter((each) => each === event).length;
  }
}

/** Lets the event loop go round a few times. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
