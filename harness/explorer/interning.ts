/**
 * # The parts of a system's state, each kept once
 *
 * States of a system share most of their parts: a step changes one host and adds a packet or two. So each
 * different host state, packet, set of packets and state of the specification is kept once, with its
 * fingerprint, and with what was found out about it. Two parts are taken for one only if they are equal.
 */
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import { type Fingerprint, Hasher } from '../../spec/framework/fingerprint.ts';

/** A value that is kept once. */
export interface Part<Value> extends Fingerprint {
  readonly value: Value;
  /** Parts of one kind are numbered in the order in which they come up. */
  readonly id: number;
}

/** A packet that was sent. */
export interface PacketPart<Message> extends Part<Packet<Message>> {
  /** The place of the host that it goes to; −1 if it goes to nobody in the system. */
  readonly destination: number;
}

/** Keeps equal values once. Values of different salt are different, though they be equal. */
export class Interner<Value, Kept extends Part<Value>> {
  /** All that is kept, by number. */
  readonly all: Kept[] = [];
  readonly #buckets = new Map<number, Kept[]>();
  readonly #salt: number;
  readonly #make: (part: Part<Value>) => Kept;

  constructor(salt: number, make: (part: Part<Value>) => Kept) {
    this.#salt = salt;
    this.#make = make;
  }

  intern(value: Value): Kept {
    const { hi, lo } = new Hasher().word(this.#salt).add(value).digest();
    const bucket = this.#buckets.get(lo) ?? [];
    const known = bucket.find((other) => equal(other.value, value));
    if (known !== undefined) return known;
    const kept = this.#make({ value, id: this.all.length, hi: hi | 0, lo: lo | 0 });
    this.all.push(kept);
    this.#buckets.set(lo, [...bucket, kept]);
    return kept;
  }
}

/** A set of packets, as a set of bits. */
export class Network<Message> implements Fingerprint {
  readonly id: number;
  readonly hi: number;
  readonly lo: number;
  readonly bits: Int32Array;
  /** The set that it was first made from, unless that is forgotten, and what it has more than that. */
  grownFrom: Network<Message> | undefined;
  readonly added: readonly PacketPart<Message>[];

  constructor(
    id: number,
    bits: Int32Array,
    grownFrom: Network<Message> | undefined,
    added: readonly PacketPart<Message>[],
  ) {
    this.id = id;
    this.bits = bits;
    this.grownFrom = grownFrom;
    this.added = added;
    // Fingerprints of sets are sums, so that a set has the same one in whatever order it grew.
    this.hi = added.reduce((sum, packet) => (sum + packet.hi) | 0, grownFrom?.hi ?? 0);
    this.lo = added.reduce((sum, packet) => (sum + packet.lo) | 0, grownFrom?.lo ?? 0);
  }

  has({ id }: PacketPart<Message>): boolean {
    return (((this.bits[id >> 5] ?? 0) >> (id & 31)) & 1) === 1;
  }
}

/** Keeps equal sets of packets once. */
export class Networks<Message> {
  readonly empty: Network<Message> = new Network(0, new Int32Array(0), undefined, []);
  readonly #buckets = new Map<number, Network<Message>[]>();
  #count = 1;

  /** The set with some packets more, none of which it has, and each of them named once. */
  extend(network: Network<Message>, added: readonly PacketPart<Message>[]): Network<Message> {
    if (added.length === 0) return network;
    const words = Math.max(network.bits.length, ...added.map(({ id }) => (id >> 5) + 1));
    const bits = new Int32Array(words);
    bits.set(network.bits);
    for (const { id } of added) bits[id >> 5] = (bits[id >> 5] as number) | (1 << (id & 31));
    const extended = new Network(this.#count, bits, network, added);
    const bucket = this.#buckets.get(extended.lo);
    const known = bucket?.find((other) => sameBits(other.bits, bits));
    if (known !== undefined) return known;
    this.#count++;
    if (bucket === undefined) this.#buckets.set(extended.lo, [extended]);
    else bucket.push(extended);
    return extended;
  }

  /** Forgets all sets. Those in use stay what they are; equal ones that come up later are kept beside them. */
  forget(): void {
    for (const bucket of this.#buckets.values()) {
      for (const network of bucket) network.grownFrom = undefined;
    }
    this.#buckets.clear();
  }
}

function sameBits(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let word = 0; word < a.length; word++) if (a[word] !== b[word]) return false;
  return true;
}
