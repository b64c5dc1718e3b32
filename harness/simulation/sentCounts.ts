/** # How many parcels have gone from each source to each destination. */
import type { EndPoint } from '../../spec/framework/environment.ts';

export class SentCounts {
  readonly #sentTo = new Map<EndPoint, Map<EndPoint, number>>();

  /** Counts one more, and gives how many went before it. */
  next(src: EndPoint, dst: EndPoint): number {
    let sent = this.#sentTo.get(dst);
    if (sent === undefined) {
      sent = new Map();
      this.#sentTo.set(dst, sent);
    }
    const before = sent.get(src) ?? 0;
    sent.set(src, before + 1);
    return before;
  }

  /** How many have gone so far. */
  soFar(src: EndPoint, dst: EndPoint): number {
    return this.#sentTo.get(dst)?.get(src) ?? 0;
  }
}
