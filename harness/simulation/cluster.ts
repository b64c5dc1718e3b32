/**
 * # A cluster under watch
 *
 * The implementation hosts of one service, each with a simulated `Io`, and the monitor that checks
 * every step they take. Which step it is, the hosts decide: they are woken, and act.
 *
 * Every packet goes through the real framing: what a host sends becomes a frame, and what is
 * delivered is what the frame reader makes of it.
 */
import { FrameReader } from '../../impl/framework/frame.ts';
import type { Host } from '../../impl/framework/io.ts';
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';
import { Monitor, type Seen } from '../../refinement/framework/monitor.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { UnreadableError } from './plain.ts';
import type { Watcher } from './protocolService.ts';
import type { Random } from './random.ts';
import { SentCounts } from './sentCounts.ts';
import type { SimulatedService } from './service.ts';
import { frameOf, SimulatedIo, takeStep } from './simulatedIo.ts';
import { HUGE, rubbish, STRANGERS } from './strangers.ts';
import type { Testimony, Witness } from './witness.ts';
import type { Lie, Listener, Parcel, Told, World } from './world.ts';

/** The longest payload that the simulated network carries, in bytes. */
const MAX_PAYLOAD = 1 << 20;
/** Of so many packets on a link, one comes in two chunks. */
const IN_PIECES = 8;
/** How often a stranger who can lie does, and does not just send rubbish. */
const LIES = 0.5;
const EMPTY = new Uint8Array(0);

/** Bytes in the simulated network. */
export interface Envelope extends Parcel<Uint8Array> {
  /** The bytes as they travel on a stream. */
  readonly frame: Uint8Array;
}

