/**
 * # The original's client of the hash table
 *
 * A client as the original has it, in bytes written by hand: nothing of the implementation is used
 * but the making of keys. It connects to all hosts, has one request under way at a time, and writes
 * its own raw public key where a message says whom it is for. It acknowledges a reply only when the
 * number of its request is a multiple of 100.
 *
 * Follows IronSHTClient/Program.cs and Common/Native/IoFramework.cs of IronFleet.
 */
import type { Socket } from 'node:net';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import { framed, onFrames, openToAll, word } from './originalSockets.ts';

const PATIENCE_MS = 1_000;

/** The inner messages of the original. */
export const getBytes = (key: bigint): Buffer => Buffer.concat([word(0), word(key)]);
export const setBytes = (key: bigint, value: Uint8Array): Buffer =>
  Buffer.concat([word(1), word(key), word(0), framed(value)]);
export const shardBytes = (low: bigint, high: bigint, recipient: Uint8Array): Buffer =>
  Buffer.concat([word(4), word(0), word(low), word(0), word(high), framed(recipient)]);

/** What came from a host that is no acknowledgement: a number, and the inner message. */
export interface OriginalAnswer {
  readonly seqno: bigint;
  readonly inner: Buffer;
}

export class OriginalShtClient {
  /** The numbers that each host has acknowledged, in order. */
  readonly acked: readonly bigint[][];
  readonly #key: Uint8Array;
  readonly #sockets: readonly Socket[];
  readonly #answers: readonly OriginalAnswer[][];
  readonly #seqnos: number[];
  #onHeard = (): void => {};

  private constructor(key: Uint8Array, sockets: readonly Socket[]) {
    this.#key = key;
    this.#sockets = sockets;
    this.acked = sockets.map(() => []);
    this.#answers = sockets.map(() => []);
    this.#seqnos = sockets.map(() => 0);
    for (const [host, socket] of sockets.entries()) {
      onFrames(socket, (frames) => {
        for (const frame of frames) this.#hear(host, frame);
        this.#onHeard();
      });
    }
  }

  static async connect(service: ServiceIdentity): Promise<OriginalShtClient> {
    const { publicKey, sockets } = await openToAll(service);
    return new OriginalShtClient(publicKey, sockets);
  }

  /** Asks a host until it answers, and acknowledges the answer if the original would. */
  async ask(host: number, inner: Uint8Array, acknowledge = false): Promise<OriginalAnswer> {
    const seqno = this.send(host, inner);
    const answers = this.#answers[host] as OriginalAnswer[];
    for (;;) {
      const answer = answers.shift();
      if (answer !== undefined) {
        if (acknowledge || seqno % 100 === 0) this.#acknowledge(host, answer.seqno);
        return answer;
      }
      if (!(await this.#more())) this.#write(host, seqno, inner);
    }
  }

  /** Sends an order, and waits until it is acknowledged. */
  async order(host: number, inner: Uint8Array): Promise<void> {
    const seqno = this.send(host, inner);
    while (!this.acked[host]?.includes(BigInt(seqno))) {
      if (!(await this.#more())) throw new Error('the order was not acknowledged');
    }
  }

  /** Sends a message with the next number, which it returns. */
  send(host: number, inner: Uint8Array): number {
    const seqno = (this.#seqnos[host] ?? 0) + 1;
    this.#seqnos[host] = seqno;
    this.#write(host, seqno, inner);
    return seqno;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #write(host: number, seqno: number, inner: Uint8Array): void {
    const message = Buffer.concat([word(0), word(seqno), framed(this.#key), inner]);
    this.#sockets[host]?.write(framed(message));
  }

  #acknowledge(host: number, seqno: bigint): void {
    this.#sockets[host]?.write(framed(Buffer.concat([word(1), word(seqno)])));
  }

  #hear(host: number, bytes: Buffer): void {
    if (bytes.length === 16) {
      this.acked[host]?.push(bytes.readBigUInt64BE(8));
      return;
    }
    // As the original reads it: the inner message is behind a name of whatever length.
    const inner = bytes.subarray(24 + Number(bytes.readBigUInt64BE(16)));
    this.#answers[host]?.push({ seqno: bytes.readBigUInt64BE(8), inner });
  }

  /** Waits for something to come, but not for long; says whether anything did. */
  #more(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS);
      this.#onHeard = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
