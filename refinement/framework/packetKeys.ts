/**
 * # What packets go by
 *
 * Finds the fingerprint of a packet from that of its message and that of its way. A message that
 * goes to many is one object, and is read only once and then remembered for when it arrives; so
 * messages must not change.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { type Fingerprint, fingerprint } from '../../spec/framework/fingerprint.ts';

/** How many messages are remembered before all are forgotten. */
const REMEMBERED = 1024;

export class PacketKeys {
  /** From each source to each destination. */
  readonly #ways = new Map<EndPoint, Map<EndPoint, Fingerprint>>();
  /** Not weakly, for to remember weakly takes longer than to read most messages again. */
  readonly #shared = new Map<unknown, Fingerprint>();
  /** The message that came last. */
  #last: unknown = null;
  #lastFound = fingerprint(null);

  /** Equal for equal packets, whoever made them; different for others, but for a chance of 2⁻⁶⁴. */
  of({ src, dst, msg }: Packet<unknown>): Fingerprint {
    const way = this.#ways.get(src)?.get(dst) ?? this.#way(src, dst);
    const { hi, lo } = this.#ofMessage(msg);
    return { hi: hi ^ way.hi, lo: lo ^ way.lo };
  }

  #way(src: EndPoint, dst: EndPoint): Fingerprint {
    const found = fingerprint([src, dst]);
    const ways = this.#ways.get(src);
    if (ways === undefined) this.#ways.set(src, new Map([[dst, found]]));
    else ways.set(dst, found);
    return found;
  }

  #ofMessage(msg: unknown): Fingerprint {
    if (typeof msg !== 'object') return fingerprint(msg);
    if (msg === this.#last) {
      // Seen twice in a row: it goes to many.
      if (this.#shared.size === REMEMBERED) this.#shared.clear();
      this.#shared.set(msg, this.#lastFound);
      return this.#lastFound;
    }
    const found = (this.#shared.size > 0 && this.#shared.get(msg)) || fingerprint(msg);
    this.#last = msg;
    this.#lastFound = found;
    return found;
  }
}