export class Cluster<Impl extends Host, State, Message, Ghost, Spec>
  implements World<Uint8Array, Envelope>
{
  readonly monitor: Monitor<Impl, State, Message, Ghost, Spec>;
  readonly names: readonly EndPoint[];
  readonly strangers: readonly EndPoint[];
  readonly hosts: readonly Impl[];
  lastAction = '';
  left = false;
  listener: Listener<Uint8Array, Envelope> | undefined;
  /** Hosts that run forget all when they stop. */
  readonly restart = undefined;
  readonly #service: SimulatedService<Impl, State, Message, Ghost, Spec>;
  readonly #watcher: Watcher<State, Message, Ghost>;
  readonly #witness: Witness<Uint8Array> | undefined;
  readonly #io = new SimulatedIo();
  readonly #readers: readonly FrameReader[];
  readonly #sent = new SentCounts();
  /** Which hosts have left a packet where it was with their latest step. */
  readonly #hasLeft: boolean[];

  constructor(service: SimulatedService<Impl, State, Message, Ghost, Spec>) {
    this.#service = service;
    this.names = service.refinement.protocol.hosts;
    this.strangers = service.strangers ?? STRANGERS;
    this.#watcher = service.watch();
    this.#witness = service.witness?.();
    this.monitor = new Monitor(service.refinement);
    this.hosts = this.names.map((name) => service.createHost(name));
    this.#readers = this.names.map(() => new FrameReader(MAX_PAYLOAD));
    this.#hasLeft = this.names.map(() => false);
    this.hosts.forEach((host, index) => {
      this.monitor.observeStart(index, host);
    });
  }

  get seen(): Seen {
    return this.monitor.seen;
  }

  get testimony(): Testimony | undefined {
    return this.#witness?.testimony;
  }

  step(host: number, parcel: Envelope | undefined, clock: number): readonly Envelope[] {
    this.listener?.event({ type: 'step', host, parcel, clock, move: undefined });
    const impl = this.hosts[host] as Impl;
    const io = this.#io;
    const received = parcel && { src: parcel.src, bytes: this.#unframe(host, parcel) };
    const { steps } = this.monitor.seen;
    const place = { host: this.names[host] as EndPoint, step: steps, clock };
    const state = this.monitor.states[host] as State;
    // A host that has just left a packet receives the next one, whatever comes first.
    const urgent = this.#hasLeft[host] ? undefined : this.#service.urgent?.(state);
    const action = takeStep(impl, io, received, place, urgent);
    this.lastAction = action;
    this.left = io.waiting;
    this.#hasLeft[host] = io.waiting;
    this.listener?.told(toldOf(this.names, host, action, clock, io.done));
    this.#checkFrames(host, io);
    this.#watcher.step(
      this.monitor.observe({ host, action, io: io.done }, impl),
      this.monitor.ghost,
    );
    this.listener?.passed();
    return this.#sends(host, io);
  }

  again(host: number, parcel: Envelope | undefined, clock: number): readonly Envelope[] {
    return this.step(host, parcel, clock);
  }

  deadline(host: number): number {
    return (this.hosts[host] as Impl).nextDeadline();
  }

  checkAll(): void {
    this.monitor.checkAll();
    this.#witness?.judge();
  }

  /** What has happened at some time so far. */
  sometimes(): Readonly<Record<string, boolean>> {
    return this.#watcher.sometimes();
  }

  send(src: EndPoint, dst: EndPoint, msg: Uint8Array): Envelope {
    return this.#hear(src, dst, msg, undefined);
  }

  repeat(src: EndPoint, dst: EndPoint, heard: Envelope): Envelope {
    return this.#hear(src, dst, heard.msg, heard);
  }

  #hear(src: EndPoint, dst: EndPoint, msg: Uint8Array, repeats: Envelope | undefined): Envelope {
    const parcel = { src, dst, msg, frame: frameOf(msg), index: this.#sent.next(src, dst) };
    this.listener?.event({ type: 'send', parcel, repeats });
    this.monitor.observeStranger(src, dst, msg);
    this.#witness?.asked(parcel);
    this.listener?.passed();
    return parcel;
  }

  lie(random: Random, heard: readonly Envelope[]): Lie<Uint8Array> {
    const overheard = heard.map(({ msg }) => msg);
    const { lie } = this.#service;
    if (lie !== undefined && random.happens(LIES)) {
      return { msg: lie(random, overheard), fault: 'a stranger lied' };
    }
    const msg = rubbish(random, overheard);
    const huge = msg.length === HUGE;
    return { msg, fault: huge ? 'a stranger sent something huge' : 'a stranger sent rubbish' };
  }

  sentSoFar(src: EndPoint, dst: EndPoint): number {
    return this.#sent.soFar(src, dst);
  }

  describe(msg: Uint8Array): string {
    const { protocol, read } = this.#service.refinement;
    return protocol.describe(read(msg));
  }

  showSpec(): string {
    return this.#service.showSpec(this.monitor.spec);
  }

  write(msg: Uint8Array): string {
    return Buffer.from(msg).toString('hex');
  }

  read(json: unknown): Uint8Array {
    if (typeof json === 'string' && /^([0-9a-f]{2})*$/.test(json)) return Buffer.from(json, 'hex');
    throw new UnreadableError('bytes are written in hexadecimal');
  }

  /** That what has been sent is what went into the frames, and was not touched afterwards. */
  #checkFrames(host: number, { done, frames }: SimulatedIo): void {
    let sent = 0;
    for (const operation of done) {
      if (operation.type !== 'send') continue;
      this.monitor.observeFrame(host, frames[sent++] as Uint8Array, operation.bytes);
    }
  }

  #sends(host: number, { done, frames }: SimulatedIo): readonly Envelope[] {
    const src = this.names[host] as EndPoint;
    const sent: Envelope[] = [];
    for (const operation of done) {
      if (operation.type !== 'send') continue;
      const { dst, bytes } = operation;
      const frame = frames[sent.length] as Uint8Array;
      const parcel = { src, dst, msg: bytes, frame, index: this.#sent.next(src, dst) };
      if (!this.names.includes(dst)) this.#witness?.answered(parcel);
      sent.push(parcel);
    }
    return sent;
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
    const payload = reader.next() ?? EMPTY;
    this.monitor.observeFrame(host, frame, payload);
    return payload;
  }
}

/** A step of a host that did this, for whoever writes behaviours down. */
export function toldOf(
  names: readonly EndPoint[],
  host: number,
  action: string,
  clock: number,
  done: readonly ObservedIo[],
): Told<Uint8Array> {
  const me = names[host] as EndPoint;
  const sent: Packet<Uint8Array>[] = [];
  let received: Packet<Uint8Array> | undefined;
  for (const o of done) {
    if (o.type === 'receive') received = { src: o.src, dst: me, msg: o.bytes };
    if (o.type === 'send') sent.push({ src: me, dst: o.dst, msg: o.bytes });
  }
  return { host, action, clock, received, sent, detail: done.map(({ type }) => type) };
}
