/**
 * # One host's simulated world
 *
 * It hands out one packet at most, tells the time that it is told, and writes everything down. What
 * is sent becomes a frame at once: if the host touches the bytes afterwards, the two differ.
 */
import { joinFrames } from '../../impl/framework/frame.ts';
import type { Host, Io, Received, Wake } from '../../impl/framework/io.ts';
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';
import { BoundaryRefusal, HostRefusal, type Place } from '../../refinement/framework/refusal.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

export class SimulatedIo implements Io {
  /** What the host has done in this step. */
  done: ObservedIo[] = [];
  /** What it has sent in this step, as it travels on a stream. */
  frames: Uint8Array[] = [];
  #latest: Uint8Array | undefined;
  #packet: Received | undefined;
  #clock = 0;

  /** Begins a step. */
  begin(packet: Received | undefined, clock: number): void {
    this.done = [];
    this.frames = [];
    this.#latest = undefined;
    this.#packet = packet;
    this.#clock = clock;
  }

  /** Whether the packet that woke the host is still there. */
  get waiting(): boolean {
    return this.#packet !== undefined;
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
    const { frames } = this;
    // What goes to many is one array of bytes.
    frames.push(bytes === this.#latest ? (frames.at(-1) as Uint8Array) : frameOf(bytes));
    this.#latest = bytes;
  }
}

/** A message as it travels on a stream. */
export function frameOf(bytes: Uint8Array): Uint8Array {
  const pieces = joinFrames([bytes]);
  const [first] = pieces;
  // A frame that shares its bytes with the message would change with it.
  return pieces.length === 1 && first ? first : Buffer.concat(pieces);
}

/**
 * Lets a host take one step; gives the name of its action. A step that throws is refused (B1), and
 * so is one that leaves the packet that woke the host where it is, unless it was one of the `urgent`
 * actions: the host would be woken for ever.
 */
export function takeStep(
  impl: Host,
  io: SimulatedIo,
  packet: Received | undefined,
  { clock, ...place }: Omit<Place, 'action'> & { readonly clock: number },
  urgent?: readonly string[],
): string {
  io.begin(packet, clock);
  const action = stepOf(impl, io, packet === undefined ? 'deadline' : 'packet', place);
  if (!io.waiting || urgent?.includes(action)) return action;
  const failed = 'a host that is woken by a packet receives it';
  throw new HostRefusal({ ...place, action }, { failed });
}

function stepOf(impl: Host, io: SimulatedIo, wake: Wake, place: Omit<Place, 'action'>): string {
  try {
    return impl.step(io, wake);
  } catch (error) {
    const refusal = refusalBehind(error);
    if (refusal !== undefined) throw refusal;
    const because = [{ failed: String(error) }];
    throw new HostRefusal(
      { ...place, action: 'breaks down' },
      { failed: 'a step ends without an exception', because },
    );
  }
}

/** The refusal that an error is, or that caused it. */
function refusalBehind(error: unknown): BoundaryRefusal | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BoundaryRefusal) return cause;
  }
  return undefined;
}
