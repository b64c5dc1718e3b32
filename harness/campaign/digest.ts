/**
 * # The digest of a behaviour
 *
 * A number that two behaviours share only if, but for bad luck, they did the same in the same
 * order, to the last byte. It serves to find out whether a seed leads to the same behaviour twice.
 */
import type { Packet } from '../../spec/framework/environment.ts';
import { Hasher } from '../../spec/framework/fingerprint.ts';
import type { Told } from '../simulation/world.ts';

export class Digest {
  readonly #hasher = new Hasher();

  get value(): string {
    const half = (word: number): string => word.toString(16).padStart(8, '0');
    const { hi, lo } = this.#hasher.digest();
    return half(hi) + half(lo);
  }

  step({ host, action, clock, received, sent, detail }: Told<unknown>): void {
    this.#hasher.word(host).add(action).add(clock).add(detail);
    if (received !== undefined) this.packet(received);
    this.#hasher.word(sent.length);
    for (const packet of sent) this.packet(packet);
  }

  packet({ src, dst, msg }: Packet<unknown>): void {
    this.#hasher.add(src).add(dst).add(msg);
  }
}
