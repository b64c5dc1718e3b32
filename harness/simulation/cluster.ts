/**
 * # A cluster under watch
 *
 * The implementation hosts of one service, each with a simulated `Io`, and the monitor that checks every
 * step they take. Nothing in here decides anything: who steps when, with which packet and which clock
 * reading, comes from outside, either from the simulator or from an explicit schedule.
 *
 * Every packet goes through the real framing: what a host sends becomes a frame, and what is delivered is
 * what the frame reader makes of it.
 */
import { encodeFrame, FrameReader } from '../../impl/framework/frame.ts';
import type { Host, Io, Received, Wake } from '../../impl/framework/io.ts';
import type { ObservedIo } from '../../refinement/framework/monitor.ts';
import { Monitor } from '../../refinement/framework/monitor.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { SimulatedService } from './service.ts';

/** The longest payload that the simulated network carries, in bytes. */
const MAX_PAYLOAD = 1 << 20;

/** A packet in the simulated network. */
export interface Envelope {
  readonly src: EndPoint;
  readonly dst: EndPoint;
  readonly bytes: Uint8Array;
  /** The bytes as they travel on a stream. */
  readonly frame: Uint8Array;
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
  | { readonly type: 'stranger'; readonly packet: Envelope };

/** One host's world: it hands out one packet at most, tells the time it is told, and writes all down. */
class SimulatedIo implements Io {
  done: ObservedIo[] = [];
  #packet: Received | undefined;
  #clock = 0;

  begin(packet: Received | undefined, clock: number): void {
    this.done = [];
    this.#packet = packet;
    this.#clock = clock;
  }

  receive(): Received | undefined {
    const packet = this.#packet;
    this.#packet = undefined;
    if (packet === undefined) this.done.push({ type: 'timeout' });
    else this.done.push({ type: 'receive', src: packet.src, bytes: packet.bytes });
    return packet;
  }

  readClock(): number {
    this.done.push({ type: 'clock', now: this.#clock });
    return this.#clock;
  }

  send(dst: EndPoint, bytes: Uint8Array): void {
    this.done.push({ type: 'send', dst, bytes });
  }
}

export class Cluster<Impl extends Host, State, Message, Spec> {
  readonly monitor: Monitor<Impl, State, Message, Spec>;
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

  constructor(service: SimulatedService<Impl, State, Message, Spec>) {
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
    const wake: Wake = packet === undefined ? 'deadline' : 'packet';
    io.begin(packet && { src: packet.src, bytes: this.#unframe(host, packet.frame) }, clock);
    const action = impl.step(io, wake);
    this.lastAction = action;
    this.onStep?.(host, action, io.done);
    this.monitor.observe({ host, action, io: io.done }, impl);
    this.onPassed?.();
    return this.#sends(host, io.done);
  }

  /** Someone who is not a host sends bytes. */
  stranger(src: EndPoint, dst: EndPoint, bytes: Uint8Array): Envelope {
    const packet = { src, dst, bytes, frame: encodeFrame(bytes) };
    this.onEvent?.({ type: 'stranger', packet });
    this.monitor.observeStranger(src, dst, bytes);
    return packet;
  }

  #sends(host: number, done: readonly ObservedIo[]): readonly Envelope[] {
    const src = this.names[host] as EndPoint;
    const sent: Envelope[] = [];
    for (const operation of done) {
      if (operation.type !== 'send') continue;
      const { dst, bytes } = operation;
      const frame = encodeFrame(bytes);
      this.monitor.observeFrame(host, frame, bytes);
      sent.push({ src, dst, bytes, frame });
    }
    return sent;
  }

  #unframe(host: number, frame: Uint8Array): Uint8Array {
    const reader = this.#readers[host] as FrameReader;
    reader.feed(frame);
    const payload = reader.next();
    if (payload === undefined) throw new Error('a whole frame gave no payload');
    return payload;
  }
}
