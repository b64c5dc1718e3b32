/**
 * # Sets of packets, each kept once
 *
 * The packets that were sent, as a set of bits, with the ghost that goes with them. Sets grow by
 * steps; different orders of the same steps lead to the same set, and its ghost is made only once.
 */
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import { Hasher } from '../../spec/framework/fingerprint.ts';
import type { Symmetry } from './symmetry.ts';

/** A packet that came up. */
export interface SentPart<Message> {
  readonly value: Packet<Message>;
  readonly id: number;
  /** The place of the host that it goes to; −1 if it goes to nobody in the system. */
  readonly destination: number;
  /** Its fingerprint after each renaming, two halves each. */
  readonly images: Int32Array;
}

/** All packets that ever came up, each once. */
export class SentParts<Message> {
  readonly all: SentPart<Message>[] = [];
  /** Those to each host, by its place. */
  readonly to: readonly SentPart<Message>[][];
  readonly #symmetry: Symmetry<Message>;
  readonly #placeOf: ReadonlyMap<string, number>;
  readonly #buckets = new Map<number, SentPart<Message>[]>();

  constructor(hosts: readonly string[], symmetry: Symmetry<Message>) {
    this.#symmetry = symmetry;
    this.#placeOf = new Map(hosts.map((host, place) => [host, place]));
    this.to = hosts.map(() => []);
  }

  intern(packet: Packet<Message>): SentPart<Message> {
    const images = this.#images(packet);
    const lo = images[1] as number;
    const bucket = this.#buckets.get(lo);
    const known = bucket?.find((other) => equal(other.value, packet));
    if (known !== undefined) return known;
    const destination = this.#placeOf.get(packet.dst) ?? -1;
    const part = { value: packet, id: this.all.length, destination, images };
    this.all.push(part);
    this.to[destination]?.push(part);
    if (bucket === undefined) this.#buckets.set(lo, [part]);
    else bucket.push(part);
    return part;
  }

  #images(packet: Packet<Message>): Int32Array {
    const { size } = this.#symmetry;
    const images = new Int32Array(2 * size);
    for (let renaming = 0; renaming < size; renaming++) {
      const print = new Hasher().word(-1).add(this.#symmetry.packet(renaming, packet)).digest();
      images[2 * renaming] = print.hi;
      images[2 * renaming + 1] = print.lo;
    }
    return images;
  }
}

/** A set of packets. */
export class SentSet<Message, Ghost> {
  readonly id: number;
  readonly size: number;
  readonly bits: Int32Array;
  /** Its fingerprint after each renaming, two halves each: the sums of those of its packets. */
  readonly images: Int32Array;
  ghost: Ghost;
  /** The step that the ghost was told of last, and the number of the set in which it was taken. */
  lastMove: unknown = undefined;
  lastMoveFrom = -1;
  /** The next of those whose fingerprints begin alike. */
  also: SentSet<Message, Ghost> | undefined = undefined;

  constructor(id: number, size: number, bits: Int32Array, images: Int32Array, ghost: Ghost) {
    this.id = id;
    this.size = size;
    this.bits = bits;
    this.images = images;
    this.ghost = ghost;
  }

  has({ id }: SentPart<Message>): boolean {
    return hasBit(this.bits, id);
  }
}

export const hasBit = (bits: Int32Array, bit: number): boolean =>
  (((bits[bit >> 5] ?? 0) >> (bit & 31)) & 1) === 1;

/** A copy with one more bit, or the same bits changed in place if they have room for it. */
export function withBit(bits: Int32Array, bit: number): Int32Array {
  const word = bit >> 5;
  let room = bits;
  if (word >= bits.length) {
    room = new Int32Array(word + 1);
    room.set(bits);
  }
  room[word] = (room[word] as number) | (1 << (bit & 31));
  return room;
}

/** Keeps equal sets once. */
export class SentSets<Message, Ghost> {
  readonly #byPrint = new Map<number, SentSet<Message, Ghost>>();
  readonly #maxKept: number;
  #count = 0;

  /** After so many sets have been kept they are all forgotten; equal ones are then made anew. */
  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  /** How many were made. */
  get made(): number {
    return this.#count;
  }

  /** The set with no packet, for so many renamings. */
  empty(ghost: Ghost, renamings: number): SentSet<Message, Ghost> {
    return this.#keep(0, new Int32Array(0), new Int32Array(2 * renamings), ghost);
  }

  /** The set with some packets more, each of them named once; `ghostAfter` is asked if it is new. */
  after(
    set: SentSet<Message, Ghost>,
    sends: readonly SentPart<Message>[],
    ghostAfter: () => Ghost,
  ): SentSet<Message, Ghost> {
    let size = set.size;
    let lo = set.images[1] as number;
    for (const packet of sends) {
      if (set.has(packet)) continue;
      size++;
      lo = (lo + (packet.images[1] as number)) | 0;
    }
    if (size === set.size) return set;
    let known = this.#byPrint.get(lo);
    while (known !== undefined && !(known.size === size && isUnion(known, set, sends))) {
      known = known.also;
    }
    return known ?? this.#grow(set, size, sends, ghostAfter);
  }

  #grow(
    set: SentSet<Message, Ghost>,
    size: number,
    sends: readonly SentPart<Message>[],
    ghostAfter: () => Ghost,
  ): SentSet<Message, Ghost> {
    const fresh = sends.filter((packet) => !set.has(packet));
    const words = Math.max(set.bits.length, ...fresh.map(({ id }) => (id >> 5) + 1));
    const bits = new Int32Array(words);
    bits.set(set.bits);
    const images = set.images.slice();
    for (const packet of fresh) {
      bits[packet.id >> 5] = (bits[packet.id >> 5] as number) | (1 << (packet.id & 31));
      for (let at = 0; at < images.length; at++) {
        images[at] = ((images[at] as number) + (packet.images[at] as number)) | 0;
      }
    }
    return this.#keep(size, bits, images, ghostAfter());
  }

  #keep(size: number, bits: Int32Array, images: Int32Array, ghost: Ghost): SentSet<Message, Ghost> {
    if (this.#byPrint.size >= this.#maxKept) this.#forget();
    const set = new SentSet<Message, Ghost>(this.#count++, size, bits, images, ghost);
    const lo = images[1] as number;
    set.also = this.#byPrint.get(lo);
    this.#byPrint.set(lo, set);
    return set;
  }

  #forget(): void {
    for (const first of this.#byPrint.values()) {
      for (let set: typeof first | undefined = first; set !== undefined; ) {
        const also: typeof first | undefined = set.also;
        set.also = undefined;
        set = also;
      }
    }
    this.#byPrint.clear();
  }
}

/** Whether a set as large as both together is both together. */
function isUnion<Message, Ghost>(
  union: SentSet<Message, Ghost>,
  { bits }: SentSet<Message, Ghost>,
  sends: readonly SentPart<Message>[],
): boolean {
  for (const packet of sends) if (!union.has(packet)) return false;
  for (let word = 0; word < bits.length; word++) {
    const here = bits[word] as number;
    if (((union.bits[word] ?? 0) & here) !== here) return false;
  }
  return true;
}
