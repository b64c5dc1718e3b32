/**
 * # A word with a host
 *
 * Orders to hand on keys, by hand: for measurements in which keys are to be somewhere, or to move.
 */
import { handshakeOf } from '../../impl/framework/handshake.ts';
import type { ServerIdentity, ServiceIdentity } from '../../impl/framework/identity.ts';
import type { Opened } from '../../impl/framework/opening.ts';
import { DEFAULT_LIMITS } from '../../impl/framework/transportLimits.ts';
import { Identities } from '../load/identities.ts';
import { sleep } from './echo.ts';
import * as frames from './shtFrames.ts';

/** How long keys may take to arrive, in milliseconds. */
const PATIENCE_MS = 300_000;
/** How often it is asked whether they have. */
const PERIOD_MS = 20;

/** Connects to a host as somebody. */
export function open(
  service: ServiceIdentity,
  me: Awaited<ReturnType<Identities['next']>>,
  server: ServerIdentity,
): Promise<Opened> {
  const handshake = handshakeOf(service, me, DEFAULT_LIMITS);
  return new Promise((opened, reject) => {
    const failed = ({ detail }: { readonly detail: string }): void => reject(new Error(detail));
    handshake.dial(server, { opened, failed });
  });
}

/** Keys from one number up to another, or to the end of all keys. */
export interface Piece {
  readonly low: number;
  readonly high: number | undefined;
  /** How many keys there are in all. */
  readonly keys: number;
}

/** Has one host hand on a piece to another, and waits until that has its last key. */
export async function move(
  service: ServiceIdentity,
  giver: ServerIdentity,
  taker: ServerIdentity,
  { low, high, keys }: Piece,
): Promise<void> {
  const me = await new Identities(service).next();
  const orders = new Talk(await open(service, me, giver), giver);
  const answers = new Talk(await open(service, me, taker), taker);
  orders.say(frames.shard(frames.endPointBytes(taker.endPoint), low, high, keys));
  await answers.owns((high ?? keys) - 1, keys);
  orders.end();
  answers.end();
}

/** Has the first server hand on what the others are to have, as many keys to each. */
export async function spread(
  service: ServiceIdentity,
  servers: readonly ServerIdentity[],
  keys: number,
): Promise<void> {
  const [first, ...others] = servers;
  if (first === undefined) return;
  const firstKey = (index: number) => Math.ceil((index * keys) / servers.length);
  for (const [index, server] of others.entries()) {
    const high = index + 2 < servers.length ? firstKey(index + 2) : undefined;
    await move(service, first, server, { low: firstKey(index + 1), high, keys });
  }
}

/** A conversation with a host, a message at a time. */
class Talk {
  readonly #opened: Opened;
  readonly #host: Buffer;
  #seqno = 0;
  #replied = false;

  constructor(opened: Opened, server: ServerIdentity) {
    this.#opened = opened;
    this.#host = frames.endPointBytes(server.endPoint);
    opened.socket.on('error', () => {});
    opened.socket.on('data', (chunk: Buffer) => this.#hear(chunk));
  }

  say(inner: Buffer): void {
    this.#write(frames.single(this.#host, inner));
  }

  /** Waits until the host answers for a key. */
  async owns(key: number, keys: number): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
      const frame = frames.single(this.#host, frames.get());
      frames.aim(frame, 0, key, keys);
      this.#write(frame);
      await sleep(PERIOD_MS);
      if (this.#replied) return;
    }
    throw new Error('a host has not got its keys');
  }

  end(): void {
    this.#opened.socket.destroySoon();
  }

  #write(frame: Buffer): void {
    frames.number(frame, 0, ++this.#seqno);
    this.#opened.socket.write(frame);
  }

  /** Acknowledges whatever comes, and notes whether it is a reply. */
  #hear(chunk: Buffer): void {
    const { reader, socket } = this.#opened;
    reader.feed(chunk);
    for (let payload = reader.next(); payload !== undefined; payload = reader.next()) {
      const frame = Buffer.concat([Buffer.alloc(frames.HEADER), payload]);
      if (frames.isAck(frame, 0)) continue;
      this.#replied ||= frames.isReply(frame, 0);
      const ack = Buffer.alloc(frames.ACK_BYTES);
      frames.writeAck(ack, 0, frames.seqnoOf(frame, 0));
      socket.write(ack);
    }
  }
}
