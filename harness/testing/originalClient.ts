/**
 * # The original's client
 *
 * A client of a replicated service as the original has it, in bytes written by hand: nothing of the
 * implementation is used but the making of keys. It connects to all replicas, asks one, and if there
 * is no reply within a second, the next. Whoever replies, it takes the first reply with the number
 * of its request.
 *
 * Follows IronRSLClient/RSLClient.cs and Common/Native/IoFramework.cs of IronFleet.
 */
import type { Socket } from 'node:net';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import { framed, onFrames, openToAll, word } from './originalSockets.ts';

const REPLY = 6;
const PATIENCE_MS = 1_000;

/** A request as the original writes it. */
export const requestBytes = (seqno: number, request: Uint8Array): Buffer =>
  Buffer.concat([word(0), word(seqno), framed(request)]);

/** A message, and the place of the replica that sent it. */
export interface Heard {
  readonly from: number;
  readonly bytes: Buffer;
}

export class OriginalClient {
  /** Everything that came, in order. */
  readonly heard: Heard[] = [];
  readonly sockets: readonly Socket[];
  #seqno = 0;
  #primary = 0;
  #onHeard = (): void => {};

  private constructor(sockets: readonly Socket[]) {
    this.sockets = sockets;
    for (const [from, socket] of sockets.entries()) {
      onFrames(socket, (frames) => {
        for (const bytes of frames) this.heard.push({ from, bytes });
        this.#onHeard();
      });
    }
  }

  static async connect(service: ServiceIdentity): Promise<OriginalClient> {
    const { sockets } = await openToAll(service);
    return new OriginalClient(sockets);
  }

  /** Sends bytes as one message to the replica at this place. */
  send(replica: number, bytes: Uint8Array): void {
    this.sockets[replica]?.write(framed(bytes));
  }

  /** Asks until there is a reply. */
  async submit(request: Uint8Array): Promise<Buffer> {
    const seqno = this.#seqno++;
    const asked = requestBytes(seqno, request);
    for (let at = this.heard.length; ; this.#primary++) {
      this.#primary %= this.sockets.length;
      this.send(this.#primary, asked);
      const end = performance.now() + PATIENCE_MS;
      while (performance.now() < end) {
        for (; at < this.heard.length; at++) {
          const reply = this.#replyTo(seqno, this.heard[at] as Heard);
          if (reply !== undefined) return reply;
        }
        await this.#more(end - performance.now());
      }
    }
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  #replyTo(seqno: number, { bytes }: Heard): Buffer | undefined {
    if (bytes.length < 24) throw new Error(`a packet of ${bytes.length} bytes`);
    if (Number(bytes.readBigUInt64BE(0)) !== REPLY) throw new Error('a packet that is no reply');
    if (Number(bytes.readBigUInt64BE(8)) !== seqno) return undefined;
    if (Number(bytes.readBigUInt64BE(16)) + 24 !== bytes.length) throw new Error('a wrong length');
    return bytes.subarray(24);
  }

  #more(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onHeard = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
