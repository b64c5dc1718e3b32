/**
 * # A host that takes its time with those who ask for much
 *
 * A client that sends its last message again gets everything again that it has not acknowledged,
 * which may be megabytes for a few bytes; and one who asks for long values gets as much. Whoever did
 * nothing else would leave no time for others. So after that he is not read from for a while, the
 * longer the more he was sent. Others do not notice, and neither does a client in good faith: it
 * waits longer than that before it asks again, and long values take their time on the way.
 *
 * To the host itself and to whoever checks it, this is a network that is slow with some packets.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Flow, Host, Io, Wake } from '../framework/io.ts';
import type { Configuration } from './configuration.ts';
import { ShtHost } from './host.ts';
import type { Parameters } from './parameters.ts';
import type { Peer } from './peer.ts';
import type { HostSummary } from './summary.ts';

/** How much one client is sent again in a millisecond, in bytes. What takes less is not minded. */
export const PACE = 16 * 1024;

/** The same of long values that it is sent for the first time. */
const LONG_PACE = 1024 * 1024;

/** What a message costs besides its value, in bytes. */
const MESSAGE_COST = 512;

/** For how long somebody is held, in milliseconds, and since when by the host's clock. */
interface Hold {
  readonly time: number;
  /** Unknown until the clock is read next. */
  since: number | undefined;
}

export class PacedHost implements Host {
  readonly #host: ShtHost;
  readonly #flow: Flow;
  readonly #held = new Map<EndPoint, Hold>();
  /** When the clock must be looked at for those who are held. */
  #deadline = Number.POSITIVE_INFINITY;

  /** Throws a RangeError if `me` is no host. */
  constructor(me: EndPoint, configuration: Configuration, parameters: Parameters, flow: Flow) {
    this.#host = new ShtHost(me, configuration, parameters, {
      answeredAgain: (client, peer) => this.#answeredAgain(client, peer),
      answeredAtLength: (client, bytes) => this.#hold(client, bytes / LONG_PACE),
    });
    this.#flow = flow;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#host.counters;
  }

  step(io: Io, wake: Wake): string {
    if (wake === 'packet' || this.#host.nextDeadline() < this.#deadline) {
      return this.#host.step(io, wake);
    }
    if (this.#held.size === 0) return this.#host.step(io, wake);
    this.#release(io.readClock());
    return 'idle';
  }

  nextDeadline(): number {
    return Math.min(this.#deadline, this.#host.nextDeadline());
  }

  snapshot(): HostSummary {
    return this.#host.snapshot();
  }

  #answeredAgain(client: EndPoint, { unacked, unackedBytes }: Peer): void {
    const { maxResent } = this.#host.constants.parameters;
    const cost = Math.min(unacked.length, maxResent) * MESSAGE_COST + unackedBytes;
    if (cost >= PACE) this.#hold(client, cost / PACE);
  }

  /** Another host is never held, whatever it asks for. */
  #hold(client: EndPoint, time: number): void {
    if (this.#host.constants.hosts.has(client)) return;
    this.#host.counters.clientsHeld++;
    this.#flow.hold(client);
    this.#held.set(client, { time, since: undefined });
    this.#deadline = Number.NEGATIVE_INFINITY;
  }

  /** Lets those go on whose time has passed, whichever way the clock went. */
  #release(now: number): void {
    this.#deadline = Number.POSITIVE_INFINITY;
    for (const [client, hold] of this.#held) {
      hold.since ??= now;
      if (Math.abs(now - hold.since) >= hold.time) {
        this.#held.delete(client);
        this.#flow.release(client);
      } else {
        this.#deadline = Math.min(this.#deadline, hold.since + hold.time);
      }
    }
  }
}
