/**
 * # The lock host that runs
 *
 * It is woken when a packet waits for it or when its deadline has passed, and takes one action:
 * with a packet, whatever the packet asks for; at a deadline, the holder grants and a host with an
 * unanswered offer offers again. While neither is due it sleeps.
 *
 * Follows Impl/Lock/NodeImpl.i.dfy of IronFleet; departs from it in that offers are repeated
 * (unless `compatible`), the lock may be held for a while, and a host does not spin.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Host, Io, Wake } from '../framework/io.ts';
import { marshal, parse } from './messages.ts';

export interface LockOptions {
  /** The last epoch: whoever holds the lock in it keeps it. */
  readonly maxEpoch: number;
  /** How long to wait for an answer before an offer is repeated, in milliseconds. */
  readonly retryPeriod: number;
  /** Grant once and forget, as the original does. */
  readonly compatible: boolean;
  /** How long to keep the lock before granting it, in milliseconds. */
  readonly hold: number;
}

export const DEFAULT_OPTIONS: LockOptions = {
  maxEpoch: Number.MAX_SAFE_INTEGER,
  retryPeriod: 200,
  compatible: false,
  hold: 0,
};

/**
 * What there is to know of a lock host from outside: what a trace records and a checker compares.
 */
export interface LockState {
  readonly held: boolean;
  readonly epoch: number;
  readonly offeredAt: number | undefined;
}

export class LockHost implements Host, LockState {
  held: boolean;
  epoch: number;
  offeredAt: number | undefined = undefined;
  /** `malformed` are packets whose bytes are no message. */
  readonly counters = { malformed: 0 };
  /** Since when this host has known that it holds the lock, by its clock. */
  #heldSince: number | undefined = undefined;
  readonly #ring: ReadonlySet<EndPoint>;
  readonly #successor: EndPoint;
  readonly #options: LockOptions;
  readonly #announce: (line: string) => void;

  /** `announce` gets a line for whoever watches the server, as the original prints it. */
  constructor(
    me: EndPoint,
    ring: readonly EndPoint[],
    options: LockOptions,
    announce: (line: string) => void = () => {},
  ) {
    const position = ring.indexOf(me);
    this.held = position === 0;
    this.epoch = position === 0 ? 1 : 0;
    this.#ring = new Set(ring);
    this.#successor = ring[(position + 1) % ring.length] ?? me;
    this.#options = options;
    this.#announce = announce;
    if (this.held) announce('I start holding the lock');
  }

  step(io: Io, wake: Wake): string {
    if (wake === 'packet') return this.#receive(io);
    if (this.held) return this.#grant(io);
    if (this.offeredAt !== undefined) return this.#offer(io, this.offeredAt);
    return 'idle';
  }

  nextDeadline(): number {
    if (this.held) {
      if (this.epoch >= this.#options.maxEpoch) return Number.POSITIVE_INFINITY;
      if (this.#heldSince === undefined) return Number.NEGATIVE_INFINITY;
      return this.#heldSince + this.#options.hold;
    }
    if (this.offeredAt === undefined) return Number.POSITIVE_INFINITY;
    return this.offeredAt + this.#options.retryPeriod;
  }

  snapshot(): LockState {
    return { held: this.held, epoch: this.epoch, offeredAt: this.offeredAt };
  }

  #grant(io: Io): string {
    if (this.epoch >= this.#options.maxEpoch) return 'idle';
    const now = io.readClock();
    this.#heldSince ??= now;
    if (Math.abs(now - this.#heldSince) < this.#options.hold) return 'idle';
    this.#announce(`I grant the lock ${this.epoch}`);
    this.held = false;
    this.#heldSince = undefined;
    this.offeredAt = this.#options.compatible ? undefined : now;
    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));
    return 'grant';
  }

  #offer(io: Io, offeredAt: number): string {
    const now = io.readClock();
    if (Math.abs(now - offeredAt) < this.#options.retryPeriod) return 'idle';
    this.offeredAt = now;
    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));
    return 'offer';
  }

  #receive(io: Io): string {
    const packet = io.receive();
    if (packet === undefined) return 'idle';
    const { src, bytes } = packet;
    const msg = parse(bytes);
    if (msg === undefined) this.counters.malformed++;
    if (msg === undefined) return 'ignore';
    return msg.type === 'transfer'
      ? this.#hearTransfer(io, src, msg.epoch)
      : this.#hearLocked(src, msg.epoch);
  }

  #hearTransfer(io: Io, src: EndPoint, epoch: number): string {
    if (!this.#ring.has(src)) return 'ignore';
    if (!this.held && epoch > this.epoch) {
      this.held = true;
      this.epoch = epoch;
      this.offeredAt = undefined;
      this.#announce('I hold the lock!');
      io.send(src, marshal({ type: 'locked', epoch }));
      return 'accept';
    }
    if (epoch === this.epoch && !this.#options.compatible) {
      io.send(src, marshal({ type: 'locked', epoch }));
      return 'answer';
    }
    return 'ignore';
  }

  #hearLocked(src: EndPoint, epoch: number): string {
    if (src !== this.#successor || this.offeredAt === undefined || epoch !== this.epoch + 1) {
      return 'ignore';
    }
    this.offeredAt = undefined;
    return 'confirm';
  }
}
