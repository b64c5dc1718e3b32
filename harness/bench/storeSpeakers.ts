/**
 * # What a lean load says to a store
 *
 * One end of a connection with a server of the hash table, with Redis, or with a bare echo: how
 * requests are written, and how many requests the bytes that come answer. It does as little as a
 * correct client may: requests of the hash table are numbered, its replies are acknowledged, some
 * at a time, and whatever is not the answer that must come next ends the measurement.
 */
import * as frames from './shtFrames.ts';

export type Operation = 'get' | 'set';

/** What all requests of a measurement have in common. */
export interface Asked {
  readonly operation: Operation;
  readonly valueBytes: number;
}

export interface Speaker {
  /** What the next requests will be. Nothing may be under way. */
  prepare(asked: Asked): void;
  /** How many bytes a request takes at most. */
  readonly room: number;
  /** Writes a request for the key with this number, where there is room; gives where it ends. */
  write(into: Buffer, at: number, key: number): number;
  /** How many requests these bytes answer. Throws if they are no answers. */
  answered(chunk: Buffer): number;
  /** What is to be said when all has been answered, if anything. */
  lastWords(): Buffer | undefined;
}

/** How many replies are acknowledged together. */
const ACKNOWLEDGED_TOGETHER = 32;

const NOTHING = Buffer.alloc(0);

/** Puts what was left of one chunk before the next. */
class Stream {
  #rest: Buffer = NOTHING;

  with(chunk: Buffer): Buffer {
    if (this.#rest.length === 0) return chunk;
    const whole = Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    return whole;
  }

  keep(bytes: Buffer, from: number): void {
    if (from < bytes.length) this.#rest = bytes.subarray(from);
  }
}

/** Speaks to a host of the hash table. */
export class ShtSpeaker implements Speaker {
  room = 0;
  readonly #host: Buffer;
  readonly #keys: number;
  readonly #stream = new Stream();
  #template: Buffer = NOTHING;
  /** The number of the latest request. */
  #asked = 0;
  /** The number of the latest reply, and of the latest that has been acknowledged. */
  #heard = 0;
  #acknowledged = 0;

  /** `keys` is how many keys there are in all. */
  constructor(host: string, keys: number) {
    this.#host = frames.endPointBytes(host);
    this.#keys = keys;
  }

  prepare({ operation, valueBytes }: Asked): void {
    const inner = operation === 'get' ? frames.get() : frames.set(Buffer.alloc(valueBytes, 'a'));
    this.#template = frames.single(this.#host, inner);
    this.room = this.#template.length + frames.ACK_BYTES;
  }

  write(into: Buffer, at: number, key: number): number {
    let start = at;
    if (this.#heard - this.#acknowledged >= ACKNOWLEDGED_TOGETHER) {
      start = frames.writeAck(into, at, this.#heard);
      this.#acknowledged = this.#heard;
    }
    this.#template.copy(into, start);
    frames.number(into, start, ++this.#asked);
    frames.aim(into, start, key, this.#keys);
    return start + this.#template.length;
  }

  answered(chunk: Buffer): number {
    const bytes = this.#stream.with(chunk);
    let count = 0;
    let at = 0;
    for (let end = frames.endOf(bytes, at); end > 0; end = frames.endOf(bytes, at)) {
      const seqno = frames.seqnoOfReply(bytes, at);
      at = end;
      // A reply may come again, if its acknowledgement was slow.
      if (seqno === undefined || seqno <= this.#heard) continue;
      if (seqno !== this.#heard + 1) throw new Error(`reply ${seqno} after ${this.#heard}`);
      this.#heard = seqno;
      count++;
    }
    this.#stream.keep(bytes, at);
    return count;
  }

  lastWords(): Buffer | undefined {
    if (this.#heard === this.#acknowledged) return undefined;
    this.#acknowledged = this.#heard;
    const ack = Buffer.alloc(frames.ACK_BYTES);
    frames.writeAck(ack, 0, this.#heard);
    return ack;
  }
}

const NEW_LINE = 10;
const [BULK, OK, FAILURE] = [...Buffer.from('$+-')];

/** Speaks to Redis, of the keys that `redis-benchmark` uses. */
export class RedisSpeaker implements Speaker {
  room = 0;
  readonly #stream = new Stream();
  #template: Buffer = NOTHING;
  #digits = 0;

  prepare({ operation, valueBytes }: Asked): void {
    const words = [operation.toUpperCase(), 'key:000000000000'];
    if (operation === 'set') words.push('a'.repeat(valueBytes));
    const bulks = words.map((word) => `$${word.length}\r\n${word}\r\n`).join('');
    this.#template = Buffer.from(`*${words.length}\r\n${bulks}`);
    this.#digits = this.#template.indexOf('key:') + 16;
    this.room = this.#template.length;
  }

  write(into: Buffer, at: number, key: number): number {
    this.#template.copy(into, at);
    let digit = at + this.#digits;
    for (let rest = key; rest > 0; rest = Math.floor(rest / 10)) into[--digit] = 48 + (rest % 10);
    return at + this.#template.length;
  }

  answered(chunk: Buffer): number {
    const bytes = this.#stream.with(chunk);
    let count = 0;
    let at = 0;
    for (;;) {
      const line = bytes.indexOf(NEW_LINE, at) + 1;
      if (line === 0) break;
      const end = this.#endOf(bytes, at, line);
      if (end > bytes.length) break;
      at = end;
      count++;
    }
    this.#stream.keep(bytes, at);
    return count;
  }

  /** Where the answer ends that begins here and whose first line ends there. */
  #endOf(bytes: Buffer, at: number, line: number): number {
    const type = bytes[at];
    if (type === OK) return line;
    let length = 0;
    for (let digit = at + 1; digit < line - 2; digit++) {
      length = length * 10 + (bytes[digit] ?? 0) - 48;
    }
    // A key without a value has length −1; the load has set all keys before.
    if (type === BULK && length >= 0) return line + length + 2;
    const what = type === FAILURE ? 'a failure' : 'no answer';
    throw new Error(`Redis says ${what}: ${bytes.toString('latin1', at, line)}`);
  }

  lastWords(): undefined {}
}

/**
 * Speaks to the bare echo: requests and replies are as long as those of the hash table, but hold
 * nothing but their lengths.
 */
export class EchoSpeaker implements Speaker {
  room = 0;
  #template: Buffer = NOTHING;
  #replyBytes = 0;
  #pending = 0;

  prepare({ operation, valueBytes }: Asked): void {
    const value = Buffer.alloc(valueBytes);
    const host = Buffer.alloc(frames.END_POINT_BYTES);
    const request = frames.single(host, operation === 'get' ? frames.get() : frames.set(value));
    // Both operations are answered with the value.
    this.#replyBytes = frames.ACK_BYTES + frames.single(host, frames.set(value)).length;
    this.#template = Buffer.alloc(request.length);
    this.#template.writeUInt32BE(request.length, 0);
    this.#template.writeUInt32BE(this.#replyBytes, 4);
    this.room = request.length;
  }

  write(into: Buffer, at: number): number {
    this.#template.copy(into, at);
    return at + this.#template.length;
  }

  answered(chunk: Buffer): number {
    this.#pending += chunk.length;
    const count = Math.floor(this.#pending / this.#replyBytes);
    this.#pending %= this.#replyBytes;
    return count;
  }

  lastWords(): undefined {}
}
