/**
 * # What a host may do to the world, and what a host is
 *
 * A host does all its input and output through the {@link Io} that it is given. The network
 * transport, the simulator and the recorder are three implementations of it, so the very same host
 * runs in production, in a campaign and under a recorder.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

/**
 * A packet as it arrives: who sent it, which the transport vouches for, and its bytes, which nobody
 * does.
 */
export interface Received {
  readonly src: EndPoint;
  readonly bytes: Uint8Array;
}

/** A host's whole world. One step uses it in the order receive, then clock, then send. */
export interface Io {
  /** The next packet that has arrived, or nothing if none is waiting. Never blocks. */
  receive(): Received | undefined;
  /** Milliseconds of a clock that only this host reads; only differences mean anything. */
  readClock(): number;
  /**
   * Hands a packet to the network, which may lose it. The caller does not touch `bytes` afterwards.
   */
  send(dst: EndPoint, bytes: Uint8Array): void;
}

/**
 * How a host that has enough of a client makes it wait. Holding and releasing take effect at once,
 * and may be done at any time, for they are no IO of a step: what is held is merely late, as it may
 * be in any network.
 */
export interface Flow {
  /** No packet of this peer is handed over until it is released. Nothing of it is lost for that. */
  hold(src: EndPoint): void;
  /** The peer is in line again, if it was held. */
  release(src: EndPoint): void;
}

/** A flow that cannot be stemmed, for worlds where nobody floods. */
export const FREE_FLOW: Flow = { hold() {}, release() {} };

/** Why a host is asked to step: a packet is waiting for it, or its deadline has passed. */
export type Wake = 'packet' | 'deadline';

/** One host of a service. */
export interface Host {
  /**
   * Takes exactly one protocol action and returns its name. Woken by a packet, it receives it, or
   * does something more urgent and leaves it where it is, which wakes it again at once. It may do so
   * only a bounded number of times in a row: else it would be woken for ever.
   */
  step(io: Io, wake: Wake): string;
  /**
   * The reading of its clock at which it next wants to be woken if no packet comes: −∞ for at
   * once, ∞ for never.
   */
  nextDeadline(): number;
  /** What else it counts besides its actions, by name; from the start of the host. */
  readonly counters?: Readonly<Record<string, number>>;
  /** What a trace keeps of its state: a plain object that JSON can carry. */
  snapshot(): unknown;
}
