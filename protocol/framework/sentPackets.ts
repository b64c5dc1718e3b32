/**
 * # The packets sent so far, as a value
 *
 * A set of packets by their keys, which only grows. Growing gives a new set and leaves the old one
 * as it was. Sets that grow from one another share what they hold, so a packet more takes constant
 * time; only letting one set grow in a second way copies it.
 */
import type { Packet } from '../../spec/framework/environment.ts';

/** A packet and the key that it goes by. */
export type Keyed<Message> = readonly [key: string, packet: Packet<Message>];

export class SentPackets<Message> {
  /** How many packets there are. */
  readonly size: number;
  /** Shared with the sets that this one grew to: only the first `size` of each are its own. */
  readonly #packets: Packet<Message>[];
  readonly #places: Map<string, number>;

  private constructor(
    packets: Packet<Message>[],
    places: Map<string, number>,
    size = packets.length,
  ) {
    this.#packets = packets;
    this.#places = places;
    this.size = size;
  }

  static none<Message>(): SentPackets<Message> {
    return new SentPackets<Message>([], new Map());
  }

  has(key: string): boolean {
    return (this.#places.get(key) ?? this.size) < this.size;
  }

  /** The packet with this key, if it was sent. */
  get(key: string): Packet<Message> | undefined {
    return this.has(key) ? this.#packets[this.#places.get(key) ?? this.size] : undefined;
  }

  /** All packets, in the order in which they were first sent. */
  *values(): Iterable<Packet<Message>> {
    for (let place = 0; place < this.size; place++) yield this.#packets[place] as Packet<Message>;
  }

  /** This set and these packets; this very set if they are all in it. */
  add(sends: readonly Keyed<Message>[]): SentPackets<Message> {
    if (sends.every(([key]) => this.has(key))) return this;
    const { packets, places } = this.#room();
    for (const [key, packet] of sends) {
      if (places.has(key)) continue;
      places.set(key, packets.length);
      packets.push(packet);
    }
    return new SentPackets(packets, places);
  }

  /** What this set holds and no more, to be added to. */
  #room(): { readonly packets: Packet<Message>[]; readonly places: Map<string, number> } {
    if (this.#packets.length === this.size) return { packets: this.#packets, places: this.#places };
    const places = new Map<string, number>();
    for (const [key, place] of this.#places) if (place < this.size) places.set(key, place);
    return { packets: this.#packets.slice(0, this.size), places };
  }
}
