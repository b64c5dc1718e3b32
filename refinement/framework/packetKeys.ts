/**
 * # What packets go by
 *
 * Finds the fingerprint of a packet from those of its parts. A message that goes to many, or that
 * comes again, is one object and is read only once, so messages must not change; and end points go
 * by numbers, given in the order in which they come up.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { type Fingerprint, fingerprint, Hasher } from '../../spec/framework/fingerprint.ts';

export class PacketKeys {
  readonly #numbers = new Map<EndPoint, number>();
  readonly #messages = new WeakMap<object, Fingerprint>();

  /** Equal for equal packets, whoever made them; different for others, but for a chance of 2⁻⁶⁴. */
  of({ src, dst, msg }: Packet<unknown>): Fingerprint {
    const { hi, lo } = this.#ofMessage(msg);
    return new Hasher()
      .word(this.#numberOf(src))
      .word(this.#numberOf(dst))
      .word(hi)
      .word(lo)
      .digest();
  }

  #numberOf(name: EndPoint): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }

  #ofMessage(msg: unknown): Fingerprint {
    if (typeof msg !== 'object' || msg === null) return fingerprint(msg);
    let found = this.#messages.get(msg);
    if (found === undefined) {
      found = fingerprint(msg);
      this.#messages.set(msg, found);
    }
    return found;
  }
}
