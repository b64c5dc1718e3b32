/**
 * # A cluster under watch
 *
 * The implementation hosts of one service, each with a simulated `Io`, and the monitor that checks
 * every step they take. Nothing in here decides anything: who steps when, with which packet and
 * which clock reading, comes from outside, either from the simulator or from an explicit schedule.
 *
 * Every packet goes through the real framing: what a host sends becomes a frame, and what is
 * delivered is what the frame reader makes of it.
 */
import { FrameReader, joinFrames } from '../../impl/framework/frame.ts';
import type { Host } from '../../impl/framework/io.ts';
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';
import { Monitor } from '../../refinement/framework/monitor.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { SimulatedService } from './service.ts';
import { SimulatedIo, takeStep } from './simulatedIo.ts';

/** The longest payload that the simulated network carries, in bytes. */
const MAX_PAYLOAD = 1 << 20;
/** Of so many packets on a link, one comes in two chunks. */
const IN_PIECES = 8;
const NOTHING = new Uint8Array(0);

/** A packet in the simulated network. */
export interface Envelope {
  readonly src: EndPoint;
  readonly dst: EndPoint;
  readonly bytes: Uint8Array;
  /** The bytes as they travel on a stream. */
  readonly frame: Uint8Array;
  /** How many packets had gone from `src` to `dst` before this one. */
  readonly index: number;
}

/** Everything that can be done to a cluster: one such event after the other is a behaviour. */
export type ClusterEvent =
  | {
      readonly type: 'step';
      readonly host: number;
      /** What the host receives when it is woken by a packet; a deadline otherwise. */
      readonly packet: Envelope | undefined;
      readonly clock: number;
    }
  | {
      readonly type: 'stranger';
      readonly packet: Envelope;
      /** Whose bytes the stranger repeats, if they are not its own. */
      readonly repeats: Envelope | undefined;
    };

export class Cluster<Impl extends Host, State, Message, Ghost, Spec> {
  readonly monitor: Monitor<Impl, State, Message, Ghost, Spec>;
  readonly names: readonly EndPoint[];
  readonly hosts: readonly Impl[];
  /** The action of the latest step. */
  lastAction = '';
  /** Called with every event before it happens. */
  onEvent: ((event: ClusterEvent) => void) | undefined;
  /** Called with what a step did, before it is checked, and again when it has passed. */
  onStep: ((host: number, action: string, io: readonly ObservedIo[]) => void) | undefined;
  onPassed: (() => void) | undefined;
  readonly #io = new SimulatedIo();
  readonly #readers: readonly FrameReader[];
  /** How many packets have gone from each source to each destination. */
  readonly #sentTo = new Map<EndPoint, Map<EndPoint, number>>();

  constructor(service: SimulatedService<Impl, State, Message, Ghost, Spec>) {
    this.names = service.refinement.protocol.hosts;
    this.monitor = new Monitor(service.refinement);
    this.hosts = this.names.map((name) => service.createHost(name));
    this.#readers = this.names.map(() => new FrameReader(MAX_PAYLOAD));
    this.hosts.forEach((host, index) => {
      this.monitor.observeStart(index, host);
    });
  }

  /** A host takes one step, woken by `packet` or by its deadline; gives what it sends. */
  step(host: number, packet: Envelope | undefined, clock: number): readonly Envelope[] {
    this.onEvent?.({ type: 'step', host, packet, clock });
    const impl = this.hosts[host] as Impl;
    const io = this.#io;
    const received = packet && { src: packet.src, bytes: this.#unframe(host, packet) };
    const { steps } = this.monitor.seen;
    const place = { host: this.names[host] as EndPoint, step: steps, clock };
    const action = takeStep(impl, io, received, place);
    this.lastAction = action;
    this.onStep?.(host, action, io.done);
    this.monitor.observe({ host, action, io: io.done }, impl);
    this.onPassed?.();
    return this.#sends(host, io.done);
  }

  /** Someone who is not a host sends bytes, its own or those of a packet that it has seen. */
  stranger(src: EndPoint, dst: EndPoint, what: Uint8Array | Envelope): Envelope {
    const [bytes, repeats] = what instanceof Uint8Array ? [what, undefined] : [what.bytes, what];
    const packet = { src, dst, bytes, frame: frameOf(bytes), index: this.#count(src, dst) };
    this.onEvent?.({ type: 'stranger', packet, repeats });
    this.monitor.observeStranger(src, dst, bytes);
    return packet;
  }

  #sends(host: number, done: readonly ObservedIo[]): readonly Envelope[] {
    const src = this.names[host] as EndPoint;
    const sent: Envelope[] = [];
    for (const operation of done) {
      if (operation.type !== 'send') continue;
      const { dst, bytes } = operation;
      const frame = frameOf(bytes);
      this.monitor.observeFrame(host, frame, bytes);
      sent.push({ src, dst, bytes, frame, index: this.#count(src, dst) });
    }
    return sent;
  }

  /** How many packets have gone from `src` to `dst` so far. */
  sentSoFar(src: EndPoint, dst: EndPoint): number {
    return this.#sentTo.get(dst)?.get(src) ?? 0;
  }

  /** Counts one more packet, and gives how many went before it. */
  #count(src: EndPoint, dst: EndPoint): number {
    let sent = this.#sentTo.get(dst);
    if (sent === undefined) {
      sent = new Map();
      this.#sentTo.set(dst, sent);
    }
    const before = sent.get(src) ?? 0;
    sent.set(src, before + 1);
    return before;
  }

  /**
   * What the host's frame reader makes of a frame, which now and then comes in two chunks, cut
   * anywhere; it must be what went in (B0).
   */
  #unframe(host: number, { frame, index }: Envelope): Uint8Array {
    const reader = this.#readers[host] as FrameReader;
    const cut = index % IN_PIECES === 0 ? (index / IN_PIECES) % frame.length : 0;
    if (cut > 0) {
      reader.feed(frame.subarray(0, cut));
      const early = reader.next();
      if (early !== undefined) this.monitor.observeFrame(host, frame.subarray(0, cut), early);
      reader.feed(frame.subarray(cut));
    } else {
      reader.feed(frame);
    }
    const payload = reader.next() ?? NOTHING;
    this.monitor.observeFrame(host, frame, payload);
    return payload;
  }
}

/** A message as it travels on a stream. */
function frameOf(bytes: Uint8Array): Uint8Array {
  const pieces = joinFrames([bytes]);
  const [first] = pieces;
  return pieces.length === 1 && first ? first : Buffer.concat(pieces);
}
