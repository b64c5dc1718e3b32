/**
 * # Who has said what to whom
 *
 * Every single message that was ever sent, by whom it is from, whom it is for, and its number. It
 * only grows.
 */
import type { Message, SingleMessage } from '../../protocol/sht/messages.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';

/** What was said under each number; nearly always one message. */
type Way = Map<number, readonly SingleMessage[]>;

const NOTHING: readonly never[] = [];

export class Said {
  readonly #ways = new Map<EndPoint, Map<EndPoint, Way>>();

  /** One that grows apart from this. */
  copy(): Said {
    const copy = new Said();
    for (const [src, ways] of this.#ways) {
      const copied = new Map([...ways].map(([dst, way]) => [dst, new Map(way)]));
      copy.#ways.set(src, copied);
    }
    return copy;
  }

  /** Records what a packet says, if it is a single message. */
  add({ src, dst, msg }: Packet<Message>): void {
    if (msg.type !== 'single') return;
    const way = this.#way(src, dst);
    const known = way.get(msg.seqno);
    if (known === undefined) way.set(msg.seqno, [msg]);
    else if (!includes(known, msg)) way.set(msg.seqno, [...known, msg]);
  }

  /** Everything that was said from one to another under a number, the oldest first. */
  under(src: EndPoint, dst: EndPoint, seqno: number): readonly SingleMessage[] {
    return this.#ways.get(src)?.get(dst)?.get(seqno) ?? NOTHING;
  }

  /** Whether this was said. */
  has(src: EndPoint, dst: EndPoint, msg: SingleMessage): boolean {
    return includes(this.under(src, dst, msg.seqno), msg);
  }

  #way(src: EndPoint, dst: EndPoint): Way {
    let ways = this.#ways.get(src);
    if (ways === undefined) {
      ways = new Map();
      this.#ways.set(src, ways);
    }
    let way = ways.get(dst);
    if (way === undefined) {
      way = new Map();
      ways.set(dst, way);
    }
    return way;
  }
}

function includes(messages: readonly SingleMessage[], msg: SingleMessage): boolean {
  for (const known of messages) if (known === msg || equal(known, msg)) return true;
  return false;
}
