/**
 * # Chunks
 *
 * What a socket has received comes in chunks. For each, the platform makes a buffer of 64 KiB and
 * shrinks it to what came, which takes longer than most that is done about a short message. The
 * option `onread` spares that, but only to sockets that one opens: nobody is asked about those that
 * are accepted. So here is done for these what the option does for the others. On a platform that
 * has it differently, chunks come as the events that they are otherwise.
 *
 * All sockets read into one buffer, out of which each chunk is copied before the next socket reads.
 * It goes to memory of its own socket: so a chunk that waits keeps no more in memory than what came
 * on the same connection shortly before and after it.
 */
import { Socket } from 'node:net';

/** What is read at once, at most; the same as the platform's. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** So much memory of a socket is for short chunks; longer ones than half of it have their own. */
const SLAB = 8 * 1024;
/** Shorter chunks are copied by hand: to ask the platform takes longer. */
const SHORT = 64;

/** Hands over all that a socket receives from now on. Nobody changes what he was handed. */
export function onChunk(socket: Socket, take: (chunk: Uint8Array) => void): void {
  const chunks = new Chunks();
  const isReady = readInto(socket, shared, (length) => take(chunks.copy(length)));
  if (!isReady) socket.on('data', take);
}

/** The chunks of one socket. */
class Chunks {
  #slab: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** What has just been read. */
  copy(length: number): Uint8Array {
    if (2 * length > SLAB) return Buffer.from(shared.subarray(0, length));
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB);
      this.#used = 0;
    }
    const slab = this.#slab;
    const from = this.#used;
    this.#used += length;
    if (length > SHORT) slab.set(shared.subarray(0, length), from);
    else for (let at = 0; at < length; at++) slab[from + at] = shared[at] as number;
    return slab.subarray(from, from + length);
  }
}

/** What the platform keeps with a socket that has the option, besides its handle. */
const OPTION = ['kBuffer', 'kBufferCb'] as const;

interface Handle {
  useUserBuffer?(buffer: Uint8Array): void;
}

/**
 * Has a socket read into a buffer, and tell each time how much; says whether it does. It does not
 * over TLS, where bytes are copied anyway.
 */
function readInto(socket: Socket, buffer: Uint8Array, read: (length: number) => void): boolean {
  const inside = socket as unknown as { readonly _handle?: Handle | null } & Record<
    symbol,
    unknown
  >;
  const handle = inside._handle;
  const own = Object.getOwnPropertySymbols(socket);
  const [kBuffer, kBufferCb] = OPTION.map((name) => own.find((it) => it.description === name));
  if (kBuffer === undefined || kBufferCb === undefined) return false;
  if (Object.getPrototypeOf(socket) !== Socket.prototype) return false;
  if (handle?.useUserBuffer === undefined || socket.readableLength > 0) return false;
  inside[kBuffer] = buffer;
  inside[kBufferCb] = (length: number): boolean => {
    read(length);
    return true;
  };
  handle.useUserBuffer(buffer);
  socket.resume();
  return true;
}
