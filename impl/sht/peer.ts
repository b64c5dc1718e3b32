/**
 * # Peers
 *
 * What a host must remember of each of its peers so that everything comes once and in order: which
 * numbers it has accepted, and what it has sent that is not acknowledged.
 *
 * Follows Impl/SHT/SingleDelivery{State,Model}.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import { marshal } from './marshal.ts';
import { type Content, type SingleMessage, valueBytes } from './messages.ts';

export class Peer {
  /** The highest number accepted from it. */
  accepted = 0;
  /** The highest of our numbers that it has acknowledged. */
  acked = 0;
  /** What it was sent since, in the order of its numbers, which have no gaps. */
  unacked: SingleMessage[] = [];
  /** How many bytes of values there are in that. */
  unackedBytes = 0;

  /** The highest number that we have given to a message for it. */
  get lastSent(): number {
    return this.acked + this.unacked.length;
  }

  /** Sends it something new, and keeps that. */
  tell(io: Io, dst: EndPoint, content: Content): void {
    const msg: SingleMessage = { type: 'single', seqno: this.lastSent + 1, dst, content };
    this.unacked.push(msg);
    this.unackedBytes += valueBytes(content);
    io.send(dst, marshal(msg));
  }

  /** Sends it the first `most` of what it has not acknowledged once more; says how many. */
  tellAgain(io: Io, dst: EndPoint, most: number): number {
    const count = Math.min(most, this.unacked.length);
    for (let place = 0; place < count; place++) {
      io.send(dst, marshal(this.unacked[place] as SingleMessage));
    }
    return count;
  }

  /** It has acknowledged all numbers up to `seqno`, which is news. */
  acknowledge(seqno: number): void {
    const count = Math.min(seqno - this.acked, this.unacked.length);
    this.acked = seqno;
    for (let place = 0; place < count; place++) {
      this.unackedBytes -= valueBytes((this.unacked[place] as SingleMessage).content);
    }
    if (count === this.unacked.length) this.unacked.length = 0;
    else if (count === 1) this.unacked.shift();
    else this.unacked.splice(0, count);
  }
}
